"""Issuing, crediting and settling at once: real connections, real commits, and nobody waits for ever."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import transaction

from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.receivables import drafting, issuing, making
from accounting.receivables.models import SalesDocument
from erp.core.errors import DomainError
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.open_items.books import APRIL_30, money
from tests.accounting.receivables.sales import (
    MARCH_9,
    MARCH_31,
    company,
    customer,
    draft,
    issued,
    items_of,
)

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        return company()


def test_a_credit_note_goes_out_while_its_invoice_is_paid(books):
    for _nth in range(4):
        with at_the_desk(books) as by:
            who = customer(books)
            invoice = issued(books, who)
            (owed,) = items_of(invoice)
            note = drafting.save(company=books, by=by, typed=making.credit(invoice, date=MARCH_9))
            others = [draft(books, who) for _one in range(2)]

        def credit(note=note):
            with at_the_desk(books) as by:
                return issuing.issue(note, by=by)

        def pay(owed=owed):
            with at_the_desk(books) as by:
                return settle(company=books, date=MARCH_9, parts=[Part(owed, paid=Decimal("500"))],
                              money=money(books, "500"), by=by)  # fmt: skip

        def issue(one):
            with at_the_desk(books) as by:
                return issuing.issue(one, by=by)

        answers = at_once(credit, pay, *[lambda one=one: issue(one) for one in others])
        odd = [a for a in answers if isinstance(a, Exception) and not isinstance(a, DomainError)]
        assert not odd, answers
    with at_the_desk(books):
        assert differences(books, APRIL_30) == []
        assert verify_ledger(books).breaks == []
        numbers = SalesDocument.of(books).filter(kind="invoice").exclude(number="")
        assert sorted(numbers.values_list("number", flat=True)) == [
            f"RE-2026-{nth:05}" for nth in range(1, 13)
        ]


def test_of_two_credit_notes_over_all_of_an_invoice_one_goes_out(books):
    with at_the_desk(books) as by:
        invoice = issued(books, customer(books))
        notes = [drafting.save(company=books, by=by, typed=making.credit(invoice, date=MARCH_31))
                 for _nth in range(2)]  # fmt: skip

    def go(note):
        with at_the_desk(books) as by:
            return issuing.issue(note, by=by)

    def cancel():
        with at_the_desk(books) as by:
            return issuing.cancel(invoice, date=MARCH_31, by=by)

    answers = at_once(*[lambda note=note: go(note) for note in notes], cancel)
    assert sum(isinstance(a, DomainError) for a in answers) == 2, answers
    assert sum(isinstance(a, SalesDocument) for a in answers) == 1, answers
