"""Terms of work, checked (Anstellungsbedingungen): wage, insurances, pension fund, what recurs, holidays."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import msgspec
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError, raise_all
from erp.core.texts import one_line
from payroll.employees.common import canton_of, listed, missing, within
from payroll.employees.facts import (
    Holidays,
    Insured,
    Leaving,
    Pension,
    Recurring,
    Statistics,
    Wage,
)
from payroll.employees.known import Known
from payroll.setup.models import Institution
from payroll.wage_types.garnishing import require_keeps
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED

NIL: Final = Decimal(0)
MOST_WAGE: Final = Decimal(1_000_000)  # a month; of an hour it is told as not plausible long before
MOST_DEGREE: Final = Decimal(150)


class UnknownSolution(DomainError):
    code = "people.unknown_solution"
    message = _("There is no insurance solution %(value)s. Choose one of the settings of payroll.")
    field = "solutions"


class SolutionsClash(DomainError):
    code = "people.solutions_clash"
    message = _("%(one)s and %(other)s insure the same: a person has one of them. Take one away.")
    field = "solutions"


class UnknownInstitution(DomainError):
    code = "people.unknown_institution"
    message = _("There is no pension fund %(value)s. Choose one of the settings of payroll.")
    field = "institution"


class UnknownWageType(DomainError):
    code = "people.unknown_type"
    message = _(
        "There is no wage type %(value)s in use. Choose one of the catalogue, or switch it on."
    )
    field = "type"


class UnknownCostCentre(DomainError):
    code = "people.unknown_cost_centre"
    message = _("There is no cost centre “%(value)s”. Choose one of: %(known)s.")
    field = "cost_split"


class SplitIncomplete(DomainError):
    code = "people.split_incomplete"
    message = _("The shares of the cost centres come to %(value)s %%, not to 100 %%. Correct them.")
    field = "cost_split"


class NothingRecurs(DomainError):
    code = "people.nothing_recurs"
    message = _("Neither amount nor quantity, rate or percentage is given. Type one of them.")
    field = "amount"


class NotAMonth(DomainError):
    code = "people.not_a_month"
    message = _("%(value)s is no month. Write numbers from 1 to 12, such as 6, 12.")
    field = "months"


def check_wage(value: Wage, known: Known) -> Wage:
    """Terms as they are kept. ``amount`` is positive; the shares of cost centres come to 100 %."""
    faults: list[DomainError] = []
    least = NIL if value.trainee else Decimal("0.01")
    within(value.amount, least, MOST_WAGE, faults, "amount")
    within(value.degree, Decimal(1), MOST_DEGREE, faults, "degree")
    within(value.weekly_hours, Decimal("0.25"), Decimal(84), faults, "weekly_hours")
    within(value.weekly_lessons, Decimal("0.25"), Decimal(60), faults, "weekly_lessons")
    within(value.holiday_weeks, NIL, Decimal(15), faults, "holiday_weeks")
    within(value.public_holiday_percent, NIL, Decimal(10), faults, "public_holiday_percent")
    canton = canton_of(value.canton, known, faults)
    if not canton:
        faults.append(missing(_("canton of the place of work"), "canton"))
    for number, share in value.cost_split.items():
        centre = known.cost_centres.get(number)
        if centre is None:
            faults.append(
                UnknownCostCentre(value=number[:20], known=listed(known.cost_centres)[:200])
            )
        within(share, Decimal("0.01"), HUNDRED, faults, "cost_split")
    if value.cost_split and sum(value.cost_split.values()) != HUNDRED:
        faults.append(SplitIncomplete(value=sum(value.cost_split.values())))
    raise_all(faults)
    degree = value.degree if value.pay == Pay.MONTH else HUNDRED
    return msgspec.structs.replace(value, canton=canton, degree=degree)


def check_insured(value: Insured, known: Known) -> Insured:
    """Solutions that exist, each once, and one accident insurance (UVG) at most."""
    faults: list[DomainError] = []
    solutions = tuple(dict.fromkeys(value.solutions))
    faults += [UnknownSolution(value=one) for one in solutions if one not in known.solutions]
    raise_all(faults)
    uvg = [one for one in solutions
           if known.solutions[one].institution.kind == Institution.Kind.UVG]  # fmt: skip
    if len(uvg) > 1:
        raise SolutionsClash(one=known.solutions[uvg[0]], other=known.solutions[uvg[1]])
    return msgspec.structs.replace(value, solutions=solutions)


def check_pension(value: Pension, known: Known) -> Pension:
    faults: list[DomainError] = []
    for name in ("employee_amount", "employer_amount"):
        within(getattr(value, name), NIL, Decimal(50_000), faults, name)
    within(value.annual_wage, NIL, Decimal(10_000_000), faults, "annual_wage")
    if value.institution is not None:
        found = known.institutions.get(value.institution)
        if found is None or found.kind != Institution.Kind.BVG:
            faults.append(UnknownInstitution(value=value.institution))
    raise_all(faults)
    return value


def check_recurring(value: Recurring, known: Known) -> Recurring:
    """A wage type in use, something it is reckoned from, and months of a year."""
    faults: list[DomainError] = []
    found = known.wage_types.get(value.type)
    if found is None or not found.is_active:
        faults.append(UnknownWageType(value=value.type))
    given = (value.amount, value.quantity, value.rate, value.percent, value.keeps)
    if all(one is None for one in given):
        faults.append(NothingRecurs())
    limit = Decimal(10_000_000)
    for name in ("amount", "quantity", "rate", "percent"):
        within(getattr(value, name), -limit, limit, faults, name)
    try:
        if found is not None:
            require_keeps(found, value.keeps)
    except DomainError as fault:
        faults.append(fault)
    months = tuple(sorted(set(value.months)))
    faults += [NotAMonth(value=one) for one in months if not 1 <= one <= 12]
    raise_all(faults)
    text = one_line(value.text, field="text", most=80)
    return msgspec.structs.replace(value, months=months, text=text)


def check_holidays(value: Holidays, known: Known) -> Holidays:
    faults: list[DomainError] = []
    within(value.days, NIL, Decimal(90), faults, "days")
    raise_all(faults)
    return value


def check_statistics(value: Statistics, known: Known) -> Statistics:
    """Choices alone: what is unknown is asked for by the export."""
    return value


def check_leaving(value: Leaving, known: Known) -> Leaving:
    faults: list[DomainError] = []
    within(value.wages_of_year, NIL, Decimal(10_000_000), faults, "wages_of_year")
    raise_all(faults)
    return msgspec.structs.replace(value, text=one_line(value.text, field="text", most=120))
