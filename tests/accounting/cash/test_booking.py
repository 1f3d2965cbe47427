"""Keeping a cash book: what is entered stands in the ledger, and cash is never less than nothing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.cash import booking, queries
from accounting.cash.booking import Share
from accounting.cash.books import save_book
from accounting.cash.counting import count_cash
from accounting.cash.errors import (
    AccountTaken,
    BadPieces,
    BelowZero,
    BookClosed,
    CountedTwice,
    HasRows,
    NotACard,
    NotACashBox,
    NotAMoneyAccount,
    NothingOwed,
    NothingPaid,
    NotKeptYet,
    NotOfBook,
    RateMissing,
    SharesDiffer,
    StatementDiffers,
)
from accounting.cash.models import CashBook, CashCount
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.entering import PurposeMissing
from accounting.ledger.errors import AlreadyReversed, NoOpenYear
from accounting.ledger.holders import AccountHeld
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.posting import post, reverse
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period
from accounting.open_items.models import OpenItem
from accounting.open_items.plans import Part
from tests import make
from tests.accounting.cash.books import MARCH_1, MARCH_5, MARCH_9, cash_book, enter
from tests.accounting.open_items import books as items

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return items.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def book(company):
    return cash_book(company)


def lines_of(entry):
    return [(account, amount) for account, amount in items.lines_of(entry)]


def shown(book, start=MARCH_1, end=dt.date(2026, 3, 31)):
    found = queries.page(book, start=start, end=end)
    return [(row.voucher, row.receipt, row.payment, row.balance) for row in found.rows]


def test_receipts_and_payments_are_numbered_and_posted_with_their_vat(book):
    sold = enter(book, "108.10", vat_code="UN", text="Barverkauf")
    bought = enter(book, "-21.62", date=MARCH_5, vat_code="MN")
    assert lines_of(sold) == [("1000", Decimal("108.10")), ("3200", Decimal("-100.00")),
                              ("2200", Decimal("-8.10"))]  # fmt: skip
    assert lines_of(bought) == [("1000", Decimal("-21.62")), ("4200", Decimal("20.00")),
                                ("1170", Decimal("1.62"))]  # fmt: skip
    assert [sold.voucher, bought.voucher] == ["K-1", "K-2"]
    assert shown(book) == [("K-1", Decimal("108.10"), 0, Decimal("108.10")),
                           ("K-2", 0, Decimal("21.62"), Decimal("86.48"))]  # fmt: skip


def test_a_payment_is_shared_out_over_accounts(book, by):
    enter(book, "100.00")
    entry = booking.record(
        book=book, date=MARCH_5, text="Einkauf", amount=Decimal("-50.00"), by=by,
        shares=[Share("4200", Decimal("35.00")), Share("6500", Decimal("20.00"), text="Papier"),
                Share("3200", Decimal("-5.00"))],
    )  # fmt: skip
    assert lines_of(entry)[1:] == [("4200", Decimal("35.00")), ("6500", Decimal("20.00")),
                                   ("3200", Decimal("-5.00"))]  # fmt: skip
    with pytest.raises(SharesDiffer):
        booking.record(book=book, date=MARCH_5, text="x", amount=Decimal("-50.00"), by=by,
                       shares=[Share("4200", Decimal("49.00"))])  # fmt: skip
    with pytest.raises(NothingPaid):
        enter(book, "0.00")


def test_cash_never_goes_below_zero_whatever_room_posts(book, company, by):
    enter(book, "100.00", date=MARCH_5)
    with pytest.raises(BelowZero) as refused:
        enter(book, "-100.05", date=MARCH_9)
    assert refused.value.values == {"account": "1000", "date": MARCH_9, "amount": Decimal("-0.05")}
    with pytest.raises(BelowZero) as refused:  # before there was any
        enter(book, "-10.00", date=MARCH_1)
    assert (refused.value.values["date"], refused.value.values["amount"]) == (MARCH_1, -10)
    lines = [debit(make.account(company, "6500"), Decimal(101)),
             credit(make.account(company, "1000"), Decimal(101))]  # fmt: skip
    with pytest.raises(BelowZero):  # by hand in the ledger
        post(company=company, date=MARCH_9, text="x", lines=lines, by=by)
    assert shown(book) == [("K-1", 100, 0, 100)]


def test_a_back_dated_payment_is_weighed_against_every_later_day(book):
    enter(book, "100.00", date=MARCH_1)
    enter(book, "-90.00", date=MARCH_9)
    with pytest.raises(BelowZero) as refused:
        enter(book, "-20.00", date=MARCH_5)
    assert (refused.value.values["date"], refused.value.values["amount"]) == (MARCH_9, -10)
    enter(book, "-10.00", date=MARCH_5)
    enter(book, "50.00", date=dt.date(2026, 4, 1))
    with pytest.raises(BelowZero) as refused:  # the receipt that all stands on is not undone
        reverse(JournalEntry.of(book.company).get(voucher="K-1"), date=MARCH_1,
                by=make.owner_of(book.company))  # fmt: skip
    assert refused.value.values["date"] == MARCH_5
    entry = JournalEntry.of(book.company).get(voucher="K-1")
    with pytest.raises(BelowZero):
        booking.undo(book=book, entry=entry, by=make.owner_of(book.company), date=MARCH_9)


def test_receipts_of_a_day_cover_its_payments_in_any_order(book):
    enter(book, "30.00", date=MARCH_1)
    enter(book, "-30.00", date=MARCH_1)
    assert shown(book)[-1][3] == 0


def test_a_book_begins_on_a_day_and_forgives_what_was_before(company, by):
    lines = [debit(make.account(company, "6500"), Decimal(40)),
             credit(make.account(company, "1000"), Decimal(40))]  # fmt: skip
    post(company=company, date=MARCH_1, text="zu früh", lines=lines, by=by)
    post(company=company, date=MARCH_5, text="Einlage", by=by,
         lines=[debit(make.account(company, "1000"), Decimal(50)),
                credit(make.account(company, "1020"), Decimal(50))])  # fmt: skip
    with pytest.raises(BelowZero) as refused:
        cash_book(company)
    assert refused.value.values == {"account": "1000", "date": MARCH_1, "amount": Decimal("-40.00")}
    book = cash_book(company, kept_from=MARCH_5)
    with pytest.raises(NotKeptYet):
        enter(book, "1.00", date=MARCH_1)
    with pytest.raises(BelowZero) as refused:  # brought forward to the day it is kept from
        post(company=company, date=MARCH_1, text="mehr", by=by,
             lines=[debit(make.account(company, "6500"), Decimal(11)),
                    credit(make.account(company, "1000"), Decimal(11))])  # fmt: skip
    assert refused.value.values["date"] == MARCH_5
    book.kept_from = MARCH_1
    with pytest.raises(BelowZero):
        save_book(book, by=by)


def test_a_card_account_may_owe_and_its_statement_is_settled(company, by):
    card = cash_book(company, account="1099", kind="card", name="Visa", prefix="V",
                     settled_by=make.account(company, "1020"))  # fmt: skip
    with pytest.raises(NothingOwed):
        booking.settle_card(book=card, until=MARCH_5, amount=Decimal(1), date=MARCH_9, by=by)
    enter(card, "-80.00"), enter(card, "-20.00", date=MARCH_9)
    with pytest.raises(StatementDiffers) as refused:
        booking.settle_card(book=card, until=MARCH_5, amount=Decimal("85.00"), date=MARCH_9, by=by)
    assert refused.value.values["difference"] == 5
    entry = booking.settle_card(book=card, until=MARCH_5, amount=Decimal("80.00"), date=MARCH_9,
                                by=by, key="a")  # fmt: skip
    assert lines_of(entry) == [("1099", Decimal("80.00")), ("1020", Decimal("-80.00"))]
    assert booking.settle_card(book=card, until=MARCH_5, amount=Decimal("80.00"), date=MARCH_9,
                               by=by, key="a") == entry  # fmt: skip
    assert queries.balance_on(card, MARCH_9) == -20
    with pytest.raises(NotACard):
        booking.settle_card(book=cash_book(company), until=MARCH_5, amount=Decimal(1),
                            date=MARCH_9, by=by)  # fmt: skip


def test_transfers_go_by_way_of_the_account_in_transit_or_straight(book, company, by):
    drawn = booking.transfer(book=book, date=MARCH_1, amount=Decimal("200.00"), by=by)
    assert lines_of(drawn) == [("1000", Decimal("200.00")), ("1090", Decimal("-200.00"))]
    other = make.account(company, "1020")
    paid_in = booking.transfer(
        book=book, date=MARCH_5, amount=Decimal("-50.00"), by=by, other=other
    )
    assert lines_of(paid_in) == [("1000", Decimal("-50.00")), ("1020", Decimal("50.00"))]
    for number in ("1000", "1100", "6000"):
        with pytest.raises(NotAMoneyAccount):
            booking.transfer(book=book, date=MARCH_5, amount=Decimal(1), by=by,
                             other=make.account(company, number))  # fmt: skip


def test_open_items_are_paid_in_cash(book, company, by):
    item = items.invoice(company, "108.10", code="UN")
    entry = booking.settle_items(book=book, date=MARCH_5, parts=[Part(item, paid=Decimal("108.10"))],
                                 amount=Decimal("108.10"), by=by)  # fmt: skip
    assert (entry.voucher, OpenItem.of(company).get(pk=item.pk).open_amount) == ("K-1", 0)
    bill = items.invoice(company, "200.00", side="payables")
    with pytest.raises(BelowZero):
        booking.settle_items(book=book, date=MARCH_9, parts=[Part(bill, paid=Decimal("200.00"))],
                             amount=Decimal("200.00"), by=by)  # fmt: skip
    booking.settle_items(book=book, date=MARCH_9, parts=[Part(bill, paid=Decimal("100.00"))],
                         amount=Decimal("100.00"), by=by)  # fmt: skip
    assert [row[0] for row in shown(book)] == ["K-1", "K-2"]
    mirror = booking.undo(book=book, entry=JournalEntry.of(company).get(voucher="K-2"), by=by,
                          date=MARCH_9)  # fmt: skip
    assert (mirror.date, OpenItem.of(company).get(pk=bill.pk).open_amount) == (MARCH_9, 200)
    assert queries.balance_on(book, MARCH_9) == Decimal("108.10")
    assert verify_ledger(company).sound


def test_undo_mirrors_what_was_entered_here_and_nothing_else(book, company, by):
    entry = enter(book, "20.00")
    mirror = booking.undo(book=book, entry=entry, by=by, date=MARCH_9)
    assert (mirror.reverses, mirror.date, queries.balance_on(book, MARCH_9)) == (entry, MARCH_1, 0)
    with pytest.raises(AlreadyReversed):
        booking.undo(book=book, entry=entry, by=by, date=MARCH_9)
    by_hand = make.rent(company)
    with pytest.raises(NotOfBook):
        booking.undo(book=book, entry=by_hand, by=by, date=MARCH_9)
    late = enter(book, "20.00")
    period = next(p for p in late.fiscal_year.periods.all() if p.start <= MARCH_1 <= p.end)
    lock_period(company=company, period=period, lock="locked", by=by)
    april = dt.date(2026, 4, 2)
    assert booking.undo(book=book, entry=late, by=by, date=april).date == april


def test_a_wish_repeated_is_entered_once(book):
    first, again = (enter(book, "20.00", key="x") for _ in range(2))
    assert first == again and len(shown(book)) == 1
    with pytest.raises(NoOpenYear):
        enter(book, "1.00", date=dt.date(2031, 1, 1))
    assert enter(book, "1.00").voucher == "K-2"  # a refusal takes no number


def test_a_foreign_book_runs_in_its_currency(company, by):
    book = cash_book(company, account="1024", name="Euro", prefix="E")
    with pytest.raises(RateMissing):
        enter(book, "100.00")
    entry = booking.record(
        book=book, date=MARCH_1, text="Verkauf", amount=Decimal("100.00"), by=by,
        rate=Decimal("0.9533"),
        shares=[Share("3200", Decimal("33.33")), Share("3400", Decimal("66.67"))],
    )  # fmt: skip
    assert lines_of(entry) == [("1024", Decimal("95.33")), ("3200", Decimal("-31.77")),
                               ("3400", Decimal("-63.56"))]  # fmt: skip
    with pytest.raises(BelowZero) as refused:
        enter(book, "-100.01", rate=Decimal("0.5"))
    assert refused.value.values["amount"] == Decimal("-0.01")
    enter(book, "-100.00", rate=Decimal("1.2"))
    assert shown(book)[-1] == ("E2", 0, 100, 0)


def test_counting_books_the_difference_and_keeps_the_pieces(book, company, by):
    enter(book, "100.00")
    pieces = {Decimal("50.00"): 1, Decimal("20.00"): 2, Decimal("0.05"): 3, Decimal("5.00"): 0}
    count = count_cash(book=book, date=MARCH_5, pieces=pieces, by=by)
    assert (count.counted, count.expected, count.difference) == (
        Decimal("90.15"), Decimal("100.00"), Decimal("-9.85"))  # fmt: skip
    assert count.pieces == {"50.00": 1, "20.00": 2, "0.05": 3}
    assert lines_of(count.entry) == [("1000", Decimal("-9.85")), ("6790", Decimal("9.85"))]
    again = count_cash(book=book, date=MARCH_9, counted=Decimal("90.15"), by=by)
    assert (again.entry, again.difference) == (None, 0)
    noted = count_cash(book=book, date=MARCH_9, counted=Decimal("95.00"), by=by,
                       books_difference=False)  # fmt: skip
    assert (noted.entry, queries.balance_on(book, MARCH_9)) == (None, Decimal("90.15"))
    for wrong in ({Decimal("3.00"): 1}, {Decimal("5.00"): -1}):
        with pytest.raises(BadPieces):
            count_cash(book=book, date=MARCH_9, pieces=wrong, by=by)
    with pytest.raises(CountedTwice):
        count_cash(book=book, date=MARCH_9, pieces={}, counted=Decimal(1), by=by)
    Account.of(company).filter(purpose="cash_differences").update(purpose="")
    with pytest.raises(PurposeMissing):
        count_cash(book=book, date=MARCH_9, counted=Decimal(1), by=by)
    card = cash_book(company, account="1099", kind="card", name="Visa")
    with pytest.raises(NotACashBox):
        count_cash(book=card, date=MARCH_9, counted=Decimal(1), by=by)
    assert CashCount.of(company).count() == 3


def test_books_keep_their_account_and_can_be_closed(book, company, by):
    with pytest.raises(AccountTaken):
        cash_book(company, name="Zweite")
    for number in ("3200", "1100"):
        with pytest.raises(NotAMoneyAccount):
            cash_book(company, account=number, name="Falsch")
    enter(book, "1.00")
    book = CashBook.of(company).select_related("company", "account").get(pk=book.pk)
    book.account = make.account(company, "1020")
    with pytest.raises(HasRows):
        save_book(book, by=by)
    book.account, book.is_closed = make.account(company, "1000"), True
    save_book(book, by=by)
    with pytest.raises(BookClosed):
        enter(book, "1.00")


def test_sums_by_day_and_month_end_where_the_rows_do(book):
    enter(book, "100.00"), enter(book, "-10.00"), enter(book, "-20.00", date=MARCH_9)
    enter(book, "5.00", date=dt.date(2026, 4, 1), text="Trinkgeld")
    found = queries.page(book, start=MARCH_5, end=dt.date(2026, 4, 30))
    assert (found.opening, found.receipts, found.payments, found.closing) == (90, 5, 20, 75)
    assert [(s.start, s.balance) for s in found.by_day()] == [
        (MARCH_9, 70),
        (dt.date(2026, 4, 1), 75),
    ]
    assert [s.start.month for s in found.by_month()] == [3, 4]
    assert [row.voucher for row in found.found("trink")] == ["K-4"]
    assert [row.voucher for row in found.found("20.00")] == ["K-3"]
    ((_book, balance),) = queries.balances(book.company, [book])
    assert balance == 75


def test_many_entries_at_once_are_weighed_together(book, company, by):
    """An import is one seal: its days count as they will stand, and a refusal takes all of it back."""
    cash, bank = make.account(company, "1000"), make.account(company, "1020")

    def drawn(day, amount):
        return NewEntry(day, "Bezug", [debit(cash, Decimal(amount)), credit(bank, Decimal(amount))])

    def spent(day, amount):
        return NewEntry(day, "Spesen", [debit(make.account(company, "6500"), Decimal(amount)),
                                        credit(cash, Decimal(amount))])  # fmt: skip

    told = {"company": company, "by": by, "source": JournalEntry.Source.IMPORT}
    post_many(entries=[spent(MARCH_5, 40), drawn(MARCH_1, 50)], **told)
    with pytest.raises(BelowZero) as refused:
        post_many(entries=[drawn(MARCH_9, 90), spent(MARCH_5, 20)], **told)
    assert (refused.value.values["date"], refused.value.values["amount"]) == (MARCH_5, -10)
    assert queries.balance_on(book, MARCH_9) == 10


def test_an_account_stands_for_a_bank_account_or_a_cash_book_alone(company, by):
    def bank(number="1020"):
        return save_bank_account(BankAccount(company=company, name="ZKB", iban="CH9300762011623852957",
                                             currency="CHF", account=make.account(company, number)),
                                 by=by)  # fmt: skip

    kept = cash_book(company)
    with pytest.raises(AccountHeld, match="Kasse"):
        bank("1000")
    bank()
    with pytest.raises(AccountHeld, match="ZKB"):
        cash_book(company, account="1020", name="Zweite")
    kept.account = make.account(company, "1020")
    with pytest.raises(AccountHeld):
        save_book(kept, by=by)
    kept.refresh_from_db()
    kept.name = "Handkasse"
    assert save_book(kept, by=by).name == "Handkasse"
