"""Booking what the bank reported: once, balanced, undone without a trace lost."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounting.banking import booking, importing
from accounting.banking.models import BankTransaction
from accounting.ledger import posting
from accounting.ledger.entering import NotLiable, TypedLine, UnknownAccount, UnknownVatCode
from accounting.ledger.errors import NoOpenYear, PeriodLocked, UndoneElsewhere
from accounting.ledger.lines import TooFewLines, UnbalancedEntry
from accounting.ledger.models import CostCentre, JournalEntry, Period
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period
from erp.access.gate import operating
from erp.core.errors import Refusals
from tests import make
from tests.accounting.banking.conftest import bank_account, wait_until_somebody_waits
from tests.accounting.banking.files import (
    EURO_IBAN,
    OTHER_IBAN,
    camt053,
    entry,
    paid,
)
from tests.accounting.banking.sides import lines, posted, sides
from tests.make import MARCH_31, chf
from vat.codes.models import VatSettings

EURO_ACCOUNT = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
THIRD_IBAN = "CH3908704016075473007"


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
