"""What is told of people, checked before it is kept (Angaben prüfen): one door for all kinds of facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from erp.core.clock import YEARS
from erp.core.errors import DomainError
from payroll.employees import paying, personal, terms
from payroll.employees.facts import FactValue, kind_of
from payroll.employees.known import Known

F = TypeVar("F", bound=FactValue)
_CHECKS: Final[dict[str, Callable[[Any, Known], Any]]] = {
    "civil_status": personal.check_civil_status,
    "residence": personal.check_residence,
    "permit": personal.check_permit,
    "religion": personal.check_religion,
    "wage": terms.check_wage,
    "insured": terms.check_insured,
    "pension": terms.check_pension,
    "withholding": personal.check_withholding,
    "payout": paying.check_payout,
    "holidays": terms.check_holidays,
    "leaving": terms.check_leaving,
    "statistics": terms.check_statistics,
    "child": personal.check_child,
    "recurring": terms.check_recurring,
}
#: Kinds that make no sense before somebody has entered or after the exit.
WHILE_EMPLOYED: Final = frozenset({"wage", "insured", "pension", "recurring"})


class Period(Protocol):
    """An employment, as it is stored or as it is told."""

    @property
    def entry(self) -> dt.date: ...
    @property
    def exit(self) -> dt.date | None: ...


class OutsideEmployment(DomainError):
    code = "people.outside_employment"
    message = _("On %(value)s this person is not employed (%(periods)s). Choose a day of the employment, or "
                "correct entry or exit first.")  # fmt: skip
    field = "valid_from"


class EndsBeforeItBegins(DomainError):
    code = "people.ends_before"
    message = _("It would end on %(end)s, before it begins on %(start)s. Correct a day.")
    field = "valid_until"


class DayNotPossible(DomainError):
    code = "people.day_not_possible"
    message = _("%(value)s is not possible as a day here. Correct the year.")
    field = "valid_from"


def check_fact(value: F, known: Known) -> F:
    """A value as it is kept, in one form. Raises refusals with their fields, several at once."""
    checked: F = _CHECKS[kind_of(value)](value, known)
    return checked


def check_span(
    value: FactValue, start: dt.date, end: dt.date | None, periods: Sequence[Period]
) -> None:
    """That a fact can hold from ``start`` until ``end``, as somebody is employed."""
    for field, day in (("valid_from", start), ("valid_until", end)):
        if day is not None and day.year not in YEARS:
            raise DayNotPossible(field=field, value=day)
    if end is not None and end < start:
        raise EndsBeforeItBegins(start=start, end=end)
    if kind_of(value) in WHILE_EMPLOYED and not any(_holds(one, start) for one in periods):
        raise OutsideEmployment(value=start, periods=told_periods(periods))


def told_periods(periods: Iterable[Period]) -> str:
    told = (f"{one.entry:%d.%m.%Y} – " + (f"{one.exit:%d.%m.%Y}" if one.exit else "…")
            for one in periods)  # fmt: skip
    return ", ".join(told) or "–"


def _holds(period: Period, day: dt.date) -> bool:
    return period.entry <= day and (period.exit is None or day <= period.exit)
