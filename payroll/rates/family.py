"""Family allowances (Familienzulagen) by canton and day, and at least those of the federation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache

from payroll.rates.figures import Figure, figure, rows_of
from payroll.wages.values import Finding

#: Completed years of a child at which a higher amount begins, where it goes by age.
AGE_12, AGE_18 = 12, 18
THIRD = 3


class Status(StrEnum):
    """How sure a cantonal figure is. All but the first want a look at what the canton says."""

    KNOWN = "known"
    PARTLY = "partly"
    UNVERIFIED = "unverified"
    UNDATED = "undated"
    OLD = "old"  # of an earlier year
    FEDERAL = "federal"  # nothing known of the canton: the minimum of the federation
    OPEN = "open"


class Raised(StrEnum):
    """When a canton pays its higher amount."""

    NEVER = ""
    THIRD_CHILD = "third_child"
    FROM_12 = "from_12"
    FROM_18 = "from_18"


@dataclass(frozen=True, slots=True)
class Allowances:
    """What a canton pays, in CHF a month; ``birth`` once for a birth, None where there is none."""

    canton: str
    year: int
    child: Decimal
    child_raised: Decimal | None
    education: Decimal
    education_raised: Decimal | None
    birth: Decimal | None
    raised: Raised
    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """The allowance of one child in CHF a month, and what to look at before it is paid."""

    amount: Decimal
    status: Status
    source: str
    finding: Finding | None = None


@cache
def _cantonal() -> dict[str, tuple[Allowances, ...]]:
    """By canton, the earlier years first."""
    found: dict[str, list[Allowances]] = {}
    for row in rows_of("family_allowances.csv"):
        found.setdefault(row["canton"], []).append(
            Allowances(
                row["canton"], int(row["year"]), Decimal(row["child"]), _amount(row["child_raised"]),
                Decimal(row["education"]), _amount(row["education_raised"]), _amount(row["birth"]),
                Raised(row["raised"]), Status(row["status"]), row["source"],
            )
        )  # fmt: skip
    return {canton: tuple(sorted(rows, key=lambda row: row.year)) for canton, rows in found.items()}


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def allowances_on(canton: str, day: dt.date, *, own: Iterable[Figure] = ()) -> Allowances:
    """What a canton pays on a day. Cantons publish it each year; ``status`` says how sure it is.

    Of an earlier year, it is raised to the federal minimum of the day where that is higher. Raises
    ``FiguresMissing`` where even that is not known for the year.
    """
    own = tuple(own)
    least = figure("family_child", day, own=own)
    least_education = figure("family_education", day, own=own)
    before = [one for one in _cantonal().get(canton, ()) if one.year <= day.year]
    if not before:
        return Allowances(
            canton, day.year, least.value, None, least_education.value, None, None, Raised.NEVER,
            Status.FEDERAL, least.source,
        )  # fmt: skip
    last = before[-1]
    return Allowances(
        canton, last.year, max(last.child, least.value), last.child_raised,
        max(last.education, least_education.value), last.education_raised, last.birth, last.raised,
        last.status if last.year == day.year else Status.OLD, last.source,
    )  # fmt: skip


def allowance(
    canton: str, day: dt.date, *, education: bool, born: dt.date, nth: int = 1,
    own: Iterable[Figure] = (),
) -> Allowance:  # fmt: skip
    """What a child is paid in a month (``day`` is one of its days), in CHF.

    ``nth`` counts the children with an allowance by age, from 1. Amounts that go by age change in
    the month after the birthday. Unless the canton's amount of this year is sure, a finding
    says to check it. Raises ``FiguresMissing`` as ``allowances_on`` does.
    """
    found = allowances_on(canton, day, own=own)
    usual, raised = (
        (found.education, found.education_raised) if education
        else (found.child, found.child_raised)
    )  # fmt: skip
    is_raised = raised is not None and _is_raised(found.raised, day, born, nth)
    amount = max(raised, usual) if is_raised and raised is not None else usual
    if found.status == Status.KNOWN:
        return Allowance(amount, found.status, found.source)
    values = {"canton": canton, "amount": f"{amount:.2f}", "status": found.status.value,
              "year": str(found.year)}  # fmt: skip
    return Allowance(
        amount, found.status, found.source, Finding(code="family.check_amount", values=values)
    )


def _is_raised(rule: Raised, day: dt.date, born: dt.date, nth: int) -> bool:
    if rule == Raised.THIRD_CHILD:
        return nth >= THIRD
    months = (day.year - born.year) * 12 + day.month - born.month
    if rule == Raised.FROM_12:
        return months > AGE_12 * 12
    return rule == Raised.FROM_18 and months > AGE_18 * 12
