"""A person's file as the calculation takes it: spans, percentages, allowances, queries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payroll.employees import converting, employments, keeping, missing, people
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    Permit,
    Recurring,
    Residence,
    ResidenceKind,
    WithholdingTax,
)
from payroll.employees.people import Period
from payroll.rates.family import Allowance, Status
from payroll.wage_types.models import WageType
from payroll.wages.kinds import Pay, TaxModel
from payroll.wages.values import Finding
from tests import make
from tests.payroll.employees import books

pytestmark = pytest.mark.django_db
JANUARY, JULY, DECEMBER = books.JANUARY, dt.date(2026, 7, 1), dt.date(2026, 12, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


def file(employee):
    return people.file_of(employee, on=JANUARY)


def day(text):
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(("weeks", "percent"), [("4", "8.33"), ("5", "10.64"), ("6", "13.04")])
def test_holiday_pay_by_weeks(weeks, percent):
    assert converting.holiday_percent(Decimal(weeks)) == Decimal(percent)


@pytest.mark.parametrize(
    ("entry", "exit", "days"),
    [("2026-02-27", None, 4), ("2026-02-28", None, 3), ("2026-01-31", None, 1),
     ("2025-01-01", "2026-02-28", 30), ("2026-02-10", "2026-02-19", 10),
     ("2025-01-01", "2026-02-05", 5)],
)  # fmt: skip
def test_days_of_a_month_by_thirty(entry, exit, days):
    month = day(entry).replace(day=1) if exit is None else dt.date(2026, 2, 1)
    period = Period(1, day(entry), exit and day(exit))
    assert converting.days_of([period], month) == days


def test_contracts_are_clipped_to_employments_and_terms(company, by):
    employee = books.hire(company, entry=dt.date(2026, 1, 15))
    raised = books.wage("6500.00", degree=Decimal(80), cost_split={})
    keeping.set_fact(employee, value=raised, valid_from=dt.date(2026, 3, 1), by=by)
    employments.leave(employee, exit=dt.date(2026, 4, 20), by=by)
    employments.re_enter(employee, entry=JULY, by=by)
    found = converting.contracts_of(file(employee), DECEMBER)
    assert [(one.first.isoformat(), one.last.isoformat(), one.wage, one.degree) for one in found] == [
        ("2026-01-15", "2026-02-28", Decimal("6000.00"), Decimal(100)),
        ("2026-03-01", "2026-04-20", Decimal("6500.00"), Decimal(80)),
        ("2026-07-01", "2026-12-31", Decimal("6500.00"), Decimal(80)),
    ]  # fmt: skip
    assert found[0].entry == dt.date(2026, 1, 15) and found[1].exit == dt.date(2026, 4, 20)
    assert found[0].employment != found[2].employment
    assert [one.last for one in converting.contracts_of(file(employee), JANUARY)] == [
        dt.date(2026, 1, 31)
    ]
    assert found[0].holiday_percent == 0


def test_hourly_terms_have_their_supplements(company):
    hourly = books.wage("30.00", pay=Pay.HOUR, public_holiday_percent=Decimal(3))
    employee = books.hire(company, facts=(hourly,))
    (contract,) = converting.contracts_of(file(employee), JANUARY)
    assert (contract.holiday_percent, contract.public_holiday_percent) == (
        Decimal("10.64"),
        Decimal(3),
    )


def test_withholding_ends_with_the_code_and_is_cut_by_the_degree(company, by):
    employee = books.hire(company, personal=books.personal(nationality="DE"))
    for code, canton, start in (("A0N", "ZH", "2025-10-01"), ("B0N", "ZH", "2026-03-01"),
                                ("B0N", "VD", "2026-09-01"), ("", "", "2026-11-01")):  # fmt: skip
        keeping.set_fact(employee, value=WithholdingTax(code=code, canton=canton),
                         valid_from=day(start), by=by)  # fmt: skip
    keeping.set_fact(
        employee, value=books.wage("3000.00", degree=Decimal(50)), valid_from=JULY, by=by
    )
    found = converting.withholdings_of(file(employee), DECEMBER)
    assert [(one.first.isoformat(), one.last.isoformat(), one.code, one.canton, one.own_rate) for one in found] == [
        ("2026-01-01", "2026-02-28", "A0N", "ZH", Decimal(100)),
        ("2026-03-01", "2026-06-30", "B0N", "ZH", Decimal(100)),
        ("2026-07-01", "2026-08-31", "B0N", "ZH", Decimal(50)),
        ("2026-09-01", "2026-10-31", "B0N", "VD", Decimal(50)),
        ("2026-11-01", "2026-12-31", "NON", "", Decimal(50)),
    ]  # fmt: skip
    assert [one.since for one in found] == [day("2025-10-01")] * 3 + [day("2026-09-01"), None]
    assert [one.model for one in found[:4]] == [TaxModel.MONTHLY] * 3 + [TaxModel.YEARLY]


def test_what_recurs_in_a_month(company, by):
    WageType.unscoped.create(company=company, number=6000, kind="expense", name_de="Spesen")
    employee = books.hire(company)
    phone = Recurring(type=6000, amount=Decimal("50.00"), months=(6, 12), text="Telefon")
    keeping.set_fact(employee, value=phone, valid_from=JANUARY, by=by)
    assert converting.recurring_of(file(employee), JULY) == ()
    (movement,) = converting.recurring_of(file(employee), DECEMBER)
    assert (movement.type, movement.amount, movement.text) == (6000, Decimal("50.00"), "Telefon")
    employments.leave(employee, exit=dt.date(2026, 11, 30), by=by)
    assert converting.recurring_of(file(employee), DECEMBER) == ()


def test_allowances_of_children_from_the_oldest_on(company, by):
    employee = books.hire(company, entry=dt.date(2026, 1, 16))
    for name, born, kind, amount in (("Lea", "2015-05-01", AllowanceKind.CHILD, None),
                                     ("Tim", "2008-05-01", AllowanceKind.EDUCATION, Decimal(300)),
                                     ("Zoe", "2020-05-01", AllowanceKind.NONE, None)):  # fmt: skip
        child = Child(first_name=name, birth_date=day(born), allowance=kind, amount=amount)
        keeping.set_fact(employee, value=child, valid_from=JANUARY, by=by)
    asked = []

    def amount_of(canton, child, on, nth):
        asked.append((canton, child.first_name, nth))
        return Allowance(Decimal(215), Status.OLD, "", Finding(code="family.check_amount"))

    roles = {"child": 3000, "education": 3010}
    paid, findings = converting.allowances_of(
        file(employee), JULY, roles=roles, amount_of=amount_of
    )
    assert [(one.type, one.amount) for one in paid] == [(3010, Decimal(300)), (3000, Decimal(215))]
    assert asked == [("ZH", "Tim", 1), ("ZH", "Lea", 2)]
    assert [(one.code, one.stops) for one in findings] == [("family.check_amount", False)]
    paid, _none = converting.allowances_of(
        file(employee), JANUARY, roles=roles, amount_of=amount_of
    )
    assert [one.amount for one in paid] == [Decimal("150.00"), Decimal("107.50")]
    more = Allowance(Decimal("301.00"), Status.KNOWN, "")
    _paid, findings = converting.allowances_of(
        file(employee), JULY, roles=roles, amount_of=lambda *_: more
    )
    assert [(one.code, one.values["least"]) for one in findings] == [
        ("people.allowance_below", "301.00")
    ]
    paid, findings = converting.allowances_of(
        file(employee), JULY, roles=roles, amount_of=lambda *_: None
    )
    assert [one.code for one in findings] == ["people.no_allowance"] and findings[0].stops


def test_what_is_missing_before_a_run(company, by):
    employee = books.hire(
        company, personal=books.personal(ahv_number="", nationality="FR"), facts=(),
        person={"last_name": "Dupont"},
    )  # fmt: skip
    found = missing.before_run(file(employee), JULY)
    assert {one.code for one in found if one.stops} == {
        "people.no_wage", "people.no_payout", "people.no_tax_code",
    }  # fmt: skip
    assert {one.code for one in found if not one.stops} == {
        "people.no_ahv_number", "people.no_insurance", "people.no_residence", "people.no_address",
        "people.no_permit",
    }  # fmt: skip
    for value in (books.wage(), books.payout(), Permit(category="C"), Residence(canton="ZH")):
        keeping.set_fact(employee, value=value, valid_from=JANUARY, by=by)
    assert not any(one.stops for one in missing.before_run(file(employee), JULY))
    abroad = Residence(kind=ResidenceKind.DAILY, country="FR")
    keeping.set_fact(employee, value=abroad, valid_from=JULY, by=by)
    assert "people.no_tax_code" in {one.code for one in missing.before_run(file(employee), JULY)}
    employments.leave(employee, exit=dt.date(2026, 6, 30), by=by)
    assert missing.before_run(file(employee), JULY) == []


def test_files_of_many_take_as_many_queries_as_of_one(company):
    books.hire(company)
    with CaptureQueriesContext(connection) as one:
        assert len(people.files(company, JULY)) == 1
    for nth in range(5):
        books.hire(
            company,
            personal=books.personal(ahv_number=""),
            person=books.person(last_name=f"K{nth}"),
        )
    with CaptureQueriesContext(connection) as many:
        assert len(people.files(company, JULY)) == 6
    assert len(one) == len(many) == 5
    assert people.files(company, dt.date(2025, 12, 1)) == []
