"""A year is closed while others post: real connections, real commits, real locks."""

from __future__ import annotations

import signal
from functools import partial

import pytest

from accounting.closing.closing import close_year
from accounting.closing.proving import proof
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Period, YearClosing
from tests import make
from tests.accounting.closing import books
from tests.accounting.ledger.test_concurrency import at_the_desk, one_waits_for_the_other
from tests.make import chf
from tests.payroll.runs.test_concurrency import process

CLOSE = """
import django; django.setup()
from accounting.closing.closing import close_year
from accounting.ledger.models import FiscalYear
from erp.access.gate import operating
with operating("{company}") as access:
    year = FiscalYear.of(access.company).get(name="2025")
    close_year(company=access.company, year=year, by=access.user)
"""
pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def company(committed_db):
    company = make.company()
    with at_the_desk(company):
        company.modules = ["ledger"]
        company.save(update_fields=["modules"])
        _company, year = books.of_2025(company)
        books.accept_all(company, year)
    return company


def close(company):
    with at_the_desk(company) as by:
        return close_year(company=company, year=books.year_of(company, "2025"), by=by)


def lines(company):
    return [debit(make.account(company, "6500"), chf("10")),
            credit(make.account(company, "1020"), chf("10"))]  # fmt: skip


def post(company):
    with at_the_desk(company):
        return books.enter(company, "6500", "1020", "10.00", books.LAST)


def post_in_bulk(company):
    with at_the_desk(company) as by:
        entry = NewEntry(date=books.LAST, text="Import", lines=lines(company))
        return post_many(company=company, entries=[entry], by=by)


@pytest.mark.parametrize("late", [post, post_in_bulk])
def test_who_posts_while_the_year_is_closed_waits_and_is_refused(company, late):
    told = one_waits_for_the_other(
        company,
        lambda by: close_year(company=company, year=books.year_of(company, "2025"), by=by),
        partial(late, company),
    )
    assert isinstance(told, PeriodLocked)
    with at_the_desk(company):
        assert YearClosing.of(company).get().result == chf("30000")
        assert list(proof(company)) == []


def test_closing_waits_for_what_is_posted_and_takes_it_in(company):
    closed = one_waits_for_the_other(
        company, lambda by: books.enter(company, "6500", "1020", "10.00", books.LAST),
        partial(close, company),
    )  # fmt: skip
    assert closed.result == chf("29990")
    with at_the_desk(company):
        assert list(proof(company)) == []


@pytest.mark.parametrize("point", ["closing.held", "closing.closed"])
def test_a_closing_that_is_killed_leaves_the_year_open(company, point):
    code = CLOSE.format(company=company.pk)
    assert process(code, point) == -signal.SIGKILL
    with at_the_desk(company):
        assert not YearClosing.of(company).exists()
        assert not Period.of(company).filter(lock=Period.Lock.LOCKED).exists()
    assert process(code, "") == 0
    with at_the_desk(company):
        assert YearClosing.of(company).get().nth == 1
