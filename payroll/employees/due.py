"""What comes up (Fälligkeiten): birthdays that matter, allowances and permits that end, exits. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from payroll.employees.ages import allowance_ends, birthday, january_after, reference_day
from payroll.employees.facts import AllowanceKind, Child, Permit, WithholdingTax
from payroll.employees.people import PersonFile
from payroll.wages.values import AgeStep

TEXTS: Final[dict[str, Any]] = {
    "ahv_begins": _("Contributions to AHV, ALV and the risks of the BVG begin"),
    "savings_begin": _("Savings of the BVG begin"),
    "turns_18": _("Turns 18"),
    "reference_age": _("Reaches the reference age; from the next month on the pensioners’ rules hold"),
    "allowance_ends": _("Allowance of %(child)s ends"),
    "permit_ends": _("Permit %(category)s ends"),
    "tax_begins": _("Withholding tax begins: tell the canton %(canton)s within eight days"),
    "exit": _("Leaves"),
    "entry": _("Enters"),
}  # fmt: skip


@dataclass(frozen=True)
class Due:
    """Something on a day, with who it is about."""

    file: PersonFile
    day: dt.date
    code: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return str(TEXTS[self.code]) % self.values


def coming(
    files: Iterable[PersonFile], *, first: dt.date, last: dt.date, ages: Sequence[AgeStep] = ()
) -> list[Due]:
    """What comes up in a span, by day. ``ages`` are the reference ages of the law (``Figures``)."""
    found = [one for file in files for one in _of(file, ages) if first <= one.day <= last]
    return sorted(found, key=lambda one: (one.day, one.file.name, one.file.id))


def _of(file: PersonFile, ages: Sequence[AgeStep]) -> Iterator[Due]:
    born = file.personal.birth_date
    yield Due(file, birthday(born, 18), "turns_18")
    yield Due(file, january_after(born, 17), "ahv_begins")
    yield Due(file, january_after(born, 24), "savings_begin")
    reached = reference_day(born, file.personal.sex, ages)
    if reached is not None:
        yield Due(file, reached, "reference_age")
    for period in file.employments:
        yield Due(file, period.entry, "entry")
        if period.exit is not None:
            yield Due(file, period.exit, "exit")
    for held in file.during(Child, dt.date.min, dt.date.max):
        child: Child = held.value
        end = allowance_ends(child)
        if child.allowance != AllowanceKind.NONE and end is not None:
            day = end if held.last is None else min(end, held.last)
            yield Due(file, day, "allowance_ends", {"child": child.first_name})
    yield from _taxed(file)
    for held in file.during(Permit, dt.date.min, dt.date.max):
        permit: Permit = held.value
        if permit.expires is not None and held.last is None:
            yield Due(file, permit.expires, "permit_ends", {"category": permit.category})


def _taxed(file: PersonFile) -> Iterator[Due]:
    """When somebody becomes liable to withholding tax in a canton (QStV Art. 5: within eight days)."""
    canton = ""
    for held in file.during(WithholdingTax, dt.date.min, dt.date.max):
        told: WithholdingTax = held.value
        now = told.canton if told.code else ""
        if now and now != canton:
            yield Due(file, held.first, "tax_begins", {"canton": now})
        canton = now
