"""A debit of wages is known however it is booked; a payment file that was given up stays, and is known, too."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from accounting.banking import booking as statements
from accounting.banking.matching.accepting import accept_certain
from accounting.banking.matching.proposing import waiting
from accounting.banking.models import BankRule
from accounting.banking.reconciling import taking
from accounting.banking.reconciling.suggesting import Source, line_of
from accounting.banking.rules.keeping import save_rule
from accounting.ledger.entering import TypedLine
from erp.audit.models import AuditEvent
from payroll.runs import booking, paying, refusals
from payroll.runs.models import PayrollRun, WageOrder
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.debits import arrived, clearing

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 23)


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        yield


@pytest.fixture
def company():
    return books.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def run(company):
    books.p1(company)
    return books.posted(company)


@pytest.fixture
def order(company, anna, run):
    (made,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
    return made


def status(company):
    return PayrollRun.of(company).get().status


def by_hand(movement, by, account="1091"):
    return statements.book(movement, contra=[TypedLine(account=account)], by=by)


@pytest.mark.parametrize("told", [
    None, "<Btch><MsgId>BANK-4711</MsgId><PmtInfId>BANK-4711-1</PmtInfId></Btch>",
])  # fmt: skip
def test_booked_by_hand_against_the_clearing_account_it_is_known(company, anna, order, told):
    (movement,) = arrived(company, order, named=told is not None, told=told)
    entry = by_hand(movement, anna)
    order.refresh_from_db()
    assert (order.booked_entry_id, order.booked_on, status(company)) == (entry.pk, DAY, "paid")
    with pytest.raises(refusals.PaidAlready):
        paying.recall(order.run, reason="Test", by=anna)


def test_with_the_banks_charges_beside_it_is_known(company, anna, order):
    (movement,) = arrived(company, order, named=False, amount=order.total + 5)
    lines = [TypedLine(account="1091", debit=order.total), TypedLine(account="6940")]
    statements.book(movement, contra=lines, by=anna)
    assert status(company) == "paid"


def test_booked_by_a_rule_it_is_known(company, anna, order):
    rule = BankRule(company=company, name="Löhne", account=make.account(company, "1091"),
                    amount_from=order.total, amount_to=order.total)  # fmt: skip
    save_rule(rule, by=anna)
    (movement,) = arrived(company, order, named=False)
    found = [one for one in line_of(movement).suggestions if one.source is Source.RULE]
    taking.take(movement, key=found[0].key, by=anna)
    assert status(company) == "paid"


def test_shared_out_by_hand_it_is_known(company, anna, order):
    (movement,) = arrived(company, order, named=False)
    taking.book_parts([movement], lines=[TypedLine(account="1091")], by=anna)
    assert status(company) == "paid"


def test_the_same_amount_for_something_else_is_no_wage(company, anna, order):
    (movement,) = arrived(company, order, named=False)
    by_hand(movement, anna, account="6500")
    order.refresh_from_db()
    assert (order.booked_entry_id, status(company)) == (None, "posted")


def test_undone_by_hand_it_is_at_the_bank_again(company, anna, order):
    (movement,) = arrived(company, order, named=False)
    by_hand(movement, anna)
    statements.unbook(movement, by=anna)
    order.refresh_from_db()
    assert (order.booked_entry_id, status(company)) == (None, "posted")


def test_what_is_given_up_stays_and_the_run_is_paid_anew(company, anna, run, order):
    content = bytes(order.file)
    with pytest.raises(refusals.ReasonMissing):
        paying.recall(run, reason=" ", by=anna)
    paying.recall(run, reason="Konto falsch", by=anna)
    (again,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
    order.refresh_from_db()
    assert order.recalled_by == anna
    assert bytes(order.file) == content
    assert order.block != again.block
    assert paying.file_name(order).endswith("-recalled.xml")
    assert accept_certain(company, arrived(company, again), by=anna) == (1, [])
    assert status(company) == "paid"
    with pytest.raises(refusals.PaidAlready):
        paying.recall(run, reason="Test", by=anna)
    event = AuditEvent.of(company).get(action="payroll_run.recall")
    assert event.details == {"orders": [order.message], "reason": "Konto falsch"}


def test_what_the_bank_executes_though_it_was_given_up_is_known_and_not_paid_twice(
    company, anna, run, order
):
    paying.recall(run, reason="Test", by=anna)
    (again,) = paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)
    assert accept_certain(company, arrived(company, order), by=anna) == (1, [])
    order.refresh_from_db()
    assert (order.booked_on, status(company)) == (DAY, "posted")
    assert clearing(company) == 0
    paying.recall(run, reason="Doppelt", by=anna)
    assert status(company) == "paid"
    again.refresh_from_db()
    assert again.recalled_at is not None
    with pytest.raises(refusals.PaidAlready):
        paying.pay(run, bank=books.bank_of(company), date=DAY, by=anna)


def test_executed_before_it_is_paid_anew_the_run_is_paid(company, anna, run, order):
    paying.recall(run, reason="Test", by=anna)
    accept_certain(company, arrived(company, order), by=anna)
    assert status(company) == "paid"
    with pytest.raises(refusals.PaidAlready):
        booking.undo(run, reason="Test", by=anna)


def test_by_its_amount_alone_nothing_that_was_given_up_is_taken(company, anna, run, order):
    paying.recall(run, reason="Test", by=anna)
    (movement,) = arrived(company, order, named=False)
    by_hand(movement, anna)
    order.refresh_from_db()
    assert (order.booked_entry_id, status(company)) == (None, "posted")
    assert WageOrder.of(company).count() == 1
    assert list(waiting(company)) == []
