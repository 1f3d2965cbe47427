"""Changes that were reported late (Korrekturen): months of this year under another code or canton."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from payroll.wages.values import (
    ZERO,
    MonthInput,
    Reason,
    TaxChange,
    TaxedMonth,
    TaxModel,
    Withholding,
)
from payroll.wages.withholding import monthly, yearly
from payroll.wages.withholding.account import taxable_of, texts
from payroll.wages.withholding.book import Book, Moved, holding_in, run_of
from payroll.wages.withholding.tariff import EXEMPT, Stopped


def late_changes(given: MonthInput) -> tuple[TaxChange, ...]:
    """The months of this year that were taxed otherwise than ``withholdings`` now say.

    What is known by now as against what was taken: to be shown, and put into ``tax_changes``.
    Months that are no longer liable become NON. Payments after somebody had left stay as they were.
    """
    found = []
    for row in given.carry.taxed:
        held = holding_in(given.withholdings, row.month)
        if row.alone or row.month >= given.month or not _differs(row, held):
            continue
        found.append(
            TaxChange(month=row.month, code=held.code, canton=held.canton, model=held.model,
                      commune=held.commune)
            if held else TaxChange(month=row.month, code="NON")
        )  # fmt: skip
    return tuple(found)


def _differs(row: TaxedMonth, held: Withholding | None) -> bool:
    if held is None:
        return row.code not in EXEMPT
    return (row.canton, row.code) != (held.canton, held.code)


def of_this_month(book: Book, held: Withholding | None) -> Iterable[TaxChange]:
    """What was paid earlier in this month under another code follows the one of now."""
    if held is not None and any(
        row.month == book.given.month and _differs(row, held) for row in book.rows
    ):
        yield TaxChange(month=book.given.month, code=held.code, canton=held.canton,
                        model=held.model, commune=held.commune)  # fmt: skip


def apply(book: Book, changes: Iterable[TaxChange]) -> list[Moved]:
    """Put months under their right codes; in the monthly model they are taxed anew at once.

    Returns months that stay within a canton's yearly sums: they are settled with those. What was
    taken by another canton, or from who was not liable, is given back whole. Raises ``Stopped``
    for a month of another year, and for one that was not taxed.
    """
    moved: list[Moved] = []
    for change in changes:
        if change.month.year != book.given.month.year:
            raise Stopped("tax.other_year", month=f"{change.month:%Y-%m}", code=change.code)
        rows = [row for row in book.rows if row.month == change.month]
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
    )  # fmt: skip


def _move(book: Book, old: TaxedMonth, new: TaxedMonth) -> list[Moved]:
    why = Reason(
        "tax.correction",
        texts(month=f"{old.month:%Y-%m}", old=f"{old.canton} {old.code}",
              new=f"{new.canton} {new.code}"),
    )  # fmt: skip
    book.drop(old)
    stays = _in_sums(old) and _in_sums(new) and old.canton == new.canton
    if not stays and (old.tax or old.code not in EXEMPT):
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
