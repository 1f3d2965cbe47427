"""What the year leaves owing to employees is posted at its end and taken back on New Year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounting.ledger import posting
from accounting.ledger.models import JournalEntry
from accounting.ledger.years import open_fiscal_year
from payroll.declarations import deferring
from payroll.declarations.accruing import accruals_of
from payroll.declarations.gathering import year_of
from payroll.declarations.refusals import NothingPosted
from payroll.employees.facts import LeaveKind
from payroll.employees.keeping import set_fact
from payroll.employees.leave import book
from payroll.runs import booking, correcting
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.test_posting import balances

pytestmark = pytest.mark.django_db
NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def owing(company, anna):
    who = books.employee(company, "6525.00")
    books.posted(company, DECEMBER)
    open_fiscal_year(company=company, start=dt.date(2027, 1, 1), end=dt.date(2027, 12, 31), by=anna)
    book(who, kind=LeaveKind.OVERTIME, date=dt.date(2026, 3, 31), amount=Decimal(10), by=anna)
    return who


def test_what_is_owed_is_posted_and_taken_back(company, anna, owing):
    before = balances(company)
    (found,) = accruals_of(company, year_of(company, 2026))
    done = deferring.post_accruals(company=company, year=2026, by=anna)
    assert (done.closing.date, done.opening.date) == (dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    lines = {row.account.number: row.debit - row.credit
             for row in done.closing.lines.select_related("account")}  # fmt: skip
    assert lines == {"5000": found.wages, "5700": found.contributions, "2300": -found.total}
    assert balances(company) == before
    with pytest.raises(deferring.AccruedAlready):
        deferring.post_accruals(company=company, year=2026, by=anna)
    deferring.undo_accruals(company=company, year=2026, by=anna)
    assert deferring.accrued(company, 2026) is None
    with pytest.raises(deferring.NotAccrued):
        deferring.undo_accruals(company=company, year=2026, by=anna)
    again = deferring.post_accruals(company=company, year=2026, by=anna)
    assert again.closing.number > done.opening.number


def test_what_stands_in_the_way_is_named(company, anna):
    told = {"company": company, "year": 2026, "by": anna}
    with pytest.raises(NothingPosted):
        deferring.post_accruals(**told)
    books.employee(company, "6000.00")
    books.posted(company, DECEMBER)
    with pytest.raises(deferring.WrongAccrualAccount):
        deferring.post_accruals(**told, account=make.account(company, "5000"))
    assert not JournalEntry.of(company).filter(source_key__startswith=deferring.KEY).exists()


def test_the_list_posts_and_undoes(company, anna, owing):
    client = Client()
    client.force_login(anna)
    start = f"/c/{company.pk}/payroll/year/2026/"
    assert 'name="account"' in client.get(f"{start}lists/accruals/").content.decode()
    client.post(f"{start}accruals/", {"account": "2300"})
    done = deferring.accrued(company, 2026)
    assert done is not None
    assert 'value="undo"' in client.get(f"{start}lists/accruals/").content.decode()
    client.post(f"{start}accruals/", {"do": "undo"})
    assert deferring.accrued(company, 2026) is None
    reader = Client()
    reader.force_login(make.user(company=company, granted=["payroll.read"]))
    assert reader.post(f"{start}accruals/", {}).status_code == 403


def test_a_year_that_is_not_all_posted_waits(company, anna):
    person = books.employee(company, "6525.00")
    november = books.posted(company, NOVEMBER)
    book(person, kind=LeaveKind.OVERTIME, date=dt.date(2026, 3, 31), amount=Decimal(10), by=anna)
    client = Client()
    client.force_login(anna)
    start = f"/c/{company.pk}/payroll/year/2026/"

    def waits(for_month):
        with pytest.raises(deferring.YearNotFinished, match=for_month) as told:
            deferring.post_accruals(company=company, year=2026, by=anna)
        shown = client.get(f"{start}lists/accruals/").content.decode()
        assert str(told.value) in shown and 'name="account"' not in shown
        client.post(f"{start}accruals/", {"account": "2300"})
        assert deferring.accrued(company, 2026) is None

    waits("12.2026")
    december = books.approved(company, DECEMBER)
    waits("12.2026")
    booking.post(december, by=anna)
    set_fact(person, value=wage("6600.00"), valid_from=NOVEMBER, by=anna)
    correcting.begin_correction(november, by=anna, date=dt.date(2026, 12, 31))
    waits("11.2026")


def test_one_half_of_an_accrual_is_not_undone_in_the_journal(company, anna, owing):
    done = deferring.post_accruals(company=company, year=2026, by=anna)
    for entry in (done.closing, done.opening):
        with pytest.raises(deferring.UndoneWithTheYear, match=str(entry.number)):
            posting.reverse(entry, date=entry.date, by=anna)
    assert deferring.accrued(company, 2026) == done
