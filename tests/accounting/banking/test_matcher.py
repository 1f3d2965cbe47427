"""Which items a payment settles, and why: values in, values out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.banking.matching import matcher
from accounting.banking.matching.candidates import Candidate, Candidates
from accounting.banking.matching.claims import Claim
from accounting.banking.matching.payments import Payment
from accounting.banking.matching.proposal import Confidence
from accounting.banking.matching.reasons import SENTENCES, WEIGHTS, Reason, Why, restored
from accounting.banking.matching.words import (
    document_keys,
    is_valid_reference,
    name_words,
    numbers_in,
    reference_key,
    references_in,
)

QRR = "210000000003139471430009017"
OTHER_QRR = "000000000000000000000012347"
SCOR = "RF18539007547034"
DAY = dt.date(2026, 3, 31)
IBAN = "CH5604835012345678009"


def item(id=1, amount="100.00", **more):
    told = {
        "side": "receivables", "account": 11, "contact": None, "party": "Huber AG",
        "document": f"RE-2026-{id:05}", "reference": "", "due_date": dt.date(2026, 3, 30),
        "opened_on": dt.date(2026, 3, 1), "discount_percent": None, "discount_until": None,
        "currency": "CHF", "amount": Decimal(amount), "open_amount": Decimal(amount),
    }  # fmt: skip
    told |= more
    told["open_amount"] = Decimal(told["open_amount"])
    return Candidate(id=id, **told)


def payment(amount="100.00", **more):
    told = {"transaction": 9, "nth": 0, "date": DAY, "amount": Decimal(amount), "currency": "CHF"}
    return Payment(**told | more)


def found(payment, *items, **more):
    return matcher.proposals(payment, Candidates(list(items), **more))


def told(proposal):
    return {one.why for one in proposal.reasons}


def settled(proposal):
    return [(share.item.id, str(share.paid), str(share.discount)) for share in proposal.shares]


class TestWords:
    def test_a_reference_is_known_however_it_is_written(self):
        printed = "21 00000 00003 13947 14300 09017"
        assert reference_key(printed) == reference_key(QRR) == QRR
        assert reference_key(OTHER_QRR) == "12347"
        assert is_valid_reference(QRR) and is_valid_reference("rf18 5390 0754 7034")
        assert not is_valid_reference(QRR[:-1] + "8") and not is_valid_reference("0" * 27)
        assert not is_valid_reference("RF19539007547034") and not is_valid_reference("4711")

    def test_references_are_found_in_texts(self):
        assert references_in("Zahlung 21 00000 00003 13947 14300 09017 danke") == [QRR]
        assert references_in("ref. RF18 5390 0754 7034 danke") == [SCOR]
        assert references_in("RF18 5390 0754 7035, 12345") == []

    @pytest.mark.parametrize(
        "text",
        ["Rechnung RE-2026-00012", "RE202600012", "re 2026 00012 danke", "RE-202600012.",
         "Rg. RE/2026/00012 und mehr", "(RE-2026-00012)", "Rechnung 2026-00012 vom 31.03.2026"],
    )  # fmt: skip
    def test_a_document_number_is_found_as_a_word(self, text):
        assert set(document_keys("RE-2026-00012")) & set(numbers_in(text))

    @pytest.mark.parametrize(
        "text",
        ["RE-2026-000123", "XRE-2026-00012", "RE-2026-0001", "2026", "31.03.2026", "", "Miete",
         "1RE-2026-00012", "RE-2025-00012"],
    )  # fmt: skip
    def test_and_not_within_another_one(self, text):
        assert not set(document_keys("RE-2026-00012")) & set(numbers_in(text))

    def test_short_numbers_and_days_are_no_document_numbers(self):
        assert document_keys("12") == [] and document_keys("Miete") == []
        assert document_keys("R-1") == ["R1"] and document_keys("4711") == ["4711"]
        assert "2026" not in set(numbers_in("am 31.03.2026 bezahlt, 2026-03-31"))

    def test_names_are_compared_by_what_tells_them_apart(self):
        assert name_words("Müller & Söhne AG") == name_words("MUELLER SOEHNE")
        assert name_words("Boulangerie Rochat Sàrl") == {"boulangerie", "rochat"}


class TestCertain:
    def test_a_valid_reference_and_the_open_amount(self):
        (one,) = found(payment(reference=QRR, party="Huber AG"), item(reference=QRR), item(2))
        assert one.confidence is Confidence.CERTAIN
        assert told(one) == {Why.REFERENCE, Why.AMOUNT, Why.NAME}
        assert settled(one) == [(1, "100.00", "0.00")]

    def test_a_creditor_reference_too_and_leading_zeros_do_not_matter(self):
        (one,) = found(payment(reference=SCOR), item(reference="RF18 5390 0754 7034"))
        assert one.is_certain
        (one,) = found(payment(reference="12347"), item(reference=OTHER_QRR))
        assert one.is_certain

    def test_the_amount_less_the_discount_still_allowed(self):
        owed = item(reference=QRR, discount_percent=Decimal(2), discount_until=DAY)
        (one,) = found(payment("98.00", reference=QRR), owed)
        assert one.is_certain and settled(one) == [(1, "98.00", "2.00")]
        late = item(reference=QRR, discount_percent=Decimal(2),
                    discount_until=DAY - dt.timedelta(1))  # fmt: skip
        one = found(payment("98.00", reference=QRR), late)[0]
        assert one.confidence is Confidence.LIKELY
        assert {Why.PARTIAL, Why.DISCOUNT_LATE} <= told(one)
        assert settled(one) == [(1, "98.00", "0.00")]

    def test_what_banks_took_off_was_paid(self):
        (one,) = found(payment(charge=Decimal("5.00"), reference=QRR), item(reference=QRR))
        assert one.is_certain and one.payment.charge == Decimal("5.00")
        owed = item(amount="95.00", reference=QRR)
        one = found(payment(charge=Decimal("5.00"), reference=QRR), owed)[0]
        assert one.is_certain and not one.payment.charge

    def test_another_payer_does_not_matter_where_the_reference_is_right(self):
        (one,) = found(payment(reference=QRR, party="Treuhand Meier"), item(reference=QRR))
        assert one.is_certain and Why.OTHER_PARTY in told(one)


class TestNotCertain:
    @pytest.mark.parametrize(
        ("paid", "owed", "against"),
        [
            ({"reference": QRR, "amount": "90.00"}, {"reference": QRR}, Why.PARTIAL),
            ({"reference": QRR, "amount": "110.00"}, {"reference": QRR}, Why.TOO_MUCH),
            ({"reference": "4711"}, {"reference": "4711"}, Why.REFERENCE_NOT_VALID),
            ({"reference": QRR}, {"reference": QRR, "currency": "EUR"}, Why.OTHER_CURRENCY),
            ({"reference": QRR}, {"reference": QRR, "opened_on": dt.date(2026, 4, 1)},
             Why.NOT_OWED_YET),
            ({"reference": QRR, "stands_for": 3}, {"reference": QRR}, Why.NOT_TOLD_APART),
        ],
    )  # fmt: skip
    def test_what_speaks_against_is_said(self, paid, owed, against):
        one = found(payment(**paid), item(**owed))[0]
        assert not one.is_certain and against in {r.why for r in one.speaks_against}

    def test_what_goes_back_is_no_receipt(self):
        assert found(payment(reference=QRR, is_return=True), item(reference=QRR)) == []

    def test_money_of_the_other_direction_settles_nothing(self):
        assert found(payment("-100.00", reference=QRR), item(reference=QRR)) == []

    def test_two_items_of_one_reference_are_asked_about(self):
        one = found(payment(reference=QRR), item(reference=QRR), item(2, reference=QRR))[0]
        assert not one.is_certain and Why.SAME_REFERENCE in told(one)
        one = found(payment("200.00", reference=QRR), item(reference=QRR),
                    item(2, reference=QRR))[0]  # fmt: skip
        assert settled(one) == [(1, "100.00", "0.00"), (2, "100.00", "0.00")]
        assert one.confidence is Confidence.LIKELY

    def test_too_much_is_left_over(self):
        one = found(payment("110.00", reference=QRR), item(reference=QRR))[0]
        assert one.over == Decimal("10.00") and settled(one) == [(1, "100.00", "0.00")]


class TestLikely:
    def test_a_number_in_the_text(self):
        one = found(payment("60.00", text="Teilzahlung RE-2026-00001"), item(), item(2))[0]
        assert one.confidence is Confidence.LIKELY and settled(one) == [(1, "60.00", "0.00")]
        assert told(one) == {Why.DOCUMENT, Why.PARTIAL}

    def test_several_numbers_which_come_to_the_amount(self):
        paid = payment("150.00", text="RE-2026-00001, RE-2026-00002")
        one = found(paid, item(), item(2, "50.00"), item(3, "150.00"))[0]
        assert settled(one) == [(1, "100.00", "0.00"), (2, "50.00", "0.00")]
        assert {Why.DOCUMENT, Why.AMOUNT_OF_SEVERAL} <= told(one)

    def test_name_and_amount(self):
        one = found(payment(party="Huber AG"), item(), item(2, party="Meier"))[0]
        assert one.confidence is Confidence.LIKELY and settled(one)[0][0] == 1
        assert told(one) == {Why.NAME, Why.AMOUNT}

    def test_who_paid_from_the_account_before(self):
        payers = {IBAN: frozenset({"Huber AG"})}
        one = found(payment(party="H. Huber, Zug", iban=IBAN), item(), item(2, party="Meier"),
                    payers=payers)[0]  # fmt: skip
        assert Why.IBAN in told(one) and settled(one)[0][0] == 1

    def test_an_account_of_a_contact(self):
        one = found(payment(iban=IBAN), item(contact=7), accounts={IBAN: frozenset({7})})[0]
        assert Why.IBAN_OF_CONTACT in told(one)

    def test_an_amount_alone_is_likely_once_and_not_twice(self):
        assert found(payment(), item())[0].is_likely
        both = found(payment(), item(), item(2, party="Meier"))
        assert not both[0].is_likely and Why.SEVERAL_FIT in told(both[0])
        assert not found(payment(party="Ganz Anders"), item())[0].is_likely

    def test_several_items_of_a_party_the_oldest_first(self):
        rows = [item(1, "30.00"), item(2, "50.00", due_date=dt.date(2026, 3, 1)),
                item(3, "70.00", due_date=dt.date(2026, 4, 9))]  # fmt: skip
        for amount, ids in (("80.00", [2, 1]), ("150.00", [2, 1, 3]), ("120.00", [2, 3]),
                            ("100.00", [1, 3])):  # fmt: skip
            one = found(payment(amount, party="Huber AG"), *rows)[0]
            assert [share.item.id for share in one.shares] == ids, amount
            assert Why.AMOUNT_OF_SEVERAL in told(one)

    def test_a_credit_note_taken_off(self):
        rows = [item(1, "130.00"), item(2, "-30.00")]
        one = found(payment("100.00", party="Huber AG"), *rows)[0]
        assert settled(one) == [(1, "130.00", "0.00"), (2, "-30.00", "0.00")]

    def test_a_valid_reference_of_something_else_speaks_against(self):
        one = found(payment(reference=OTHER_QRR, party="Huber AG"), item(reference=QRR))[0]
        assert not one.is_likely and Why.OTHER_REFERENCE in told(one)

    def test_a_second_payment_of_a_settled_item_is_a_credit(self):
        one = found(payment(reference=QRR), settled={QRR: item(open_amount="0.00")})[0]
        assert (one.shares, one.over, one.on_account.id) == ((), Decimal("100.00"), 1)
        assert Why.SETTLED in told(one)

    def test_suppliers_are_paid_the_other_way(self):
        owed = item(side="payables", reference=QRR)
        one = found(payment("-100.00", reference=QRR), owed)[0]
        assert one.is_certain and settled(one) == [(1, "100.00", "0.00")]
        assert found(payment("100.00", reference=QRR), owed) == []
        one = found(payment("100.00", party="Huber AG"), item(1, "-100.00", side="payables"))[0]
        assert settled(one) == [(1, "-100.00", "0.00")]

    def test_what_was_ordered_in_the_items_currency(self):
        owed = item(currency="EUR", reference=QRR)
        paid = payment("96.00", reference=QRR, instructed=Decimal("100.00"),
                       instructed_currency="EUR")  # fmt: skip
        one = found(paid, owed)[0]
        assert not one.is_certain and Why.AMOUNT_ORDERED in told(one)
        assert settled(one) == [(1, "100.00", "0.00")]
        assert found(payment(currency="EUR", reference=QRR), item(reference=QRR)) == []


def test_each_reason_has_a_sentence_and_a_weight_and_survives_being_stored():
    assert set(SENTENCES) == set(WEIGHTS) == set(Why)
    stored = Reason(Why.PARTIAL, {"rest": Decimal("1081.00")}).stored()
    assert stored == ["partial", {"rest": "1’081.00"}]
    (back,) = restored([stored, ["gone", {}]])
    assert back.sentence == Reason(Why.PARTIAL, {"rest": Decimal("1081.00")}).sentence


def test_ten_thousand_items_are_never_compared_one_by_one():
    rows = [item(n, f"{100 + n % 400}.00", party=f"Kunde {n % 900}") for n in range(1, 10_001)]
    among = Candidates(rows)
    seen = []
    original = matcher._Weighing._single
    try:
        matcher._Weighing._single = lambda self, one, *more: (
            seen.append(one) or original(self, one, *more)
        )
        for n in range(50):
            matcher.proposals(payment(f"{100 + n}.00", party=f"Kunde {n}", text="Danke"), among)
    finally:
        matcher._Weighing._single = original
    assert len(seen) < 50 * (matcher.MOST_OF_AN_AMOUNT + matcher.MOST_OF_A_PARTY)


class TestDunningLetters:
    """A reference that no item has, and what the letter that bears it demanded."""

    LETTER = Claim(
        12, "CHF", ((1, Decimal("100.00")), (2, Decimal("60.00")), (3, Decimal("-30.00")))
    )
    WITH_FEE = Claim(12, "CHF", ((1, Decimal("100.00")),), Decimal("20.00"))

    def best(self, amount, claim, *items, **more):
        paid = payment(amount, reference=QRR, party="Huber AG", **more)
        return found(paid, *items, claims={QRR: claim})[0]

    def three(self, **more):
        return item(1, "100.00", **more), item(2, "60.00"), item(3, "-30.00", open_amount="-40.00")

    def test_its_total_settles_its_items_for_certain(self):
        best = self.best("130.00", self.LETTER, *self.three())
        assert settled(best) == [(1, "100.00", "0.00"), (2, "60.00", "0.00"), (3, "-30.00", "0.00")]
        assert best.is_certain and not best.over and not best.fees
        assert told(best) == {Why.DUNNING_LETTER, Why.AMOUNT_OF_LETTER, Why.NAME}

    def test_a_fee_without_an_item_is_asked_about(self):
        best = self.best("120.00", self.WITH_FEE, item(1, "100.00"))
        assert (best.confidence, best.fees, best.over) == (Confidence.LIKELY, Decimal("20.00"), 0)
        assert settled(best) == [(1, "100.00", "0.00")]
        assert {Why.DUNNING_LETTER, Why.AMOUNT_OF_LETTER, Why.FEES} <= told(best)
        without = self.best("100.00", self.WITH_FEE, item(1, "100.00"))
        assert without.key != best.key and not without.fees
        assert (without.confidence, settled(without)) == (Confidence.LIKELY, settled(best))
        assert Why.AMOUNT in told(without)

    @pytest.mark.parametrize(("amount", "why"), [
        ("110.00", Why.PARTIAL), ("170.00", Why.TOO_MUCH), ("160.00", Why.AMOUNT_OF_SEVERAL),
    ])  # fmt: skip
    def test_another_amount_is_asked_about(self, amount, why):
        best = self.best(amount, self.LETTER, *self.three())
        assert best.confidence == Confidence.LIKELY
        assert {Why.DUNNING_LETTER, why} <= told(best)

    def test_what_was_settled_since_is_asked_about(self):
        one, two, credit = self.three(open_amount="90.00")
        best = self.best("120.00", self.LETTER, one, two, credit)
        assert best.confidence == Confidence.LIKELY and Why.LESS_SINCE_LETTER in told(best)
        assert settled(best)[0] == (1, "90.00", "0.00")

    def test_a_doubt_is_asked_about(self):
        for claim, more in (
            (self.LETTER, {"stands_for": 3}), (self.LETTER, {"date": dt.date(2026, 2, 1)}),
        ):  # fmt: skip
            assert not self.best("130.00", claim, *self.three(), **more).is_certain

    def test_another_currency_or_money_that_goes_out_is_no_payment_of_it(self):
        for amount, claim in (
            ("-130.00", self.LETTER),
            ("130.00", Claim(12, "EUR", self.LETTER.items)),
        ):
            paid = payment(amount, reference=QRR)
            for one in found(paid, *self.three(), claims={QRR: claim}):
                assert Why.DUNNING_LETTER not in told(one)
