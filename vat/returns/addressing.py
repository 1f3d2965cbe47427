"""How a return is found by its address: a first return by its first day, others by number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounting.ledger.models import FiscalYear
from erp.companies.models import Company
from vat.returns import queries
from vat.returns.computing import Computed, Scope, compute
from vat.returns.freezing import thawed
from vat.returns.models import VatReturn
from vat.returns.queries import NoSuchPeriod, Row, filing_deadline, frozen_scope, period_of, scope

LONGEST_ID = 18  # digits


def row_of(company: Company, key: str) -> Row | None:
    """What an address names, begun or not; None where there is nothing. Two queries at most."""
    rows = VatReturn.of(company).select_related(
        "company", "entry", "xml", "pdf", "created_by", "checked_by", "filed_by"
    )
    if _is_number(key):
        return _row(company, key, list(rows.filter(pk=int(key))))
    start = _day(key)
    if start is None:
        return None
    return _row(company, key, list(rows.filter(kind=VatReturn.Kind.FIRST, start=start)))


def scope_of(company: Company, key: str) -> tuple[Row, Scope] | None:
    """What an address names, and what it covers; None where there are no figures here.

    One query of a return that is begun, two of a period.
    """
    rows = list(VatReturn.of(company).select_related("company").defer("figures"))
    row = _row(company, key, rows)
    if row is None or (row.stored and row.stored.elsewhere):
        return None
    filed = sorted((one for one in rows if one.filed_at), key=lambda one: (one.filed_at, one.pk))
    if row.stored is None:
        return row, scope(company, row.period, filed=filed)
    return row, queries.covered(row.stored, filed=filed)


def _row(company: Company, key: str, rows: Sequence[VatReturn]) -> Row | None:
    start = _day(key)
    one = next(
        (one for one in sorted(rows, key=lambda one: -one.nth)
         if str(one.pk) == key or (one.kind == VatReturn.Kind.FIRST and one.start == start)), None,
    )  # fmt: skip
    if one is not None:
        return Row(period_of(one), one, one.due_date)
    if start is None:
        return None
    try:
        period = queries.period_starting(company, start)
    except NoSuchPeriod:
        return None
    return Row(period, None, filing_deadline(period.end))


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= LONGEST_ID


def computed_of(company: Company, row: Row) -> Computed | None:
    """What a return of the list says, begun or not; None of what another program has filed."""
    if row.stored is None:
        return compute(scope(company, row.period))
    return None if row.stored.elsewhere else queries.computed(row.stored)


def compared(company: Company, row: Row) -> dict[str, Computed]:
    """The filed figures of the period ``before`` and of the same one a ``year_ago``, where there are."""
    start = row.period.start
    rows = VatReturn.of(company).select_related("company").filter(
        kind=VatReturn.Kind.FIRST, state=VatReturn.State.FILED, elsewhere=False
    )  # fmt: skip
    day_before = start - dt.timedelta(days=1)
    year_ago = start.replace(year=start.year - 1, day=min(start.day, 28))
    found: dict[str, Computed] = {}
    for one in (*rows.filter(end=day_before), *rows.filter(start=year_ago)):
        name = "before" if one.end == day_before else "year_ago"
        found[name] = thawed(frozen_scope(one), one.figures)
    return found


def years_to_reconcile(company: Company, today: dt.date) -> list[FiscalYear]:
    """Fiscal years that are over, the newest first."""
    return list(FiscalYear.of(company).filter(end__lt=today).order_by("-start")[:10])


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2026-01-01") else None
    except ValueError:
        return None
