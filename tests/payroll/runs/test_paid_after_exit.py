"""A bonus for somebody who left in an earlier year: insured, taxed, and asked for what is not known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.ledger.years import open_fiscal_year
from payroll.declarations import taxes
from payroll.declarations.gathering import year_of
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.employees import employments, keeping
from payroll.employees.facts import Leaving, WithholdingTax
from payroll.runs import movements
from payroll.runs.gathering import gather
from payroll.runs.models import Payslip, Typed
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.test_taxed_people import zurich

pytestmark = pytest.mark.django_db
DECEMBER, SILVESTER = dt.date(2025, 12, 1), dt.date(2025, 12, 31)
JANUARY = dt.date(2026, 1, 1)
BONUS = Typed(type=1212, amount=Decimal("5000.00"))


@pytest.fixture
def company():
    zurich()
    new = books.company(first_year=(dt.date(2025, 1, 1), SILVESTER))
    open_fiscal_year(company=new, start=JANUARY, end=dt.date(2026, 12, 31), by=make.owner_of(new))
    return new


def gone(company, *facts):
    """Somebody with 12000 in December 2025, and a bonus of 5000 in January 2026."""
    by = make.owner_of(company)
    who = books.employee(company, "12000.00", *facts, entry=DECEMBER)
    employments.leave(who, exit=SILVESTER, by=by)
    movements.save_person(company=company, employee=who, month=JANUARY, by=by, rows=[BONUS])
    return who


def slip_of(run):
    return Payslip.of(run.company).get(run=run).content.slip


def insured(slip):
    return {one.insurance.value: str(one.insured) for one in slip.charges}


def codes(slip):
    return [
        one.code for one in slip.findings if one.code.startswith(("tax.", "person.", "people."))
    ]


def test_the_bonus_fills_the_ceilings_of_the_year_of_work_and_is_taxed_with_the_last_wage(company):
    """12350 a month are insured: of 5000, 350 were left. 12000 and 5000 determine 20 percent."""
    who = gone(company)
    books.posted(company, DECEMBER)
    by = make.owner_of(company)
    keeping.set_fact(who, value=WithholdingTax(code="A0N", canton="ZH"), valid_from=JANUARY, by=by)
    slip = slip_of(books.posted(company, JANUARY))
    assert slip.gross == Decimal("5000.00")
    assert insured(slip) == {"ahv": "5000.00", "alv": "350.00", "admin": "530.00", "bu": "350.00",
                             "nbu": "350.00", "fak": "5000.00", "ktg": "5000.00"}  # fmt: skip
    [tax] = slip.taxes
    assert (tax.determinant, tax.amount) == (Decimal("17000.00"), Decimal("1000.00"))
    assert codes(slip) == ["person.left_earlier"]
    whole = reconcile(company, 2026, prepared(company, 2026))
    assert [one.name for one in whole.checks if not one.agrees] == [] and whole.agrees
    assert [due.tax for due in taxes.dues(taxes.taxes_of(year_of(company, 2026)), {})] == [
        tax.amount
    ]


def test_a_year_that_nobody_paid_here_is_asked_for(company):
    who = gone(company)
    by = make.owner_of(company)
    slip = slip_of(books.calculated(company, JANUARY))
    assert [one.code for one in slip.findings if one.stops] == ["person.exit_year_unknown"]
    told = Leaving(wages_of_year=Decimal("12000.00"))
    fact = next(one for one in who.facts.all() if one.kind == "leaving")
    keeping.correct_fact(fact, value=told, by=by)
    run = Payslip.of(company).get().run
    [one] = gather(run, only=[who.pk])
    assert (one.given.earlier.days, one.given.earlier.wages) == (30, Decimal("12000.00"))
    assert one.given.contracts[-1].exit == SILVESTER


def test_without_an_account_nobody_is_paid_silently(company):
    who = gone(company)
    books.posted(company, DECEMBER)
    who.facts.filter(kind="payout").delete()
    slip = slip_of(books.calculated(company, JANUARY))
    assert "people.no_payout" in [one.code for one in slip.findings if one.stops]


def test_years_of_exit_take_one_query_for_all(company):
    gone(company)
    run = books.begun(company, DECEMBER)
    with CaptureQueriesContext(connection) as before:
        gather(run)
    books.employee(company, "5000.00", number=2, iban=books.iban(2), entry=JANUARY)
    run.month = JANUARY
    with CaptureQueriesContext(connection) as after:
        gather(run)
    assert len(after) <= len(before) + 2  # slips of the exit year, and those of allowances
