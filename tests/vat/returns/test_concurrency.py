"""Returns filed by two at once, and while others post: nothing is declared twice or lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from erp.core.errors import DomainError
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, D, day, returned, sale
from tests.vat.returns.test_filing import UID, checked
from vat.returns import filing, settling
from vat.returns.models import VatReturn
from vat.returns.queries import computed

pytestmark = pytest.mark.usefixtures("committed_db")
TODAY = dt.date(2026, 12, 31)


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        return items.company(uid=UID)


def test_two_who_begin_the_same_return_have_one(books):
    def begin():
        with at_the_desk(books) as by:
            return filing.begin(company=books, start=Q1[0], by=by).pk

    assert len(set(at_once(*[begin] * 4))) == 1


def test_two_who_file_and_post_at_once_have_one_effect(books):
    with at_the_desk(books) as by:
        sale(books, "1081.00", "UN")
        one = checked(filing.begin(company=books, start=Q1[0], by=by), by)

    def file():
        with at_the_desk(books) as by:
            return filing.file(one, by=by, today=TODAY)

    answers = at_once(*[file] * 3)
    assert len([a for a in answers if isinstance(a, VatReturn)]) == 1, answers
    filed = next(a for a in answers if isinstance(a, VatReturn))

    def settle():
        with at_the_desk(books) as by:
            return settling.settle(filed, date=day(5), by=by)

    answers = at_once(*[settle] * 3)
    assert len([a for a in answers if not isinstance(a, DomainError)]) == 1, answers


def test_what_is_posted_while_a_return_is_filed_is_in_it_or_in_the_next(books):
    with at_the_desk(books) as by:
        sale(books, "1081.00", "UN")
        one = checked(filing.begin(company=books, start=Q1[0], by=by), by)

    def file():
        with at_the_desk(books) as by:
            return filing.file(one, by=by, today=TODAY)

    def post():
        with at_the_desk(books):
            return sale(books, "108.10", "UN", day(2))

    at_once(file, post, post, post)

    with at_the_desk(books) as by:
        first = filing.begin(company=books, start=Q1[0], by=by)
        if not first.is_filed:  # somebody posted before: checked again
            first = filing.file(checked(first, by), by=by, today=TODAY)
        second = filing.begin(company=books, start=dt.date(2026, 4, 1), by=by)
        both = [computed(one).declaration.box("200") for one in (first, second)]
        assert sum(both) == returned(books, *Q1).declaration.box("200") == D("1300.00")
