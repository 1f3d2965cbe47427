"""Payments out, found on the bank's statement by the numbers of our orders, settle their items."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounting.banking import booking, importing
from accounting.banking.matching.accepting import accept, accept_certain
from accounting.banking.matching.choosing import best_of
from accounting.banking.matching.proposing import matched_of, waiting
from accounting.banking.models import BankTransaction
from accounting.open_items.models import OpenItem
from accounting.payments.models import PaymentRun, RunItem, RunPayment
from tests import make
from tests.accounting.banking.files import camt, entry, statement, tx
from tests.accounting.open_items.books import lines_of
from tests.accounting.payments.books import (
    DAY,
    OTHER,
    bank,
    company,
    exported,
    owe,
    supplier,
)
from tests.accounting.payments.orders import iban

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(dt.datetime(2026, 3, 24, 9), tick=True):
        yield


@pytest.fixture
def books():
    return company()


@pytest.fixture
def run(books):
    """Two payments, one of them with a discount."""
    owe(books, supplier(books), "100.00", document="L-1")
    owe(books, supplier(books, "B", account=OTHER), "200.00", document="L-2",
        discount_percent=Decimal(2), discount_until=DAY)  # fmt: skip
    return exported(books)


def arrived(books, *entries, ident="S-1"):
    from tests.accounting.payments.books import IBAN

    content = statement(*entries, ident=ident, opening="1000.00",
                        account=f"<Id><IBAN>{IBAN}</IBAN></Id><Ccy>CHF</Ccy>")  # fmt: skip
    importing.take_in(company=books, content=camt(content), by=make.owner_of(books))
    return list(waiting(books))


def batch(run, amount, *, named=True):
    block = RunPayment.of(run.company).filter(run=run).first().block_id
    told = f"<Btch><MsgId>{run.message_id}</MsgId><PmtInfId>{block}</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
    made = entry(amount, "x", side="DBIT", ref=f"B-{amount}")
    return made.replace("<NtryDtls>x</NtryDtls>", f"<NtryDtls>{told}</NtryDtls>" if named else "")


def ids(run):
    """The numbers of the payments, the smallest first."""
    rows = RunPayment.of(run.company).filter(run=run).order_by("amount")
    return list(rows.values_list("end_to_end_id", flat=True))


def test_a_batch_settles_all_its_items_with_their_discounts(books, run):
    (movement,) = arrived(books, batch(run, "296.00"))
    (matched,) = matched_of(movement)
    best = matched.best
    assert best.is_certain and [r.why.value for r in best.reasons] == ["ordered", "amount_of_order"]
    assert accept_certain(books, [movement], by=make.owner_of(books)) == (1, [])
    assert OpenItem.of(books).filter(settled_on=None).count() == 0
    movement.refresh_from_db()
    assert ("1020", Decimal("-296.00")) in lines_of(movement.entry)
    run.refresh_from_db()
    assert run.status == "booked"
    assert not RunItem.of(books).filter(is_live=True).exists()
    assert set(RunPayment.of(books).values_list("booked_on", flat=True)) == {DAY}


def test_single_bookings_and_details_of_a_batch_are_known_by_their_numbers(books, run):
    one, two = ids(run)
    single = entry("100.00", tx("100.00", end_to_end=one, role="Cdtr"), side="DBIT", ref="R-1")
    (movement,) = arrived(books, single)
    assert matched_of(movement)[0].best.is_certain
    accept_certain(books, [movement], by=make.owner_of(books))
    run.refresh_from_db()
    assert run.status == "exported"
    second = entry("196.00", tx("196.00", end_to_end=two, role="Cdtr"), side="DBIT", ref="R-2")
    (movement,) = arrived(books, second, ident="S-2")
    accept_certain(books, [movement], by=make.owner_of(books))
    run.refresh_from_db()
    assert run.status == "booked"


def test_without_a_number_the_amount_of_a_block_is_asked_about(books, run):
    (movement,) = arrived(books, batch(run, "296.00", named=False))
    best = matched_of(movement)[0].best
    assert best is not None and not best.is_certain


def test_what_was_debited_beyond_is_a_charge_of_the_bank(books, run):
    (movement,) = arrived(books, batch(run, "300.00"))
    best = matched_of(movement)[0].best
    assert not best.is_certain and "4.00" in " ".join(r.sentence for r in best.reasons)
    entry_ = accept(movement, choices=best_of(matched_of(movement)), by=make.owner_of(books))
    lines = dict(lines_of(entry_))
    assert lines["1020"] == Decimal("-300.00") and Decimal("4.00") in lines.values()
    assert OpenItem.of(books).filter(settled_on=None).count() == 0


def test_a_batch_less_what_was_rejected_settles_the_rest(books, run):
    first = RunPayment.of(books).filter(run=run).order_by("amount").first()
    RunPayment.of(books).filter(pk=first.pk).update(bank_status="RJCT")
    (movement,) = arrived(books, batch(run, "196.00"))
    assert matched_of(movement)[0].best.is_certain
    accept_certain(books, [movement], by=make.owner_of(books))
    assert [i.document for i in OpenItem.of(books).filter(settled_on=None)] == ["L-1"]
    run.refresh_from_db()
    assert run.status == "exported"  # what was rejected is to be given back, or cancelled


def test_undoing_the_booking_puts_the_payments_back_to_the_bank(books, run):
    (movement,) = arrived(books, batch(run, "296.00"))
    accept_certain(books, [movement], by=make.owner_of(books))
    movement.refresh_from_db()
    booking.unbook(BankTransaction.of(books).get(pk=movement.pk), by=make.owner_of(books))
    run.refresh_from_db()
    assert run.status == "exported" and RunItem.of(books).filter(is_live=True).count() == 2
    assert OpenItem.of(books).filter(settled_on=None).count() == 2


def test_a_return_opens_the_item_again(books, run):
    one, _two = ids(run)
    single = entry("100.00", tx("100.00", end_to_end=one, role="Cdtr"), side="DBIT", ref="R-1")
    (movement,) = arrived(books, single)
    accept_certain(books, [movement], by=make.owner_of(books))
    code = "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd>"
    detail = tx("100.00", end_to_end=one, role="Cdtr").replace(
        "</TxDtls>", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"
    )
    back = entry("100.00", detail, ref="R-9", day="2026-03-31").replace(
        "<AcctSvcrRef>", code + "<AcctSvcrRef>"
    )
    (movement,) = arrived(books, back, ident="S-2")
    best = matched_of(movement)[0].best
    assert best is not None and best.returns is not None
    accept(movement, choices=best_of(matched_of(movement)), by=make.owner_of(books))
    payment = RunPayment.of(books).get(end_to_end_id=one)
    assert (payment.bank_status, payment.bank_reasons[0]["code"], payment.booked_entry) == (
        "RJCT",
        "AC04",
        None,
    )
    assert OpenItem.of(books).get(document="L-1").settled_on is None


def test_looking_for_orders_takes_the_same_queries_for_any_number_of_debits(books):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from accounting.banking.matching.proposing import proposals_for

    for nth in range(4):
        owe(
            books,
            supplier(books, f"S{nth}", account=iban("CH", f"00700{nth:012d}")),
            document=f"L-{nth}",
        )
    run = exported(books)
    rows = arrived(books, *(entry("100.00", tx("100.00", end_to_end=one, role="Cdtr"), side="DBIT", ref=one)
                            for one in ids(run)))  # fmt: skip
    counts = []
    for some in (rows[:1], rows):
        with CaptureQueriesContext(connection) as seen:
            found = proposals_for(books, some)
        counts.append(len(seen))
        assert all(one[0].best.is_certain for one in found.values())
    assert counts[0] == counts[1] <= 11, counts
    assert bank(books).currency == "CHF" and PaymentRun.of(books).count() == 1
