"""The yearly model (Jahresmodell): the year's sums at one rate, an account for each code.

For FR, GE, TI, VD and VS. What is due on all accounts until now, less what was taken, is the tax of
the month; it may be a refund.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from msgspec.structs import replace

from erp.core.money import FIVE_CENTIMES, ZERO, rounded_to
from payroll.wages.carrying import TaxedMonth
from payroll.wages.values import Reason
from payroll.wages.withholding.account import gross_of, taxable_of, texts, yearly_determinant
from payroll.wages.withholding.book import Book, Moved, reasons_of, run_of
from payroll.wages.withholding.tariff import tax_by


def due(book: Book, rows: Sequence[TaxedMonth], determinant: Decimal) -> Decimal:
    """What is due on the accounts of these months at one determinant, rounded once to 0.05."""
    accounts: dict[str, tuple[Decimal, int]] = {}
    for row in rows:
        taxed, months = accounts.get(row.code, (ZERO, 0))
        accounts[row.code] = (taxed + taxable_of(row), months + (gross_of(row) > 0))
    total = ZERO
    for code, (taxed, months) in accounts.items():
        found = book.rate(rows[0].canton, code, determinant)
        total += tax_by(found, taxed, months=months)
    return rounded_to(total, FIVE_CENTIMES)


def settle(
    book: Book, row: TaxedMonth, *, since: dt.date | None = None, correction: bool = False,
    moved: Sequence[Moved] = (), why: Sequence[Reason] = (),
) -> None:  # fmt: skip
    """Settle the year until now, with ``row`` holding the sums of its month.

    ``moved`` are months whose code changed; they stand in ``book`` already. Each is told with both
    codes at the determinant of now, and the rest is the tax of ``row``. Raises ``Stopped``.
    """
    before = book.row(row.month, row.canton, row.code)
    taken, paid = (before.tax, taxable_of(before)) if before else (ZERO, ZERO)
    book.put(replace(row, tax=taken))
    determinant = yearly_determinant(run_of(book.rows, canton=row.canton, since=since))
    for one in moved:
        _tell_moved(book, one, determinant)
    rows = run_of(book.rows, canton=row.canton, since=since)
    owed, withheld = due(book, rows, determinant), sum((one.tax for one in rows), ZERO)
    now = book.row(row.month, row.canton, row.code) or row
    row = replace(row, determinant=determinant, tax=now.tax + owed - withheld)
    book.put(row)
    found = book.rate(row.canton, row.code, determinant)
    book.tell(
        row, taxable=taxable_of(row) - paid, amount=owed - withheld, percent=found.percent,
        correction=correction,
        why=(*why, _reckoned(rows, determinant, owed, withheld),
             *reasons_of(row, found, taxable_of(row))),
    )  # fmt: skip


def _tell_moved(book: Book, moved: Moved, determinant: Decimal) -> None:
    """The wage of a month leaves the account of one code for that of another.

    What stays under its code, and is earned beside other income than was known, changes the
    determinant of all months alone.
    """
    if moved.old is not None and moved.old.code == moved.new.code:
        return
    change = ZERO
    for row, sign in ((moved.old, -1), (moved.new, 1)):
        if row is None:
            continue
        row = replace(row, determinant=determinant)
        found, taxable = book.rate(row.canton, row.code, determinant), taxable_of(row)
        amount = sign * rounded_to(tax_by(found, taxable), FIVE_CENTIMES)
        change += amount
        book.tell(
            row, taxable=sign * taxable, amount=amount, percent=found.percent, correction=True,
            why=(moved.why, *reasons_of(row, found, taxable)),
        )  # fmt: skip
    new = moved.new
    now = book.row(new.month, new.canton, new.code)
    if now is not None:
        book.put(replace(now, tax=now.tax + change, determinant=determinant))


def _reckoned(
    rows: Sequence[TaxedMonth], determinant: Decimal, owed: Decimal, withheld: Decimal
) -> Reason:
    said = texts(
        periodic=sum((row.periodic for row in rows), ZERO),
        days=f"{sum((row.days for row in rows), Decimal(0)):f}",
        aperiodic=sum((row.aperiodic for row in rows), ZERO),
        determinant=determinant, due=owed, withheld=withheld,
    )  # fmt: skip
    return Reason("tax.yearly", said)
