"""From the bank's file to settled items: booked where it is certain, asked where it is likely."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from accounting.banking import booking
from accounting.banking.matching import accepting
from accounting.banking.matching.accepting import NoSuchItem, NothingToTakeBack, RestUnmatched
from accounting.banking.matching.choosing import Choice, NothingMatches, Share, best_of
from accounting.banking.matching.proposal import Confidence
from accounting.banking.matching.proposing import proposals_for, search, waiting
from accounting.banking.matching.reasons import Why
from accounting.banking.models import BankTransaction
from accounting.ledger.entering import TypedLine
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import Account
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import differences
from accounting.open_items.errors import AlreadyUndone, CreditUsed, MoreThanOpen, PartyMissing
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import Party
from accounting.open_items.settling import net
from erp.core.tenancy import open_companies
from erp.reference.models import ExchangeRate, ReferenceVersion
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import (
    EURO_IBAN,
    OTHER_IBAN,
    batch,
    camt053,
    camt054,
    entry,
    tx,
)
from tests.accounting.open_items.books import APRIL_30, HUBER, MARCH_9, invoice, lines_of
from tests.accounting.open_items.books import MARCH_31 as DAY
from tests.accounting.open_items.books import company as books_of

QRR = "210000000003139471430009017"
OTHER_QRR = "000000000000000000000012347"
SCOR = "RF18539007547034"
EURO_ACCOUNT = f"<Id><IBAN>{EURO_IBAN}</IBAN></Id><Ccy>EUR</Ccy>"
MEIER = Party("Meier & Co")


@pytest.fixture(name="company")
def books(db):
    return books_of()


@pytest.fixture
def owed(company):
    """Opens an item of an invoice over an amount."""
    count = iter(range(1, 1000))

    def one(amount="100.00", *, reference="", party=HUBER, document="", **more):
        document = document or f"RE-2026-{next(count):05}"
        return invoice(company, amount, reference=reference, party=party, document=document, **more)

    return one


@pytest.fixture
def paid(take_in, company):
    """Takes an entry in and gives its transaction."""
    count = iter(range(1, 1000))

    def one(amount="100.00", *payments, party="Huber AG", iban=OTHER_IBAN, reference="",
            kind="QRR", text="", **more):  # fmt: skip
        nth = next(count)
        payment = tx(amount, party=party, iban=iban, reference=reference, kind=kind, text=text,
                     role=more.pop("role", "Dbtr"), currency=more.get("currency", "CHF"))  # fmt: skip
        told = {name: more.pop(name) for name in ("account",) if name in more}
        told |= {"currency": more["currency"]} if "currency" in more else {}
        took = more.pop("details", [payment])
        take_in(camt053(entry(amount, *took, ref=f"R{nth}", **more), ident=f"S-{nth}", **told))
        return BankTransaction.of(company).order_by("-pk").first()

    return one


def matched(movement):
    fresh = waiting(movement.company).get(pk=movement.pk)
    return proposals_for(movement.company, [fresh])[movement.pk]


def best(movement):
    (one,) = matched(movement)
    return one.best


def accept(movement, by, **more):
    choices = more.pop("choices", None)
    if choices is None:
        choices = best_of(matched(movement))
    return accepting.accept(movement, choices=choices, by=by, **more)


def certain(company, by):
    """Books what is certain, as the job does."""
    return accepting.accept_certain(company, list(waiting(company)), by=by)[0]


def left(*items):
    return [str(OpenItem.of(item.company_id).get(pk=item.pk).open_amount) for item in items]


def sound(company):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert differences(company, dt.date(2026, 12, 31)) == []
    assert verify_ledger(company).breaks == []


class TestCertain:
    @pytest.mark.parametrize(("reference", "kind"), [(QRR, "QRR"), (SCOR, "SCOR")])
    def test_a_reference_and_the_amount_are_booked_by_rule(
        self, company, anna, owed, paid, reference, kind
    ):
        item, movement = owed(reference=reference), paid(reference=reference, kind=kind)
        assert certain(company, anna) == 1
        movement.refresh_from_db()
        assert lines_of(movement.entry) == [
            ("1020", Decimal("100.00")), ("1100", Decimal("-100.00")),
        ]  # fmt: skip
        assert (movement.entry.source, movement.entry.date) == ("bank", DAY)
        assert left(item) == ["0.00"]
        assert movement.matched["certain"] is True
        (told,) = movement.matched["payments"]
        assert (told["items"], told["positions"]) == ([item.pk], [2])
        assert [code for code, _values in told["reasons"]] == ["reference", "name", "amount"]
        assert certain(company, anna) == 0
        sound(company)

    def test_the_discount_in_time_is_booked_with_its_tax(self, company, anna, owed, paid):
        item = owed("1081.00", code="UN", reference=QRR, discount_percent=Decimal(2),
                    discount_until=DAY)  # fmt: skip
        paid("1059.38", reference=QRR)
        assert certain(company, anna) == 1
        (movement,) = BankTransaction.of(company)
        assert lines_of(movement.entry) == [
            ("1020", Decimal("1059.38")), ("1100", Decimal("-1059.38")),
            ("1100", Decimal("-21.62")), ("3800", Decimal("20.00")), ("2200", Decimal("1.62")),
        ]  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)

    def test_the_discount_taken_late_stays_open_and_may_still_be_given(
        self, company, anna, owed, paid
    ):
        item = owed("1081.00", code="UN", reference=QRR, discount_percent=Decimal(2),
                    discount_until=dt.date(2026, 3, 30))  # fmt: skip
        movement = paid("1059.38", reference=QRR)
        assert certain(company, anna) == 0
        assert Why.DISCOUNT_LATE in {one.why for one in best(movement).speaks_against}
        accept(movement, anna)
        assert left(item) == ["21.62"]
        booking.unbook(movement, by=anna)
        given = Choice(0, [Share(item.pk, Decimal("1059.38"), Decimal("21.62"))])
        accept(movement, anna, choices=[given])
        assert left(item) == ["0.00"]
        sound(company)

    def test_charges_taken_off_go_to_their_account(self, company, anna, owed, paid):
        item = owed(reference=QRR)
        charge = ("<Chrgs><Rcrd><Amt Ccy='CHF'>5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>"
                  "<ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>")  # fmt: skip
        one = tx("95.00", party="Huber AG", reference=QRR)
        movement = paid("95.00", details=[one.replace("</TxDtls>", f"{charge}</TxDtls>")])
        assert certain(company, anna) == 1
        movement.refresh_from_db()
        assert lines_of(movement.entry) == [
            ("1020", Decimal("95.00")), ("6940", Decimal("5.00")), ("1100", Decimal("-100.00")),
        ]  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)

    def test_charges_booked_by_themselves_are_not_taken_off(self, owed, paid):
        owed(reference=QRR)
        charge = (
            "<Chrgs><Rcrd><Amt Ccy='CHF'>5.00</Amt><ChrgInclInd>false</ChrgInclInd></Rcrd></Chrgs>"
        )
        one = tx("95.00", reference=QRR).replace("</TxDtls>", f"{charge}</TxDtls>")
        assert str(best(paid("95.00", details=[one])).shares[0].paid) == "95.00"

    def test_a_locked_period_refuses_one_and_stops_nothing(self, company, anna, owed, paid):
        owed(reference=QRR, date=dt.date(2026, 2, 1))
        owed(reference=OTHER_QRR, date=dt.date(2026, 2, 1))
        early = paid(reference=QRR, day="2026-02-10")
        paid(reference=OTHER_QRR)
        from accounting.ledger.models import Period
        from accounting.ledger.years import lock_period

        period = Period.of(company).get(start=dt.date(2026, 2, 1))
        lock_period(company=company, period=period, lock=Period.Lock.LOCKED, by=anna)
        booked, refusals = accepting.accept_certain(company, list(waiting(company)), by=anna)
        assert booked == 1 and [type(r) for r in refusals] == [PeriodLocked]
        early.refresh_from_db()
        assert early.entry is None


class TestLikely:
    def test_a_number_in_the_text_is_asked_about(self, company, anna, owed, paid):
        item, _other = owed(), owed("50.00", party=MEIER)
        movement = paid(text="Rechnung RE 2026 00001 danke")
        assert certain(company, anna) == 0
        assert best(movement).confidence is Confidence.LIKELY
        accept(movement, anna)
        assert left(item) == ["0.00"]
        movement.refresh_from_db()
        assert movement.matched["certain"] is False
        sound(company)

    def test_a_part_leaves_the_rest_open(self, company, anna, owed, paid):
        item, movement = owed(reference=QRR), paid("40.00", reference=QRR)
        assert certain(company, anna) == 0
        accept(movement, anna)
        assert left(item) == ["60.00"]
        sound(company)

    def test_too_much_becomes_a_credit(self, company, anna, owed, paid):
        item, movement = owed(reference=QRR), paid("130.00", reference=QRR)
        assert certain(company, anna) == 0
        accept(movement, anna)
        credit = OpenItem.of(company).get(amount__lt=0)
        assert (str(credit.open_amount), credit.party, credit.contact_id) == (
            "-30.00", HUBER.name, HUBER.contact,
        )  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)

    def test_a_second_payment_of_the_same_invoice_is_a_credit(self, company, anna, owed, paid):
        item = owed(reference=QRR)
        paid(reference=QRR), paid(reference=QRR)
        assert certain(company, anna) == 1
        (movement,) = waiting(company)
        assert Why.SETTLED in {one.why for one in best(movement).speaks_against}
        accept(movement, anna)
        assert left(item) == ["0.00"]
        assert str(OpenItem.of(company).get(amount__lt=0).amount) == "-100.00"
        sound(company)

    def test_several_items_are_settled_by_one_payment(self, company, anna, owed, paid):
        rows = [owed("30.00"), owed("70.00"), owed("-20.00")]
        accept(paid("80.00"), anna)
        assert left(*rows) == ["0.00"] * 3
        sound(company)

    def test_an_account_that_was_paid_from_is_known(self, company, anna, owed, paid):
        owed(reference=QRR)
        paid(reference=QRR, party="Konto 12")
        assert certain(company, anna) == 1
        owed("70.00")
        one = best(paid("70.00", party="Konto 12"))
        assert {Why.IBAN, Why.AMOUNT} == {reason.why for reason in one.reasons}

    def test_items_chosen_by_hand(self, company, anna, owed, paid):
        first, second = owed("60.00"), owed("60.00", party=MEIER)
        movement = paid("100.00", party="Unbekannt")
        chosen = Choice(0, [Share(first.pk, Decimal("60.00")), Share(second.pk, Decimal("40.00"))])
        accept(movement, anna, choices=[chosen])
        assert left(first, second) == ["0.00", "20.00"]
        sound(company)

    def test_what_is_beyond_items_of_two_parties_needs_a_party(self, company, anna, owed, paid):
        first, second = owed("30.00"), owed("60.00", party=MEIER)
        movement = paid("100.00", party="Unbekannt")
        shares = [Share(first.pk, Decimal("30.00")), Share(second.pk, Decimal("60.00"))]
        with pytest.raises(PartyMissing):
            accept(movement, anna, choices=[Choice(0, shares)])
        accept(movement, anna, choices=[Choice(0, shares, party=MEIER)])
        assert OpenItem.of(company).get(amount__lt=0).party == MEIER.name
        sound(company)

    def test_money_on_account(self, company, anna, paid):
        movement = paid("75.00", party="Neu AG")
        assert best(movement) is None
        with pytest.raises(NothingMatches):
            accept(movement, anna)
        accept(movement, anna, choices=[Choice(0, party=Party("Neu AG"))])
        assert str(OpenItem.of(company).get().amount) == "-75.00"
        sound(company)

    def test_a_supplier_paid_is_settled_by_the_same_rule(self, company, anna, owed, paid):
        item = owed("200.00", side="payables", reference=QRR, party=Party("Papier AG"))
        paid("200.00", reference=QRR, party="Papier AG", side="DBIT", role="Cdtr")
        assert certain(company, anna) == 1
        assert left(item) == ["0.00"]
        sound(company)

    def test_more_than_is_open_is_refused(self, anna, owed, paid):
        item, movement = owed(), paid("600.00")
        with pytest.raises(MoreThanOpen):
            accept(movement, anna, choices=[Choice(0, [Share(item.pk, Decimal("100.01"))])])

    def test_items_of_others_are_not_there(self, company, anna, paid):
        other = books_of()
        theirs = invoice(other, "100.00")
        open_companies([company.pk, other.pk])
        with pytest.raises(NoSuchItem):
            accept(paid(), anna, choices=[Choice(0, [Share(theirs.pk, Decimal(100))])])


class TestBatches:
    def payments(self, *told):
        return [
            tx(amount, party=party, reference=reference) for amount, party, reference in told
        ]  # fmt: skip

    def test_one_entry_with_a_line_for_each_item(self, company, anna, owed, paid):
        first, second = owed(reference=QRR), owed("50.00", reference=OTHER_QRR, party=MEIER)
        details = self.payments(("100.00", "Huber AG", QRR), ("50.00", "Meier", OTHER_QRR))
        movement = paid("150.00", details=[batch(2, "150.00"), *details])
        assert certain(company, anna) == 1
        movement.refresh_from_db()
        assert lines_of(movement.entry) == [
            ("1020", Decimal("150.00")), ("1100", Decimal("-100.00")), ("1100", Decimal("-50.00")),
        ]  # fmt: skip
        assert left(first, second) == ["0.00", "0.00"]
        sound(company)

    def test_what_is_not_matched_waits_or_goes_where_somebody_says(self, company, anna, owed, paid):
        item = owed(reference=QRR)
        details = self.payments(("100.00", "Huber AG", QRR), ("50.00", "Unbekannt", ""))
        movement = paid("150.00", details=details)
        assert certain(company, anna) == 0
        assert [bool(one.best) for one in matched(movement)] == [True, False]
        with pytest.raises(RestUnmatched) as caught:
            accept(movement, anna)
        assert caught.value.values["amount"] == Decimal("50.00")
        booked = accept(movement, anna, rest=[TypedLine("1099")])
        assert lines_of(booked) == [
            ("1020", Decimal("150.00")), ("1099", Decimal("-50.00")), ("1100", Decimal("-100.00")),
        ]  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)

    def test_two_payments_of_one_item_settle_it_in_parts(self, company, anna, owed, paid):
        item = owed(reference=QRR)
        details = self.payments(("40.00", "Huber AG", QRR), ("60.00", "Huber AG", QRR))
        movement = paid("100.00", details=details)
        assert certain(company, anna) == 0
        accept(movement, anna)
        assert left(item) == ["0.00"]
        sound(company)

    def test_a_batch_without_details_is_one_payment(self, company, owed, paid):
        owed(reference=QRR)
        movement = paid("150.00", details=[batch(2, "150.00")])
        assert best(movement) is None

    def test_details_after_charges(self, company, anna, owed, paid):
        rows = owed(reference=QRR), owed("50.00", reference=OTHER_QRR)
        details = self.payments(("100.00", "Huber AG", QRR), ("50.00", "Huber AG", OTHER_QRR))
        charges = "<Chrgs><TtlChrgsAndTaxAmt Ccy='CHF'>1.20</TtlChrgsAndTaxAmt></Chrgs>"
        movement = paid("148.80", details=details, more=charges)
        assert certain(company, anna) == 1
        movement.refresh_from_db()
        assert lines_of(movement.entry)[:2] == [
            ("1020", Decimal("148.80")), ("6940", Decimal("1.20")),
        ]  # fmt: skip
        assert left(*rows) == ["0.00", "0.00"]
        sound(company)


class TestReturns:
    REVERSED = "<RvslInd>true</RvslInd>"

    def test_a_reversal_is_never_a_receipt_and_opens_the_item_again(
        self, company, anna, owed, paid
    ):
        item = owed(reference=QRR)
        paid(reference=QRR)
        assert certain(company, anna) == 1
        owed(reference=OTHER_QRR)
        back = paid(reference=QRR, side="DBIT", more=self.REVERSED, day="2026-04-02")
        assert certain(company, anna) == 0
        one = best(back)
        assert one.returns and not one.shares
        assert Why.REFERENCE in {reason.why for reason in one.speaks_for}
        booked = accept(back, anna)
        assert lines_of(booked) == [("1020", Decimal("-100.00")), ("1100", Decimal("100.00"))]
        assert left(item) == ["100.00"]
        sound(company)

    def test_a_reversed_credit_is_not_booked_as_a_receipt(self, company, anna, owed, paid):
        owed(reference=QRR)
        paid(reference=QRR, more=self.REVERSED)
        assert certain(company, anna) == 0
        assert not Settlement.of(company).exists()

    def test_a_return_with_its_reason_takes_discount_and_tax_back(self, company, anna, owed, paid):
        item = owed("1081.00", code="UN", reference=QRR, discount_percent=Decimal(2),
                    discount_until=DAY)  # fmt: skip
        paid("1059.38", reference=QRR)
        assert certain(company, anna) == 1
        one = tx("1059.38", party="Huber AG", reference=QRR, role="Cdtr")
        info = "<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf></TxDtls>"
        back = paid("1059.38", details=[one.replace("</TxDtls>", info)], side="DBIT")
        booked = accept(back, anna)
        assert lines_of(booked) == [
            ("1020", Decimal("-1059.38")), ("1100", Decimal("1059.38")),
            ("1100", Decimal("21.62")), ("3800", Decimal("-20.00")), ("2200", Decimal("-1.62")),
        ]  # fmt: skip
        assert left(item) == ["1081.00"]
        sound(company)

    def test_one_payment_of_a_batch_goes_back(self, company, anna, owed, paid):
        first, second = owed(reference=QRR), owed(reference=OTHER_QRR)
        details = TestBatches().payments(("100.00", "Huber AG", QRR),
                                         ("100.00", "Huber AG", OTHER_QRR))  # fmt: skip
        paid("200.00", details=details)
        assert certain(company, anna) == 1
        back = paid(reference=OTHER_QRR, side="DBIT", more=self.REVERSED)
        accept(back, anna)
        assert left(first, second) == ["0.00", "100.00"]
        sound(company)

    def test_it_goes_back_once_and_the_undoing_settles_again(self, company, anna, owed, paid):
        item = owed("90.00", reference=QRR)
        first = paid("130.00", reference=QRR)
        accept(first, anna)
        back = paid("130.00", reference=QRR, side="DBIT", more=self.REVERSED)
        choices = best_of(matched(back))
        accept(back, anna)
        assert left(item) == ["90.00"]
        credit = OpenItem.of(company).get(amount__lt=0)
        assert left(credit) == ["0.00"]
        sound(company)

        again = paid("130.00", reference=QRR, side="DBIT", more=self.REVERSED)
        with pytest.raises(AlreadyUndone):
            accept(again, anna, choices=choices)
        with pytest.raises(AlreadyUndone):
            booking.unbook(first, by=anna)
        booking.unbook(back, by=anna)
        assert left(item, credit) == ["0.00", "-40.00"]
        sound(company)
        assert best(back).returns == first.pk
        accept(back, anna)
        assert left(item, credit) == ["90.00", "0.00"]
        with pytest.raises(AlreadyUndone):
            accept(again, anna, choices=choices)
        booking.unbook(back, by=anna)
        assert left(item, credit) == ["0.00", "-40.00"]
        sound(company)

    def test_a_credit_that_was_used_stays(self, company, anna, owed, paid):
        owed("90.00", reference=QRR)
        accept(paid("130.00", reference=QRR), anna)
        other = owed("40.00")
        credit = OpenItem.of(company).get(amount__lt=0)
        net(company, items=[credit, other], date=APRIL_30, by=anna)
        back = paid("130.00", reference=QRR, side="DBIT", more=self.REVERSED)
        with pytest.raises(CreditUsed):
            accept(back, anna)

    def test_what_was_undone_meanwhile_is_not_taken_back(self, company, anna, owed, paid):
        owed(reference=QRR)
        first = paid(reference=QRR)
        accept(first, anna)
        back = paid(reference=QRR, side="DBIT", more=self.REVERSED)
        choices = best_of(matched(back))
        booking.unbook(first, by=anna)
        with pytest.raises(NothingToTakeBack):
            accept(back, anna, choices=choices)


class TestDoubles:
    def test_a_payment_told_twice_is_booked_once(self, company, anna, owed, take_in):
        item = owed(reference=QRR)
        whole = entry("100.00", ref="BATCH-1")
        take_in(camt053(whole))
        assert certain(company, anna) == 0
        take_in(camt054(entry("100.00", tx("100.00", reference=QRR), ref="BATCH-1"), ident="N-1"))
        assert certain(company, anna) == 1
        take_in(camt053(whole, ident="S-9"))
        assert (certain(company, anna), BankTransaction.of(company).count()) == (0, 1)
        assert left(item) == ["0.00"]
        sound(company)

    def test_an_advice_before_its_statement_too(self, company, anna, owed, take_in):
        owed(reference=QRR)
        take_in(camt054(entry("100.00", tx("100.00", reference=QRR), ref="B"), ident="N-1"))
        assert certain(company, anna) == 1
        take_in(camt053(entry("100.00", ref="B")))
        assert (certain(company, anna), BankTransaction.of(company).count()) == (0, 1)
        sound(company)

    def test_two_equal_payments_of_a_day_settle_two_invoices(self, company, anna, owed, take_in):
        rows = owed("25.00"), owed("25.00")
        one = entry("25.00", tx("25.00", party="Huber AG"))
        take_in(camt053(one, one))
        for movement in waiting(company):
            accept(movement, anna)
        assert left(*rows) == ["0.00", "0.00"]
        sound(company)


class TestUndo:
    def test_items_are_open_again_and_no_rule_books_it_anew(self, company, anna, owed, paid):
        item, movement = owed(reference=QRR), paid(reference=QRR)
        assert certain(company, anna) == 1
        booking.unbook(movement, by=anna)
        assert left(item) == ["100.00"]
        movement.refresh_from_db()
        assert (movement.entry, movement.matched, movement.by_hand) == (None, {}, True)
        assert certain(company, anna) == 0
        one = best(movement)
        assert one.confidence is Confidence.LIKELY
        assert Why.UNDONE_BEFORE in {reason.why for reason in one.speaks_against}
        accept(movement, anna)
        assert left(item) == ["0.00"]
        sound(company)

    def test_a_credit_it_brought_is_closed_unless_it_was_used(self, company, anna, owed, paid):
        owed("90.00", reference=QRR)
        movement = paid("100.00", reference=QRR)
        accept(movement, anna)
        other = owed("10.00")
        credit = OpenItem.of(company).get(amount__lt=0)
        netted = net(company, items=[credit, other], date=APRIL_30, by=anna)
        with pytest.raises(CreditUsed):
            booking.unbook(movement, by=anna)
        from accounting.open_items.settling import undo

        undo(netted_settlement(netted), date=APRIL_30, by=anna)
        booking.unbook(movement, by=anna)
        assert left(credit) == ["0.00"]
        sound(company)

    def test_an_entry_against_accounts_is_undone_as_before(self, company, anna, paid):
        movement = paid()
        booking.book(movement, contra=[TypedLine("3600")], by=anna)
        booking.unbook(movement, by=anna)
        movement.refresh_from_db()
        assert movement.entry is None
        sound(company)


def netted_settlement(entry):
    return Settlement.of(entry.company_id).filter(entry=entry).select_related("entry__company")[0]


class TestCurrencies:
    @pytest.fixture
    def euro_bank(self, company):
        return bank_account(company, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")

    @pytest.fixture
    def euros(self, company):
        def one(**more):
            return invoice(company, "100.00", currency="EUR", base="95.00", account="1101",
                           reference=QRR, party=HUBER, **more)  # fmt: skip

        return one

    @pytest.fixture
    def rate(self):
        """The official rate of the day on which everything here is paid."""
        version = ReferenceVersion.objects.create(
            source="bazg-daily", scope="2026-03-30", state="active", origin="upload",
            edition_date=dt.date(2026, 3, 30),
        )  # fmt: skip
        ExchangeRate.objects.create(
            source="bazg-daily", currency="EUR", unit=1, quoted=Decimal("0.94"),
            rate=Decimal("0.94"), published=dt.date(2026, 3, 30), valid_from=DAY, valid_to=DAY,
            version=version,
        )  # fmt: skip

    def test_euros_on_the_euro_account_at_the_rate_of_the_day(
        self, company, anna, euro_bank, euros, paid
    ):
        item = euros()
        movement = paid(reference=QRR, account=EURO_ACCOUNT, currency="EUR")
        assert best(movement).is_certain
        booked = accept(movement, anna, rate=Decimal("0.94"))
        assert lines_of(booked) == [
            ("1024", Decimal("94.00")), ("1101", Decimal("-94.00")), ("1101", Decimal("-1.00")),
            ("6949", Decimal("1.00")),
        ]  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)

    def test_the_official_rate_is_taken_where_none_is_told(
        self, company, anna, euro_bank, euros, rate, paid
    ):
        item = euros()
        movement = paid(reference=QRR, account=EURO_ACCOUNT, currency="EUR")
        assert certain(company, anna) == 1
        movement.refresh_from_db()
        assert lines_of(movement.entry)[0] == ("1024", Decimal("94.00"))
        assert left(item) == ["0.00"]
        sound(company)

    def test_without_a_rate_it_waits(self, company, anna, euro_bank, euros, paid):
        euros()
        movement = paid(reference=QRR, account=EURO_ACCOUNT, currency="EUR", day="2026-01-02")
        movement.refresh_from_db()
        _booked, refusals = accepting.accept_certain(company, list(waiting(company)), by=anna)
        assert _booked == 0
        assert all(isinstance(r, booking.RateMissing) for r in refusals)

    def test_euros_paid_in_francs(self, company, anna, bank, euros, paid):
        item = euros()
        ordered = "<AmtDtls><InstdAmt><Amt Ccy='EUR'>100.00</Amt></InstdAmt></AmtDtls>"
        one = tx("94.50", reference=QRR).replace("</TxDtls>", f"{ordered}</TxDtls>")
        movement = paid("94.50", details=[one])
        found = best(movement)
        assert not found.is_certain
        assert {Why.OTHER_CURRENCY, Why.AMOUNT_ORDERED} <= {r.why for r in found.reasons}
        booked = accept(movement, anna)
        assert lines_of(booked) == [
            ("1020", Decimal("94.50")), ("1101", Decimal("-94.50")), ("1101", Decimal("-0.50")),
            ("6949", Decimal("0.50")),
        ]  # fmt: skip
        assert left(item) == ["0.00"]
        sound(company)


class TestSearch:
    def test_items_are_found_by_number_name_amount_and_reference(self, company, owed):
        first = owed("1081.00", reference=QRR)
        second = owed("55.50", party=MEIER)
        owed("-10.00", party=Party("Zumstein"))

        def ids(text):
            return [item.id for item in search(company, text, inward=True)]

        assert ids("1081") == ids("00001") == ids("huber") == ids("9017") == [first.pk]
        assert ids("meier") == ids("55.50") == [second.pk]
        assert len(ids("")) == 3 and ids("nichts davon") == []
        assert ids("")[-1] not in (first.pk, second.pk)


def test_money_goes_nowhere_else_without_a_charges_account(company, anna, owed, paid):
    Account.of(company).filter(purpose="bank_charges").update(purpose="")
    item, movement = owed(), paid("95.00")
    from accounting.ledger.entering import PurposeMissing

    choice = Choice(0, [Share(item.pk, Decimal(100))], charge=Decimal(5))
    with pytest.raises(PurposeMissing):
        accept(movement, anna, choices=[choice])
    assert MARCH_9 < DAY
    assert make.account(company, "6940").purpose == ""
