"""Withholding tax (Quellensteuer) by circular 45 of the ESTV: of a month's slip, with corrections.

Both models, several employers, payments after somebody left, and late changes. Pure: the tariffs
come in with the month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from erp.core.money import FIVE_CENTIMES, rounded_to
from payroll.wages.values import (
    ZERO,
    Finding,
    MonthInput,
    Reason,
    SlipLine,
    Tax,
    TaxedMonth,
    TaxModel,
    Withholding,
)
from payroll.wages.withholding import changes, monthly, yearly
from payroll.wages.withholding.account import (
    MONTH_DAYS,
    Earned,
    earned,
    gross_of,
    monthly_wage,
    texts,
    yearly_wages,
)
from payroll.wages.withholding.book import Book, holding_in, run_of
from payroll.wages.withholding.changes import late_changes
from payroll.wages.withholding.jobs import is_hourly, jobs
from payroll.wages.withholding.tariff import EXEMPT, FLAT, Stopped, is_code, row_for, tax_by

__all__ = ["holding_in", "is_code", "late_changes", "row_for", "tax_by", "taxes"]

Outcome = tuple[tuple[Tax, ...], tuple[TaxedMonth, ...], tuple[Finding, ...]]


def taxes(given: MonthInput, lines: Sequence[SlipLine], *, days: int) -> Outcome:
    """The taxes of a month and its corrections, the year's months with them, and findings.

    ``lines`` are those of the slip in CHF, of which those count that are taxed; ``days`` are those
    of employment in the month, 30 at most; 0 is a payment after somebody left. Taxes are positive
    where they are taken and negative where they are paid back, to 0.05. What was paid in this
    month already stands in ``given.carry``: only the difference is taken.

    Never raises for data of people: a finding that stops says what is missing, and then nothing is
    taxed and the year stays as it was.
    """
    book = Book(given, sorted(given.carry.taxed, key=lambda row: row.month))
    try:
        _tax(book, lines, days)
    except Stopped as stopped:
        return (), given.carry.taxed, (*book.findings, stopped.finding)
    return tuple(book.taxes), tuple(book.rows), tuple(book.findings)


def _tax(book: Book, lines: Sequence[SlipLine], days: int) -> None:
    given = book.given
    held = holding_in(given.withholdings, given.month)
    moved = changes.apply(book, (*given.tax_changes, *changes.of_this_month(book, held)))
    corrects = frozenset() if days else frozenset(row.month for row in book.rows if row.days)
    paid = earned(lines, given.month, corrects=corrects, is_hourly=is_hourly(given))
    for month, (periodic, aperiodic) in sorted(paid.earlier.items()):
        _add_to(book, month, periodic, aperiodic)
    _look(book, paid, days, held)
    if held is None or not (days or paid.total):
        changes.settle_moved(book, moved)
        return
    row, why = _row(book, held, lines, paid, days)
    if row.model == TaxModel.YEARLY and row.code not in EXEMPT and not row.alone:
        here = [one for one in moved if one.new.canton == row.canton]
        changes.settle_moved(book, [one for one in moved if one not in here])
        yearly.settle(book, row, since=held.since, moved=here, why=why)
    else:
        changes.settle_moved(book, moved)
        monthly.settle(book, row, why=why)


def _row(
    book: Book, held: Withholding, lines: Sequence[SlipLine], paid: Earned, days: int
) -> tuple[TaxedMonth, tuple[Reason, ...]]:
    """The month's account with all that was paid in it until now, and why it is taxed so."""
    before = book.row(book.given.month, held.canton, held.code)
    row = TaxedMonth(
        month=book.given.month, canton=held.canton, code=held.code, model=held.model,
        days=Decimal(days), periodic=paid.periodic + (before.periodic if before else ZERO),
        aperiodic=paid.aperiodic + (before.aperiodic if before else ZERO),
        determinant=ZERO, tax=ZERO, commune=held.commune, share=_share(held),
    )  # fmt: skip
    if not days:
        row = _alone(book, held, row)
        said = texts(payment=row.aperiodic, determinant=row.determinant)
        return row, (Reason("tax.after_exit", said),)
    found = jobs(book.given, held, lines, row.periodic * MONTH_DAYS / row.days)
    return replace(row, scale=found.scale, other=found.other), found.why


def _share(held: Withholding) -> Decimal:
    """The part of the wage that is taxed here: days worked in Switzerland of all in the month."""
    if not held.work_days_abroad:
        return Decimal(1)
    if not held.work_days or held.work_days_abroad > held.work_days:
        raise Stopped(
            "tax.work_days", days=held.work_days or "–", abroad=f"{held.work_days_abroad:f}"
        )
    return (held.work_days - held.work_days_abroad) / held.work_days


def _alone(book: Book, held: Withholding, row: TaxedMonth) -> TaxedMonth:
    """A payment after somebody left: at the rate of the last wage and the payment together."""
    row = replace(row, periodic=ZERO, aperiodic=gross_of(row), alone=True)
    if held.code in FLAT or held.code in EXEMPT:
        return replace(row, determinant=rounded_to(row.aperiodic, FIVE_CENTIMES))
    wage = _last_wage(book, held)
    payment = row.aperiodic / 12 if held.model == TaxModel.YEARLY else row.aperiodic
    return replace(row, determinant=rounded_to(wage + payment, FIVE_CENTIMES))


def _last_wage(book: Book, held: Withholding) -> Decimal:
    """The last periodic monthly wage, or the year's average in the yearly model (CHF)."""
    worked = [row for row in book.rows if row.days and row.code not in EXEMPT]
    if not worked:
        if held.last_wage is None:
            raise Stopped("tax.no_last_wage", month=f"{book.given.month:%Y-%m}")
        return held.last_wage
    last = worked[-1]
    if last.model == TaxModel.YEARLY:
        wages = yearly_wages([row for row in run_of(worked, canton=last.canton) if row.days])
        return (wages or ZERO) / 12
    return monthly_wage(last)


def _add_to(book: Book, month: dt.date, periodic: Decimal, aperiodic: Decimal) -> None:
    """Pay something for the month in which somebody left, and tax that month anew."""
    row = [one for one in book.rows if one.month == month and one.days][-1]
    row = replace(row, periodic=row.periodic + periodic, aperiodic=row.aperiodic + aperiodic)
    why = (Reason("tax.exit_month", texts(month=f"{month:%Y-%m}", amount=periodic + aperiodic)),)
    if row.model == TaxModel.YEARLY and row.code not in EXEMPT:
        yearly.settle(book, row, correction=True, why=why)
    else:
        monthly.settle(book, row, correction=True, why=why)


def _look(book: Book, paid: Earned, days: int, held: Withholding | None) -> None:
    """What somebody should see before the run is approved."""
    if held is None and not days and paid.total and book.rows:
        book.warn("tax.paid_after_liability", amount=paid.total)
    if paid.total < 0:
        book.warn("tax.negative_wage", amount=paid.total)
    given = book.given
    known = replace(given, carry=replace(given.carry, taxed=tuple(book.rows)))
    for change in late_changes(known):
        book.warn("tax.code_differs", month=f"{change.month:%Y-%m}", code=change.code)
