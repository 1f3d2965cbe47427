"""Reading a tariff (Quellensteuertarif): the row of an income, and the tax by it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from erp.core.money import ZERO
from payroll.wages.values import HUNDRED, Finding, TariffRow
from payroll.wages.withholding.account import texts

#: Declared, but not taxed here: not liable, or taxed in France by the agreement of 1983.
EXEMPT: Final = frozenset({"NON", "NOY", "SFN"})
#: Taxed at one rate whatever the income: fees of boards, and benefits from participations.
FLAT: Final = frozenset({"HEN", "HEY", "MEN", "MEY"})
_CODE: Final = re.compile(r"[A-Z][0-9][YN]", re.ASCII)
NOTHING: Final = TariffRow(income_from=ZERO, percent=Decimal(0))


class Stopped(Exception):
    """The tax cannot be told; the finding says why."""

    def __init__(self, code: str, /, **values: object) -> None:
        super().__init__(code)
        self.finding = Finding(code=code, values=texts(**values), stops=True)


def is_code(code: str) -> bool:
    """Whether it has the form of a tariff code or is a predefined category (ELM 5.0)."""
    return code in EXEMPT or code in FLAT or bool(_CODE.fullmatch(code))


def row_for(rows: Sequence[TariffRow], determinant: Decimal) -> TariffRow:
    """The row with the greatest ``income_from`` that is not above the determinant.

    ``rows`` are ordered by income. Below the first row nothing is due. Steps limit nothing: Geneva
    has holes of 0.05 between them, and the last row holds for all above it.
    """
    place = bisect_right(rows, determinant, key=lambda row: row.income_from)
    return rows[place - 1] if place else NOTHING


def rate(
    tariffs: Mapping[str, Sequence[TariffRow]],
    *,
    canton: str,
    code: str,
    determinant: Decimal,
    year: int,
) -> TariffRow:
    """The row that a code has at an income (CHF a month). Exempt codes need no tariff.

    Raises ``Stopped``: the form of the code is wrong or the canton does not have it (its rows are
    empty), or the canton's tariff of the year is not there at all.
    """
    if code in EXEMPT:
        return NOTHING
    rows = tariffs.get(f"{canton} {code}")
    if not is_code(code) or (rows is not None and not rows):
        raise Stopped("tax.unknown_code", canton=canton, code=code, year=year)
    if rows is None:
        raise Stopped("tax.no_tariff", canton=canton, code=code, year=year)
    return row_for(rows, determinant)


def tax_by(row: TariffRow, taxable: Decimal, *, months: int = 1) -> Decimal:
    """The tax on ``taxable`` CHF of so many months, unrounded.

    At least the minimum of each month, but never for a wage of zero or below.
    """
    tax = taxable * row.percent / HUNDRED
    return max(tax, row.minimum * months) if taxable > 0 else tax
