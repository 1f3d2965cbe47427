"""What is at hand while a month is taxed: its rows, and what comes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import replace

from erp.core.money import FIVE_CENTIMES, ZERO, rounded_to, to_centimes
from payroll.wages.carrying import TaxedMonth
from payroll.wages.kinds import TaxModel
from payroll.wages.spans import month_end, position_of_end, position_of_start
from payroll.wages.values import Finding, MonthInput, Reason, Tax, Withholding
from payroll.wages.withholding.account import taxable_of, texts
from payroll.wages.withholding.tariff import EXEMPT, FLAT, TariffRow, rate, tax_by


@dataclass(frozen=True, slots=True)
class Moved:
    """A month of the yearly model under another code; ``old`` is None where it was exempt before."""

    old: TaxedMonth | None
    new: TaxedMonth
    why: Reason


@dataclass(slots=True)
class Book:
    """The year's months until now (by month), and the taxes and findings of this one."""

    given: MonthInput
    rows: list[TaxedMonth]
    taxes: list[Tax] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def rate(self, canton: str, code: str, determinant: Decimal) -> TariffRow:
        """See ``tariff.rate``; the tariffs are those of the month's year."""
        return rate(
            self.given.tariffs, canton=canton, code=code, determinant=determinant,
            year=self.given.month.year,
        )  # fmt: skip

    def tax_of(self, row: TaxedMonth) -> tuple[TariffRow, Decimal]:
        """The tax of a month by its own determinant, to 0.05."""
        found = self.rate(row.canton, row.code, row.determinant)
        return found, rounded_to(tax_by(found, taxable_of(row)), FIVE_CENTIMES)

    def put(self, row: TaxedMonth) -> None:
        """Keep a month in place of the one it continues (same month, canton and code), or as a new one."""
        for nth, one in enumerate(self.rows):
            if (one.month, one.canton, one.code) == (row.month, row.canton, row.code):
                self.rows[nth] = row
                return
        self.rows.append(row)
        self.rows.sort(key=lambda one: one.month)

    def drop(self, row: TaxedMonth) -> None:
        self.rows.remove(row)

    def row(self, month: dt.date, canton: str, code: str) -> TaxedMonth | None:
        for one in self.rows:
            if (one.month, one.canton, one.code) == (month, canton, code):
                return one
        return None

    def tell(
        self, row: TaxedMonth, *, taxable: Decimal, amount: Decimal, percent: Decimal,
        correction: bool = False, why: Sequence[Reason] = (),
    ) -> None:  # fmt: skip
        """Keep a tax for the slip, unless nothing was paid and nothing is due."""
        if taxable or amount:
            self.taxes.append(
                Tax(
                    month=row.month, canton=row.canton, commune=row.commune, code=row.code,
                    taxable=to_centimes(taxable), determinant=row.determinant,
                    percent=percent, amount=amount, is_correction=correction, why=tuple(why),
                )
            )  # fmt: skip

    def warn(self, code: str, /, **values: object) -> None:
        self.findings.append(Finding(code=code, values=texts(**values)))


def run_of(
    rows: Sequence[TaxedMonth], *, canton: str, since: dt.date | None = None
) -> list[TaxedMonth]:
    """The months whose sums the yearly model takes together: the last ones in a row in a canton.

    ``since`` is the day from which somebody is liable there. Months that are exempt count for
    nothing; without them, sums go on after a gap. What was paid after an exit is taxed alone until somebody
    is back (guidelines, example Y1.2); fees of a board are always.
    """
    found: list[TaxedMonth] = []
    for row in reversed(rows):
        returned = any(one.days for one in found)
        if row.code in EXEMPT or (row.alone and (row.code in FLAT or not returned)):
            continue
        fits = row.canton == canton and row.model == TaxModel.YEARLY
        if fits and (since is None or row.month >= since.replace(day=1)):
            found.append(row)
        elif found:
            break
    return found[::-1]


def holding_in(withholdings: Sequence[Withholding], month: dt.date) -> Withholding | None:
    """What holds in a month: on its first day, or else from the first day on that it begins.

    So a change within the month counts from the next one, and so do the beginning and the end of
    liability (QStV Art. 12 and 13); degrees of work count by their days.
    """
    end = month_end(month)
    found = sorted(
        (one for one in withholdings if one.first <= end and one.last >= month),
        key=lambda one: one.first,
    )
    if not found or all(one.own_rate == found[0].own_rate for one in found):
        return found[0] if found else None
    return replace(found[0], own_rate=_mean_degree(found, month, end))


def _mean_degree(found: Sequence[Withholding], month: dt.date, end: dt.date) -> Decimal:
    """The degree of a month in which it changed, by days of thirty; an unknown one stays unknown."""
    days = total = Decimal(0)
    for one in found:
        if not one.own_rate:
            return one.own_rate
        of = position_of_end(one.last, month, end) - position_of_start(one.first, month, end)
        days += of
        total += one.own_rate * of
    return total / days if days else found[0].own_rate


def reasons_of(row: TaxedMonth, found: TariffRow, taxable: Decimal) -> tuple[Reason, ...]:
    """Why the tax is what it is: the tariff's row and, where it counted, the minimum."""
    if row.code in EXEMPT:
        return (Reason("tax.exempt", texts(code=row.code)),)
    said = texts(
        canton=row.canton, code=row.code, determinant=row.determinant,
        income_from=found.income_from, percent=found.percent, taxable=taxable,
    )  # fmt: skip
    told = [Reason("tax.by_tariff", said)]
    if taxable > ZERO and tax_by(found, taxable) == found.minimum > ZERO:
        told.append(Reason("tax.minimum", texts(minimum=found.minimum)))
    if row.share != 1:
        told.append(Reason("tax.work_days", texts(percent=row.share * 100)))
    return tuple(told)
