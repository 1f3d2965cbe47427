"""Whether rates of a solution can be (Prüfung der Sätze), and what is unusual about them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any, Final

from django.utils.translation import gettext as _

from erp.core import clock
from erp.core.errors import DomainError
from payroll.rates.figures import figure
from payroll.setup import refusals
from payroll.setup.models import Institution, SolutionRate

Kind = Institution.Kind
Insures = SolutionRate.Insures

#: What an institution of a kind charges.
CHARGED_BY: Final[dict[str, tuple[str, ...]]] = {
    Kind.AHV: (Insures.ADMIN, Insures.CANTONAL, Insures.EXTRA),
    Kind.FAK: (Insures.FAK, Insures.CANTONAL),
    Kind.UVG: (Insures.BU, Insures.NBU),
    Kind.UVGZ: (Insures.UVGZ,),
    Kind.KTG: (Insures.KTG,),
    Kind.BVG: (Insures.BVG,),
    Kind.OTHER: (Insures.CANTONAL, Insures.EXTRA),
    Kind.TAX: (),
}
#: How codes of solutions look. Source: ELM 5.0, UVG-LAA-CodeType and codes of two characters.
CODES: Final = {
    Kind.UVG: (re.compile(r"[A-Z][0-3]", re.ASCII), "A1"),
    Kind.UVGZ: (re.compile(r"[A-Z0-9]{2}", re.ASCII), "11"),
    Kind.KTG: (re.compile(r"[A-Z0-9]{2}", re.ASCII), "11"),
}
ANY_CODE: Final = (re.compile(r"[A-Z0-9]{1,10}", re.ASCII), "1")
#: What the employer alone pays, and by which law.
EMPLOYERS: Final = {Insures.BU: "UVG Art. 91", Insures.ADMIN: "AHVG Art. 69"}
OLDEST: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A rate as it is told; see ``SolutionRate``. Percents have four decimals, wages are of a year."""

    insures: str
    valid_from: dt.date
    base: str = ""
    sex: str = ""
    age_from: int | None = None
    age_to: int | None = None
    wage_from: Decimal = Decimal(0)
    wage_to: Decimal | None = None
    employee_percent: Decimal = Decimal(0)
    employer_percent: Decimal = Decimal(0)
    source: str = ""

    @property
    def title(self) -> str:
        """What it is for, in the active language."""
        return str(Insures(self.insures).label)


def faults(kind: str, rates: Sequence[Rate]) -> list[DomainError]:
    """What is wrong with rates of an institution's solution; each names the row, from 1 on."""
    found = [fault for nth, rate in enumerate(rates, 1) for fault in _faults_of(kind, nth, rate)]
    for (nth, one), (other, two) in combinations(enumerate(rates, 1), 2):
        if _overlap(one, two):
            found.append(refusals.RatesOverlap(nth=nth, other=other, date=one.valid_from))
    return found


def warnings(kind: str, rates: Sequence[Rate]) -> list[str]:
    """What may be right and is unusual, in words."""
    said = []
    by_day: dict[dt.date, list[Rate]] = {}
    for rate in rates:
        by_day.setdefault(rate.valid_from, []).append(rate)
        if rate.insures == Insures.ADMIN:
            most = _most_admin(rate.valid_from)
            if rate.employer_percent > most:
                said.append(_("More than %(most)s %% of the contributions for administration is not allowed "
                              "(AHVV Art. 157).") % {"most": f"{most.normalize():f}"})  # fmt: skip
        if rate.insures == Insures.FAK and rate.employee_percent:
            said.append(_("Only the canton of Valais has employees pay for family allowances."))
    for day, rows in by_day.items():
        employee = sum((row.employee_percent for row in rows), Decimal(0))
        employer = sum((row.employer_percent for row in rows), Decimal(0))
        if kind == Kind.BVG and employer < employee:
            said.append(_("From %s on the employer pays less than half of the pension fund (BVG Art. 66).")
                        % f"{day:%d.%m.%Y}")  # fmt: skip
    return list(dict.fromkeys(said))


def _most_admin(valid_from: dt.date) -> Decimal:
    """The most that a fund charges for its administration, in percent; of older rates that of today."""
    return figure("ahv_admin_most", max(valid_from, clock.today())).value


def code_of(kind: str, text: str) -> str:
    """The code of a solution as it is kept. Raises ``BadCode``."""
    pattern, sample = CODES.get(Kind(kind), ANY_CODE)
    code = text.strip().upper() or (sample if pattern is ANY_CODE[0] else "")
    if not pattern.fullmatch(code):
        raise refusals.BadCode(value=text[:20], pattern=sample)
    return code


def _faults_of(kind: str, nth: int, rate: Rate) -> Iterator[DomainError]:
    charged = CHARGED_BY[kind]
    if rate.insures not in charged:
        choices = ", ".join(str(Insures(one).label) for one in charged)
        yield refusals.RateNotHere(nth=nth, value=rate.insures, choices=choices)
        return
    for percent in (rate.employee_percent, rate.employer_percent):
        if not 0 <= percent <= 100 or percent != round(percent, 4):
            yield refusals.BadPercent(nth=nth, value=percent)
    first, last = rate.age_from or 0, OLDEST if rate.age_to is None else rate.age_to
    if not 0 <= first <= last <= OLDEST:
        yield refusals.BadAges(nth=nth, value=f"{rate.age_from}–{rate.age_to}")
    if rate.wage_from < 0 or (rate.wage_to is not None and rate.wage_to <= rate.wage_from):
        yield refusals.BadRange(nth=nth, value=rate.wage_from, until=rate.wage_to)
    if rate.employee_percent and rate.insures in EMPLOYERS:
        yield refusals.EmployersAlone(nth=nth, source=EMPLOYERS[Insures(rate.insures)])


def _overlap(one: Rate, other: Rate) -> bool:
    if (one.insures, one.valid_from, one.base) != (other.insures, other.valid_from, other.base):
        return False
    sexes = not one.sex or not other.sex or one.sex == other.sex
    ages = meet(one.age_from or 0, one.age_to, other.age_from or 0, other.age_to, touch=True)
    return sexes and ages and meet(one.wage_from, one.wage_to, other.wage_from, other.wage_to)


def meet(low: Any, high: Any, other_low: Any, other_high: Any, *, touch: bool = False) -> bool:
    """Whether two ranges have something in common; ``touch`` where their ends belong to them."""

    def before(end: Any, begin: Any) -> bool:
        return end is not None and (end < begin if touch else end <= begin)

    return not before(high, other_low) and not before(other_high, low)
