"""A posted month is put right by a run of differences; what comes after counts on it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.ledger.models import EntryLine
from erp.core.tenancy import open_companies
from payroll.employees.facts import Payout, Share
from payroll.employees.keeping import correct_fact, set_fact
from payroll.employees.models import Fact
from payroll.runs import approving, booking, correcting, movements, refusals
from payroll.runs.digest import digest_of_run
from payroll.runs.models import MonthlyMovement, Payslip, Typed
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH, APRIL = (dt.date(2026, month, 1) for month in (2, 3, 4))
DAY = dt.date(2026, 3, 31)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def posted_correction(run, anna, **more):
    made = correcting.begin_correction(run, by=anna, date=DAY, **more)
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    return booking.post(made, by=anna)


def slip_of(run):
    return Payslip.of(run.company).get(run=run).content.slip


def test_a_correction_that_cannot_be_paid_is_stopped_before_it_is_posted(company, anna):
    """The account went abroad after January was posted, and nobody told its BIC."""
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    abroad = Payout(shares=(Share(iban="DE89370400440532013000"),))
    for value in (wage("5500.00"), abroad):
        set_fact(who, value=value, valid_from=dt.date(2026, 1, 2), by=anna)
    made = correcting.begin_correction(january, by=anna, date=DAY)
    assert [one.code for one in slip_of(made).findings if one.stops] == ["run.bic_missing"]
    with pytest.raises(refusals.Stopped):
        approving.approve(made, seen=digest_of_run(made), by=anna)


def test_an_account_abroad_stops_no_correction_that_pays_nothing(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    abroad = Payout(shares=(Share(iban="DE89370400440532013000"),))
    for value in (wage("4500.00"), abroad):
        set_fact(who, value=value, valid_from=dt.date(2026, 1, 2), by=anna)
    made = correcting.begin_correction(january, by=anna, date=DAY)
    assert slip_of(made).payout == 0
    assert not [one for one in slip_of(made).findings if one.stops]


def test_nothing_is_corrected_where_nothing_differs(company, anna):
    books.p1(company)
    run = books.posted(company)
    with pytest.raises(refusals.NothingToCorrect):
        correcting.begin_correction(run, by=anna, date=DAY)


def test_a_higher_wage_since_january_is_paid_back_and_carried_on(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    february = books.posted(company, FEBRUARY)
    set_fact(who, value=wage("5500.00"), valid_from=dt.date(2026, 1, 2), by=anna)
    made = posted_correction(january, anna)
    slip = slip_of(made)
    before = slip_of(january).gross + slip_of(february).gross
    assert slip.gross == slip.carry.sums["ahv"].wages - before
    assert {line.for_month for line in slip.lines} == {JANUARY, FEBRUARY}
    assert slip.payout == sum(line.amount for line in slip.lines if line.paid)
    march = books.posted(company, MARCH)
    now = slip_of(march)
    assert now.gross == Decimal("5500.00")
    assert now.carry.sums["ahv"].wages == slip.carry.sums["ahv"].wages + Decimal("5500.00")


def test_all_slips_together_are_what_the_year_should_have_been(company, anna):
    """Slips, corrections within, come to the same as the same year run right from the start."""
    other = books.company()
    open_companies([company.pk, other.pk])
    for books_of, first in ((company, "5000.00"), (other, "6000.00")):
        books.employee(books_of, first)
    runs = [books.posted(company, month) for month in (JANUARY, FEBRUARY)]
    for month in (JANUARY, FEBRUARY):
        books.posted(other, month)
    who = Payslip.of(company).first().employee
    fact = Fact.of(company).get(employee=who, kind="wage")
    correct_fact(fact, value=wage("6000.00"), by=anna)
    posted_correction(runs[0], anna)

    def sums(of):
        found = {}
        for row in EntryLine.of(of).select_related("account"):
            number = row.account.number
            found[number] = found.get(number, Decimal(0)) + row.debit - row.credit
        return found

    assert sums(company) == sums(other)


def test_what_was_paid_too_much_becomes_an_advance_and_is_taken_back(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    set_fact(who, value=wage("4000.00"), valid_from=dt.date(2026, 1, 2), by=anna)
    made = posted_correction(january, anna)
    slip = slip_of(made)
    assert slip.payout == 0
    assert made.status == "paid"
    owed = MonthlyMovement.of(company).get(month=FEBRUARY).content
    assert owed.amount > 0
    february = books.posted(company, FEBRUARY)
    assert slip_of(february).payout == slip_of(february).net - owed.amount


def test_what_an_undone_correction_typed_is_taken_back_and_a_run_waits_for_its_correction(
    company, anna
):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    set_fact(who, value=wage("4000.00"), valid_from=dt.date(2026, 1, 2), by=anna)
    made = correcting.begin_correction(january, by=anna, date=DAY)
    with pytest.raises(refusals.CorrectionOpen):
        booking.undo(january, reason="x", by=anna)
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    made = booking.post(made, by=anna)
    assert MonthlyMovement.of(company).filter(month=FEBRUARY).count() == 1
    booking.undo(made, reason="x", by=anna)
    assert not MonthlyMovement.of(company).exists()
    assert booking.undo(january, reason="x", by=anna).status == "cancelled"


def test_a_second_correction_counts_the_first(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("1000.00"))])  # fmt: skip
    first = posted_correction(january, anna)
    assert slip_of(first).gross == Decimal("1000.00")
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("1500.00"))])  # fmt: skip
    second = posted_correction(january, anna)
    assert slip_of(second).gross == Decimal("500.00")
    with pytest.raises(refusals.NothingToCorrect):
        correcting.begin_correction(january, by=anna, date=DAY)


def test_one_correction_at_a_time_and_of_posted_months_alone(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    with pytest.raises(refusals.NotPosted):
        correcting.begin_correction(books.calculated(company, FEBRUARY), by=anna, date=DAY)
    set_fact(who, value=wage("4000.00"), valid_from=dt.date(2026, 1, 2), by=anna)
    correcting.begin_correction(january, by=anna, date=DAY)
    with pytest.raises(refusals.RunExists):
        correcting.begin_correction(january, by=anna, date=DAY)


def test_a_correction_that_something_overtook_is_reckoned_anew(company, anna):
    who = books.employee(company, "5000.00")
    january = books.posted(company)
    bonus = [Typed(type=1210, amount=Decimal("1000.00"))]
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna, rows=bonus)
    made = correcting.begin_correction(january, by=anna, date=DAY)
    seen = digest_of_run(made)
    books.posted(company, FEBRUARY)
    with pytest.raises(refusals.Stale):
        approving.approve(made, seen=seen, by=anna)
    made = correcting.recalculate(made, by=anna)
    assert slip_of(made).carry.sums["ahv"].wages == Decimal("11000.00")
    movements.save_person(company=company, employee=who, month=JANUARY, by=anna,
                          rows=[Typed(type=1210, amount=Decimal("2000.00"))])  # fmt: skip
    made.refresh_from_db()
    assert made.is_stale
    made = correcting.recalculate(made, by=anna)
    assert slip_of(made).gross == Decimal("2000.00")
    made = approving.approve(made, seen=digest_of_run(made), by=anna)
    assert booking.post(made, by=anna).number == 3
