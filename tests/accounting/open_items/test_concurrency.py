"""Two people settle the same item at once: real connections, real commits, real locks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounting.ledger.verifying import verify_ledger
from accounting.open_items import errors
from accounting.open_items.checking import differences
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.plans import Part
from accounting.open_items.settling import net, settle, undo
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.open_items.books import APRIL_30, MARCH_9, MARCH_31, company, invoice, money

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def books(committed_db):
    from django.db import transaction

    with transaction.atomic():
        return company()


def sound(books):
    with at_the_desk(books):
        assert differences(books, APRIL_30) == []
        assert verify_ledger(books).breaks == []


def test_of_two_who_settle_the_same_item_one_comes_first(books):
    with at_the_desk(books):
        item = invoice(books, "100.00")

    def pay():
        with at_the_desk(books) as by:
            return settle(company=books, date=MARCH_9, parts=[Part(item, paid=Decimal("100"))],
                          money=money(books, "100"), by=by)  # fmt: skip

    answers = at_once(*[pay] * 4)
    refused = [a for a in answers if isinstance(a, errors.MoreThanOpen)]
    assert len(refused) == 3, answers
    with at_the_desk(books):
        assert Settlement.of(books).count() == 1
    sound(books)


def test_parts_paid_at_once_add_up(books):
    with at_the_desk(books):
        item = invoice(books, "100.00")

    def pay():
        with at_the_desk(books) as by:
            return settle(company=books, date=MARCH_9, parts=[Part(item, paid=Decimal("30"))],
                          money=money(books, "30"), by=by)  # fmt: skip

    answers = at_once(*[pay] * 4)
    assert sum(isinstance(a, errors.MoreThanOpen) for a in answers) == 1, answers
    with at_the_desk(books):
        assert OpenItem.of(books).get(pk=item.pk).open_amount == Decimal("10.00")
    sound(books)


def test_a_settlement_is_undone_once(books):
    with at_the_desk(books) as by:
        item = invoice(books, "100.00")
        settle(company=books, date=MARCH_9, parts=[Part(item, paid=Decimal("100"))],
               money=money(books, "100"), by=by)  # fmt: skip
        settlement = Settlement.of(books).select_related("entry__company").get()

    def take_back():
        with at_the_desk(books) as by:
            return undo(settlement, date=MARCH_31, by=by)

    answers = at_once(take_back, take_back)
    assert sum(isinstance(a, errors.AlreadyUndone) for a in answers) == 1, answers
    sound(books)


def test_two_who_net_the_same_items_in_another_order_do_not_block_each_other(books):
    with at_the_desk(books):
        first, note = invoice(books, "100.00"), invoice(books, "-60.00")

    def one(items):
        def act():
            with at_the_desk(books) as by:
                return net(books, items=items, date=MARCH_31, by=by)

        return act

    answers = at_once(one([first, note]), one([note, first]))
    assert sum(isinstance(a, errors.MoreThanOpen) for a in answers) == 1, answers
    sound(books)
