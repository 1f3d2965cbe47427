"""Payments of dunning letters, from the bank's file to items that are settled."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.banking import booking, importing
from accounting.banking.matching import accepting
from accounting.banking.matching.choosing import best_of
from accounting.banking.matching.proposal import Confidence
from accounting.banking.matching.proposing import matched_of
from accounting.banking.matching.reasons import Why
from accounting.banking.models import BankTransaction
from accounting.ledger.models import Account, EntryLine
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.models import OpenItem
from accounting.receivables.dunning import levels, queries
from erp.cockpit.demo import statement_xml
from tests import make
from tests.accounting.receivables.dunning.books import (
    IBAN,
    claim,
    company,
    customer,
    procedure,
    run,
    set_level,
)

pytestmark = pytest.mark.django_db
MAY = dt.date(2026, 5, 1)


@pytest.fixture
def books():
    return company()


@pytest.fixture
def huber(books):
    return customer(books)


def paid(books, notice, amount=None, *, start=MAY):
    """The transaction of a bank's file that pays a letter."""
    amount = notice.total if amount is None else Decimal(amount)
    content = statement_xml(IBAN, Decimal(0), start,
                            [(20, amount, "Huber AG", "", notice.reference)])  # fmt: skip
    importing.take_in(company=books, content=content, by=make.owner_of(books))
    return BankTransaction.of(books).select_related("company").order_by("-pk").first()


def accepted(movement):
    choices = best_of(matched_of(movement))
    return accepting.accept(movement, choices=choices, by=make.owner_of(movement.company))


def sound(books):
    return verify_ledger(books).sound and not differences(books, dt.date(2026, 12, 31))


def open_of(*items):
    return [str(OpenItem.unscoped.get(pk=one.pk).open_amount) for one in items]


def test_a_letter_over_items_and_a_credit_is_booked_for_certain(books, huber):
    items = [claim(books, huber, "100.00", document="R-1"),
             claim(books, huber, "60.00", document="R-2"),
             claim(books, huber, "-30.00", document="G-1")]  # fmt: skip
    _run, (notice,) = run(books)
    movement = paid(books, notice)
    (matched,) = matched_of(movement)
    assert matched.best.confidence == Confidence.CERTAIN
    assert accepting.accept_certain(books, [movement], by=make.owner_of(books)) == (1, [])
    assert open_of(*items) == ["0.00", "0.00", "0.00"]
    assert sound(books)


def test_a_fee_without_an_item_is_asked_about_and_booked_as_income(books, huber):
    item = claim(books, huber, "100.00")
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    _run, (notice,) = run(books)
    movement = paid(books, notice)
    (matched,) = matched_of(movement)
    best = matched.best
    assert (best.confidence, best.fees) == (Confidence.LIKELY, Decimal("20.00"))
    assert accepting.accept_certain(books, [movement], by=make.owner_of(books)) == (0, [])
    entry = accepted(movement)
    income = Account.of(books).get(purpose="dunning_fees")
    (line,) = EntryLine.of(books).filter(entry=entry, account=income)
    assert (line.credit, line.vat_code) == (Decimal("20.00"), None)
    assert open_of(item) == ["0.00"]
    assert OpenItem.of(books).filter(settled_on=None).count() == 0  # no credit of the customer
    movement.refresh_from_db()
    reasons = {row[0] for row in movement.matched["payments"][0]["reasons"]}
    assert {Why.DUNNING_LETTER, Why.FEES} <= reasons
    assert sound(books)


def test_a_payment_that_goes_back_takes_its_fee_along(books, huber):
    item = claim(books, huber, "100.00")
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    _run, (notice,) = run(books)
    entry = accepted(paid(books, notice))
    lines = EntryLine.of(books).filter(entry=entry).order_by("position")
    block = accepting.together.taken_back(entry, [2])
    assert (
        sum((one.line.debit - one.line.credit for one in block.lines), Decimal(0)) == notice.total
    )
    assert lines.count() == 3
    assert open_of(item) == ["0.00"]


def test_undone_the_letter_is_owed_again(books, huber):
    item = claim(books, huber, "100.00")
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    _run, (notice,) = run(books)
    movement = paid(books, notice)
    accepted(movement)
    movement.refresh_from_db()
    booking.unbook(movement, by=make.owner_of(books))
    assert open_of(item) == ["100.00"]
    assert sound(books)


def test_a_fee_that_was_posted_is_an_item_of_the_letter(books, huber):
    item = claim(books, huber, "100.00")
    levels.save_procedure(company=books, by=make.owner_of(books), procedure=procedure(books),
                          post_fees=True)  # fmt: skip
    set_level(books, 1, fees={"CHF": Decimal("20.00")})
    _run, (notice,) = run(books)
    fee = OpenItem.of(books).get(entry=notice.fee_entry)
    (told,) = queries.claimed_by(books, [notice.reference]).values()
    assert told.items == ((item.pk, Decimal("100.00")), (fee.pk, Decimal("20.00")))
    assert not told.fees
    movement = paid(books, notice)
    (matched,) = matched_of(movement)
    assert matched.best.confidence == Confidence.CERTAIN
    accepted(movement)
    assert open_of(item, fee) == ["0.00", "0.00"]
    assert sound(books)


def test_too_little_is_asked_about_and_says_so(books, huber):
    claim(books, huber, "100.00", document="R-1")
    claim(books, huber, "60.00", document="R-2")
    _run, (notice,) = run(books)
    (matched,) = matched_of(paid(books, notice, "150.00"))
    assert matched.best.confidence == Confidence.LIKELY
    assert {Why.DUNNING_LETTER, Why.PARTIAL} <= {one.why for one in matched.best.reasons}


def test_what_references_claim_is_asked_in_three_queries(
    books, huber, django_assert_max_num_queries
):
    claim(books, huber, "100.00", document="R-1")
    claim(books, huber, "60.00", document="R-2")
    _run, (notice,) = run(books)
    with django_assert_max_num_queries(3):
        assert len(queries.claimed_by(books, [notice.reference, "nothing"])) == 1
    with django_assert_max_num_queries(1):
        assert queries.claimed_by(books, ["nothing"]) == {}


def test_a_letter_that_is_paid_already_becomes_a_credit_and_says_so(books, huber):
    items = [claim(books, huber, "100.00", document="R-1"),
             claim(books, huber, "60.00", document="R-2")]  # fmt: skip
    _run, (notice,) = run(books)
    accepted(paid(books, notice))
    again = paid(books, notice, start=dt.date(2026, 6, 1))
    (matched,) = matched_of(again)
    assert [one.why for one in matched.best.reasons] == [Why.DUNNING_LETTER, Why.LETTER_SETTLED]
    assert matched.best.confidence == Confidence.LIKELY
    accepted(again)
    assert open_of(*items) == ["0.00", "0.00"]
    credit = OpenItem.of(books).get(settled_on=None)
    assert (credit.contact, str(credit.open_amount)) == (items[0].contact, "-160.00")
    assert sound(books)


def test_a_letter_in_euros_paid_in_francs_is_asked_about(books, huber):
    items = [claim(books, huber, "100.00", document="R-1", currency="EUR", base="95.00"),
             claim(books, huber, "60.00", document="R-2", currency="EUR", base="57.00")]  # fmt: skip
    _run, letters = run(books)
    notice = next(one for one in letters if one.currency == "EUR")
    movement = paid(books, notice, "150.00")
    (matched,) = matched_of(movement)
    best = matched.best
    assert best.confidence == Confidence.LIKELY
    assert {Why.DUNNING_LETTER, Why.OTHER_CURRENCY} <= {one.why for one in best.reasons}
    assert sorted(str(share.paid) for share in best.shares) == ["100.00", "60.00"]
    accepted(movement)
    assert open_of(*items) == ["0.00", "0.00"]
    assert sound(books)


def test_the_fee_of_such_a_letter_is_its_part_of_the_payment(books, huber):
    claim(books, huber, "90.00", document="R-1", currency="EUR", base="85.50")
    set_level(books, 1, fees={"EUR": Decimal("10.00")})
    _run, letters = run(books)
    (notice,) = (one for one in letters if one.currency == "EUR")
    movement = paid(books, notice, "95.00")
    assert str(matched_of(movement)[0].best.fees) == "9.50"
    entry = accepted(movement)
    income = Account.of(books).get(purpose="dunning_fees")
    assert str(EntryLine.of(books).get(entry=entry, account=income).credit) == "9.50"
    assert sound(books)
