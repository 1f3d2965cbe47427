"""What changed between one closing of a year and the next (Änderungen seit dem Abschluss)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounting.closing.freezing import frozen
from accounting.ledger.models import FiscalYear, JournalEntry, YearClosing
from erp.companies.models import Company
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class ChangedBalance:
    """An account whose closing balance is another; debit positive."""

    account: str
    name: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Changes:
    """From a closing to the one after it, or to now: balances, result, and the entries posted between."""

    since: YearClosing
    until: YearClosing | None
    balances: list[ChangedBalance]
    result: Decimal
    entries: QuerySet[JournalEntry]


def closings_of(company: Company, year: FiscalYear) -> list[YearClosing]:
    """All closings of a year, the first first."""
    rows = YearClosing.of(company).filter(fiscal_year=year)
    return list(rows.select_related("closed_by", "reopened_by").order_by("nth"))


def changes(company: Company, year: FiscalYear, closings: list[YearClosing]) -> Changes | None:
    """From the last closing that was taken back to the one after it, or to now; None without one."""
    taken_back = [one for one in closings if one.reopened_at is not None]
    if not taken_back:
        return None
    since = taken_back[-1]
    until = next((one for one in closings if one.nth > since.nth), None)
    if until is None:
        now = frozen(company, year)
        rows, result = now.rows, now.result
    else:
        rows, result = until.figures, until.result
    entries = JournalEntry.of(company).filter(fiscal_year=year, chain_position__gt=since.position)
    if until is not None:
        entries = entries.filter(chain_position__lte=until.position)
    return Changes(since, until, _balances(since.figures, rows), result - since.result,
                   entries.order_by("chain_position"))  # fmt: skip


def _balances(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[ChangedBalance]:
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in now}
    found = []
    for pk in old.keys() | new.keys():
        row = new.get(pk) or old[pk]
        was = Decimal(old[pk]["closing"]) if pk in old else ZERO
        is_now = Decimal(new[pk]["closing"]) if pk in new else ZERO
        if was != is_now:
            found.append(ChangedBalance(row["account"], row["name"], was, is_now))
    return sorted(found, key=lambda one: one.account)
