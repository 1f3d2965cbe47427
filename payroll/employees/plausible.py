"""What is possible and still unlikely (Plausibilität): said, never refused. Pure, over a person's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from erp.core.display import chf, figure
from payroll.employees import tax_codes
from payroll.employees.ages import allowance_ends, month_of_birthday
from payroll.employees.common import years_between
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    CivilStatus,
    Pension,
    Permit,
    Religion,
    Residence,
    ResidenceKind,
    Status,
    Wage,
    WithholdingTax,
)
from payroll.employees.people import PersonFile
from payroll.wages.kinds import Pay
from payroll.wages.values import HUNDRED, Finding

LOW_MONTH, HIGH_MONTH = Decimal(500), Decimal(50_000)
LOW_HOUR, HIGH_HOUR = Decimal(15), Decimal(500)
PAYING: Final = frozenset({"roman", "reformed", "christian_catholic", "jewish"})
TOGETHER: Final = frozenset({Status.MARRIED, Status.PARTNERSHIP})
#: Where no church tax is withheld as a rule, so that codes end with N whatever the confession.
WITHOUT_CHURCH_TAX: Final = frozenset({"GE", "NE", "TI", "VD", "VS"})


def remarks(file: PersonFile, day: dt.date) -> list[Finding]:
    """What is to be looked at in what holds on a day."""
    found = [*_wage(file, day), *_pension(file, day), *_family(file, day)]
    tax = file.at(WithholdingTax, day)
    code = tax_codes.parse_code(tax.code) if tax is not None else None
    if tax is not None and code is not None:
        found += [*_liable(file, tax, code, day), *_code(file, tax, code, day)]
    return found


def _wage(file: PersonFile, day: dt.date) -> Iterator[Finding]:
    wage = file.at(Wage, day)
    if wage is None:
        return
    told = {"value": chf(wage.amount), "degree": figure(wage.degree)}
    if wage.pay == Pay.MONTH and wage.amount < LOW_MONTH:
        yield _warning("people.wage_low", **told)
    elif wage.pay == Pay.MONTH and wage.amount > HIGH_MONTH:
        yield _warning("people.wage_high", **told)
    elif wage.pay != Pay.MONTH and wage.amount < LOW_HOUR:
        yield _warning("people.hour_low", **told)
    elif wage.pay != Pay.MONTH and wage.amount > HIGH_HOUR:
        yield _warning("people.hour_high", **told)
    if wage.degree > HUNDRED:
        yield _warning("people.degree_high", value=figure(wage.degree))
    least = 5 if years_between(file.personal.birth_date, day) < 20 else 4
    if wage.holiday_weeks < least:
        yield _warning("people.few_holidays", value=figure(wage.holiday_weeks))


def _pension(file: PersonFile, day: dt.date) -> Iterator[Finding]:
    pension = file.at(Pension, day)
    if pension is None or pension.employee_amount is None or pension.employer_amount is None:
        return
    if pension.employer_amount < pension.employee_amount:
        yield _warning("people.employer_pays_less")


def _family(file: PersonFile, day: dt.date) -> Iterator[Finding]:
    for child in file.several(Child, day, day):
        end = allowance_ends(child)
        if end is None:
            continue
        told = {"child": child.first_name, "until": f"{end:%m.%Y}"}
        if child.allowance == AllowanceKind.CHILD and day > end:
            yield _warning("people.too_old_child", **told)
        if child.allowance == AllowanceKind.EDUCATION and not (
            month_of_birthday(child.birth_date, 15) <= day <= end
        ):
            yield _warning("people.education_age", **told)


def _liable(
    file: PersonFile, tax: WithholdingTax, code: tax_codes.Code, day: dt.date
) -> Iterator[Finding]:
    permit, home = file.at(Permit, day), file.at(Residence, day)
    lives_here = home is None or home.kind == ResidenceKind.SWISS
    settled = file.personal.nationality == "CH" or (permit is not None and permit.category == "C")
    if settled and lives_here and code.text not in {"NON", "NOY"}:
        yield _warning("people.needs_no_tax")
    wage = file.at(Wage, day)
    if wage is not None and wage.pay == Pay.LESSON and not tax.only_job and tax.own_rate is None:
        yield _warning("people.lessons_no_degree")
    right = ""
    if home is not None and home.kind != ResidenceKind.DAILY:
        right = home.canton
    elif home is not None and wage is not None:
        right = wage.canton
    if right and right != tax.canton:
        yield _warning("people.tax_canton_differs", value=tax.canton, right=right)
    if code.text == "SFN" and tax.canton not in tax_codes.FRANCE:
        yield _warning("people.france_only", value=tax.canton)
    entries = {one.entry for one in file.employments}
    starts = {one.first for one in file.during(WithholdingTax, day, day)}
    if any(one.day != 1 and one not in entries for one in starts):
        yield _warning("people.mid_month")


def _code(
    file: PersonFile, tax: WithholdingTax, code: tax_codes.Code, day: dt.date
) -> Iterator[Finding]:
    if not code.letter:
        return
    children = len(file.several(Child, day, day))
    if code.children != children:
        yield _warning("people.children_differ", counted=str(code.children), value=str(children))
    if code.letter in tax_codes.WITH_CHILDREN and not code.children:
        yield _warning("people.no_children", letter=code.letter)
    civil = file.at(CivilStatus, day)
    if civil is not None and civil.status != Status.UNKNOWN:
        together = civil.status in TOGETHER
        wrong = code.letter in (
            tax_codes.SINGLE if together else tax_codes.MARRIED | tax_codes.BOTH_EARN
        )
        alone = together and bool(civil.spouse_works) and code.letter in tax_codes.MARRIED
        if wrong or alone:
            yield _warning("people.letter_differs", letter=code.letter, status=civil.status.value)
    religion = file.at(Religion, day)
    if religion is None or tax.canton in WITHOUT_CHURCH_TAX:
        return
    if code.church != (religion.church in PAYING):
        yield _warning("people.church_differs", mark="Y" if code.church else "N")


def _warning(code: str, **values: str) -> Finding:
    return Finding(code=code, values=values)
