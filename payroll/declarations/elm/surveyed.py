"""The survey of wages in the structure of ELM 5.0 (Lohnstrukturerhebung, LSE): a month and the year so far.

Which of its values a wage counts for follows from its box of the certificate and from the numbers of the
wage types that come along: 106x is overtime, 107x to 110x are allowances, 120x is the 13th month's wage.
Source: SalaryDeclaration.xsd 20200220, StatisticSalaryType; the survey of the BFS asks for October.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from erp.companies.models import Company
from erp.core.errors import DomainError, Refusals
from erp.core.money import ZERO
from payroll.declarations.elm.declaring import (
    Declaration,
    Declared,
    company_faults,
    names_of,
    person_faults,
)
from payroll.declarations.elm.nodes import node, span
from payroll.declarations.elm.people import particulars, work
from payroll.declarations.elm.writing import begun, ended, framed
from payroll.declarations.gathering import Posted, year_of
from payroll.declarations.noting import settings_of as declaration_settings
from payroll.declarations.refusals import NothingPosted, PersonIncomplete
from payroll.employees.facts import Education, Engagement, Holidays, Position, Statistics, Wage
from payroll.rates import figures, own
from payroll.setup.settings import settings_of
from payroll.wages.kinds import Insurance, Kind, Pay, Thirteenth
from payroll.wages.spans import month_end
from payroll.wages.values import HUNDRED, SlipLine

SURVEY: Final = "#S1"
#: Agreements on wages, as the schema names them; individual contracts are the usual ones.
AGREEMENTS: Final = (
    "individualContract", "CLA-Association", "CLA-BusinessOrGovernment",
    "collectiveContractOutside-CLA",
)  # fmt: skip
_DAYS_A_WEEK: Final = 5


class UnknownAgreement(DomainError):
    code = "declarations.unknown_agreement"
    message = gettext_lazy("“%(value)s” is no agreement on wages. Take one of: %(choices)s.")
    field = "agreement"


@dataclass(frozen=True)
class Survey:
    """The survey of a month; ``agreement`` is one of ``AGREEMENTS``, ``thirteenth`` in percent of wages."""

    declaration: Declaration
    month: dt.date
    agreement: str
    thirteenth: Decimal


def survey_of(
    company: Company, month: dt.date, *, at: dt.datetime, agreement: str = AGREEMENTS[0]
) -> Survey:
    """Who was paid in a month, by its first day; ``at`` is the moment it is made, with its zone.

    Raises ``UnknownAgreement``, ``NothingPosted``, ``FiguresMissing`` or ``Refusals`` of
    ``PersonIncomplete`` and ``CompanyIncomplete``.
    """
    if agreement not in AGREEMENTS:
        raise UnknownAgreement(value=agreement[:40], choices=", ".join(AGREEMENTS))
    people = [
        one for one in year_of(company, month.year)
        if any(posted.month == month and not posted.is_correction for posted in one.slips)
        and one.file.employed(month, month_end(month))
    ]  # fmt: skip
    if not people:
        raise NothingPosted(year=f"{month:%m.%Y}")
    names = names_of(company, people)
    signs, settings = declaration_settings(company), settings_of(company)
    made = Declaration(
        company, month.year, at, tuple(Declared(one, names[one.file.contact], (), ()) for one in people),
        {}, settings.weekly_hours, signs.contact_name, signs.contact_phone,
    )  # fmt: skip
    faults = [*company_faults(made), *person_faults(made), *_faults(made, month)]
    if faults:
        raise Refusals(faults)
    thirteenth = figures.figure("thirteenth_percent", month, own=own.figures_of(company))
    return Survey(made, month, agreement, thirteenth.value)


def _faults(made: Declaration, month: dt.date) -> Iterable[DomainError]:
    for one in made.people:
        file, day = one.person.file, _day(one, month)
        told = file.at(Statistics, day) or Statistics()
        missing = [name for name, value in (
            (_("highest education"), told.education),
            (pgettext("employment", "position"), told.position),
            (_("function of the employment"), _function(one, day)),
            (_("terms of the contract"), file.at(Wage, day)),
        ) if not value]  # fmt: skip
        if missing:
            yield PersonIncomplete(name=file.name, what=", ".join(missing))


def _day(one: Declared, month: dt.date) -> dt.date:
    exits = [each.exit for each in one.person.file.employed(month, month_end(month)) if each.exit]
    return min([month_end(month), *exits])


def _function(one: Declared, day: dt.date) -> str:
    named = [each.function for each in one.person.file.employments if each.entry <= day]
    return named[-1] if named else ""


# --- writing ----------------------------------------------------------------------------------------
def written_survey(one: Survey) -> bytes:
    """The bytes of the survey, in UTF-8; the same survey gives the same bytes."""
    made = one.declaration
    root = begun(made)
    addressees = node(node(root, "sdc:Job"), "sdc:Addressees")
    to = node(addressees, "sdc:Statistic", institutionIDRef=SURVEY)
    node(to, "sdc:ProcessByDistributor", "true")
    declaration, company, staff = framed(root, made)
    for declared in made.people:
        person, day = node(staff, "sd:Person"), _day(declared, one.month)
        particulars(person, declared, day)
        work(person, made, declared, day)
        salaries = node(person, "sd:StatisticSalaries")
        here = node(salaries, "sd:StatisticSalary", workplaceIDRef="#W1", institutionIDRef=SURVEY)
        _salary(here, one, declared, day)
    institution = node(node(company, "sd:Institutions"), "sd:Statistic", institutionID=SURVEY)
    node(institution, "sd:PayAgreement", one.agreement)
    node(company, "sd:SalaryTotals")
    counters = node(company, "sd:SalaryCounters")
    node(counters, "sd:NumberOf-StatisticSalary-Tags", len(made.people))
    return ended(declaration, made)


def _salary(parent: Any, one: Survey, declared: Declared, day: dt.date) -> None:
    file = declared.person.file
    told, wage = file.at(Statistics, day), file.at(Wage, day)
    assert told is not None and wage is not None  # refused before
    assert told.education != Education.UNKNOWN and told.position != Position.UNKNOWN
    node(parent, "sd:CurrentMonth", f"{one.month:%Y-%m}")
    more = node(parent, "sd:AdditionalParticulars")
    node(more, "sd:Education", told.education.value)
    node(more, "sd:Position", told.position.value)
    node(more, "sd:JobTitle", _function(declared, day))
    held = file.at(Holidays, day)
    node(more, "sd:LeaveEntitlement", int(held.days if held else wage.holiday_weeks * _DAYS_A_WEEK))
    _payment(node(parent, "sd:KindOfWagePayment"), one, declared, wage, told)
    posted = [each for each in declared.person.slips if each.month == one.month]
    _monthly(node(parent, "sd:MonthlyValues"), posted)
    _annual(node(parent, "sd:AnnualValues"), one, declared)


def _payment(parent: Any, one: Survey, declared: Declared, wage: Wage, told: Statistics) -> None:
    fixed = "fixed" if told.engagement == Engagement.FIXED else "indefinite"
    part = one.thirteenth if wage.thirteenth != Thirteenth.NONE else ZERO
    if wage.pay == Pay.MONTH:
        made = node(parent, "sd:Monthly")
        kinds = {Engagement.APPRENTICE: "apprentice", Engagement.INTERN: "internshipContract"}
        node(made, "sd:Contract", kinds.get(told.engagement, f"{fixed}SalaryMth"))
        node(made, "sd:ContractualMonthlyWage", wage.amount)
        node(made, "sd:Contractual13th", part)
        hours = wage.weekly_hours or one.declaration.weekly_hours * wage.degree / HUNDRED
        node(node(made, "sd:WorkingTime"), "c:WeeklyHours", hours, companyWeeklyHoursIDRef="#H1")
        node(made, "sd:ActivityRate", wage.degree)
        return
    made = node(parent, "sd:Hourly")
    node(made, "sd:Contract", f"{fixed}SalaryHrs")
    contract = node(made, "sd:ContractualHourlyWage")
    salary = node(contract, "sd:Salary")
    node(salary, "sd:PaidByHour", wage.amount if wage.pay == Pay.HOUR else ZERO)
    node(salary, "sd:PaidByLesson", wage.amount if wage.pay == Pay.LESSON else ZERO)
    weeks = wage.holiday_weeks
    node(contract, "sd:Vacation", weeks * HUNDRED / (52 - weeks))
    node(contract, "sd:PublicHolidayCompensation", wage.public_holiday_percent)
    node(contract, "sd:Contractual13th", part)
    worked = sum((line.quantity or ZERO for posted, line in declared.person.lines()
                  if posted.month == one.month and line.type in {1005, 1006}), ZERO)  # fmt: skip
    node(
        node(made, "sd:TotallyWorked"), "sd:TotalHoursOfWork", worked, companyWeeklyHoursIDRef="#H1"
    )


def value_of(line: SlipLine) -> str:
    """The value of the survey that a line counts for; blank where it is for none. Pure."""
    if not line.paid and line.kind != Kind.BENEFIT_IN_KIND:
        return ""
    box = line.box.split("+")[0]
    if line.kind == Kind.FAMILY:
        return "FamilyIncomeSupplement"
    if line.kind == Kind.THIRD_PARTY:
        return "PaymentsByThird"
    if box.startswith("2"):
        return "FringeBenefits"
    if box in {"3", "4"}:
        return {"3": "SporadicBenefits", "4": "CapitalPayment"}[box]
    if box in {"5", "6", "7"}:
        return "OtherBenefits"
    if box != "1":
        return ""
    if 1060 <= line.type <= 1069:
        return "Overtime"
    if 1070 <= line.type <= 1109:
        return "Allowances"
    if 1200 <= line.type <= 1205:
        return "Earnings13th"
    return "GrossBaseSalaryAndRegularAllowance"


def _sums(lines: Iterable[SlipLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        name = value_of(line)
        found[name] = found.get(name, ZERO) + line.amount
    return found


def _monthly(parent: Any, posted: Iterable[Posted]) -> None:
    slips = [one.slip for one in posted if not one.is_correction]
    sums = _sums(line for slip in slips for line in slip.lines)
    for name in ("GrossBaseSalaryAndRegularAllowance", "Allowances", "FamilyIncomeSupplement",
                 "PaymentsByThird"):  # fmt: skip
        node(parent, f"sd:{name}", sums.get(name, ZERO))
    charges = [charge for slip in slips for charge in slip.charges]
    social = {Insurance.AHV, Insurance.ALV, Insurance.NBU}
    node(parent, "sd:SocialContributions",
         sum((one.employee for one in charges if one.insurance in social), ZERO))  # fmt: skip
    node(parent, "sd:BVG-LPP-RegularContribution",
         sum((one.employee for one in charges if one.insurance == Insurance.BVG), ZERO))  # fmt: skip


def _annual(parent: Any, one: Survey, declared: Declared) -> None:
    """The year until the month, within the employment."""
    last = _day(declared, one.month)
    entries = [each.entry for each in declared.person.file.employed(one.month, last)]
    first = max(dt.date(one.month.year, 1, 1), min(entries, default=declared.person.first))
    span(parent, "sd:Period", first, last)
    sums = _sums(line for posted, line in declared.person.lines() if posted.month <= one.month)
    for name in ("Overtime", "Earnings13th", "SporadicBenefits", "FringeBenefits", "CapitalPayment",
                 "OtherBenefits"):  # fmt: skip
        node(parent, f"sd:{name}", sums.get(name, ZERO))
