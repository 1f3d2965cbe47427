"""Withholding tax (Quellensteuer) by circular 45 of the ESTV: of a month's slip, with corrections.

Both models, several employers, payments after somebody left, and late changes. Pure: the tariffs
come in with the month.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from erp.core.money import FIVE_CENTIMES, ZERO, rounded_to
from payroll.wages.carrying import TaxedMonth, UntaxedMonth
from payroll.wages.kinds import TaxModel
from payroll.wages.values import Finding, MonthInput, Reason, SlipLine, Tax, Withholding
from payroll.wages.withholding import changes, monthly, yearly
from payroll.wages.withholding.account import (
    MONTH_DAYS,
    NOT_LIABLE,
    Earned,
    as_row,
    as_untaxed,
    earned,
    gross_of,
    monthly_wage,
    texts,
    yearly_wages,
)
from payroll.wages.withholding.book import Book, holding_in, run_of
from payroll.wages.withholding.changes import late_changes
from payroll.wages.withholding.days import share_of, share_typed
from payroll.wages.withholding.jobs import hourly_degree, is_hourly, jobs
from payroll.wages.withholding.tariff import EXEMPT, FLAT, Stopped, is_code, row_for, tax_by

__all__ = ["holding_in", "is_code", "last_wage", "late_changes", "row_for", "tax_by", "taxes"]


FEES: Final = "6"


@dataclass(frozen=True, slots=True)
class Taxed:
    """What comes of a month: its taxes and corrections, the year's months with them, and findings."""

    taxes: tuple[Tax, ...]
    taxed: tuple[TaxedMonth, ...]
    untaxed: tuple[UntaxedMonth, ...]
    findings: tuple[Finding, ...]


def taxes(given: MonthInput, lines: Sequence[SlipLine], *, days: int) -> Taxed:
    """The taxes of a month and its corrections, and what the year hands on.

    ``lines`` are those of the slip in CHF, of which those count that are taxed; ``days`` are those
    of employment in the month, 30 at most; 0 is a payment after somebody left. Taxes are positive
    where they are taken and negative where they are paid back, to 0.05. What was paid in this
    month already stands in ``given.carry``: only the difference is taken.

    Never raises for data of people: a finding that stops says what is missing, and then nothing is
    taxed and the year stays as it was.
    """
    carry = given.carry
    rows = [*carry.taxed, *map(as_row, carry.untaxed)]
    book = Book(given, sorted(rows, key=lambda row: row.month))
    try:
        _tax(book, lines, days)
    except Stopped as stopped:
        return Taxed((), carry.taxed, carry.untaxed, (*book.findings, stopped.finding))
    return Taxed(
        tuple(book.taxes), tuple(row for row in book.rows if row.canton),
        tuple(as_untaxed(row) for row in book.rows if not row.canton), tuple(book.findings),
    )  # fmt: skip


def _tax(book: Book, lines: Sequence[SlipLine], days: int) -> None:
    given = book.given
    held = holding_in(given.withholdings, given.month)
    moved = changes.apply(book, (*given.tax_changes, *changes.of_this_month(book, held)))
    corrects = frozenset() if days else frozenset(row.month for row in book.rows if row.days)
    if held is not None and held.board_code:
        lines = _tax_fees(book, held, lines)
    paid = earned(lines, given.month, corrects=corrects, is_hourly=is_hourly(given))
    for month, (periodic, aperiodic) in sorted(paid.earlier.items()):
        _add_to(book, month, periodic, aperiodic)
    _look(book, paid, days, held)
    if held is None or not held.canton or not (days or paid.total):
        if held is None or not held.canton:
            _keep_untaxed(book, lines, paid, days)
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


def _tax_fees(book: Book, held: Withholding, lines: Sequence[SlipLine]) -> list[SlipLine]:
    """Tax the fees of a board (box 6 of the certificate) of who has a wage beside; what is left to tax.

    Two categories of one person: fees at their flat rate, the wage by its own code (QStV Art. 9, DBG
    Art. 93).
    """
    paid = earned(
        [line for line in lines if line.box == FEES], book.given.month, corrects=frozenset()
    )
    before = book.row(book.given.month, held.canton, held.board_code)
    if paid.total:
        fees = paid.total + (gross_of(before) if before else ZERO)
        row = TaxedMonth(
            month=book.given.month, canton=held.canton, code=held.board_code,
            model=TaxModel.MONTHLY, days=Decimal(0), periodic=ZERO, aperiodic=fees,
            determinant=rounded_to(fees, FIVE_CENTIMES), tax=ZERO, commune=held.commune, alone=True,
        )  # fmt: skip
        monthly.settle(book, row)
    return [line for line in lines if line.box != FEES]


def _keep_untaxed(book: Book, lines: Sequence[SlipLine], paid: Earned, days: int) -> None:
    """Note what a month paid in which nobody is liable, as far as is known today."""
    before = book.row(book.given.month, "", NOT_LIABLE)
    if paid.total or (days and before is None):
        book.put(as_row(UntaxedMonth(
            month=book.given.month, days=Decimal(days),
            periodic=paid.periodic + (before.periodic if before else ZERO),
            aperiodic=paid.aperiodic + (before.aperiodic if before else ZERO),
            own=hourly_degree(book.given, lines), share=share_typed(book.given),
        )))  # fmt: skip


def _row(
    book: Book, held: Withholding, lines: Sequence[SlipLine], paid: Earned, days: int
) -> tuple[TaxedMonth, tuple[Reason, ...]]:
    """The month's account with all that was paid in it until now, and why it is taxed so."""
    before = book.row(book.given.month, held.canton, held.code)
    row = TaxedMonth(
        month=book.given.month, canton=held.canton, code=held.code, model=held.model,
        days=Decimal(days), periodic=paid.periodic + (before.periodic if before else ZERO),
        aperiodic=paid.aperiodic + (before.aperiodic if before else ZERO),
        determinant=ZERO, tax=ZERO, commune=held.commune, share=share_of(held, given=book.given),
        own=hourly_degree(book.given, lines),
    )  # fmt: skip
    if not days:
        row = _alone(book, held, row)
        said = texts(payment=row.aperiodic, determinant=row.determinant)
        return row, (Reason("tax.after_exit", said),)
    found = jobs(book.given, held, row.own, row.periodic * MONTH_DAYS / row.days)
    return replace(row, scale=found.scale, other=found.other), found.why


def _alone(book: Book, held: Withholding, row: TaxedMonth) -> TaxedMonth:
    """A payment after somebody left: at the rate of the last wage and the payment together."""
    row = replace(row, periodic=ZERO, aperiodic=gross_of(row), alone=True)
    if held.code in FLAT or held.code in EXEMPT:
        return replace(row, determinant=rounded_to(row.aperiodic, FIVE_CENTIMES))
    wage = last_wage(book.rows)
    if wage is None:
        wage = held.last_wage
    if wage is None:
        raise Stopped("tax.no_last_wage", month=f"{book.given.month:%Y-%m}")
    payment = row.aperiodic / 12 if held.model == TaxModel.YEARLY else row.aperiodic
    return replace(row, determinant=rounded_to(wage + payment, FIVE_CENTIMES))


def last_wage(rows: Sequence[TaxedMonth]) -> Decimal | None:
    """The last periodic monthly wage (CHF), or the year's average in the yearly model.

    ``rows`` are a year's months in their order; None where none of them was worked in.
    """
    worked = [row for row in rows if row.days]
    taxed = [row for row in worked if row.code not in EXEMPT]
    if not worked:
        return None
    last = (taxed or worked)[-1]
    if last.model == TaxModel.YEARLY and taxed:
        wages = yearly_wages([row for row in run_of(taxed, canton=last.canton) if row.days])
        return (wages or ZERO) / 12
    return monthly_wage(last)


def _add_to(book: Book, month: dt.date, periodic: Decimal, aperiodic: Decimal) -> None:
    """Pay something for the month in which somebody left, and tax that month anew."""
    row = [one for one in book.rows if one.month == month and one.days][-1]
    row = replace(row, periodic=row.periodic + periodic, aperiodic=row.aperiodic + aperiodic)
    if not row.canton:  # nobody was liable
        book.put(row)
        return
    why = (Reason("tax.exit_month", texts(month=f"{month:%Y-%m}", amount=periodic + aperiodic)),)
    if row.model == TaxModel.YEARLY and row.code not in EXEMPT:
        yearly.settle(book, row, correction=True, why=why)
    else:
        monthly.settle(book, row, correction=True, why=why)


def _look(book: Book, paid: Earned, days: int, held: Withholding | None) -> None:
    """What somebody should see before the run is approved."""
    was_liable = any(row.code not in EXEMPT for row in book.rows)
    if (held is None or not held.canton) and not days and paid.total and was_liable:
        book.warn("tax.paid_after_liability", amount=paid.total)
    if paid.total < 0:
        book.warn("tax.negative_wage", amount=paid.total)
    given = book.given
    carry = replace(
        given.carry, taxed=tuple(row for row in book.rows if row.canton),
        untaxed=tuple(as_untaxed(row) for row in book.rows if not row.canton),
    )  # fmt: skip
    for change in late_changes(replace(given, carry=carry)):
        book.warn("tax.code_differs", month=f"{change.month:%Y-%m}", code=change.code)
