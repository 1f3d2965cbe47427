"""Two who take from the same box at once: real connections, real commits."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounting.cash import queries
from accounting.cash.errors import BelowZero
from accounting.cash.models import CashBook
from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.cash.books import MARCH_5, MARCH_9, cash_book, enter
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def book(committed_db):
    with transaction.atomic():
        company = make.company()
        book = cash_book(company)
        enter(book, "100.00")
    return book


def test_the_last_note_is_taken_once(book):
    """By the book's own entry and by hand in the ledger, again and again, on different days."""
    company = book.company

    def in_the_book():
        with at_the_desk(company):
            mine = CashBook.of(company).select_related("company", "account").get(pk=book.pk)
            return enter(mine, "-60.00", date=MARCH_9)

    def by_hand():
        with at_the_desk(company) as by:
            lines = [debit(make.account(company, "6500"), Decimal(60)),
                     credit(make.account(company, "1000"), Decimal(60))]  # fmt: skip
            return post(company=company, date=MARCH_5, text="x", lines=lines, by=by)

    done = at_once(in_the_book, by_hand, in_the_book, by_hand)
    assert [isinstance(one, BelowZero) for one in done].count(True) == 3, done
    with transaction.atomic():
        open_companies([company.pk])
        assert queries.balance_on(book, MARCH_9) == 40


def test_numbers_have_no_gaps_when_many_enter_at_once(book):
    def one():
        with at_the_desk(book.company):
            mine = CashBook.of(book.company).select_related("company", "account").get(pk=book.pk)
            return enter(mine, "1.00", date=MARCH_5).voucher

    assert sorted(at_once(*[one] * 6)) == [f"K-{n}" for n in range(2, 8)]
