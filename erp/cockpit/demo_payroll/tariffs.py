"""A made-up withholding-tax tariff, so that demo books know taxes at source without a file of the ESTV.

No figure of it is official, and its file says so. An official file of the same canton and year is newer,
and takes its place as soon as somebody uploads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.db import transaction

from erp.reference.updating import update
from payroll.rates.figures import figure

CANTONS: Final = ("UR", "TI")
YEARS: Final = (2025, 2026)
#: Letter: the highest rate in percent, and the monthly income in CHF that is free of tax.
_CURVES: Final = {
    "A": (Decimal("13.5"), 1500), "B": (Decimal(9), 2600), "C": (Decimal("12.5"), 1400),
    "H": (Decimal(9), 2600), "R": (Decimal("10.8"), 1500), "S": (Decimal("7.2"), 2600),
    "T": (Decimal(10), 1400), "U": (Decimal("7.2"), 2600),
}  # fmt: skip
_LETTERS: Final = {"UR": "ABCH", "TI": "ABCHRSTU"}
_CHURCHES: Final = {"UR": "NY", "TI": "N"}
_CHILD: Final = Decimal("1.3")  # percent less for each child
_CHURCH: Final = Decimal("1.06")
_STEP, _HIGHEST, _CHILDREN = 100, 20_000, 4  # CHF a month; the last row holds above
_HUNDREDTH: Final = Decimal("0.01")


def load_tariffs() -> None:
    """Take in the tariffs of the demo's cantons and years as files, as an upload is taken in."""
    for canton in CANTONS:
        for year in YEARS:
            with transaction.atomic():
                update("tariffs", content=tariff_file(canton, year),
                       filename=f"vorfuehrtarif {canton} {year}.txt", on=dt.date(year, 1, 1))  # fmt: skip


def tariff_file(canton: str, year: int) -> bytes:
    """A file in the form of the ESTV; its header names it a demo tariff."""
    records = list(_records(canton, year))
    note = "Vorfuehrtarif, erfunden, nicht amtlich"
    head = f"00{canton}{'':15}{year - 1}0101{note:<40}{'':43}"
    rows = [head, *records, f"99{'':15}{canton}{len(records) + 2:08}{0:9}   ", ""]
    return "\r\n".join(rows).encode("latin-1")


def _records(canton: str, year: int) -> Iterator[str]:
    for letter in _LETTERS[canton]:
        for children in range(_CHILDREN + 1):
            for church in _CHURCHES[canton]:
                code = f"{letter}{children}{church}"
                for income in range(0, _HIGHEST, _STEP):
                    percent = _percent(letter, children, church, income)
                    yield _record("06", canton, code, year, income=income * 100 + (1 if not income else 0),
                                  children=children, percent=percent)  # fmt: skip
    yield _record("11", canton, "HEN", year, percent=Decimal(25))
    yield _record("12", canton, "PEL", year, percent=Decimal(2))
    yield _record("12", canton, "PPA", year, percent=Decimal(1))
    median = figure("median_wage", dt.date(year, 1, 1)).value
    yield _record("13", canton, "MED", year, minimum=int(median * 100))


def _percent(letter: str, children: int, church: str, income: int) -> Decimal:
    """A curve that rises towards the letter's highest rate, less a part for each child."""
    most, free = _CURVES[letter]
    if income <= free:
        return Decimal(0)
    percent = max(Decimal(0), most * (1 - Decimal(free) / income) - children * _CHILD)
    if church == "Y":
        percent *= _CHURCH
    return percent.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _record(
    kind: str, canton: str, code: str, year: int, *, income: int = 1, children: int = 0,
    minimum: int = 0, percent: Decimal = Decimal(0),
) -> str:  # fmt: skip
    """A record of fixed width; amounts in centimes, the rate in hundredths of a percent."""
    rate = int(percent * 100)
    return (f"{kind}01{canton}{code:<10}{year}0101{income:09}{_STEP * 100:09} {children:02}"
            f"{minimum:09}{rate:05}   ")  # fmt: skip
