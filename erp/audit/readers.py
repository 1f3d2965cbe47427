"""Who may read what a record is called and what became of it: whoever may see such records."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Final

from erp.access.permissions import Permission
from erp.audit.subjects import subjects

#: The right to read, by the package a model lives in, or by the model; the longest that fits counts.
#: What is in none of them is told to nobody.
READ_BY: Final = {
    "erp.cockpit": Permission.MEMBERS_READ,
    "erp.cockpit.models.Favourite": Permission.COMPANY_READ,
    "erp.companies": Permission.COMPANY_READ,
    "erp.access": Permission.MEMBERS_READ,
    "erp.access.leaks": Permission.SECURITY_READ,
    "erp.access.support": Permission.COMPANY_READ,
    "erp.api": Permission.COMPANY_READ,
    "erp.changes": Permission.COMPANY_READ,
    "erp.documents": Permission.COMPANY_READ,
    "erp.fiduciary": Permission.QUESTIONS_READ,
    "erp.handover": Permission.MEMBERS_CHANGE,
    "erp.jobs": Permission.JOBS_READ,
    "erp.layouts": Permission.COMPANY_READ,
    "erp.mails": Permission.COMPANY_READ,
    "erp.own_fields": Permission.COMPANY_READ,
    "erp.search": Permission.COMPANY_READ,
    "erp.uploads": Permission.COMPANY_READ,
    "erp.webhooks": Permission.WEBHOOKS_READ,
    "contacts": Permission.CONTACTS_READ,
    "accounting": Permission.LEDGER_READ,
    "accounting.assets": Permission.ASSETS_READ,
    "accounting.banking": Permission.BANKING_READ,
    "accounting.cash": Permission.CASH_READ,
    "accounting.hours": Permission.HOURS_READ,
    "accounting.open_items": Permission.OPEN_ITEMS_READ,
    "accounting.payments": Permission.PAYMENTS_READ,
    "accounting.procedure": Permission.COMPANY_READ,
    "accounting.terms": Permission.RECEIVABLES_READ,
    "accounting.terms.models.SupplierTerms": Permission.PAYABLES_READ,
    "accounting.receivables": Permission.RECEIVABLES_READ,
    "accounting.payables": Permission.PAYABLES_READ,
    "vat": Permission.VAT_READ,
    "payroll.expenses": Permission.EXPENSES_READ,
    "payroll": Permission.PAYROLL_READ,
}


@cache
def needed_for(subject: str) -> Permission | None:
    """The right to see records of a kind, by the name the trail has for it; None: nobody does."""
    model = subjects().get(subject)
    package = f"{model.__module__}.{model.__name__}" if model is not None else ""
    while package:
        if package in READ_BY:
            return READ_BY[package]
        package = package.rpartition(".")[0]
    return None


def readable(granted: Collection[str]) -> frozenset[str]:
    """The kinds of records that somebody with these rights may see."""
    return frozenset(subject for subject in subjects() if needed_for(subject) in granted)
