"""A company with 1,000 people of all kinds, for measuring payroll."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from accounting.ledger.models import Account
from contacts.models import Contact, ContactAddress
from erp.access.models import User
from erp.companies.models import Company, Module
from erp.core import clock
from erp.reference.models import WithholdingTariff
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    CivilStatus,
    FactValue,
    Insured,
    Payout,
    Pension,
    Personal,
    Residence,
    Share,
    Status,
    Wage,
    WithholdingTax,
    kind_of,
)
from payroll.employees.models import Employee, Employment, Fact
from payroll.runs.models import MonthlyMovement, Typed
from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.models import PayrollSettings, Solution
from payroll.setup.solutions import save_solution
from payroll.wage_types.founding import found_types
from payroll.wages.kinds import Pay, Sex, Thirteenth

BEGIN: Final = dt.date(2024, 1, 1)
CODES: Final = ("A0N", "B0N", "B1Y", "C2N")
_HOURS, _EXPENSES = 1005, 6000
_RATES: Final = {
    "ahv": ("1", [("admin", "0", "2.0")]), "fak": ("1", [("fak", "0", "1.2")]),
    "uvg": ("A1", [("bu", "0", "0.17"), ("nbu", "1.2", "0")]), "ktg": ("11", [("ktg", "0.6", "0.6")]),
    "bvg": ("1", []),
}  # fmt: skip


def staff(company: Company, months: Sequence[dt.date], count: int, *, owner: User) -> None:
    """People with contract, insurances and accounts; of four one is taxed at source, of three one has
    children, of five one is paid by the hour, of four one is paid expenses."""
    company.modules = list(Module.values)
    company.save(update_fields=["modules"])
    found_types(company=company, by=owner)
    PayrollSettings.unscoped.create(company=company)
    insured = _insurances(company, owner)
    _tariffs()
    people = _people(company, count)
    Employment.unscoped.bulk_create(
        Employment(company=company, employee=one, entry=BEGIN) for one in people
    )
    Fact.unscoped.bulk_create(
        (
            Fact(company=company, employee=one, kind=kind_of(value), valid_from=BEGIN, content=value,
                 key="1" if isinstance(value, Child) else "")
            for nth, one in enumerate(people) for value in _facts(nth, insured)
        ),
        batch_size=2_000,
    )  # fmt: skip
    MonthlyMovement.unscoped.bulk_create(
        MonthlyMovement(company=company, employee=one, month=month, content=typed)
        for month in months for nth, one in enumerate(people) for typed in _typed(nth)
    )  # fmt: skip


def _people(company: Company, count: int) -> list[Employee]:
    now = clock.now()
    contacts = Contact.unscoped.bulk_create(
        Contact(company=company, number=nth, kind="person", first_name="Anna", last_name=f"Muster {nth:04}",
                name=f"Anna Muster {nth:04}", sort_name=f"muster {nth:04}", language="de",
                created_at=now, changed_at=now) for nth in range(1, count + 1)
    )  # fmt: skip
    ContactAddress.unscoped.bulk_create(
        ContactAddress(company=company, contact=one, kind="main", street="Gasse", house_number="1",
                       postcode="8001", town="Zürich", country="CH") for one in contacts
    )  # fmt: skip
    return list(Employee.unscoped.bulk_create(
        Employee(company=company, number=str(nth), contact=one, created_at=now, seal_id=uuid.uuid4(),
                 personal=Personal(birth_date=dt.date(1970 + nth % 30, 3, 1),
                                   sex=Sex.FEMALE if nth % 2 else Sex.MALE,
                                   ahv_number=f"756.0000.{nth:04}.00"))
        for nth, one in enumerate(contacts, 1)
    ))  # fmt: skip


def _facts(nth: int, insured: Insured) -> list[FactValue]:
    hourly = nth % 5 == 0
    wage = Wage(pay=Pay.HOUR, amount=Decimal("32.50"), weekly_hours=Decimal(20), canton="ZH") if hourly else (
        Wage(pay=Pay.MONTH, amount=Decimal(4000 + nth), thirteenth=Thirteenth.DECEMBER, canton="ZH")
    )  # fmt: skip
    facts: list[FactValue] = [
        CivilStatus(status=Status.SINGLE), Residence(canton="ZH", commune=261), insured, wage,
        Pension(employee_amount=Decimal(200), employer_amount=Decimal(200)),
        Payout(shares=(Share(iban=f"CH{nth:019}"),)),
    ]  # fmt: skip
    if nth % 4 == 1:
        facts.append(WithholdingTax(code=CODES[nth // 4 % len(CODES)], canton="ZH"))
    if nth % 3 == 0:
        facts.append(
            Child(first_name="Lia", birth_date=dt.date(2018, 5, 4), allowance=AllowanceKind.CHILD)
        )
    return facts


def _typed(nth: int) -> list[Typed]:
    typed = []
    if nth % 5 == 0:
        typed.append(Typed(type=_HOURS, quantity=Decimal("86.5")))
    if nth % 4 == 2:
        typed.append(Typed(type=_EXPENSES, amount=Decimal("120.40"), text="Bahn"))
    return typed


def _insurances(company: Company, owner: User) -> Insured:
    for kind, (code, rates) in _RATES.items():
        told = {"kind": kind, "name": kind.upper()} | ({"canton": "ZH"} if kind == "fak" else {})
        if kind == "fak":
            told["liability"] = Account.of(company).get(number="2271")
        row = save_institution(company=company, by=owner, **told)
        save_solution(institution=row, by=owner, code=code, rates=[
            Rate(insures=insures, valid_from=BEGIN, employee_percent=Decimal(employee),
                 employer_percent=Decimal(employer)) for insures, employee, employer in rates
        ])  # fmt: skip
    solutions = Solution.of(company).filter(institution__kind__in=["uvg", "ktg", "bvg"])
    return Insured(solutions=tuple(solutions.values_list("pk", flat=True)))


def _tariffs() -> None:
    """Tariffs of 250 rows, as large as those of the ESTV, with figures of our own."""
    year = dt.date(2026, 1, 1)
    if WithholdingTariff.objects.filter(canton="ZH", valid_from=year).exists():
        return
    common = {"canton": "ZH", "valid_from": year, "children": 0, "version_id": 0}
    kind = WithholdingTariff.Kind
    rows = [WithholdingTariff(**common, kind=kind.MEDIAN_WAGE, code="", income_from=0, income_step=0,
                              minimum_tax=Decimal(5875), percent=0)]  # fmt: skip
    rows += [
        WithholdingTariff(**common, kind=kind.PROGRESSIVE, code=code, income_from=Decimal(step * 50),
                          income_step=50, minimum_tax=0, percent=Decimal(step) / 20)
        for code in CODES for step in range(250)
    ]  # fmt: skip
    WithholdingTariff.objects.bulk_create(rows)
