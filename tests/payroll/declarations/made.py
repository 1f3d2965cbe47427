"""A person's posted year without a database, to make certificates and lists from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from payroll.declarations.gathering import PersonYear, Posted
from payroll.employees.facts import FactValue, Personal, kind_of
from payroll.employees.people import Held, Period, PersonFile
from payroll.wage_types.shipped import shipped_types
from payroll.wages.kinds import Sex
from payroll.wages.values import Slip

BOXES = {number: str(one.values["box"]) for number, one in shipped_types().items()}


def file(
    *facts: FactValue, born: str = "1986-03-10", sex: Sex = Sex.FEMALE, entry: str = "2020-01-01",
    exit: str | None = None, number: int = 1, periods: tuple[Period, ...] = (), **more: Any
) -> PersonFile:  # fmt: skip
    """A person's file with facts that hold for ever."""
    birth = dt.date.fromisoformat(born)
    employed = Period(
        1, dt.date.fromisoformat(entry), dt.date.fromisoformat(exit) if exit else None
    )
    told: dict[str, Any] = {
        "id": number, "number": str(number), "contact": number, "name": f"Anna Muster{number}",
        "language": "de", "address": ("Anna Muster", "Gasse 1", "8001 Zürich"),
        "place": "8001 Zürich", "mail": "",
        "personal": Personal(birth_date=birth, sex=sex, ahv_number="756.9217.0769.85"),
        "employments": periods or (employed,),
        "facts": tuple(Held(nth, kind_of(one), "", dt.date.min, None, None, one)
                       for nth, one in enumerate(facts)),
    }  # fmt: skip
    return PersonFile(**(told | more))


def boxed(slip: Slip) -> Slip:
    """A slip whose lines say their box as the shipped wage types do."""
    lines = tuple(replace(line, box=BOXES.get(line.type, "")) for line in slip.lines)
    return replace(slip, lines=lines)


def person_year(slips: Mapping[str, Slip], of: PersonFile | None = None) -> PersonYear:
    """A year of posted slips by month."""
    rows = [
        Posted(nth, slip.month, False, boxed(slip))
        for nth, slip in enumerate(slips.values(), 1) if slip.lines or slip.charges
    ]  # fmt: skip
    return PersonYear(rows[0].month.year, of or file(), tuple(rows))


def amounts(boxes: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: str(amount) for name, amount in boxes.items()}
