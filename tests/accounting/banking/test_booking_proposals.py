"""What is proposed for a movement, and whether the books agree with the bank."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from accounting.banking import booking, importing
from accounting.banking.models import BankTransaction
from accounting.ledger import posting
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import JournalEntry
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import (
    OTHER_IBAN,
    camt053,
    entry,
    paid,
)
from tests.make import chf

THIRD_IBAN = "CH3908704016075473007"


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
