"""The monthly model (Monatsmodell): each month by its own income. All cantons but FR, GE, TI, VD and VS."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from erp.core.money import ZERO
from payroll.wages.carrying import TaxedMonth
from payroll.wages.values import Reason
from payroll.wages.withholding.account import (
    monthly_determinant,
    monthly_wage,
    taxable_of,
    texts,
)
from payroll.wages.withholding.book import Book, reasons_of


def settle(book: Book, row: TaxedMonth, *, correction: bool = False,
           why: Sequence[Reason] = ()) -> None:  # fmt: skip
    """Tax a month with all that was paid for it, less what was taken before; to 0.05.

    ``row`` holds the sums of the whole month; what its account in ``book`` was taxed with is taken
    off. Raises ``Stopped`` without a tariff.
    """
    if not row.alone:
        row = replace(row, determinant=monthly_determinant(row))
        why = (*why, _reckoned(row))
    before = book.row(row.month, row.canton, row.code)
    found, tax = book.tax_of(row)
    taken, paid = (before.tax, taxable_of(before)) if before else (ZERO, ZERO)
    book.put(replace(row, tax=tax))
    book.tell(
        row, taxable=taxable_of(row) - paid, amount=tax - taken, percent=found.percent,
        correction=correction, why=(*why, *reasons_of(row, found, taxable_of(row))),
    )  # fmt: skip


def _reckoned(row: TaxedMonth) -> Reason:
    said = texts(
        periodic=row.periodic, days=f"{row.days:f}", scaled=monthly_wage(row),
        aperiodic=row.aperiodic, determinant=row.determinant,
    )  # fmt: skip
    return Reason("tax.monthly", said)
