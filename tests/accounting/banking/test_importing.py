"""Taking statements in: each booking of the bank once, whatever messages tell of it."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connections, transaction

from accounting.banking import booking, importing
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger.entering import TypedLine
from erp.access.gate import operating
from erp.audit.models import AuditEvent
from erp.core.errors import DomainError
from erp.core.identifiers import NotAnIban
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.banking import files
from tests.accounting.banking.conftest import bank_account, wait_until_somebody_waits
from tests.accounting.banking.files import (
    EURO_IBAN,
    IBAN,
    OTHER_IBAN,
    camt,
    camt053,
    camt054,
    entry,
    paid,
    statement,
    tx,
    zipped,
)


def counted(taken):
    return [(t.statement, t.new, t.known, t.enriched, t.pending) for t in taken]


def amounts(rows):
    return [str(row.amount) for row in rows]


def test_what_a_statement_tells_is_kept(company, anna, bank, take_in, movements):
    payment = tx("150.00", party="Kundin GmbH", iban=OTHER_IBAN, text="Rechnung 7",
                 reference="210000000003139471430009017", end_to_end="E2E-1")  # fmt: skip
    content = camt053(
        entry("150.00", payment, ref="REF-1", day="2026-03-30", text="Gutschrift"),
        entry("12.30", side="DBIT", ref="REF-2", text="Spesen"),
        opening="1000.00",
    )

    (taken,) = take_in(content)

    assert (taken.bank_account, taken.new, taken.known) == (bank, 2, 0)
    (kept,) = Statement.of(company)
    assert (kept.identification, kept.message_type, kept.entry_count) == ("S-1", "camt.053", 2)
    assert (str(kept.opening), str(kept.closing)) == ("1000.00", "1137.70")
    assert (kept.from_date, kept.to_date) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert kept.imported_by == anna
    credit, debit = movements()
    assert (credit.party, credit.party_iban, credit.text) == (
        "Kundin GmbH", OTHER_IBAN, "Rechnung 7",
    )  # fmt: skip
    assert credit.reference == "210000000003139471430009017"
    assert credit.details[0]["end_to_end_id"] == "E2E-1"
    assert (credit.amount, credit.booking_date) == (Decimal("150.00"), dt.date(2026, 3, 30))
    assert (debit.amount, debit.party, debit.text) == (Decimal("-12.30"), "", "Spesen")
    assert [credit.entry, debit.entry] == [None, None]


def test_the_trail_tells_who_took_a_statement_in(company, anna, take_in):
    take_in(camt053(entry(ref="A")))
    event = AuditEvent.of(company).get(action="statement.import")
    assert (event.by, event.details) == (anna, {"new": 1, "known": 0})
    assert event.subject_id == Statement.of(company).get().pk


class TestTheSameAgain:
    @pytest.mark.parametrize("ref", ["REF", ""])
    def test_the_same_file_twice_changes_nothing(self, company, take_in, ref):
        content = camt053(
            *(paid(f"{n}.00", f"Kundin {n}", ref=ref and f"{ref}-{n}") for n in range(1, 6))
        )
        first = take_in(content)
        before = list(BankTransaction.of(company).order_by("pk").values())
        events = AuditEvent.of(company).count()

        again = take_in(content)

        assert counted(first) == [("S-1", 5, 0, 0, 0)]
        assert counted(again) == [("S-1", 0, 5, 0, 0)]
        assert list(BankTransaction.of(company).order_by("pk").values()) == before
        assert Statement.of(company).count() == 1
        assert AuditEvent.of(company).count() == events

    @pytest.mark.parametrize("ref", ["REF", ""])
    def test_overlapping_days_are_taken_once(self, take_in, movements, ref):
        days = {
            day: paid(f"{day}.00", f"Kundin {day}", day=f"2026-03-{day}", ref=ref and f"{ref}{day}")
            for day in range(10, 20)
        }
        first = camt053(*(days[d] for d in range(10, 16)), ident="A")
        second = camt053(*(days[d] for d in range(13, 20)), ident="B", opening="33.00")

        assert counted(take_in(first)) == [("A", 6, 0, 0, 0)]
        assert counted(take_in(second)) == [("B", 4, 3, 0, 0)]

        assert amounts(movements()) == [f"{day}.00" for day in range(10, 20)]

    def test_a_month_after_its_days_brings_nothing_but_its_balance(self, company, take_in):
        days = [entry("10.00", day=f"2026-03-{d}", ref=f"R{d}") for d in range(10, 13)]
        for nth, day in enumerate(days):
            take_in(camt053(day, ident=f"D{nth}", opening=f"{10 * nth}.00"))

        taken = take_in(camt053(*days, ident="MONAT"))

        assert counted(taken) == [("MONAT", 0, 3, 0, 0)]
        assert Statement.of(company).get(identification="MONAT").closing == Decimal("30.00")
        assert BankTransaction.of(company).count() == 3

    def test_the_older_version_of_a_file_is_the_same_file(self, company, anna, shared):
        """Official twin samples: version .04 first, .08 after."""
        folder = shared / "samples" / "camt"
        bank_account(company, iban="CH0309000000250090342")

        for name, told in (
            ("camt.053.001.04_postfinance_full-day.xml", (13, 0, 0)),
            ("DERIVED_camt.053.001.08_from-postfinance.xml", (0, 13, 0)),
            ("camt.054.001.04_postfinance_ES-inpayments.xml", (0, 1, 0)),
        ):
            (taken,) = importing.take_in(
                company=company, content=(folder / name).read_bytes(), by=anna
            )
            assert (taken.new, taken.known, taken.enriched) == told
        assert sum(r.amount for r in BankTransaction.of(company)) == Decimal("537.61")

    def test_what_was_booked_stays_booked(self, anna, take_in, movements):
        content = camt053(paid("10.00", "Kundin", ref="A"))
        take_in(content)
        booked = booking.book(movements()[0], contra=[TypedLine("3600")], by=anna)

        take_in(content)

        assert [row.entry for row in movements()] == [booked]

    def test_two_imports_at_the_same_time_take_each_entry_once(self, committed_db):
        """Two people upload the same file: one waits for the other, and finds all known."""
        with transaction.atomic():
            company = make.company()
            bank_account(company)
        content = camt053(*(entry(f"{n}.00", ref=f"R{n}") for n in range(1, 30)))
        answers = []

        def second():
            try:
                with operating(str(company.pk)) as access:
                    taken = importing.take_in(company=company, content=content, by=access.user)
                    answers.extend(counted(taken))
            except Exception as error:
                answers.append(error)
            finally:
                connections.close_all()

        rival = threading.Thread(target=second)
        with operating(str(company.pk)) as access:
            taken = importing.take_in(company=company, content=content, by=access.user)
            rival.start()
            wait_until_somebody_waits()
        rival.join(timeout=20)

        assert counted(taken) == [("S-1", 29, 0, 0, 0)]
        assert answers == [("S-1", 0, 29, 0, 0)]
        with operating(str(company.pk)):
            assert BankTransaction.of(company).count() == 29
            assert Statement.of(company).count() == 1


class TestEqualBookings:
    """Two payments of the same amount by the same party on one day are two payments."""

    @pytest.mark.parametrize("refs", [("", ""), ("A", "B"), ("A", "A"), ("NOTPROVIDED",) * 2])
    def test_both_stay_and_stay_two(self, take_in, movements, refs):
        content = camt053(*(paid("4.50", "Kaffeebar", ref=ref, text="Kaffee") for ref in refs))

        assert counted(take_in(content)) == [("S-1", 2, 0, 0, 0)]
        assert counted(take_in(content)) == [("S-1", 0, 2, 0, 0)]
        assert amounts(movements()) == ["4.50", "4.50"]

    def test_both_stay_when_a_later_file_tells_them_again(self, take_in, movements):
        coffee = paid("4.50", "Kaffeebar")
        take_in(camt053(coffee, coffee, ident="TAG"))
        taken = take_in(camt053(paid("9.00", "Bäckerei"), coffee, coffee, ident="MONAT"))
        assert counted(taken) == [("MONAT", 1, 2, 0, 0)]
        assert sorted(amounts(movements())) == ["4.50", "4.50", "9.00"]

    def test_a_third_one_in_a_later_file_is_new(self, take_in, movements):
        coffee = paid("4.50", "Kaffeebar")
        take_in(camt053(coffee, coffee, ident="VORMITTAG"))
        taken = take_in(camt053(coffee, coffee, coffee, ident="TAG"))
        assert counted(taken) == [("TAG", 1, 2, 0, 0)]
        assert len(movements()) == 3

    @pytest.mark.parametrize(
        "other",
        [paid("4.50", "Kaffeebar", day="2026-03-30"), paid("4.60", "Kaffeebar"),
         paid("4.50", "Teestube"), paid("4.50", "Kaffeebar", text="Tee"),
         paid("4.50", "Kaffeebar", side="DBIT")],
    )  # fmt: skip
    def test_another_day_amount_party_text_or_side_is_another_booking(
        self, take_in, movements, other
    ):
        take_in(camt053(paid("4.50", "Kaffeebar"), ident="A"))
        (taken,) = take_in(camt053(other, ident="B"))
        assert (taken.new, taken.known) == (1, 0)
        assert len(movements()) == 2

    def test_no_reference_is_not_a_reference(self, take_in, movements):
        """Some banks write NOTPROVIDED: the same amount of another day is another booking."""
        for day in ("2026-03-30", "2026-03-31"):
            take_in(camt053(entry("4.50", day=day, ref="NOTPROVIDED"), ident=day))
        assert len(movements()) == 2

    def test_the_same_entry_on_another_account_is_another_booking(
        self, company, take_in, movements
    ):
        bank_account(company, iban=OTHER_IBAN, account="1010", name="Post")
        there = f"<Id><IBAN>{OTHER_IBAN}</IBAN></Id>"
        take_in(camt053(entry(ref="A")))
        (taken,) = take_in(camt053(entry(ref="A"), account=there))
        assert (taken.new, taken.known) == (1, 0)
        assert len({row.bank_account_id for row in movements()}) == 2


class TestAdvices:
    """A camt.054 tells what a camt.053 books; either may come first."""

    bare = entry("70.00", ref="SAMMEL-1", text="Sammelgutschrift")
    full = entry(
        "70.00",
        tx("30.00", party="Anna Muster", iban=OTHER_IBAN, reference="0" * 26 + "1"),
        tx("40.00", party="Bruno Beispiel", text="Danke"),
        ref="SAMMEL-1", text="Sammelgutschrift",
    )  # fmt: skip

    def see(self, company):
        (row,) = BankTransaction.of(company)
        assert row.amount == Decimal("70.00")
        assert row.party == "Anna Muster, Bruno Beispiel"
        assert [d["amount"] for d in row.details] == ["30.00", "40.00"]
        assert row.details[0]["reference"] == "0" * 26 + "1"
        assert row.text == "Sammelgutschrift"

    def test_the_advice_after_the_statement_fills_it_in(self, company, take_in):
        assert counted(take_in(camt053(self.bare))) == [("S-1", 1, 0, 0, 0)]
        assert counted(take_in(camt054(self.full, ident="N-1"))) == [("N-1", 0, 1, 1, 0)]
        self.see(company)

    def test_the_statement_after_the_advice_books_nothing_twice(self, company, take_in):
        assert counted(take_in(camt054(self.full, ident="N-1"))) == [("N-1", 1, 0, 0, 0)]
        assert counted(take_in(camt053(self.bare))) == [("S-1", 0, 1, 0, 0)]
        self.see(company)

    def test_the_advice_again_completes_nothing_more(self, company, take_in):
        take_in(camt053(self.bare))
        take_in(camt054(self.full, ident="N-1"))
        assert counted(take_in(camt054(self.full, ident="N-1"))) == [("N-1", 0, 1, 0, 0)]
        assert counted(take_in(camt053(self.bare))) == [("S-1", 0, 1, 0, 0)]
        self.see(company)

    def test_an_advice_on_one_payment_names_who_paid(self, take_in, movements):
        """The statement has the payment without party; the advice has the same one with it."""
        take_in(camt053(entry("30.00", tx("30.00"), ref="R", text="Gutschrift")))
        told = tx("30.00", party="Anna Muster", iban=OTHER_IBAN, reference="0" * 26 + "1")
        (taken,) = take_in(camt054(entry("30.00", told, ref="R"), ident="N-1"))
        (row,) = movements()
        assert taken.enriched == 1
        assert (row.party, row.party_iban, row.reference, row.text) == (
            "Anna Muster", OTHER_IBAN, "0" * 26 + "1", "Gutschrift",
        )  # fmt: skip

    def test_a_booked_transaction_is_completed_and_stays_booked(self, anna, take_in, movements):
        take_in(camt053(self.bare))
        booked = booking.book(movements()[0], contra=[TypedLine("3600")], by=anna)
        take_in(camt054(self.full, ident="N-1"))
        (row,) = movements()
        assert (row.entry, row.party) == (booked, "Anna Muster, Bruno Beispiel")

    def test_an_advice_of_another_amount_is_another_booking(self, take_in, movements):
        take_in(camt053(self.bare))
        (taken,) = take_in(camt054(entry("71.00", ref="SAMMEL-1"), ident="N-1"))
        assert (taken.new, taken.known, taken.enriched) == (1, 0, 0)
        assert amounts(movements()) == ["70.00", "71.00"]

    def test_an_advice_without_the_banks_reference_books_nothing(self, take_in, movements):
        """Nothing would tell it from the statement's own booking."""
        (taken,) = take_in(camt054(paid("5.00", "Kundin"), ident="N-1"))
        assert (taken.new, movements()) == (0, [])

    def test_the_official_pair_of_statement_and_advice(self, company, anna, shared):
        folder = shared / "samples" / "camt"
        bank_account(company, iban="CH0309000000250090342")
        advice, day = (
            (folder / f"camt.{name}.xml").read_bytes()
            for name in ("054.001.04_postfinance_ES-inpayments", "053.001.04_postfinance_full-day")
        )
        taken = [
            (t.new, t.known)
            for content in (advice, day, advice)
            for t in importing.take_in(company=company, content=content, by=anna)
        ]
        assert taken == [(1, 0), (12, 1), (0, 1)]
        batch = BankTransaction.of(company).get(amount=Decimal("620.00"))
        assert len(batch.details) == 8


class TestWhatIsNoBooking:
    def test_pending_entries_are_counted_and_left(self, take_in, movements):
        content = camt053(entry("10.00", ref="A"), entry("99.00", ref="B", status="PDNG"),
                          entry("98.00", ref="C", status="INFO"))  # fmt: skip
        assert counted(take_in(content)) == [("S-1", 1, 0, 0, 2)]
        assert amounts(movements()) == ["10.00"]

    def test_a_pending_entry_is_taken_when_it_is_booked(self, take_in, movements):
        take_in(camt053(entry("99.00", ref="B", status="PDNG"), ident="HEUTE"))
        assert movements() == []
        take_in(camt053(entry("99.00", ref="B"), ident="MORGEN"))
        assert amounts(movements()) == ["99.00"]

    def test_a_pending_twin_does_not_hide_the_booked_one(self, take_in, movements):
        content = camt053(entry("5.00", status="PDNG"), entry("5.00"))
        assert counted(take_in(content)) == [("S-1", 1, 0, 0, 1)]
        assert counted(take_in(content)) == [("S-1", 0, 1, 0, 1)]

    @pytest.mark.parametrize("side", ["CRDT", "DBIT"])
    def test_a_zero_amount_is_kept_as_the_bank_told_it(self, bank, take_in, movements, side):
        payment = tx("0.00", party="Kundin", role="Dbtr" if side == "CRDT" else "Cdtr")
        (taken,) = take_in(camt053(entry("0.00", payment, side=side, ref="NULL")))
        (row,) = movements()
        assert (taken.new, row.amount, row.party) == (1, Decimal("0.00"), "Kundin")
        assert booking.agreement(bank).agrees  # there is nothing to book

    def test_a_statement_without_entries_is_kept_for_its_balance(self, company, take_in):
        assert counted(take_in(camt053(opening="75.00"))) == [("S-1", 0, 0, 0, 0)]
        assert counted(take_in(camt053(opening="75.00"))) == [("S-1", 0, 0, 0, 0)]
        (kept,) = Statement.of(company)
        assert (kept.entry_count, kept.closing) == (0, Decimal("75.00"))


class TestWhoseAccount:
    def test_an_iban_may_stand_in_the_other_identification(self, take_in, movements):
        content = camt053(entry(), account=f"<Id><Othr><Id>{IBAN}</Id></Othr></Id>")
        (taken,) = take_in(content)
        assert (taken.new, taken.bank_account.iban) == (1, IBAN)

    def test_an_account_number_that_is_no_iban_is_unknown(self, company, take_in):
        content = camt053(entry(), account="<Id><Othr><Id>0235-123456.01X</Id></Othr></Id>")
        with pytest.raises(importing.UnknownBankAccount) as caught:
            take_in(content)
        assert caught.value.values == {"iban": "0235-123456.01X"}
        with pytest.raises(NotAnIban):  # such an account cannot be opened either
            bank_account(company, iban="0235-123456.01X", account="1010")

    def test_an_account_in_euro_takes_euro(self, company, take_in):
        euro = bank_account(company, iban=EURO_IBAN, account="1024", currency="EUR")
        account = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
        (taken,) = take_in(camt053(entry(currency="EUR"), account=account, currency="EUR"))
        assert (taken.bank_account, taken.new) == (euro, 1)

    def test_another_companys_iban_is_unknown_here(self, company, bank):
        """The account is the other company's: neither is told, neither is touched."""
        other = make.company()
        stranger = make.owner_of(other)

        with pytest.raises(importing.UnknownBankAccount):
            importing.take_in(company=other, content=camt053(entry(ref="A")), by=stranger)

        open_companies([company.pk, other.pk])
        assert not Statement.unscoped.filter(company__in=[company, other]).exists()
        assert not BankTransaction.unscoped.filter(company__in=[company, other]).exists()

    def test_another_companys_iban_is_unknown_even_with_both_open(self, company, bank):
        other = make.company()
        open_companies([company.pk, other.pk])
        with pytest.raises(importing.UnknownBankAccount):
            importing.take_in(
                company=other, content=camt053(entry(ref="A")), by=make.owner_of(other)
            )

    def test_two_companies_may_share_an_iban_and_not_each_others_entries(self, company, bank):
        """A joint account, or one that changed hands: each company has its own bookings."""
        content = camt053(entry(ref="A"))
        importing.take_in(company=company, content=content, by=make.owner_of(company))
        other = make.company()
        bank_account(other)

        (taken,) = importing.take_in(company=other, content=content, by=make.owner_of(other))

        assert (taken.new, taken.known) == (1, 0)
        open_companies([company.pk, other.pk])
        assert [BankTransaction.of(c).count() for c in (company, other)] == [1, 1]


class TestArchives:
    def test_an_archive_is_taken_file_by_file(self, take_in, movements):
        archive = zipped(
            camt053(entry("1.00", ref="A"), ident="A"),
            camt053(entry("2.00", ref="B"), ident="B", opening="1.00"),
            camt054(entry("2.00", tx("2.00", party="Kundin"), ref="B"), ident="N"),
        )
        assert counted(take_in(archive)) == [
            ("A", 1, 0, 0, 0), ("B", 1, 0, 0, 0), ("N", 0, 1, 1, 0),
        ]  # fmt: skip
        assert [row.party for row in movements()] == ["", "Kundin"]

    def test_an_archive_may_be_stored_without_packing(self, take_in):
        archive = zipped(camt053(entry()), how=files.zipfile.ZIP_STORED)
        assert [t.new for t in take_in(archive)] == [1]

    @pytest.mark.parametrize(
        "bad",
        [camt053(entry("3.00", ref="C"), ident="C", closing="4.00"),
         camt053(entry("3.00"), account=f"<Id><IBAN>{OTHER_IBAN}</IBAN></Id>"), b"", b"<a/>",
         camt(statement(entry(), kind="052"), kind="052")],
    )  # fmt: skip
    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_all_or_nothing(self, company, take_in, bad, place):
        good = [camt053(entry(f"{n}.00", ref=f"R{n}"), ident=f"G{n}") for n in (1, 2)]
        good.insert(place, bad)
        events = AuditEvent.of(company).count()

        with pytest.raises(DomainError):
            take_in(zipped(*good))

        assert not Statement.of(company).exists()
        assert not BankTransaction.of(company).exists()
        assert AuditEvent.of(company).count() == events

    def test_what_was_known_is_not_completed_by_an_archive_that_is_refused(
        self, take_in, movements
    ):
        take_in(camt053(entry("2.00", ref="B")))
        advice = camt054(entry("2.00", tx("2.00", party="Kundin"), ref="B"), ident="N")
        with pytest.raises(DomainError):
            take_in(zipped(advice, b"<a/>"))
        assert [row.party for row in movements()] == [""]


class TestContinuity:
    """A statement that is missing between two others shows in the account's agreement."""

    january = camt053(entry("100.00", ref="J", day="2026-01-15"), ident="JAN",
                      days=("2026-01-01", "2026-01-31"))  # fmt: skip
    february = camt053(entry("30.00", ref="F", day="2026-02-15", side="DBIT"), ident="FEB",
                       opening="100.00", days=("2026-02-01", "2026-02-28"))  # fmt: skip
    march = camt053(entry("5.00", ref="M", day="2026-03-15"), ident="MAR", opening="70.00",
                    days=("2026-03-01", "2026-03-31"))  # fmt: skip

    def book_all(self, anna, movements):
        for row in movements(entry=None):
            booking.book(row, contra=[TypedLine("3600" if row.amount > 0 else "6800")], by=anna)

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
    def test_statements_in_any_order_end_with_the_last_balance(
        self, bank, anna, take_in, movements, order
    ):
        for nth in order:
            take_in([self.january, self.february, self.march][nth])
        self.book_all(anna, movements)
        now = booking.agreement(bank)
        assert (now.statement.identification, now.ledger, now.agrees) == (
            "MAR", Decimal("75.00"), True,
        )  # fmt: skip

    def test_a_gap_leaves_the_difference_until_it_is_filled(self, bank, anna, take_in, movements):
        take_in(self.january)
        take_in(self.march)
        self.book_all(anna, movements)
        now = booking.agreement(bank)
        assert (now.difference, now.agrees) == (Decimal("-30.00"), False)

        take_in(self.february)

        now = booking.agreement(bank)
        assert (now.difference, now.unbooked, now.agrees) == (
            Decimal("0.00"), Decimal("-30.00"), False,
        )  # fmt: skip
        self.book_all(anna, movements)
        assert booking.agreement(bank).agrees

    def test_several_statements_of_one_file_are_each_checked(self, company, take_in):
        content = camt(
            statement(entry("1.00", ref="A"), ident="A"),
            statement(entry("2.00", ref="B"), ident="B", opening="1.00"),
        )
        assert counted(take_in(content)) == [("A", 1, 0, 0, 0), ("B", 1, 0, 0, 0)]
        assert [str(s.closing) for s in Statement.of(company).order_by("pk")] == ["1.00", "3.00"]

    def test_a_still_day_without_a_span_does_not_hide_the_balance(self, bank, take_in):
        take_in(self.march)
        take_in(camt053(opening="75.00", ident="APR", days=None).replace(b"03-31", b"04-01"))
        assert booking.agreement(bank).statement.identification == "APR"


def test_bank_accounts_are_the_companys_own(company, bank):
    with pytest.raises(booking.BankAccountTaken):
        bank_account(company, account="1010")
    with pytest.raises(booking.BankAccountTaken):
        bank_account(company, iban=OTHER_IBAN)
    with pytest.raises(booking.WrongLedgerAccount):
        bank_account(company, iban=OTHER_IBAN, account="1024")
    assert BankAccount.of(company).count() == 1
