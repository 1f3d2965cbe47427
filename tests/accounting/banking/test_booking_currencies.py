"""Booking what the bank reported in another currency than the company's."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import translation

from accounting.banking import booking
from accounting.banking.models import BankTransaction, Statement
from accounting.ledger.entering import TypedLine
from accounting.ledger.lines import UnbalancedEntry
from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import (
    EURO_IBAN,
    camt053,
    entry,
)
from tests.accounting.banking.sides import posted, sides
from tests.make import MARCH_31, chf

EURO_ACCOUNT = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"


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
