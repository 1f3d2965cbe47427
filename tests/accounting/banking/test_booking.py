"""Booking what the bank reported: once, balanced, undone without a trace lost."""

from __future__ import annotations

import datetime as dt
import json
import threading
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounting.banking import booking, importing
from accounting.banking.models import BankTransaction, Statement
from accounting.ledger import posting
from accounting.ledger.entering import NotLiable, TypedLine, UnknownAccount, UnknownVatCode
from accounting.ledger.errors import NoOpenYear, PeriodLocked, UndoneElsewhere
from accounting.ledger.lines import TooFewLines, UnbalancedEntry
from accounting.ledger.models import CostCentre, JournalEntry, Period
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period
from erp.access.gate import operating
from erp.core.errors import DomainError, Refusals
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.banking.conftest import bank_account, wait_until_somebody_waits
from tests.accounting.banking.files import (
    EURO_IBAN,
    OTHER_IBAN,
    camt053,
    entry,
    paid,
)
from tests.make import MARCH_31, chf
from vat.codes.models import VatSettings

EURO_ACCOUNT = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
THIRD_IBAN = "CH3908704016075473007"


@pytest.fixture
def moved(take_in, movements):
    """Takes one entry in and gives its transaction."""
    count = iter(range(1, 1000))

    def one(amount="108.10", party="Kundin GmbH", **more):
        nth = next(count)
        take_in(camt053(paid(amount, party, ref=f"R{nth}", **more), ident=f"S-{nth}"))
        return movements()[-1] if "day" not in more else max(movements(), key=lambda m: m.pk)

    return one


@pytest.fixture
def book(anna):
    return lambda movement, *lines, **more: booking.book(
        movement, contra=lines or [TypedLine("3600")], by=anna, **more
    )


def lines(entry):
    """(account, debit, credit, VAT code, part, base) in order."""
    return [
        (row.account.number, str(row.debit), str(row.credit), row.vat_code and row.vat_code.code,
         row.vat_part, row.vat_base and str(row.vat_base))
        for row in entry.lines.order_by("position").select_related("account", "vat_code")
    ]  # fmt: skip


def sides(entry):
    return [line[:3] for line in lines(entry)]


def posted(company):
    return JournalEntry.of(company).exclude(number=None).count()


class TestBooking:
    def test_a_credit_goes_to_the_debit_of_the_bank(self, company, anna, moved, book):
        movement = moved("108.10", text="Rechnung 7")

        entry = book(movement, TypedLine("3600"))

        assert sides(entry) == [("1020", "108.10", "0.00"), ("3600", "0.00", "108.10")]
        assert (entry.date, entry.text, entry.voucher) == (
            MARCH_31, "Kundin GmbH Rechnung 7", "S-1",
        )  # fmt: skip
        assert (entry.source, entry.source_key) == ("bank", f"bank:{movement.pk}")
        assert (entry.posted_by, entry.number) == (anna, 1)
        movement.refresh_from_db()
        assert movement.entry == entry
        assert verify_ledger(company).sound

    def test_a_debit_goes_to_the_credit_of_the_bank(self, moved, book):
        entry = book(moved("45.00", "Garage", side="DBIT"), TypedLine("6200"))
        assert sides(entry) == [("1020", "0.00", "45.00"), ("6200", "45.00", "0.00")]

    def test_the_entry_has_the_day_of_the_bank(self, moved, book):
        assert book(moved("1.00", day="2026-02-13")).date == dt.date(2026, 2, 13)

    def test_the_text_given_comes_before_the_banks(self, moved, book):
        assert book(moved(), text="Honorar März").text == "Honorar März"

    def test_without_party_and_text_it_is_still_called_something(self, take_in, movements, book):
        take_in(camt053(entry("1.00")))
        with translation.override("en"):
            assert book(movements()[0]).text == "Bank"

    def test_a_line_may_carry_text_and_cost_centre(self, company, moved, book):
        CostCentre.unscoped.create(company=company, number="10", name_de="Laden")
        entry = book(moved(side="DBIT"), TypedLine("6200", cost_centre="10", text="Reparatur"))
        row = entry.lines.get(account__number="6200")
        assert (row.cost_centre.number, row.text) == ("10", "Reparatur")


class TestVat:
    def test_output_tax_is_split_off_a_credit(self, moved, book):
        entry = book(moved("108.10"), TypedLine("3400", vat_code="UN"))
        assert lines(entry) == [
            ("1020", "108.10", "0.00", None, "", None),
            ("3400", "0.00", "100.00", "UN", "B", "-100.00"),
            ("2200", "0.00", "8.10", "UN", "T", "-100.00"),
        ]

    def test_input_tax_is_split_off_a_debit(self, moved, book):
        entry = book(moved("108.10", "Garage", side="DBIT"), TypedLine("6200", vat_code="IN"))
        assert lines(entry) == [
            ("1020", "0.00", "108.10", None, "", None),
            ("6200", "100.00", "0.00", "IN", "B", "100.00"),
            ("1171", "8.10", "0.00", "IN", "T", "100.00"),
        ]

    def test_a_refund_to_a_customer_takes_output_tax_back(self, moved, book):
        entry = book(moved("54.05", side="DBIT"), TypedLine("3400", vat_code="UN"))
        assert lines(entry)[1:] == [
            ("3400", "50.00", "0.00", "UN", "B", "50.00"),
            ("2200", "4.05", "0.00", "UN", "T", "50.00"),
        ]

    def test_tax_is_rounded_to_the_centime_and_the_whole_stays_whole(self, moved, book):
        """99.95 x 8.1 / 108.1 = 7.48936…"""
        entry = book(moved("99.95"), TypedLine("3400", vat_code="UN"))
        assert sides(entry)[1:] == [("3400", "0.00", "92.46"), ("2200", "0.00", "7.49")]

    @pytest.mark.parametrize(
        ("code", "amount", "net", "tax"),
        [("UR", "102.60", "100.00", "2.60"), ("UB", "103.80", "100.00", "3.80")],
    )
    def test_each_code_has_its_rate(self, moved, book, code, amount, net, tax):
        entry = book(moved(amount), TypedLine("3400", vat_code=code))
        assert sides(entry)[1:] == [("3400", "0.00", net), ("2200", "0.00", tax)]

    @pytest.mark.parametrize(
        ("day", "rate", "amount", "tax"),
        [("2023-12-31", "7.70", "107.70", "7.70"), ("2024-01-01", "8.10", "108.10", "8.10")],
    )
    def test_the_rate_is_the_one_of_the_day(self, db, day, rate, amount, tax):
        company = make.company(first_year=(dt.date(2023, 7, 1), dt.date(2024, 6, 30)))
        anna = make.owner_of(company)
        bank_account(company)
        importing.take_in(company=company, content=camt053(entry(amount, day=day)), by=anna)

        entry_ = booking.book(
            BankTransaction.of(company).get(), contra=[TypedLine("3400", vat_code="UN")], by=anna
        )

        assert sides(entry_)[1:] == [("3400", "0.00", "100.00"), ("2200", "0.00", tax)]
        assert {str(row.vat_rate) for row in entry_.lines.exclude(vat_code=None)} == {rate}

    def test_acquisition_tax_is_owed_on_top_and_deducted(self, moved, book):
        entry = book(moved("100.00", "Cloud Ltd", side="DBIT"), TypedLine("4410", vat_code="BM"))
        amounts = [line[:3] for line in lines(entry)]
        assert amounts[:2] == [("1020", "0.00", "100.00"), ("4410", "100.00", "0.00")]
        assert sorted(line[1:3] for line in lines(entry)[2:]) == [
            ("0.00", "8.10"),
            ("8.10", "0.00"),
        ]

    def test_without_liability_no_code(self, db):
        company = make.company(vat_method=VatSettings.Method.NOT_LIABLE)
        anna = make.owner_of(company)
        bank_account(company)
        importing.take_in(company=company, content=camt053(entry()), by=anna)
        movement = BankTransaction.of(company).get()
        with pytest.raises(NotLiable):
            booking.book(movement, contra=[TypedLine("3400", vat_code="UN")], by=anna)
        movement.refresh_from_db()
        assert movement.entry is None


class TestSplitting:
    def test_a_payment_may_be_for_several_things(self, company, moved, book):
        entry = book(
            moved("250.00", side="DBIT"),
            TypedLine("6200", debit=chf("108.10"), vat_code="IN"),
            TypedLine("6500", debit=chf("102.60"), vat_code="IR"),
            TypedLine("6000", debit=chf("39.30")),
        )
        assert sides(entry) == [
            ("1020", "0.00", "250.00"),
            ("6200", "100.00", "0.00"), ("1171", "8.10", "0.00"),
            ("6500", "100.00", "0.00"), ("1171", "2.60", "0.00"),
            ("6000", "39.30", "0.00"),
        ]  # fmt: skip
        assert verify_ledger(company).sound

    def test_a_discount_stands_on_the_banks_side(self, moved, book):
        """108.10 received for 110.00, less 1.90 of charges."""
        entry = book(
            moved("108.10"),
            TypedLine("3600", credit=chf("110.00")), TypedLine("6900", debit=chf("1.90")),
        )  # fmt: skip
        assert sides(entry) == [
            ("1020", "108.10", "0.00"), ("3600", "0.00", "110.00"), ("6900", "1.90", "0.00"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "wrong",
        [
            [TypedLine("3600", credit=chf("108.09"))],
            [TypedLine("3600", credit=chf("108.11"))],
            [TypedLine("3600", debit=chf("108.10"))],  # the bank's own side
            [TypedLine("3600", credit=chf("100.00")), TypedLine("3400", credit=chf("8.00"))],
            [TypedLine("3600"), TypedLine("3400")],  # each would take the whole
        ],
    )
    def test_a_wrong_sum_is_refused(self, company, moved, book, wrong):
        movement = moved("108.10")
        with pytest.raises(UnbalancedEntry):
            book(movement, *wrong)
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (None, 0)
        assert not JournalEntry.of(company).exists()

    def test_a_line_without_an_amount_takes_what_the_others_leave(self, moved, book):
        entry = book(
            moved("108.10"), TypedLine("3600"), TypedLine("3400", credit=chf("10.00")),
            TypedLine("6900", debit=chf("1.90")),
        )  # fmt: skip
        assert sides(entry)[1:] == [
            ("3600", "0.00", "100.00"), ("3400", "0.00", "10.00"), ("6900", "1.90", "0.00"),
        ]  # fmt: skip

    @pytest.mark.parametrize("part", ["108.10", "108.11", "5000.00"])
    def test_parts_that_leave_nothing_are_refused(self, company, moved, book, part):
        movement = moved("108.10")
        with pytest.raises(booking.PartsTooLarge):
            book(movement, TypedLine("3600"), TypedLine("3400", credit=chf(part)))
        movement.refresh_from_db()
        assert movement.entry is None
        assert not JournalEntry.of(company).exists()

    def test_nothing_opposite_is_refused(self, company, anna, moved):
        with pytest.raises(TooFewLines):
            booking.book(moved(), contra=[], by=anna)
        assert not JournalEntry.of(company).exists()

    def test_unknown_numbers_and_codes_are_all_told(self, company, moved, book):
        movement = moved("10.00")
        with pytest.raises(UnknownAccount):
            book(movement, TypedLine("9998"))
        with pytest.raises(UnknownVatCode):
            book(movement, TypedLine("3400", vat_code="XX"))
        with pytest.raises(Refusals) as caught:
            book(movement, TypedLine("9998", credit=chf("5.00")),
                 TypedLine("3400", credit=chf("5.00"), vat_code="XX"))  # fmt: skip
        assert [type(one) for one in caught.value.refusals] == [UnknownAccount, UnknownVatCode]
        assert not JournalEntry.of(company).exists()

    def test_a_zero_amount_has_nothing_to_book(self, company, moved, book):
        movement = moved("0.00")
        with pytest.raises(booking.PartsTooLarge):
            book(movement, TypedLine("3600"))
        assert not JournalEntry.of(company).exists()


class TestOnce:
    def test_a_booked_transaction_is_not_booked_again(self, company, moved, book):
        movement = moved()
        first = book(movement)
        for stale_or_fresh in (movement, BankTransaction.of(company).get()):
            with pytest.raises(booking.AlreadyBooked) as caught:
                book(stale_or_fresh)
            assert caught.value.values == {"number": first.number}
            assert caught.value.conflict
        assert posted(company) == 1

    @pytest.fixture
    def committed(self, committed_db):
        """A transaction that other connections see."""
        with transaction.atomic():
            company = make.company()
            bank_account(company)
            content = camt053(entry(ref="A"))
            importing.take_in(company=company, content=content, by=make.owner_of(company))
            return BankTransaction.of(company).get()

    def at_once(self, movement, first, second):
        """What a second connection answers that acts while the first has not committed yet."""
        answers = []

        def rival():
            try:
                with operating(str(movement.company_id)) as access:
                    answers.append(second(access.user))
            except Exception as error:
                answers.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=rival)
        with operating(str(movement.company_id)) as access:
            first(access.user)
            thread.start()
            wait_until_somebody_waits()
        thread.join(timeout=20)
        (answer,) = answers
        return answer

    def test_a_second_connection_waits_and_is_refused(self, committed):
        """The first has booked and not yet committed; the second must not slip in between."""
        answer = self.at_once(
            committed,
            lambda user: booking.book(committed, contra=[TypedLine("3400")], by=user),
            lambda user: booking.book(committed, contra=[TypedLine("3600")], by=user),
        )

        assert isinstance(answer, booking.AlreadyBooked), answer
        assert answer.values == {"number": 1}
        with operating(str(committed.company_id)):
            assert posted(committed.company_id) == 1
            assert BankTransaction.of(committed.company_id).get().entry.number == 1

    def test_a_second_undoing_waits_and_is_refused(self, committed):
        with operating(str(committed.company_id)) as access:
            booking.book(committed, contra=[TypedLine("3400")], by=access.user)

        answer = self.at_once(
            committed,
            lambda user: booking.unbook(committed, by=user),
            lambda user: booking.unbook(committed, by=user),
        )

        assert isinstance(answer, booking.NotBooked), answer
        with operating(str(committed.company_id)):
            assert posted(committed.company_id) == 2

    def test_two_people_at_once_book_it_once(self, committed):
        """Without order between them: one of the two, whichever."""
        ready, results = threading.Barrier(2), []

        def run(account):
            try:
                with operating(str(committed.company_id)) as access:
                    ready.wait(timeout=20)
                    booking.book(committed, contra=[TypedLine(account)], by=access.user)
                    results.append("booked")
            except Exception as error:
                results.append(type(error).__name__)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=[a]) for a in ("3400", "3600")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)

        assert sorted(results) == ["AlreadyBooked", "booked"]
        with operating(str(committed.company_id)):
            assert posted(committed.company_id) == 1


class TestUndoing:
    def test_unbooking_reverses_and_opens_again(self, company, anna, moved, book):
        movement = moved("108.10")
        entry = book(movement, TypedLine("3400", vat_code="UN"))

        mirror = booking.unbook(movement, by=anna)

        assert (mirror.reverses, mirror.date, mirror.kind) == (entry, entry.date, "reversal")
        assert lines(mirror) == [
            ("1020", "0.00", "108.10", None, "", None),
            ("3400", "100.00", "0.00", "UN", "B", "100.00"),
            ("2200", "8.10", "0.00", "UN", "T", "100.00"),
        ]
        movement.refresh_from_db()
        assert movement.entry is None
        assert verify_ledger(company).sound

    def test_it_can_be_booked_anew_and_undone_anew(self, company, anna, moved, book):
        movement = moved("10.00")
        for account in ("3400", "3600"):
            entry = book(movement, TypedLine(account))
            assert sides(entry)[1][0] == account
            booking.unbook(movement, by=anna)
        last = book(movement, TypedLine("3200"))
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (last, 5)
        assert verify_ledger(company).sound

    def test_what_is_not_booked_cannot_be_undone(self, company, anna, moved, book):
        movement = moved()
        with pytest.raises(booking.NotBooked):
            booking.unbook(movement, by=anna)
        book(movement)
        booking.unbook(movement, by=anna)
        with pytest.raises(booking.NotBooked):
            booking.unbook(movement, by=anna)
        assert posted(company) == 2

    def test_an_open_period_takes_the_reversal_on_the_entrys_own_day(self, anna, moved, book):
        """``date`` is for entries whose period is locked by now."""
        movement = moved(day="2026-03-10")
        book(movement)
        mirror = booking.unbook(movement, by=anna, date=dt.date(2026, 4, 2))
        assert mirror.date == dt.date(2026, 3, 10)

    def test_the_ledger_does_not_undo_it_behind_our_back(self, company, anna, moved, book):
        """Reversed in the journal alone, the transaction would count as booked for ever."""
        movement = moved()
        entry = book(movement)
        with pytest.raises(UndoneElsewhere):
            posting.reverse(entry, date=MARCH_31, by=anna)
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (entry, 1)
        assert booking.unbook(movement, by=anna).reverses == entry


class TestPeriods:
    @pytest.fixture
    def lock(self, company, anna):
        def set_lock(month, lock=Period.Lock.LOCKED):
            period = Period.of(company).get(start=dt.date(2026, month, 1))
            lock_period(company=company, period=period, lock=lock, by=anna)

        return set_lock

    def test_a_locked_period_refuses_and_leaves_the_transaction_open(
        self, company, moved, book, lock
    ):
        movement = moved(day="2026-02-10")
        lock(2)
        with pytest.raises(PeriodLocked):
            book(movement)
        movement.refresh_from_db()
        assert movement.entry is None
        assert not JournalEntry.of(company).exists()

        lock(2, Period.Lock.OPEN)
        assert book(movement).number == 1

    def test_a_locked_period_refuses_the_undoing_and_leaves_it_booked(
        self, company, anna, moved, book, lock
    ):
        movement = moved(day="2026-02-10")
        entry = book(movement)
        lock(2)
        with pytest.raises(PeriodLocked):
            booking.unbook(movement, by=anna)
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (entry, 1)
        booking.unbook(movement, by=anna, date=dt.date(2026, 3, 1))
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (None, 2)

    def test_a_day_without_a_fiscal_year_is_refused(self, company, moved, book):
        movement = moved(day="2027-01-01")
        with pytest.raises(NoOpenYear):
            book(movement)
        movement.refresh_from_db()
        assert movement.entry is None


class TestForeignCurrency:
    @pytest.fixture
    def euro(self, company):
        return bank_account(
            company, iban=EURO_IBAN, account="1024", currency="EUR", name="Eurokonto"
        )

    @pytest.fixture
    def moved(self, euro, take_in, movements):
        def one(amount, side="CRDT"):
            content = camt053(entry(amount, side=side, currency="EUR", ref=f"{amount}{side}"),
                              account=EURO_ACCOUNT, currency="EUR")  # fmt: skip
            take_in(content)
            return max(movements(), key=lambda m: m.pk)

        return one

    def test_without_a_rate_it_is_refused(self, company, moved, book):
        movement = moved("100.00")
        with translation.override("en"), pytest.raises(booking.RateMissing) as caught:
            book(movement)
        assert caught.value.values == {"currency": "EUR", "date": MARCH_31}
        assert caught.value.place == "rate"
        movement.refresh_from_db()
        assert (movement.entry, posted(company)) == (None, 0)

    @pytest.mark.parametrize(
        ("side", "bank_side", "contra", "foreign"),
        [("CRDT", ("1024", "95.00", "0.00"), ("3600", "0.00", "95.00"), "100.00"),
         ("DBIT", ("1024", "0.00", "95.00"), ("3600", "95.00", "0.00"), "-100.00")],
    )  # fmt: skip
    def test_the_books_keep_both_amounts(
        self, company, moved, book, side, bank_side, contra, foreign
    ):
        entry = book(moved("100.00", side), rate=Decimal("0.95"))
        assert sides(entry) == [bank_side, contra]
        line = entry.lines.get(account__number="1024")
        assert (line.currency, str(line.amount_foreign)) == ("EUR", foreign)
        assert verify_ledger(company).sound

    @pytest.mark.parametrize(
        ("amount", "rate", "in_books"),
        [("33.33", "0.9537", "31.79"), ("0.10", "0.95", "0.10"), ("10.01", "0.9500", "9.51"),
         ("100.00", "1.0000", "100.00"), ("0.30", "0.95", "0.29")],
    )  # fmt: skip
    def test_the_rate_is_applied_and_rounded_half_up(self, moved, book, amount, rate, in_books):
        entry = book(moved(amount), rate=Decimal(rate))
        assert sides(entry)[0] == ("1024", in_books, "0.00")

    def test_tax_is_split_off_the_amount_in_francs(self, moved, book):
        entry = book(moved("108.10"), TypedLine("3400", vat_code="UN"), rate=Decimal("0.50"))
        assert sides(entry)[1:] == [("3400", "0.00", "50.00"), ("2200", "0.00", "4.05")]

    def test_typed_amounts_are_in_francs(self, moved, book):
        movement = moved("100.00")
        with pytest.raises(UnbalancedEntry):
            book(movement, TypedLine("3600", credit=chf("100.00")), rate=Decimal("0.95"))
        assert book(movement, TypedLine("3600", credit=chf("95.00")), rate=Decimal("0.95"))

    @pytest.mark.parametrize("rate", ["0", "-0.95"])
    def test_a_rate_that_is_none_is_refused(self, company, moved, book, rate):
        movement = moved("100.00")
        with pytest.raises(DomainError):
            book(movement, rate=Decimal(rate))
        movement.refresh_from_db()
        assert (movement.entry, JournalEntry.of(company).count()) == (None, 0)

    def test_undoing_takes_both_amounts_back(self, anna, euro, moved, book):
        movement = moved("100.00")
        book(movement, rate=Decimal("0.95"))
        mirror = booking.unbook(movement, by=anna)
        line = mirror.lines.get(account__number="1024")
        assert (str(line.credit), str(line.amount_foreign)) == ("95.00", "-100.00")

    def test_the_agreement_is_in_euro(self, euro, moved, book):
        movement = moved("100.00")
        now = booking.agreement(euro)
        assert (now.ledger, now.unbooked, now.agrees) == (Decimal(0), Decimal("100.00"), False)
        book(movement, rate=Decimal("0.95"))
        now = booking.agreement(euro)
        assert (now.ledger, now.statement.closing, now.agrees) == (
            Decimal("100.00"), Decimal("100.00"), True,
        )  # fmt: skip


class TestProposals:
    def proposed(self, company, movement):
        found = booking.proposals(company, [movement]).get(movement.pk)
        return found and (found.account, found.vat_code)

    def test_nothing_is_proposed_without_history(self, company, moved):
        assert self.proposed(company, moved()) is None
        assert booking.proposals(company, []) == {}

    def test_what_was_booked_for_the_party_is_proposed_with_its_code(self, company, moved, book):
        entry = book(moved(), TypedLine("3400", vat_code="UN"))
        now = moved("50.00")
        with translation.override("en"):
            (found,) = booking.proposals(company, [now]).values()
        assert (found.account, found.vat_code) == ("3400", "UN")
        assert found.because == f"same name as in entry {entry.number}"

    def test_the_iban_comes_before_the_name(self, company, moved, book):
        book(moved("1.00", "Muster AG", iban=OTHER_IBAN), TypedLine("3400"))
        book(moved("2.00", "Muster AG", iban=THIRD_IBAN), TypedLine("3600"))
        assert self.proposed(company, moved("3.00", "Muster AG", iban=OTHER_IBAN)) == ("3400", "")
        assert self.proposed(company, moved("4.00", "Muster AG", iban=THIRD_IBAN)) == ("3600", "")
        now = moved("5.00", "Ganz Anders", iban=OTHER_IBAN)
        with translation.override("en"):
            (found,) = booking.proposals(company, [now]).values()
        assert (found.account, found.because) == ("3400", "same account as in entry 1")

    def test_the_name_helps_where_the_iban_is_new_or_missing(self, company, moved, book):
        book(moved("1.00", "Muster AG", iban=OTHER_IBAN), TypedLine("3400"))
        assert self.proposed(company, moved("2.00", "Muster AG", iban=THIRD_IBAN)) == ("3400", "")
        assert self.proposed(company, moved("3.00", "Muster AG")) == ("3400", "")

    def test_money_out_learns_nothing_from_money_in(self, company, moved, book):
        book(moved("1.00", "Muster AG", iban=OTHER_IBAN), TypedLine("3400"))
        out = moved("2.00", "Muster AG", iban=OTHER_IBAN, side="DBIT")
        assert self.proposed(company, out) is None
        book(out, TypedLine("6200", vat_code="IN"))
        again = moved("3.00", "Muster AG", iban=OTHER_IBAN, side="DBIT")
        back = moved("4.00", "Muster AG", iban=OTHER_IBAN)
        assert self.proposed(company, again) == ("6200", "IN")
        assert self.proposed(company, back) == ("3400", "")

    @pytest.mark.parametrize(
        ("earlier", "later"),
        [(("Muster AG", OTHER_IBAN), ("Muster AG", OTHER_IBAN)),
         (("Zeta AG", OTHER_IBAN), ("Alpha AG", OTHER_IBAN)),
         (("Alpha AG", OTHER_IBAN), ("Zeta AG", OTHER_IBAN))],
    )  # fmt: skip
    def test_the_last_booking_of_an_account_counts_under_whatever_name(
        self, company, moved, book, earlier, later
    ):
        book(moved("2.00", later[0], iban=later[1], day="2026-03-20"), TypedLine("3600"))
        book(moved("1.00", earlier[0], iban=earlier[1], day="2026-01-10"), TypedLine("3400"))
        assert self.proposed(company, moved("3.00", "Neu AG", iban=OTHER_IBAN)) == ("3600", "")

    @pytest.mark.parametrize(("earlier", "later"), [(OTHER_IBAN, THIRD_IBAN),
                                                    (THIRD_IBAN, OTHER_IBAN), ("", OTHER_IBAN),
                                                    (OTHER_IBAN, "")])  # fmt: skip
    def test_the_last_booking_of_a_name_counts_from_whatever_account(
        self, company, moved, book, earlier, later
    ):
        book(moved("2.00", "Muster AG", iban=later, day="2026-03-20"), TypedLine("3600"))
        book(moved("1.00", "Muster AG", iban=earlier, day="2026-01-10"), TypedLine("3400"))
        now = moved("3.00", "Muster AG", iban="LI21088100002324013AA")
        assert self.proposed(company, now) == ("3600", "")

    def test_of_several_lines_the_first_is_proposed_never_the_tax(self, company, moved, book):
        book(
            moved("208.10", side="DBIT"),
            TypedLine("6200", debit=chf("108.10"), vat_code="IN"),
            TypedLine("6000", debit=chf("100.00")),
        )
        assert self.proposed(company, moved("1.00", side="DBIT")) == ("6200", "IN")

    def test_what_was_undone_is_proposed_no_more(self, company, anna, moved, book):
        movement = moved()
        book(movement)
        booking.unbook(movement, by=anna)
        assert self.proposed(company, moved("2.00")) is None

    def test_the_nameless_learn_nothing_from_each_other(self, company, take_in, movements, book):
        take_in(camt053(entry("1.00", ref="A"), entry("2.00", ref="B")))
        first, second = movements()
        book(first)
        assert self.proposed(company, second) is None

    def test_another_companys_history_is_its_own(self, company, moved, book):
        book(moved("1.00", "Muster AG", iban=OTHER_IBAN))
        connection.check_constraints()
        other = make.company()
        bank_account(other)
        anna = make.owner_of(other)
        importing.take_in(
            company=other, content=camt053(paid("2.00", "Muster AG", iban=OTHER_IBAN)), by=anna
        )
        open_companies([company.pk, other.pk])
        assert booking.proposals(other, BankTransaction.of(other)) == {}


class TestAgreement:
    def test_before_any_statement_there_is_nothing_to_agree_with(self, bank):
        now = booking.agreement(bank)
        assert (now.statement, now.difference, now.agrees) == (None, None, False)

    def test_it_agrees_once_everything_is_booked(self, bank, take_in, movements, book):
        take_in(camt053(paid("100.00", "A"), paid("30.00", "B", side="DBIT"), paid("7.00", "C")))
        for left in ("77.00", "-23.00", "7.00"):
            now = booking.agreement(bank)
            assert (now.unbooked, now.difference) == (Decimal(left), Decimal(0))
            assert not now.agrees
            book(movements(entry=None)[0])
        now = booking.agreement(bank)
        assert (now.ledger, now.unbooked, now.difference) == (Decimal("77.00"), 0, 0)
        assert now.agrees

    def test_it_does_not_agree_while_open_transactions_outweigh_each_other(
        self, bank, take_in, movements, book
    ):
        take_in(camt053(paid("50.00", "A"), paid("50.00", "A", side="DBIT")))
        now = booking.agreement(bank)
        assert (now.unbooked, now.difference, now.waiting) == (0, 0, 2)
        assert not now.agrees
        for movement in movements():
            book(movement)
        assert booking.agreement(bank).agrees

    def test_it_does_not_agree_when_the_ledger_holds_more(
        self, company, bank, anna, take_in, movements, book
    ):
        take_in(camt053(paid("100.00", "A")))
        book(movements()[0])
        assert booking.agreement(bank).agrees
        make.rent(company, amount="40.00", by=anna)
        now = booking.agreement(bank)
        assert (now.difference, now.agrees) == (Decimal("40.00"), False)

    def test_an_opening_balance_must_be_in_the_ledger_too(
        self, company, bank, anna, take_in, movements, book
    ):
        take_in(camt053(paid("100.00", "A"), opening="500.00"))
        book(movements()[0])
        now = booking.agreement(bank)
        assert (now.difference, now.agrees) == (Decimal("500.00"), False)
        opening = [
            posting.Line(make.account(company, "1020"), debit=chf("500.00")),
            posting.Line(make.account(company, "2800"), credit=chf("500.00")),
        ]
        posting.post(company=company, date=dt.date(2026, 1, 1), text="Eröffnung", lines=opening,
                     by=anna, kind=JournalEntry.Kind.OPENING)  # fmt: skip
        assert booking.agreement(bank).agrees

    def test_what_comes_after_the_statement_does_not_matter(
        self, company, bank, anna, take_in, movements, book
    ):
        take_in(camt053(paid("100.00", "A", day="2026-03-15"), days=("2026-03-01", "2026-03-15")))
        book(movements()[0])
        make.rent(company, amount="40.00", by=anna, date=dt.date(2026, 3, 16))
        assert booking.agreement(bank).agrees
        make.rent(company, amount="1.00", by=anna, date=dt.date(2026, 3, 15))
        assert booking.agreement(bank).difference == Decimal("1.00")

    def test_undoing_ends_it(self, bank, anna, take_in, movements, book):
        take_in(camt053(paid("100.00", "A")))
        (movement,) = movements()
        book(movement)
        assert booking.agreement(bank).agrees
        booking.unbook(movement, by=anna)
        now = booking.agreement(bank)
        assert (now.unbooked, now.agrees) == (Decimal("100.00"), False)

    def test_each_account_is_asked_by_itself(self, company, bank, take_in, movements, book):
        post = bank_account(company, iban=OTHER_IBAN, account="1010", name="Post")
        take_in(camt053(paid("100.00", "A")))
        take_in(camt053(paid("5.00", "B"), account=f"<Id><IBAN>{OTHER_IBAN}</IBAN></Id>"))
        book(movements(bank_account=bank)[0])
        assert booking.agreement(bank).agrees
        assert booking.agreement(post).unbooked == Decimal("5.00")


class TestForeignCompanies:
    @pytest.fixture
    def theirs(self, moved):
        return moved("108.10", "Geheime Kundin")

    @pytest.fixture
    def stranger(self, theirs):
        """The owner of another company; afterwards only that company is open."""
        return make.owner_of(make.company())

    def test_a_transaction_is_invisible_from_another_company(self, theirs, stranger):
        assert not BankTransaction.unscoped.filter(pk=theirs.pk).exists()
        assert not Statement.unscoped.filter(pk=theirs.statement_id).exists()
        with pytest.raises(BankTransaction.DoesNotExist):
            booking.book(theirs, contra=[TypedLine("3600")], by=stranger)
        with pytest.raises(BankTransaction.DoesNotExist):
            booking.unbook(theirs, by=stranger)

    def test_the_pages_do_not_know_it(self, company, theirs, stranger):
        (own,) = make.Membership.unscoped.filter(user=stranger).values_list("company", flat=True)
        client = Client()
        client.force_login(stranger)
        for reached_by in (own, company.pk):
            for act in ("book", "unbook"):
                answer = client.post(
                    f"/c/{reached_by}/banking/transactions/{theirs.pk}/{act}/",
                    json.dumps({"account": "3600"}), content_type="application/json",
                )  # fmt: skip
                assert answer.status_code == 404
        page = client.get(f"/c/{own}/banking/transactions/")
        assert page.status_code == 200
        assert "Geheime Kundin" not in page.content.decode()
        assert client.get(f"/c/{company.pk}/banking/transactions/").status_code == 404

        open_companies([company.pk])
        theirs.refresh_from_db()
        assert (theirs.entry, posted(company)) == (None, 0)


class TestPages:
    @pytest.fixture
    def client(self, anna):
        client = Client()
        client.force_login(anna)
        return client

    def test_booking_answers_with_the_number(self, company, client, moved):
        movement = moved("108.10")
        answer = client.post(
            f"/c/{company.pk}/banking/transactions/{movement.pk}/book/",
            json.dumps({"account": "3400", "vat_code": "UN", "text": "Honorar"}),
            content_type="application/json",
        )
        assert (answer.status_code, answer.json()["number"]) == (200, 1)
        movement.refresh_from_db()
        assert (movement.entry.number, movement.entry.text) == (1, "Honorar")
        assert sides(movement.entry) == [
            ("1020", "108.10", "0.00"), ("3400", "0.00", "100.00"), ("2200", "0.00", "8.10"),
        ]  # fmt: skip

    def test_a_refusal_is_told_and_nothing_is_written(self, company, client, moved):
        movement = moved("108.10")
        rows = [{"account": "3400", "credit": "100.00"}, {"account": "3600", "credit": "8.00"}]
        answer = client.post(
            f"/c/{company.pk}/banking/transactions/{movement.pk}/book/",
            json.dumps({"lines": rows}), content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == 422
        assert answer.json()["errors"]

    def test_the_number_of_queries_does_not_grow_with_the_rows(
        self, company, anna, client, take_in, movements, book
    ):
        """5 transactions wait beside 5 booked ones, then 45 beside 20."""
        address = f"/c/{company.pk}/banking/transactions/"

        def queries():
            with CaptureQueriesContext(connection) as seen:
                page = client.get(address)
            assert page.status_code == 200
            return [query["sql"] for query in seen], page.content.decode()

        def grow(first, waiting, booked):
            parties = [f"Party {n % 7}" for n in range(first, first + waiting + booked)]
            ibans = [OTHER_IBAN if n % 3 else "" for n in range(len(parties))]
            take_in(camt053(
                *(paid(f"{n}.00", party, iban=iban, ref=f"Q{n}",
                       side="DBIT" if n % 2 else "CRDT")
                  for n, (party, iban) in enumerate(zip(parties, ibans, strict=True), first)),
                ident=f"Q-{first}",
            ))  # fmt: skip
            for movement in movements(entry=None)[:booked]:
                book(movement)

        grow(1, 5, 5)
        queries()  # what is kept from one request to the next
        few, small = queries()
        grow(100, 40, 15)
        many, large = queries()

        assert (small.count("data-book="), large.count("data-book=")) == (5, 45)
        assert (small.count("/unbook/"), large.count("/unbook/")) == (5, 20)
        assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)))
