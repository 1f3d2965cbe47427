"""The text of a QR-bill: official examples byte by byte, rules one by one, another maker's bills."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
import qrbill
from hypothesis import given, settings

from accounting.qr import rules
from accounting.qr.bill import Bill, Party, written
from accounting.qr.payload import (
    CombinedAddress,
    NewerVersion,
    NotAQrBill,
    UnreadableAmount,
    decoded,
    parse,
    payload,
)
from erp.core.errors import Refusals
from erp.core.identifiers import NotAnIban
from tests.accounting.qr.bills import (
    BILL,
    COUNTRIES,
    GIFT,
    IBAN,
    MAKER,
    OPEN,
    PAYER,
    QR_IBAN,
    QRR,
    SCOR,
    bills,
)
from tests.examples import cases

LINES = """SPC
0200
1
CH4431999123000889012
S
Müller Holzbau AG
Obere Gasse
12a
7000
Chur
CH







1949.75
CHF
S
Zoë Çelik-Łukaszewicz
Rue du Théâtre
3
1000
Lausanne
CH
QRR
210000000003139471430009017
Rechnung 4711 vom 3.6.2026
EPD"""


def refusals(bill: Bill) -> list[tuple[str, str | None]]:
    return [(one.code, one.place) for one in rules.violations(bill, countries=COUNTRIES)]


def test_a_bill_is_written_line_by_line():
    assert payload(BILL, countries=COUNTRIES) == LINES
    assert payload(BILL, countries=COUNTRIES, newline="\r\n") == LINES.replace("\n", "\r\n")


def test_billing_information_and_procedures_come_last_and_keep_their_places():
    told = payload(replace(BILL, billing="//S1/10/4711"), countries=COUNTRIES)
    assert told == LINES + "\n//S1/10/4711"
    ebill = payload(replace(BILL, procedures=("eBill/B/zoe@example.ch",)), countries=COUNTRIES)
    assert ebill == LINES + "\n\neBill/B/zoe@example.ch"


def test_amount_and_debtor_may_be_empty():
    lines = payload(OPEN, countries=COUNTRIES).split("\n")
    assert len(lines) == 31 and lines[18:28] == ["", "CHF", "", "", "", "", "", "", "", "QRR"]


def test_every_official_example_comes_back_byte_by_byte(shared):
    paths = sorted((shared / "samples" / "qr").glob("*.txt"))
    seen = []
    for path in paths:
        if path.name.startswith("swico"):
            continue
        text = path.read_bytes().decode()
        reading = parse(text, countries=COUNTRIES)
        again = (
            written(reading.bill, newline=reading.newline)
            + reading.newline * reading.ends_with_newline
        )
        if path.name == "six-sample-18-de.txt":  # the withdrawn address of two free lines
            assert [type(one) for one in reading.warnings] == [CombinedAddress]
            assert reading.bill.creditor == Party(
                "Stiftung Bessere Welt", "3001", "Bern", "CH", "Postfach"
            )
        else:
            assert (again, reading.warnings) == (text, ()), path.name
            assert payload(reading.bill, countries=COUNTRIES, newline=reading.newline) == written(
                reading.bill, newline=reading.newline
            )
        seen.append(path.name)
    assert len(seen) == 16
    with pytest.raises(Refusals):
        parse(
            (shared / "samples/qr/six-sample-18-de.txt").read_text(),
            countries=COUNTRIES,
            strict=True,
        )


@pytest.mark.parametrize(("bill", "expected"), [
    (replace(BILL, iban="CH4431999123000889013"), [("identifiers.not_an_iban", "iban")]),
    (replace(BILL, iban="CH44 3199 9123 0008 8901 2"), [("identifiers.not_an_iban", "iban")]),
    (replace(GIFT, iban="DE89370400440532013000"), [("qr.not_a_swiss_account", "iban")]),
    (replace(BILL, currency="USD"), [("qr.bad_currency", "currency")]),
    (replace(BILL, amount=Decimal("0.005")), [("qr.bad_amount", "amount")]),
    (replace(BILL, amount=Decimal("-1.00")), [("qr.bad_amount", "amount")]),
    (replace(BILL, amount=Decimal("1000000000.00")), [("qr.bad_amount", "amount")]),
    (replace(BILL, amount=Decimal("0.00")), [("qr.zero_without_notice", "message")]),
    (replace(BILL, amount=Decimal("0.00"), message="NICHT ZUR ZAHLUNG VERWENDEN"), []),
    (replace(BILL, amount=Decimal("999999999.99")), []),
    (replace(BILL, creditor=replace(MAKER, name=" ")), [("qr.missing", "creditor.name")]),
    (replace(BILL, debtor=replace(PAYER, postcode="", town="")),
     [("qr.missing", "debtor.postcode"), ("qr.missing", "debtor.town")]),
    (replace(BILL, debtor=replace(PAYER, country="SZ ")), [("qr.too_long", "debtor.country"),
                                                           ("qr.unknown_country", "debtor.country")]),
    (replace(BILL, debtor=replace(PAYER, country="UK")), [("qr.unknown_country", "debtor.country")]),
    (replace(BILL, debtor=replace(PAYER, postcode="CH-1000")), [("qr.prefixed_postcode", "debtor.postcode")]),
    (replace(BILL, debtor=replace(PAYER, street="x" * 71)), [("qr.too_long", "debtor.street")]),
    (replace(BILL, debtor=replace(PAYER, house_number="x" * 17)), [("qr.too_long", "debtor.house_number")]),
    (replace(BILL, debtor=replace(PAYER, town="x" * 36)), [("qr.too_long", "debtor.town")]),
    (replace(BILL, message="Zeile\nZeile"), [("qr.forbidden_character", "message")]),
    (replace(BILL, message="Ωmega"), [("qr.forbidden_character", "message")]),
    (replace(BILL, message="u\u0308ber"), [("qr.forbidden_character", "message")]),
    (replace(BILL, message="Ș ț € ÿ Ž ſ"), []),
    (replace(BILL, message="x" * 141), [("qr.too_long", "message")]),
    (replace(BILL, message="x" * 100, billing="//S1/10/" + "1" * 33), [("qr.texts_too_long", "message")]),
    (replace(BILL, message="x" * 100, billing="//S1/10/" + "1" * 32), []),
    (replace(BILL, procedures=("a", "b", "c")), [("qr.too_many_procedures", "procedures")]),
    (replace(BILL, procedures=("",)), [("qr.missing", "procedures.0")]),
    (replace(BILL, procedures=("a", "x" * 101)), [("qr.too_long", "procedures.1")]),
])  # fmt: skip
def test_each_rule_names_its_field(bill, expected):
    assert refusals(bill) == expected


@pytest.mark.parametrize(("iban", "kind", "reference", "expected"), [
    (QR_IBAN, "QRR", QRR, []),
    (QR_IBAN, "SCOR", SCOR, ["qr.qr_iban_needs_qrr"]),
    (QR_IBAN, "NON", "", ["qr.qr_iban_needs_qrr"]),
    (IBAN, "QRR", QRR, ["qr.qrr_needs_qr_iban"]),
    (IBAN, "SCOR", SCOR, []),
    (IBAN, "NON", "", []),
    (IBAN, "NON", SCOR, ["qr.no_reference_wanted"]),
    (IBAN, "SCOR", "", ["qr.not_a_scor"]),
    (IBAN, "SCOR", "RF18 5390 0754 7034", ["qr.not_a_scor"]),
    (QR_IBAN, "QRR", "21 00000 00003 13947 14300 09017", ["qr.not_a_qrr"]),
    (QR_IBAN, "QRR", QRR[:-1] + "8", ["qr.not_a_qrr"]),
    (IBAN, "ESR", "", ["qr.bad_reference_type"]),
    ("LI2130000123000889012", "NON", "", ["identifiers.not_an_iban"]),
])  # fmt: skip
def test_account_and_reference_belong_together(iban, kind, reference, expected):
    bill = replace(BILL, iban=iban, reference_type=kind, reference=reference)
    assert [code for code, _place in refusals(bill)][: len(expected) or 1] == expected


def test_all_violations_come_at_once_each_with_value_and_remedy():
    bad = Bill(
        "CH00", Party("", "", "", "XX"), "USD", Decimal("0.001"), None, "SCOR", "RF1", "a\tb"
    )
    with pytest.raises(Refusals) as refused:
        payload(bad, countries=COUNTRIES)
    found = refused.value.refusals
    assert [one.place for one in found] == [
        "iban", "creditor.name", "creditor.postcode", "creditor.town", "creditor.country", "currency", "amount",
        "reference", "message",
    ]  # fmt: skip
    assert isinstance(found[0], NotAnIban)
    assert all(re.search(r"[.!]$", str(one)) and "%(" not in str(one) for one in found)


def test_more_bytes_than_the_largest_symbol_holds_are_refused():
    wide = Party("ž" * 70, "ž" * 16, "ž" * 35, "CH", "ž" * 70, "ž" * 16)
    bill = replace(BILL, creditor=wide, debtor=wide, message="ž" * 140, procedures=("ž" * 100,) * 2)
    assert refusals(bill) == [("qr.too_much_data", "message")]


@settings(max_examples=cases(300, each_time=100), deadline=None)
@given(bills())
def test_what_is_written_is_read_again(bill):
    found = rules.violations(bill, countries=COUNTRIES)
    assert all(isinstance(one, rules.TooMuchData) for one in found)
    for newline in ("\n", "\r\n"):
        reading = parse(written(bill, newline=newline), countries=COUNTRIES)
        assert (reading.bill, reading.newline, reading.ends_with_newline) == (bill, newline, False)
        assert reading.warnings == tuple(reading.warnings) and len(reading.warnings) == len(found)


@pytest.mark.parametrize("change", [
    lambda t: "", lambda t: "BCD" + t[3:], lambda t: t.replace("0200", "0100", 1),
    lambda t: t.replace("\n1\n", "\n2\n", 1),
    lambda t: t.replace("EPD", "END"), lambda t: t + "\na\nb\nc\nd", lambda t: t.rpartition("\n")[0],
])  # fmt: skip
def test_what_is_no_qr_bill_is_refused(change):
    with pytest.raises(NotAQrBill):
        parse(change(LINES), countries=COUNTRIES)


@pytest.mark.parametrize("amount", ["1’949.75", "1949,75", "1e3", "-1.00", "١.00", "1.005"])
def test_an_amount_nobody_can_read_is_left_out_and_told(amount):
    text = LINES.replace("1949.75", amount)
    read = parse(text, countries=COUNTRIES)
    assert read.bill == replace(BILL, amount=None)
    assert [(type(one), one.place) for one in read.warnings] == [(UnreadableAmount, "amount")]
    with pytest.raises(Refusals):
        parse(text, countries=COUNTRIES, strict=True)


def test_bytes_are_utf_8_or_latin_1():
    assert decoded("Zürich".encode()) == ("Zürich", True)
    assert decoded("Zürich".encode("latin-1")) == ("Zürich", False)


def test_lone_carriage_returns_and_a_byte_order_mark_are_no_obstacle():
    read = parse("\ufeff" + LINES.replace("\n", "\r") + "\r", countries=COUNTRIES)
    assert (read.bill, read.newline, read.ends_with_newline, read.warnings) == (
        BILL,
        "\r",
        True,
        (),
    )


def test_bills_of_others_are_read_with_warnings():
    odd = parse(LINES.replace("0200", "0203", 1).replace("1949.75", "1949.7"), countries=COUNTRIES)
    assert [type(one) for one in odd.warnings] == [NewerVersion]
    assert odd.bill == replace(BILL, amount=Decimal("1949.70"))
    spaced = parse(LINES.replace(QR_IBAN, "ch44 3199 9123 0008 8901 2"), countries=COUNTRIES)
    assert spaced.bill == BILL
    old = LINES.replace("S\nZoë Çelik-Łukaszewicz\nRue du Théâtre\n3\n1000\nLausanne\nCH",
                        "K\nZoë Çelik\nRue du Théâtre 3b\nCH-1000 Lausanne 25\n\n\nCH")  # fmt: skip
    read = parse(old, countries=COUNTRIES)
    assert read.bill.debtor == Party(
        "Zoë Çelik", "1000", "Lausanne 25", "CH", "Rue du Théâtre", "3b"
    )
    assert [(type(one), one.place) for one in read.warnings] == [(CombinedAddress, "debtor")]


def theirs(bill: Bill) -> str:
    def party(one: Party | None) -> dict[str, str] | None:
        return one and {"name": one.name, "street": one.street, "house_num": one.house_number,
                        "pcode": one.postcode, "city": one.town, "country": one.country}  # fmt: skip

    made = qrbill.QRBill(
        account=bill.iban, creditor=party(bill.creditor), debtor=party(bill.debtor), currency=bill.currency,
        amount=bill.amount, reference_number=bill.reference or None, additional_information=bill.message,
        billing_information=bill.billing, alt_procs=list(bill.procedures),
    )  # fmt: skip
    return str(made.qr_data())


@pytest.mark.parametrize("bill", [
    BILL, OPEN, GIFT,
    replace(BILL, billing="//S1/10/4711/40/2:10;0:30", procedures=("eBill/B/zoe@example.ch",)),
    replace(BILL, amount=Decimal("0.05"), currency="EUR", procedures=("a/b", "c/d")),
    replace(GIFT, reference_type="SCOR", reference=SCOR, debtor=PAYER, amount=Decimal("999999999.99")),
    replace(GIFT, creditor=replace(MAKER, street="", house_number="")),
    replace(BILL, debtor=replace(PAYER, country="DE", postcode="79098", town="Freiburg")),
])  # fmt: skip
def test_another_maker_writes_the_same_bill(bill):
    assert theirs(bill).replace("\r\n", "\n").rstrip("\n") == payload(bill, countries=COUNTRIES)
