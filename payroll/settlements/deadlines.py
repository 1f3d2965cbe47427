"""How often a canton wants withholding tax settled, and until when it is paid (Abrechnungsperiode, Frist).

Dated data with its source; a canton without a row of its own follows the one for all.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from payroll.setup.models import PayrollSettings
from payroll.wages.spans import month_end

DATA: Final = Path(__file__).parent / "data" / "deadlines.csv"
ALL: Final = ""
YEAR: Final = 12  # months


@dataclass(frozen=True, slots=True)
class Deadline:
    """The rule of a canton from a day on: the length of a period in months, and days to pay after its end."""

    canton: str
    valid_from: dt.date
    electronic_months: int
    paper_months: int
    days: int
    source: str

    def months(self, commission: str) -> int:
        """How many months a period has; ``commission`` says how the company settles (PEL, PPA, PSP)."""
        is_electronic = commission == PayrollSettings.Commission.ELECTRONIC
        return self.electronic_months if is_electronic else self.paper_months

    def end(self, month: dt.date, commission: str) -> dt.date:
        """The last month, by its first day, of the period that a month is in; periods begin in January."""
        length = self.months(commission)
        nth = (month.month - 1) // length * length + length
        return month.replace(month=min(nth, YEAR), day=1)

    def due(self, month: dt.date) -> dt.date:
        """The day until which a period that ends with a month is paid."""
        return month_end(month) + dt.timedelta(days=self.days)


def deadline_of(canton: str, day: dt.date) -> Deadline:
    """The rule of a canton that is in force on a day."""
    rows = [
        one for one in _rows() if one.canton in {canton, ALL} and one.valid_from <= day
    ] or _rows()[:1]  # fmt: skip
    return max(rows, key=lambda one: (one.canton != ALL, one.valid_from))


@cache
def _rows() -> tuple[Deadline, ...]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Deadline(
                row["canton"], dt.date.fromisoformat(row["valid_from"]), int(row["electronic_months"]),
                int(row["paper_months"]), int(row["days"]), row["source"],
            )
            for row in csv.DictReader(file)
        )  # fmt: skip
