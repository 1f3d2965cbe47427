"""Contents of the manual (Inhaltsverzeichnis): chapters in the order of a bookkeeper's work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.manual.texts import Page, page


@dataclass(frozen=True)
class Chapter:
    """Some pages, in the order in which they are read."""

    key: str
    title: Any
    pages: tuple[str, ...]

    def read(self, language: str) -> list[Page]:
        return [page(name, language) for name in self.pages]


CHAPTERS: Final = (
    Chapter("first-steps", _("First steps"), ("tour", "start", "setup", "account", "favourites")),
    Chapter("contacts", _("Contacts"), ("contacts", "contact-import", "contact-settings")),
    Chapter(
        "ledger", _("Ledger"),
        ("enter", "entry", "journal", "accounts", "account-sheet", "recurring", "fiscal-years",
         "cost-centres", "journal-import"),
    ),
    Chapter(
        "bank", _("Bank and cash"),
        ("bank-accounts", "statements", "bank-transactions", "reconciliation", "bank-rules",
         "cash-books"),
    ),
    Chapter(
        "debtors", _("Debtors"),
        ("sales-documents", "sending", "products", "recurring-invoices", "open-items",
         "open-item-import", "account-statements", "dunning", "dunning-settings", "payment-terms",
         "terms", "sales-settings", "sales-reports"),
    ),
    Chapter(
        "creditors", _("Creditors"),
        ("inbox", "supplier-invoices", "approval", "recurring-supplier-invoices", "deferred-costs",
         "payments", "purchase-reports"),
    ),
    Chapter(
        "hours", _("Hours, projects, expenses"),
        ("hours", "projects", "project-margins", "expenses", "expense-kinds"),
    ),
    Chapter(
        "vat", _("VAT"),
        ("vat", "vat-codes", "vat-activities", "vat-returns", "vat-return", "vat-form", "vat-checks",
         "vat-reconciliation", "vat-what-if"),
    ),
    Chapter(
        "payroll", _("Payroll"),
        ("payroll-start", "payroll-settings", "payroll-institutions", "payroll-accounts", "wage-types",
         "payroll-figures", "payroll-tariffs", "employees", "employee-hiring", "employee-facts",
         "employee-import", "employee-leave", "payroll-movements", "payroll-runs",
         "payroll-calculation", "payroll-net-to-gross", "payroll-withholding",
         "payroll-tax-settlements", "payroll-delivery", "my-wage", "payroll-year",
         "payroll-reconciliation", "payroll-elm"),
    ),
    Chapter(
        "assets", _("Assets"),
        ("assets", "asset", "asset-categories", "depreciation", "assets-table"),
    ),
    Chapter(
        "year-end", _("Year end"),
        ("year-accruals", "valuations", "year-end", "annual-notes", "appropriation",
         "year-archives", "procedure"),
    ),
    Chapter(
        "reports", _("Reports"),
        ("balance-sheet", "income-statement", "trial-balance", "cost-report", "budgets",
         "liquidity"),
    ),
    Chapter("fiduciary", _("Fiduciary"), ("mandates", "fiduciary", "questions")),
    Chapter(
        "settings", _("Settings and rights"),
        ("company", "members", "roles", "security", "audit", "access-log", "support", "layout",
         "mail-texts", "mails", "own-fields", "reference", "jobs", "health",
         "company-export"),
    ),
    Chapter("programs", _("Programs"), ("api", "tokens", "webhooks")),
)  # fmt: skip


@cache
def order() -> tuple[str, ...]:
    """All pages, as they are read from front to back."""
    return tuple(name for chapter in CHAPTERS for name in chapter.pages)


def chapter_of(name: str) -> Chapter:
    """Where a page belongs. Raises ``LookupError``."""
    for chapter in CHAPTERS:
        if name in chapter.pages:
            return chapter
    raise LookupError(name)


def beside(name: str) -> tuple[str | None, str | None]:
    """The pages before and after one, in the order of reading."""
    nth = order().index(name)
    before = order()[nth - 1] if nth else None
    return before, order()[nth + 1] if nth + 1 < len(order()) else None
