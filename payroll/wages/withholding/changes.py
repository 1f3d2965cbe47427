"""Changes that were reported late (Korrekturen): months of this year under another code or canton."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from msgspec.structs import replace

from erp.core.money import ZERO
from payroll.wages.carrying import TaxedMonth
from payroll.wages.kinds import TaxModel
from payroll.wages.values import MonthInput, Reason, TaxChange, Withholding
from payroll.wages.withholding import monthly, yearly
from payroll.wages.withholding.account import MONTH_DAYS, NOT_LIABLE, as_row, taxable_of, texts
from payroll.wages.withholding.book import Book, Moved, holding_in, run_of
from payroll.wages.withholding.days import share_of
from payroll.wages.withholding.jobs import jobs
from payroll.wages.withholding.tariff import EXEMPT, FLAT, Stopped


def late_changes(given: MonthInput) -> tuple[TaxChange, ...]:
    """The months of this year that were taxed otherwise than ``withholdings`` now say, or not at all.

    What is known by now as against what was taken: canton, code, and what is earned elsewhere. To be
    shown, and put into ``tax_changes``. Months that are no longer liable become NON; payments after
    somebody had left stay as they were.
    """
    rows = (*given.carry.taxed, *map(as_row, given.carry.untaxed))
    earlier = sorted(
        (row for row in rows if row.month < given.month and not row.alone),
        key=lambda row: row.month,
    )
    found = (_change(given, row, holding_in(given.withholdings, row.month)) for row in earlier)
    return tuple(one for one in found if one is not None)


def _change(given: MonthInput, row: TaxedMonth, held: Withholding | None) -> TaxChange | None:
    """How a month would be taxed by now, or None where that is as it was."""
    if held is None or not held.canton:
        return TaxChange(month=row.month, code=NOT_LIABLE) if row.code not in EXEMPT else None
    scale, other, share = _elsewhere(given, row, held)
    if (row.canton, row.code) == (held.canton, held.code) and scale is other is None:
        return None
    return TaxChange(month=row.month, code=held.code, canton=held.canton, model=held.model,
                     commune=held.commune, scale=scale, other=other, share=share)  # fmt: skip


def _elsewhere(
    given: MonthInput, row: TaxedMonth, held: Withholding
) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """``scale`` and ``other`` where they differ from the row's, and the ``share`` of one never taxed.

    What stops here stops the month that is taxed now as well, which tells it.
    """
    if held.code in EXEMPT or not row.days:
        return None, None, None
    try:
        now = jobs(given, held, row.own, row.periodic * MONTH_DAYS / row.days)
        share = None if row.canton or row.share != 1 else share_of(held)
    except Stopped:
        return None, None, None
    return (None if now.scale == row.scale else now.scale,
            None if now.other == row.other else now.other, share)  # fmt: skip


def of_this_month(book: Book, held: Withholding | None) -> Iterable[TaxChange]:
    """What was paid earlier in this month under another code follows the one of now."""
    month = book.given.month
    rows = [row for row in book.rows if row.month == month and not _is_fee(row)]
    if held is None or not held.canton:
        if any(row.code not in EXEMPT for row in rows):
            yield TaxChange(month=month, code=NOT_LIABLE)
    elif any((row.canton, row.code) != (held.canton, held.code) for row in rows):
        yield TaxChange(month=month, code=held.code, canton=held.canton, model=held.model,
                        commune=held.commune)  # fmt: skip


def _is_fee(row: TaxedMonth) -> bool:
    """Fees of a board beside a wage: they are taxed flat, whatever the code of the wage is."""
    return row.alone and row.code in FLAT


def apply(book: Book, changes: Iterable[TaxChange]) -> list[Moved]:
    """Put months under their right codes; in the monthly model they are taxed anew at once.

    Months in which nobody was liable are taxed for the first time. Returns months that stay within a
    canton's yearly sums: they are settled with those. What was taken by another canton, or from who
    was not liable, is given back whole. Raises ``Stopped`` for a month of another year, and for one
    of which nothing is known.
    """
    moved: list[Moved] = []
    for change in changes:
        if change.month.year != book.given.month.year:
            raise Stopped("tax.other_year", month=f"{change.month:%Y-%m}", code=change.code)
        rows = [row for row in book.rows if row.month == change.month and not _is_fee(row)]
        if not rows:
            raise Stopped("tax.month_not_taxed", month=f"{change.month:%Y-%m}", code=change.code)
        for row in rows:
            new = _changed(row, change)
            if new != row:
                moved += _move(book, row, new)
    return moved


def _changed(row: TaxedMonth, change: TaxChange) -> TaxedMonth:
    return replace(
        row, code=change.code, canton=change.canton or row.canton,
        model=change.model or row.model,
        commune=change.commune if change.commune is not None or change.canton else row.commune,
        scale=row.scale if change.scale is None else change.scale,
        other=row.other if change.other is None else change.other,
        share=row.share if change.share is None else change.share,
    )  # fmt: skip


def _move(book: Book, old: TaxedMonth, new: TaxedMonth) -> list[Moved]:
    why = Reason(
        "tax.correction",
        texts(month=f"{old.month:%Y-%m}", old=f"{old.canton} {old.code}",
              new=f"{new.canton} {new.code}"),
    )  # fmt: skip
    book.drop(old)
    stays = _in_sums(old) and _in_sums(new) and old.canton == new.canton
    if not stays and old.canton:
        book.tell(old, taxable=-taxable_of(old), amount=-old.tax, percent=ZERO, correction=True,
                  why=(why,))  # fmt: skip
    before = book.row(new.month, new.canton, new.code)
    sums = _together(before, new)
    if _in_sums(new):
        taken = (before.tax if before else ZERO) + (old.tax if stays else ZERO)
        book.put(replace(sums, tax=taken))
        return [Moved(old if stays else None, new, why)]
    monthly.settle(book, sums, correction=True, why=(why,))
    return []


def _in_sums(row: TaxedMonth) -> bool:
    return row.model == TaxModel.YEARLY and row.code not in EXEMPT and not row.alone


def _together(before: TaxedMonth | None, new: TaxedMonth) -> TaxedMonth:
    if before is None:
        return replace(new, tax=ZERO)
    return replace(
        before, periodic=before.periodic + new.periodic, aperiodic=before.aperiodic + new.aperiodic
    )


def settle_moved(book: Book, moved: Sequence[Moved]) -> None:
    """Settle the sums of cantons in which nothing is paid this month."""
    for canton in sorted({one.new.canton for one in moved}):
        rows = run_of(book.rows, canton=canton)
        theirs = [one for one in moved if one.new.canton == canton]
        yearly.settle(book, rows[-1], moved=theirs, correction=True)
