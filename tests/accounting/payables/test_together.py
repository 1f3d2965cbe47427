"""Handing in, approving and taking off at once: real connections, real commits, one effect."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.payables import accruing, approving, booking, drafting, making, recurring
from accounting.payables.models import (
    AccrualPart,
    ApprovalRule,
    RecurringSupplierInvoice,
    SupplierInvoice,
)
from erp.core.errors import DomainError
from tests import make
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.open_items.books import APRIL_30
from tests.accounting.payables.purchases import (
    MARCH_1,
    MARCH_9,
    MARCH_31,
    company,
    draft,
    line,
    posted,
    supplier,
    typed,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        return company()


def at_desk(books, act, *values, **more):
    """An act in a transaction of its own, as somebody at a desk would do it."""

    def go():
        with at_the_desk(books) as by:
            return act(
                *values, by=more.get("by", by), **{k: v for k, v in more.items() if k != "by"}
            )

    return go


def outcome(answers):
    odd = [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)]
    assert not odd, answers
    return sum(not isinstance(a, DomainError) for a in answers)


def test_a_draft_is_handed_in_once(books):
    with at_the_desk(books):
        one = draft(supplier(books), line("108.10", code="MN"))
    assert outcome(at_once(*[at_desk(books, approving.submit, one) for _nth in range(4)])) == 1
    with at_the_desk(books):
        assert JournalEntry.of(books).count() == 1
        assert differences(books, APRIL_30) == []


def test_two_approvers_at_once_post_once(books):
    with at_the_desk(books) as by:
        people = [
            make.user(company=books, granted=["payables.read", "payables.approve"])
            for _n in range(2)
        ]
        for person in people:
            approving.save_rule(ApprovalRule(company=books, approver=person), by=by)
        waiting = approving.submit(draft(supplier(books), line()), by=by)
    acts = [
        at_desk(books, approving.approve, waiting, by=person)
        for person in people
        for _twice in range(2)
    ]
    assert outcome(at_once(*acts)) == 2
    with at_the_desk(books):
        assert SupplierInvoice.of(books).get(pk=waiting.pk).is_posted
        assert JournalEntry.of(books).count() == 1


def test_one_approves_while_the_other_sends_it_back(books):
    with at_the_desk(books) as by:
        anna, beat = (
            make.user(company=books, granted=["payables.read", "payables.approve"])
            for _n in range(2)
        )
        approving.save_rule(ApprovalRule(company=books, approver=anna, deputy=beat), by=by)
        waiting = approving.submit(draft(supplier(books), line()), by=by)
    assert outcome(at_once(at_desk(books, approving.approve, waiting, by=anna),
                           at_desk(books, approving.reject, waiting, reason="no", by=beat))) == 1  # fmt: skip


def test_a_deposit_is_taken_off_by_one_of_two(books):
    with at_the_desk(books):
        meier = supplier(books)
        deposit = posted(meier, line("500.00", None), is_deposit=True)
        finals = [
            draft(meier, line("1000.00"), *making.deductions(deposit, Decimal(500), basis="gross"),
                  number=f"S-{nth}", date=MARCH_9)
            for nth in range(2)
        ]  # fmt: skip
    assert outcome(at_once(*[at_desk(books, approving.submit, one) for one in finals])) == 1


def test_a_part_is_released_once_and_an_invoice_reversed_once(books):
    with at_the_desk(books):
        spread = line("100.00", "6300", supply_from=MARCH_1, supply_until=APRIL_30, spread="months")
        invoice = posted(supplier(books), spread)
        part = AccrualPart.of(books).get()
    assert outcome(at_once(*[at_desk(books, accruing.release, part) for _nth in range(3)])) == 1
    reversing = [at_desk(books, booking.reverse, invoice, date=MARCH_31) for _nth in range(3)]
    assert outcome(at_once(*reversing)) == 1
    with at_the_desk(books):
        assert verify_ledger(books).breaks == []
        assert differences(books, APRIL_30) == []


def test_what_comes_again_is_entered_once(books):
    with at_the_desk(books) as by:
        rent = recurring.save(RecurringSupplierInvoice(company=books, name="Miete", next_on=MARCH_1, submits=True),
                              typed(supplier(books), line("2500.00", "6000")), by=by)  # fmt: skip
    assert (
        outcome(at_once(*[at_desk(books, recurring.enter, rent, MARCH_1) for _nth in range(3)]))
        == 1
    )
    with at_the_desk(books):
        assert SupplierInvoice.of(books).filter(status="posted").count() == 1


def test_two_who_change_a_draft_do_not_overwrite_each_other(books):
    with at_the_desk(books):
        meier = supplier(books)
        one = draft(meier, line())

    def change(amount):
        with at_the_desk(books) as by:
            return drafting.save(company=books, by=by, invoice=one, version=one.version,
                                 typed=typed(meier, line(amount)))  # fmt: skip

    assert outcome(at_once(lambda: change("1.00"), lambda: change("2.00"))) == 1
