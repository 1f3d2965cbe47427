"""All that a role can grant, on one page, and the ready-made roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from erp.companies.models import Module


class Permission(models.TextChoices):
    """All that a role can grant: module, dot, verb."""

    COMPANY_READ = "company.read", _("See the company's settings")
    COMPANY_CHANGE = "company.change", _("Change the company's settings and modules")
    MEMBERS_READ = "members.read", _("See who has access")
    MEMBERS_CHANGE = "members.change", _("Give and take access")
    AUDIT_READ = "audit.read", _("See who did what")
    JOBS_READ = "jobs.read", _("See the jobs of all, of the kinds one may start")
    JOBS_CANCEL = "jobs.cancel", _("Cancel the jobs of all")
    SECURITY_READ = "security.read", _("See how safe the accounts of all members are")
    SECURITY_CHANGE = "security.change", _("End sessions of members, and watch mail domains")

    WEBHOOKS_READ = "webhooks.read", _("See which systems are told of changes")
    WEBHOOKS_CHANGE = "webhooks.change", _("Change which systems are told of changes")
    QUESTIONS_READ = "questions.read", _("See questions between the company and its fiduciary")
    QUESTIONS_WRITE = "questions.write", _("Ask and answer questions, and ask for receipts")

    CONTACTS_READ = "contacts.read", _("See contacts")
    CONTACTS_CHANGE = "contacts.change", _("Add and change contacts, notes and tasks")
    CONTACTS_MERGE = "contacts.merge", _("Merge, archive and delete contacts")
    CONTACTS_IMPORT = "contacts.import", _("Import contacts")
    CONTACTS_EXPORT = "contacts.export", _("Export contacts")
    CONTACTS_SETTINGS = "contacts.settings", _("Change groups and own fields of contacts")

    LEDGER_READ = "ledger.read", _("See the books")
    LEDGER_DRAFT = "ledger.draft", _("Write drafts, templates and recurring entries")
    LEDGER_DRAFT_ALL = "ledger.draft_all", _("See and work on other people's drafts")
    LEDGER_POST = "ledger.post", _("Post journal entries")
    LEDGER_REVERSE = "ledger.reverse", _("Reverse posted entries")
    LEDGER_IMPORT = "ledger.import", _("Import journals")
    LEDGER_EXPORT = "ledger.export", _("Export reports")
    LEDGER_LOCK = "ledger.lock", _("Lock and unlock periods")
    LEDGER_CLOSE = "ledger.close", _("Post into periods open for closing only")
    YEAR_CLOSE = (
        "ledger.close_year",
        _("Close fiscal years, and decide what their checks leave open"),
    )
    YEAR_REOPEN = "ledger.reopen_year", _("Reopen closed fiscal years")
    BUDGET_CHANGE = "ledger.budget", _("Change budgets")
    CHART_CHANGE = "ledger.chart", _("Change accounts, cost centres and fiscal years")

    BANKING_READ = "banking.read", _("See bank accounts and statements")
    BANKING_CHANGE = "banking.change", _("Change bank accounts")
    BANKING_IMPORT = "banking.import", _("Import bank statements")
    BANKING_POST = "banking.post", _("Book bank transactions")

    CASH_READ = "cash.read", _("See cash books")
    CASH_POST = "cash.post", _("Keep cash books: enter, count, settle and undo")
    CASH_CHANGE = "cash.change", _("Add and change cash books")

    OPEN_ITEMS_READ = "open_items.read", _("See what is owed, either way")
    OPEN_ITEMS_SETTLE = "open_items.settle", _("Settle open items, and undo settlements")
    OPEN_ITEMS_WRITE_OFF = (
        "open_items.write_off",
        _("Write open items off, and set up to what residues are cleared"),
    )

    RECEIVABLES_READ = "receivables.read", _("See products, customers' terms, offers and invoices")
    RECEIVABLES_DRAFT = "receivables.draft", _("Write offers, orders and drafts of invoices")
    RECEIVABLES_ISSUE = "receivables.issue", _("Issue invoices and credit notes, which posts them")
    RECEIVABLES_SEND = "receivables.send", _("Send documents by e-mail")
    RECEIVABLES_DUN = "receivables.dun", _("Dun customers, and stop dunning")
    RECEIVABLES_EXPORT = "receivables.export", _("Export lists and reports of debtors")
    RECEIVABLES_SETTINGS = (
        "receivables.settings",
        _("Change products, terms, texts, number ranges and dunning levels"),
    )

    PAYABLES_READ = "payables.read", _("See suppliers' invoices and terms")
    PAYABLES_CAPTURE = (
        "payables.capture",
        _("Receive suppliers' bills in the inbox, and set them aside"),
    )
    PAYABLES_DRAFT = "payables.draft", _("Write drafts of suppliers' invoices")
    PAYABLES_APPROVE = "payables.approve", _("Approve suppliers' invoices, where one is asked to")
    PAYABLES_POST = (
        "payables.post",
        _("Hand suppliers' invoices in, which posts them, and reverse them"),
    )
    PAYABLES_EXPORT = "payables.export", _("Export lists and reports of creditors")
    PAYABLES_SETTINGS = (
        "payables.settings",
        _("Change suppliers' terms, and who approves invoices"),
    )

    PAYMENTS_READ = "payments.read", _("See payment runs")
    PAYMENTS_PROPOSE = "payments.propose", _("Prepare payment runs, and say how items are paid")
    PAYMENTS_APPROVE = "payments.approve", _("Approve payment runs and accounts of payees")
    PAYMENTS_EXPORT = "payments.export", _("Make and download payment files")

    VAT_READ = "vat.read", _("See VAT codes, settings and returns")
    VAT_CHANGE = "vat.change", _("Change VAT codes and settings")
    VAT_FILE = "vat.file", _("Check, file and post VAT returns")

    PAYROLL_READ = "payroll.read", _("See employees, their wages, and payroll runs")
    PAYROLL_PEOPLE = "payroll.people", _("Add and change employees and their contracts")
    PAYROLL_CAPTURE = "payroll.capture", _("Enter what is paid and deducted each month, and leave")
    PAYROLL_RUN = "payroll.run", _("Make, calculate and correct payroll runs")
    PAYROLL_APPROVE = "payroll.approve", _("Approve payroll runs")
    PAYROLL_POST = "payroll.post", _("Post payroll runs")
    PAYROLL_PAY = "payroll.pay", _("Make and download payment files of wages")
    PAYROLL_EXPORT = (
        "payroll.export",
        _("Take along slips, certificates, lists and declarations of wages"),
    )
    PAYROLL_SETTINGS = (
        "payroll.settings",
        _("Change institutions, rates, wage types and settings of payroll"),
    )
    PAYROLL_OWN = "payroll.own", _("See one's own payslips and wage certificates")

    HOURS_OWN = "hours.own", _("Enter one's own hours")
    HOURS_READ = "hours.read", _("See projects, and the hours and rates of all")
    HOURS_CHANGE = "hours.change", _("Enter and change the hours of others")
    HOURS_APPROVE = "hours.approve", _("Approve hours")
    HOURS_BILL = "hours.bill", _("Invoice hours")
    HOURS_MARGINS = "hours.margins", _("See what projects bring in: income, costs and margin")
    HOURS_SETTINGS = "hours.settings", _("Change projects and rates")

    EXPENSES_OWN = "expenses.own", _("Hand in one's own expenses")
    EXPENSES_READ = "expenses.read", _("See the expense claims of all")
    EXPENSES_APPROVE = "expenses.approve", _("Approve and reject expense claims")
    EXPENSES_POST = "expenses.post", _("Book approved expense claims")
    EXPENSES_SETTINGS = "expenses.settings", _("Change kinds of expenses and their rates")

    ASSETS_READ = "assets.read", _("See fixed assets and their depreciation")
    ASSETS_CHANGE = "assets.change", _("Add and change fixed assets")
    ASSETS_POST = "assets.post", _("Post depreciation, impairments and disposals, and undo them")
    ASSETS_SETTINGS = "assets.settings", _("Change categories of assets and their rules")

    @property
    def group(self) -> str:
        """The part before the dot, under which it stands on pages (``GROUPS``)."""
        return self.value.partition(".")[0]

    @property
    def module(self) -> str | None:
        """The module that must be switched on, or None where every company has it."""
        return self.group if self.group in Module.values else None


#: What the parts before the dot are called, in the order of pages.
GROUPS: Final[dict[str, Any]] = {
    "company": _("Company"),
    "members": _("Access"),
    "audit": _("Audit trail"),
    "jobs": _("Jobs"),
    "security": _("Security"),
    "webhooks": _("Webhooks"),
    "questions": _("Questions"),
    "contacts": _("Contacts"),
    "ledger": Module.LEDGER.label,
    "banking": Module.BANKING.label,
    "cash": _("Cash books"),
    "open_items": _("Open items"),
    "receivables": Module.RECEIVABLES.label,
    "payables": Module.PAYABLES.label,
    "payments": _("Payments"),
    "vat": Module.VAT.label,
    "payroll": Module.PAYROLL.label,
    "hours": Module.HOURS.label,
    "expenses": Module.EXPENSES.label,
    "assets": Module.ASSETS.label,
}


def grouped() -> list[tuple[Any, list[Permission]]]:
    """The whole catalogue as pages show it: what a group is called, and its permissions."""
    return [(label, [p for p in Permission if p.group == group]) for group, label in GROUPS.items()]


def in_order(names: Iterable[str]) -> list[str]:
    """Names of permissions in the order of the catalogue, each once. Raises ``ValueError``."""
    wanted = {Permission(name) for name in names}
    return [p.value for p in Permission if p in wanted]


@dataclass(frozen=True)
class ReadyRole:
    """A role that each company starts with, and that stays as it is here.

    What it grants is looked up here each time, so that it grows with the catalogue.
    """

    code: str
    name: Any
    permissions: frozenset[str]


_PAYROLL = {
    p for p in Permission if p.group == "payroll"
}  # never part of the rights of bookkeeping
_READ = {p for p in Permission if p.value.endswith(".read")} - _PAYROLL
_BOOKS = {
    p for p in Permission if p.module is not None or p.group in {"open_items", "cash", "payments"}
} - _PAYROLL
_CONTACTS = {p for p in Permission if p.group == "contacts"}
_ADDRESSES = {Permission.CONTACTS_READ, Permission.CONTACTS_CHANGE}
_SALES = {p for p in Permission if p.group == "receivables"}
_OWN = {Permission.HOURS_OWN, Permission.EXPENSES_OWN}  # of whoever works here
_QUESTIONS = {p for p in Permission if p.group == "questions"}
_ALL = set(Permission)
_CLOSING = {
    Permission.LEDGER_CLOSE, Permission.LEDGER_LOCK, Permission.YEAR_CLOSE, Permission.YEAR_REOPEN,
}  # the closing stays in one hand  # fmt: skip

OWNER: Final = "owner"
EMPLOYEE: Final = "employee"

READY_ROLES = (
    ReadyRole(OWNER, _("Owner"), frozenset(_ALL)),
    ReadyRole(
        "bookkeeper",
        _("Bookkeeper"),
        frozenset(
            (_BOOKS | _CONTACTS | _QUESTIONS | {Permission.COMPANY_READ, Permission.AUDIT_READ})
            - _CLOSING
        ),
    ),
    ReadyRole(
        "fiduciary",
        _("Fiduciary"),
        frozenset(_BOOKS | _CONTACTS | _QUESTIONS | _READ | {Permission.COMPANY_CHANGE}),
    ),
    ReadyRole(
        "assistant",
        _("Assistant (drafts only)"),
        frozenset(
            {
                Permission.LEDGER_READ,
                Permission.LEDGER_DRAFT,
                Permission.BANKING_READ,
                Permission.OPEN_ITEMS_READ,
                Permission.RECEIVABLES_READ,
                Permission.RECEIVABLES_DRAFT,
                Permission.PAYABLES_READ,
                Permission.PAYABLES_CAPTURE,
                Permission.PAYABLES_DRAFT,
                Permission.VAT_READ,
                Permission.COMPANY_READ,
                *_OWN,
                *_QUESTIONS,
                *_ADDRESSES,
            }
        ),
    ),
    # Codes and rates are what offers are written with.
    ReadyRole(
        "sales",
        _("Sales"),
        frozenset(
            {
                Permission.COMPANY_READ,
                Permission.OPEN_ITEMS_READ,
                Permission.VAT_READ,
                *_SALES,
                *_OWN,
                *_ADDRESSES,
                Permission.CONTACTS_MERGE,
                Permission.CONTACTS_EXPORT,
            }
        ),
    ),
    # Employees are contacts, too. Wages are seen by nobody else but the owner.
    ReadyRole(
        "payroll", _("Payroll"), frozenset({Permission.COMPANY_READ, *_PAYROLL, *_ADDRESSES})
    ),
    # Their own payslips and certificates, hours and expenses, and nothing else of the company.
    ReadyRole(
        EMPLOYEE, pgettext_lazy("role", "Employee"), frozenset({Permission.PAYROLL_OWN, *_OWN})
    ),
    # Who approves sees what it rests on.
    ReadyRole(
        "approver",
        _("Approver"),
        frozenset(
            {
                Permission.COMPANY_READ,
                Permission.LEDGER_READ,
                Permission.BANKING_READ,
                Permission.OPEN_ITEMS_READ,
                Permission.PAYABLES_READ,
                Permission.PAYABLES_APPROVE,
                Permission.PAYMENTS_READ,
                Permission.PAYMENTS_APPROVE,
                Permission.HOURS_READ,
                Permission.HOURS_APPROVE,
                Permission.EXPENSES_READ,
                Permission.EXPENSES_APPROVE,
                *_OWN,
            }
        ),
    ),
    ReadyRole("auditor", _("Auditor"), frozenset(_READ | {Permission.LEDGER_EXPORT})),
)

#: All that ever opens to operators with a company's consent: to look, and to take reports along.
SUPPORT: Final = frozenset(_READ | {Permission.LEDGER_EXPORT})

#: Whose use wants two ways to sign in: a lost phone must not leave a company without (AUT-6).
ADMINISTERS: Final = frozenset({Permission.MEMBERS_CHANGE})

_READY: Final = {role.code: role for role in READY_ROLES}


def ready_name(code: str) -> str:
    """What a ready-made role is called in the active language; empty where there is none."""
    found = _READY.get(code)
    return str(found.name) if found else ""


def ready_rights(code: str) -> frozenset[str]:
    """What a ready-made role grants; nothing where there is none of this code any more."""
    found = _READY.get(code)
    return frozenset(found.permissions) if found else frozenset()
