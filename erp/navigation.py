"""The way around: what the side bar and the command palette offer, by right and module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.cockpit.favourites import at_hand
from erp.companies.models import Module


@dataclass(frozen=True)
class Item:
    """A page to go to; ``shortcut`` is typed after ``g``.

    ``module`` is the one it belongs to, where that is not the one of its permission.
    """

    label: Any
    url_name: str
    permission: Permission
    shortcut: str = ""
    module: Module | None = None


@dataclass(frozen=True)
class Section:
    label: Any
    icon: str
    items: tuple[Item, ...] = field(default_factory=tuple)


SECTIONS = (
    Section(
        _("Overview"),
        "home",
        (
            Item(_("Start"), "start", Permission.COMPANY_READ, "s"),
            Item(_("Questions"), "questions", Permission.QUESTIONS_READ),
            Item(_("Mails"), "mails", Permission.COMPANY_READ, "v"),
            Item(_("Jobs"), "jobs", Permission.COMPANY_READ, "a"),
            Item(_("Favourites"), "favourites", Permission.COMPANY_READ),
        ),
    ),
    Section(
        _("Contacts"),
        "people",
        (
            Item(_("Contacts"), "contacts", Permission.CONTACTS_READ, "o"),
            Item(_("Tasks"), "contact-tasks", Permission.CONTACTS_READ, "p"),
            Item(_("Import contacts"), "contact-import", Permission.CONTACTS_IMPORT),
        ),
    ),
    Section(
        _("Ledger"),
        "ledger",
        (
            Item(_("Enter"), "entry-post", Permission.LEDGER_DRAFT, "b"),
            Item(_("Journal"), "journal", Permission.LEDGER_READ, "j"),
            Item(_("Accounts"), "accounts", Permission.LEDGER_READ, "k"),
            Item(_("Recurring entries"), "recurring", Permission.LEDGER_READ, "d"),
            Item(_("Import journal"), "journal-import", Permission.LEDGER_IMPORT),
        ),
    ),
    Section(
        _("Debtors"),
        "sales",
        (
            Item(_("Offers and invoices"), "sales-documents", Permission.RECEIVABLES_READ, "n"),
            Item(_("Recurring invoices"), "recurring-invoices", Permission.RECEIVABLES_READ),
            Item(_("Products"), "products", Permission.RECEIVABLES_READ, "w"),
            Item(_("Dunning"), "dunning", Permission.RECEIVABLES_READ, "m"),
            Item(_("Statements of account"), "account-statements", Permission.RECEIVABLES_READ),
            Item(_("Turnover"), "sales-turnover", Permission.RECEIVABLES_READ),
            Item(_("VAT journal of sales"), "sales-vat-journal", Permission.RECEIVABLES_READ),
            Item(_("Payment habits"), "payment-habits", Permission.RECEIVABLES_READ),
        ),
    ),
    Section(
        _("Creditors"),
        "purchases",
        (
            Item(_("Inbox"), "inbox", Permission.PAYABLES_READ, "q"),
            Item(_("Suppliers' invoices"), "supplier-invoices", Permission.PAYABLES_READ, "y"),
            Item(
                _("Recurring suppliers' invoices"),
                "recurring-supplier-invoices",
                Permission.PAYABLES_READ,
            ),
            Item(_("Deferred costs"), "accruals", Permission.PAYABLES_READ),
            Item(_("Payment runs"), "payments", Permission.PAYMENTS_READ, "z", Module.PAYABLES),
            Item(
                _("Accounts of payees"), "payees", Permission.PAYMENTS_READ, module=Module.PAYABLES
            ),
            Item(
                _("Payments journal"),
                "payment-journal",
                Permission.PAYMENTS_READ,
                module=Module.PAYABLES,
            ),
            Item(_("Due list"), "due-payables", Permission.OPEN_ITEMS_READ, module=Module.PAYABLES),
            Item(
                _("Purchases by supplier"),
                "purchase-turnover",
                Permission.OPEN_ITEMS_READ,
                module=Module.PAYABLES,
            ),
            Item(
                _("VAT journal of purchases"),
                "purchase-vat-journal",
                Permission.OPEN_ITEMS_READ,
                module=Module.PAYABLES,
            ),
        ),
    ),
    Section(
        _("Open items"),
        "items",
        (
            Item(
                _("Debtors"),
                "open-receivables",
                Permission.OPEN_ITEMS_READ,
                "f",
                Module.RECEIVABLES,
            ),
            Item(_("Creditors"), "open-payables", Permission.OPEN_ITEMS_READ, "r", Module.PAYABLES),
            Item(_("Control accounts"), "open-control", Permission.OPEN_ITEMS_READ),
            Item(_("Take over open items"), "open-import", Permission.LEDGER_IMPORT),
        ),
    ),
    Section(
        _("Banking"),
        "bank",
        (
            Item(_("Bank reconciliation"), "reconcile-home", Permission.BANKING_READ, "x"),
            Item(_("Bank transactions"), "bank-transactions", Permission.BANKING_READ, "t"),
            Item(_("Cash books"), "cash-books", Permission.CASH_READ, "h"),
            Item(_("Statements"), "statements", Permission.BANKING_READ),
            Item(_("Bank accounts"), "bank-accounts", Permission.BANKING_READ),
            Item(_("Bank rules"), "bank-rules", Permission.BANKING_READ),
        ),
    ),
    Section(
        _("VAT"),
        "chart",
        (
            Item(_("VAT returns"), "vat-returns", Permission.VAT_READ, "g"),
            Item(_("Annual VAT reconciliation"), "vat-reconciliation", Permission.VAT_READ),
            Item(_("What if: VAT methods"), "vat-what-if", Permission.VAT_READ),
        ),
    ),
    Section(
        _("Payroll"),
        "people",
        (
            Item(_("Employees"), "employees", Permission.PAYROLL_READ),
            Item(_("Payroll runs"), "payroll-runs", Permission.PAYROLL_READ),
            Item(_("Movements"), "movements", Permission.PAYROLL_READ),
            Item(_("From net to gross"), "net-to-gross", Permission.PAYROLL_READ),
            Item(_("Payroll year"), "payroll-year-home", Permission.PAYROLL_READ),
            Item(
                _("Withholding-tax settlements"), "payroll-tax-settlements", Permission.PAYROLL_READ
            ),
            Item(_("Delivery of wage papers"), "payroll-delivery", Permission.PAYROLL_READ),
            Item(_("My wage"), "my-wage", Permission.PAYROLL_OWN),
            Item(_("Wage types"), "wage-types", Permission.PAYROLL_READ),
            Item(_("Figures"), "payroll-figures", Permission.PAYROLL_READ),
            Item(_("Withholding-tax tariffs"), "payroll-tariffs", Permission.PAYROLL_READ),
            Item(_("Start of payroll"), "payroll-start", Permission.PAYROLL_READ),
            Item(_("Institutions"), "institutions", Permission.PAYROLL_READ),
            Item(_("Accounts of payroll"), "payroll-accounts", Permission.PAYROLL_READ),
            Item(_("Payroll settings"), "payroll-settings", Permission.PAYROLL_READ),
            Item(pgettext_lazy("list", "Due"), "employees-due", Permission.PAYROLL_READ),
            Item(_("Import employees"), "employee-import", Permission.PAYROLL_PEOPLE),
        ),
    ),
    Section(
        _("Fixed assets"),
        "chart",
        (
            Item(_("Fixed assets"), "assets", Permission.ASSETS_READ),
            Item(_("Not in the register yet"), "asset-lines", Permission.ASSETS_READ),
            Item(_("Depreciation"), "asset-runs", Permission.ASSETS_READ),
            Item(_("Assets table"), "assets-table", Permission.ASSETS_READ),
            Item(_("Asset categories"), "asset-categories", Permission.ASSETS_READ),
            Item(_("Import assets"), "asset-import", Permission.ASSETS_CHANGE),
        ),
    ),
    Section(
        _("Projects and hours"),
        "chart",
        (
            Item(_("Hours"), "hours", Permission.HOURS_OWN),
            Item(_("Approve hours"), "hours-list", Permission.HOURS_READ),
            Item(_("Projects"), "projects", Permission.HOURS_READ),
            Item(_("Bill hours"), "hours-bill", Permission.HOURS_BILL),
            Item(_("Hourly rates"), "hour-rates", Permission.HOURS_READ),
            Item(_("Report of hours"), "hours-report", Permission.HOURS_READ),
            Item(_("Project margins"), "project-margins", Permission.HOURS_MARGINS),
        ),
    ),
    Section(
        _("Expenses"),
        "purchases",
        (
            Item(_("My expenses"), "expenses", Permission.EXPENSES_OWN),
            Item(_("Expense claims"), "expense-claims", Permission.EXPENSES_READ),
            Item(_("Kinds of expenses"), "expense-kinds", Permission.EXPENSES_READ),
        ),
    ),
    Section(
        _("Reports"),
        "chart",
        (
            Item(_("Balance sheet"), "balance-sheet", Permission.LEDGER_READ, "i"),
            Item(_("Income statement"), "income-statement", Permission.LEDGER_READ, "e"),
            Item(_("Trial balance"), "trial-balance", Permission.LEDGER_READ, "l"),
            Item(
                _("Cost report"),
                "cost-report",
                Permission.LEDGER_READ,
                module=Module.COST_ACCOUNTING,
            ),
            Item(_("Budgets"), "budgets", Permission.LEDGER_READ, "u"),
            Item(_("Liquidity"), "liquidity", Permission.LEDGER_READ),
            Item(_("Foreign currencies"), "valuations", Permission.LEDGER_READ),
            Item(_("Year-end"), "year-ends", Permission.LEDGER_READ),
        ),
    ),
    Section(
        _("Settings"),
        "settings",
        (
            Item(_("Company"), "company-settings", Permission.COMPANY_READ),
            Item(_("Set-up"), "setup", Permission.COMPANY_CHANGE),
            Item(_("Fiscal years"), "fiscal-years", Permission.LEDGER_READ),
            Item(
                _("Cost centres"),
                "cost-centres",
                Permission.LEDGER_READ,
                module=Module.COST_ACCOUNTING,
            ),
            Item(_("Mail texts"), "mail-texts", Permission.COMPANY_READ),
            Item(_("Contact groups"), "contact-settings", Permission.CONTACTS_READ),
            Item(_("Own fields"), "own-fields", Permission.COMPANY_READ),
            Item(_("Layout of papers"), "layout", Permission.COMPANY_READ),
            Item(_("Settings of documents"), "sales-settings", Permission.RECEIVABLES_READ),
            Item(_("Payment terms"), "payment-terms", Permission.RECEIVABLES_READ),
            Item(_("Dunning levels"), "dunning-settings", Permission.RECEIVABLES_READ),
            Item(_("Approval of suppliers' invoices"), "approval-rules", Permission.PAYABLES_READ),
            Item(_("VAT"), "vat-settings", Permission.VAT_READ),
            Item(_("Access"), "members", Permission.MEMBERS_READ),
            Item(_("Fiduciary"), "mandates", Permission.MEMBERS_READ),
            Item(_("Roles"), "roles", Permission.MEMBERS_READ),
            Item(_("App tokens"), "tokens", Permission.MEMBERS_CHANGE),
            Item(_("Webhooks"), "webhooks", Permission.WEBHOOKS_READ),
            Item(_("Security"), "security", Permission.SECURITY_READ),
            Item(_("Support access"), "support-access", Permission.COMPANY_READ),
            Item(_("Export the company"), "company-export", Permission.MEMBERS_CHANGE),
            Item(_("Procedure documentation"), "procedure", Permission.COMPANY_READ),
            Item(_("Audit trail"), "audit-trail", Permission.AUDIT_READ),
            Item(_("Access log"), "access-log", Permission.AUDIT_READ),
        ),
    ),
)


def sections(access: Access, request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar for one user in one company: only what may be opened."""
    match = request.resolver_match
    here = match.url_name if match else ""
    shown = []
    if favourites := at_hand(access):
        items = [
            {"label": one.name, "url": one.address, "permission": Permission.COMPANY_READ,
             "current": one.address == request.get_full_path(), "shortcut": ""}
            for one in favourites
        ]  # fmt: skip
        shown.append({"label": _("Favourites"), "icon": "home", "items": items})
    for section in SECTIONS:
        items = [
            {
                "label": item.label,
                "url": reverse(item.url_name, args=[access.company.pk]),
                "permission": item.permission,
                "current": item.url_name == here,
                "shortcut": item.shortcut,
            }
            for item in section.items
            if access.may(item.permission) and access.uses(item.module)
        ]
        if items:
            shown.append({"label": section.label, "icon": section.icon, "items": items})
    return shown
