"""Numbers of documents have no gaps and no doubles, whoever issues at once: real connections, real locks."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.receivables import drafting, errors, issuing, making
from accounting.receivables.models import NumberRange, SalesDocument
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.receivables.sales import MARCH_31, company, customer, draft

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        return company()


def sound(books):
    with at_the_desk(books):
        assert differences(books, MARCH_31) == []
        assert verify_ledger(books).breaks == []


def test_many_who_issue_at_once_get_numbers_without_gaps(books):
    with at_the_desk(books):
        who = customer(books)
        drafts = [draft(books, who) for _nth in range(6)]

    def go(one):
        def act():
            with at_the_desk(books) as by:
                return issuing.issue(one, by=by).number

        return act

    numbers = at_once(*[go(one) for one in drafts])
    assert sorted(numbers) == [f"RE-2026-0000{nth}" for nth in range(1, 7)]
    sound(books)


def test_one_draft_is_issued_once(books):
    with at_the_desk(books):
        one = draft(books, customer(books))

    def act():
        with at_the_desk(books) as by:
            return issuing.issue(one, by=by).number

    answers = at_once(*[act] * 4)
    assert sum(isinstance(answer, errors.NotADraft) for answer in answers) == 3, answers
    with at_the_desk(books):
        assert SalesDocument.of(books).get().number == "RE-2026-00001"
    sound(books)


def test_an_invoice_is_cancelled_once(books):
    with at_the_desk(books) as by:
        one = issuing.issue(draft(books, customer(books)), by=by)

    def act():
        with at_the_desk(books) as by:
            return issuing.cancel(one, date=MARCH_31, by=by).number

    answers = at_once(*[act] * 3)
    assert sum(isinstance(answer, errors.CancelledAlready) for answer in answers) == 2, answers
    sound(books)


def test_a_company_numbers_as_it_likes(books):
    with at_the_desk(books) as by:
        who = customer(books)
        NumberRange.unscoped.create(
            company=books, kind="invoice", prefix="F{year}/", width=3, yearly=False
        )
        assert issuing.issue(draft(books, who), by=by).number == "F2026/001"
        assert issuing.issue(draft(books, who), by=by).number == "F2026/002"


def test_two_who_bill_an_order_at_once_do_not_both_take_what_is_left(books):
    with at_the_desk(books) as by:
        order = issuing.issue(draft(books, customer(books), kind="order"), by=by)

    def act():
        with at_the_desk(books) as by:
            typed = making.derived(order, "invoice", date=MARCH_31)
            return drafting.save(company=books, typed=typed, by=by)

    answers = at_once(*[act] * 3)
    assert sum(isinstance(answer, errors.NothingLeft) for answer in answers) == 2, answers
    with at_the_desk(books):
        assert SalesDocument.of(books).filter(kind="invoice").count() == 1
