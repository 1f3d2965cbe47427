"""What stands over a filed return: who declares, when, and for which time."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from vat.returns.boxes import DATA, read_day
from vat.returns.form import Declaration


class Submission(IntEnum):
    """Why a return is filed (typeOfSubmission)."""

    FIRST = 1
    CORRECTION = 2
    ANNUAL_RECONCILIATION = 3


@dataclass(frozen=True, slots=True)
class Head:
    """Who files (uid canonical, such as ``CHE123456788``; of a VAT group, the group's) and when.

    ``generated_at`` is a moment with its time zone. ``reference`` is the sender's own reference,
    of 1 to 50 characters; it tells filings of the same period apart.
    """

    uid: str
    name: str
    generated_at: dt.datetime
    kind: int
    reference: str


@dataclass(frozen=True, slots=True)
class Filing:
    """How returns of a method are filed in some time: the element, the possible lengths of periods
    in months, and how many rows of turnover there may be.
    """

    method: str
    element: str
    valid_from: dt.date
    valid_to: dt.date
    months: tuple[int, ...]
    rows: int


def filing_of(declaration: Declaration) -> Filing | None:
    """How a return is filed, by its method and its last day; None of a method that files none."""
    return next(
        (
            one
            for one in _filings()
            if one.method == declaration.method
            and one.valid_from <= declaration.end <= one.valid_to
        ),
        None,
    )


@cache
def _filings() -> tuple[Filing, ...]:
    with (DATA / "methods.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Filing(
                method=row["method"],
                element=row["element"],
                valid_from=read_day(row["valid_from"], dt.date.min),
                valid_to=read_day(row["valid_to"], dt.date.max),
                months=tuple(int(months) for months in row["months"].split(";")),
                rows=int(row["rows"]),
            )
            for row in csv.DictReader(file)
        )
