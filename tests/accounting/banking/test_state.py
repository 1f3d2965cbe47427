"""The account's state: ledger beside bank, and why they differ, entry by entry."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.banking import booking
from accounting.banking.models import BankTransaction
from accounting.banking.reconciling.state import Kind, state_of
from accounting.ledger.entering import TypedLine
from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post, reverse
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import EURO_IBAN, camt053, camt054, entry

MARCH, APRIL = ("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30")


def told(state):
    """Its differences as kind and amounts."""
    return {one.kind: [str(row.amount) for row in one.rows] for one in state.groups}


def sums(state):
    return sum((one.amount for one in state.groups), Decimal(0))


@pytest.fixture
def booked(company, anna):
    def all_of_them(contra="3200", **only):
        for row in BankTransaction.of(company).filter(entry=None, **only):
            booking.book(row, contra=[TypedLine(contra)], by=anna)

    return all_of_them


def test_nothing_differs_where_all_is_booked(bank, take_in, booked):
    take_in(camt053(entry("100.00", ref="a"), entry("30.00", ref="b", side="DBIT")))
    booked()
    state = state_of(bank)
    assert (state.closing, state.ledger, state.agrees) == (Decimal(70), Decimal(70), True)


def test_each_kind_is_told_and_they_add_up(company, anna, bank, take_in, booked):
    take_in(
        camt053(entry("100.00", ref="a"), entry("40.00", ref="w"), opening="500.00", days=MARCH)
    )
    booked(amount=Decimal(100))
    make.rent(company, amount="15.00", by=anna)
    undone = make.rent(company, amount="9.00", by=anna)
    reverse(undone, date=make.MARCH_31, by=anna)
    take_in(
        camt053(entry("7.00", ref="c", day="2026-04-02"), opening="700.00", days=APRIL, ident="S-2")
    )
    booked(amount=Decimal(7))
    state = state_of(bank)
    assert told(state) == {
        Kind.OPENING: ["500.00"], Kind.MISSING: ["60.00"], Kind.WAITING: ["40.00"],
        Kind.LEDGER: ["15.00"],
    }  # fmt: skip
    assert state.difference == sums(state) == Decimal(707) - Decimal(92)


def test_it_is_told_as_of_any_statement(company, anna, bank, take_in, booked):
    take_in(camt053(entry("100.00", ref="a"), days=MARCH))
    take_in(
        camt053(entry("7.00", ref="b", day="2026-04-02"), opening="100.00", days=APRIL, ident="S-2")
    )
    booked(amount=Decimal(100))
    assert told(state_of(bank)) == {Kind.WAITING: ["7.00"]}
    early = state_of(bank, on=dt.date(2026, 4, 15))
    assert (early.date, early.closing, early.agrees) == (make.MARCH_31, Decimal(100), True)
    assert state_of(bank, on=dt.date(2026, 1, 31)).statement is None


def test_an_opening_entry_stands_beside_the_first_opening_balance(
    company, anna, bank, take_in, booked
):
    post(company=company, date=dt.date(2026, 1, 1), text="Eröffnung", by=anna, kind="opening",
         lines=[debit(make.account(company, "1020"), Decimal(500)),
                credit(make.account(company, "9100"), Decimal(500))])  # fmt: skip
    take_in(camt053(entry("100.00", ref="a"), opening="500.00", days=MARCH))
    booked()
    assert state_of(bank).agrees


def test_what_a_notice_told_is_on_no_statement_until_one_covers_its_day(
    company, bank, take_in, booked
):
    take_in(camt053(entry("100.00", ref="a"), days=MARCH))
    take_in(camt054(entry("25.00", ref="n", day="2026-03-15"), ident="N-1"))
    booked(contra="3200")
    assert told(state_of(bank)) == {Kind.UNEXPLAINED: []}  # a statement covers the day, without it
    take_in(camt054(entry("5.00", ref="m", day="2026-04-10"), ident="N-2"))
    take_in(camt053(ident="S-2", opening="100.00", days=("2026-04-20", "2026-04-30")))
    booked(contra="3200")
    assert told(state_of(bank))[Kind.NO_BALANCE] == ["-5.00"]


def test_an_account_in_euros_is_told_in_euros(company, anna, take_in):
    euro = bank_account(company, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")
    account = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
    take_in(camt053(entry("100.00", ref="a", currency="EUR"), account=account, currency="EUR"))
    row = BankTransaction.of(company).get()
    booking.book(row, contra=[TypedLine("3200")], by=anna, rate=Decimal("0.95"))
    state = state_of(euro)
    assert (state.ledger, state.agrees) == (Decimal(100), True)


def test_it_costs_the_same_however_much_there_is(
    company, bank, take_in, booked, django_assert_max_num_queries
):
    take_in(camt053(*(entry(f"{nth}.00", ref=f"r{nth}") for nth in range(1, 60))))
    booked(amount__lte=Decimal(20))
    bank.account  # noqa: B018 - as the page brings it
    with django_assert_max_num_queries(8):
        assert state_of(bank).groups[0].count == 39
