"""Runs of people who are taxed at source: told late, corrected, and paid after they left."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.ledger.years import open_fiscal_year
from payroll.declarations import taxes
from payroll.declarations.gathering import year_of
from payroll.employees import keeping
from payroll.employees.facts import WithholdingTax
from payroll.runs import approving, booking, correcting, movements, refusals
from payroll.runs.digest import digest_of_run
from payroll.runs.models import Payslip, Typed
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.rates.test_tariffs import load, record
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = (dt.date(2026, month, 1) for month in (1, 2, 3))
A0N = WithholdingTax(code="A0N", canton="ZH")


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def zurich():
    """5 percent, 10 from 6000 and 20 from 15000."""
    load(
        record("06", "A0N", 1, percent=500, year=2026), record("06", "A0N", 6000, percent=1000, year=2026),
        record("06", "A0N", 15000, percent=2000, year=2026), record("12", "PEL", percent=200, year=2026),
        year=2026, made="20251208",
    )  # fmt: skip


@pytest.fixture
def company():
    zurich()
    return books.company()


def slip_of(run):
    return Payslip.of(run.company).get(run=run).content.slip


def told(slip):
    return [(one.month.month, str(one.taxable), str(one.amount)) for one in slip.taxes]


def test_who_becomes_liable_afterwards_pays_for_the_months_before(company, anna):
    who = books.employee(company, "5000.00")
    first = books.posted(company)
    assert told(slip_of(first)) == []
    keeping.set_fact(who, value=A0N, valid_from=JANUARY, by=anna)
    second = books.posted(company, FEBRUARY)
    assert told(slip_of(second)) == [(1, "5000.00", "250.00"), (2, "5000.00", "250.00")]
    third = books.posted(company, MARCH)
    assert told(slip_of(third)) == [(3, "5000.00", "250.00")]


def test_what_was_taken_late_is_no_difference_to_a_correction(company, anna):
    """February took January's tax late; a correction for other reasons leaves it so, and a second one finds nothing."""
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    keeping.set_fact(who, value=A0N, valid_from=JANUARY, by=anna)
    books.posted(company, FEBRUARY)
    bonus = [Typed(type=1212, amount=Decimal("400.00"))]
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna, rows=bonus)
    made = correcting.begin_correction(january, by=anna, date=dt.date(2026, 3, 31))
    assert told(slip_of(made)) == [(1, "400.00", "20.00")]
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    booking.post(made, by=anna)
    with pytest.raises(refusals.NothingToCorrect):
        correcting.begin_correction(january, by=anna, date=dt.date(2026, 3, 31))


def test_after_the_end_of_the_year_it_is_told(company, anna):
    books.employee(company, "5000.00", A0N)
    january = books.posted(company)
    open_fiscal_year(company=company, start=dt.date(2027, 1, 1), end=dt.date(2027, 12, 31), by=anna)
    who = Payslip.of(company).get().employee
    bonus = [Typed(type=1212, amount=Decimal("400.00"))]
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna, rows=bonus)
    made = correcting.begin_correction(january, by=anna, date=dt.date(2027, 1, 29))
    assert [one.code for one in slip_of(made).findings] == ["tax.year_gone"]
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    booking.post(made, by=anna)
    dues = taxes.dues(taxes.taxes_of(year_of(company, 2026)), {})
    assert [(f"{due.month:%m.%Y}", due.is_supplement) for due in dues] == [
        ("01.2026", False),
        ("01.2027", True),
    ]
    assert year_of(company, 2027) == []


def test_what_a_correction_changes_is_settled_when_it_is_paid(company, anna):
    who = books.employee(company, "5000.00", A0N)
    january = books.posted(company)
    books.posted(company, FEBRUARY)
    fact = next(one for one in who.facts.all() if one.kind == "wage")
    keeping.correct_fact(fact, value=wage("6000.00"), by=anna)
    made = correcting.begin_correction(january, by=anna, date=dt.date(2026, 3, 31))
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    booking.post(made, by=anna)
    books.posted(company, MARCH)
    people = year_of(company, 2026)
    dues = taxes.dues(taxes.taxes_of(people), {"ZH": Decimal(2)})
    assert [(due.month.month, str(due.tax)) for due in dues] == [
        (1, "250.00"),
        (2, "250.00"),
        (3, "1300.00"),
    ]
    rows = taxes.settlement(people, {}).as_objects()
    march = [
        (row["remark"], row["tax"])
        for row in rows
        if row["month"] == "03.2026" and row["name"] != "Total"
    ]
    assert sorted(march) == [
        ("", "600.00"),
        ("Korrektur 01.2026", "350.00"),
        ("Korrektur 02.2026", "350.00"),
    ]
