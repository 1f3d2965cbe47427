"""All that a role can grant, on one page, and the ready-made roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from erp.companies.models import Module


class Permission(models.TextChoices):
    """All that a role can grant: module, dot, verb."""

    COMPANY_READ = "company.read", _("See the company's settings")
    COMPANY_CHANGE = "company.change", _("Change the company's settings and modules")
    MEMBERS_READ = "members.read", _("See who has access")
    MEMBERS_CHANGE = "members.change", _("Give and take access")
    AUDIT_READ = "audit.read", _("See who did what")

    LEDGER_READ = "ledger.read", _("See the books")
    LEDGER_DRAFT = "ledger.draft", _("Write drafts, templates and recurring entries")
    LEDGER_POST = "ledger.post", _("Post journal entries")
    LEDGER_REVERSE = "ledger.reverse", _("Reverse posted entries")
    LEDGER_IMPORT = "ledger.import", _("Import journals")
    LEDGER_EXPORT = "ledger.export", _("Export reports")
    LEDGER_LOCK = "ledger.lock", _("Lock and unlock periods")
    LEDGER_CLOSE = "ledger.close", _("Post into periods open for closing only")
    BUDGET_CHANGE = "ledger.budget", _("Change budgets")
    CHART_CHANGE = "ledger.chart", _("Change accounts, cost centres and fiscal years")

    BANKING_READ = "banking.read", _("See bank accounts and statements")
    BANKING_CHANGE = "banking.change", _("Change bank accounts")
    BANKING_IMPORT = "banking.import", _("Import bank statements")
    BANKING_POST = "banking.post", _("Book bank transactions")

    VAT_READ = "vat.read", _("See VAT codes and settings")
    VAT_CHANGE = "vat.change", _("Change VAT codes and settings")

    @property
    def module(self) -> str | None:
        """The module that must be switched on, or None where every company has it."""
        prefix = self.value.partition(".")[0]
        return prefix if prefix in Module.values else None


@dataclass(frozen=True)
class ReadyRole:
    """A role that each new company starts with."""

    code: str
    name: Any
    permissions: frozenset[str]


_READ = {p for p in Permission if p.value.endswith(".read")}
_BOOKS = {p for p in Permission if p.module is not None}
_ALL = set(Permission)
_CLOSING = {Permission.LEDGER_CLOSE, Permission.LEDGER_LOCK}  # the closing stays in one hand

READY_ROLES = (
    ReadyRole("owner", _("Owner"), frozenset(_ALL)),
    ReadyRole(
        "bookkeeper",
        _("Bookkeeper"),
        frozenset((_BOOKS | {Permission.COMPANY_READ, Permission.AUDIT_READ}) - _CLOSING),
    ),
    ReadyRole(
        "fiduciary",
        _("Fiduciary"),
        frozenset(_BOOKS | _READ | {Permission.COMPANY_CHANGE}),
    ),
    ReadyRole(
        "assistant",
        _("Assistant (drafts only)"),
        frozenset(
            {
                Permission.LEDGER_READ,
                Permission.LEDGER_DRAFT,
                Permission.BANKING_READ,
                Permission.VAT_READ,
                Permission.COMPANY_READ,
            }
        ),
    ),
    ReadyRole("auditor", _("Auditor"), frozenset(_READ | {Permission.LEDGER_EXPORT})),
)
