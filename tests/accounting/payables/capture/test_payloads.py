"""Codes of suppliers' bills: all official samples, and what suppliers make of the rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings

from accounting.payables.capture import payloads
from accounting.payables.capture.payloads import is_bill, read
from accounting.qr import billing
from accounting.qr.bill import Party, written
from accounting.qr.payload import NotAQrBill
from tests.accounting.qr.bills import BILL, COUNTRIES, IBAN, bills
from tests.examples import cases

TEXT = written(BILL)

#: What each official sample says, and what is told about it.
SAMPLES = {
    "ig-example-NON.txt": ("CH5800791123000889012", "3949.75", "CHF", "NON", "", []),
    "ig-example-QRR-S1-altprocs.txt": ("CH4431999123000889012", "1949.75", "CHF", "QRR", "210000000003139471430009017",
                                       ["warning billing"]),
    "ig-example-donation-no-amount.txt": ("CH3709000000304442225", None, "CHF", "NON", "", ["notice amount"]),
    "qr-alternative-schemes.txt": ("CH4431999123000889012", "25.90", "CHF", "QRR", "123456789012345678901234567", []),
    "qr-full-set.txt": ("CH4431999123000889012", "25.90", "CHF", "QRR", "123456789012345678901234567", []),
    "qr-minimal-setup.txt": ("CH4431999123000889012", "25.90", "CHF", "QRR", "123456789012345678901234567", []),
    "qr-payment-information-zero-amount.txt": ("CH4431999123000889012", "0.00", "EUR", "QRR",
                                               "123456789012345678901234567", ["notice amount"]),
    "qr-payment-reference-non.txt": ("CH9300762011623852957", "25.90", "CHF", "NON", "", []),
    "qr-payment-reference-scor.txt": ("CH9300762011623852957", "25.90", "CHF", "SCOR", "RF18539007547034", []),
    "qr-ultimate-debtor.txt": ("CH4431999123000889012", "25.90", "CHF", "QRR", "123456789012345678901234567", []),
    "six-sample-01-de.txt": ("CH6431961000004421557", "111.00", "CHF", "QRR", "000008207791225857421286694", []),
    "six-sample-05-de.txt": ("CH2231989000007611146", "121.00", "CHF", "QRR", "000003701588132583136809972", []),
    "six-sample-13-de.txt": ("CH7331955000007324129", "141.00", "CHF", "QRR", "000003983456426900478123999", []),
    "six-sample-17-de.txt": ("CH5800791123000889012", "211.00", "CHF", "SCOR", "RF240191230100405JSH0438", []),
    "six-sample-18-de.txt": ("CH5204835012345671000", None, "CHF", "SCOR", "RF8420191230100503QYP0627",
                             ["warning creditor", "notice amount"]),
    "six-sample-33-de.txt": ("CH5800791123000889012", "311.00", "CHF", "NON", "", []),
}  # fmt: skip


def told(found: payloads.ReadBill) -> list[str]:
    return [f"{one.weight} {one.field}" for one in found.remarks]


def changed(*pairs: tuple[str, str]) -> str:
    text = TEXT
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("name", SAMPLES)
def test_official_samples_are_read(shared, name):
    content = (shared / "samples" / "qr" / name).read_bytes()
    found = read(content, countries=COUNTRIES)
    bill = found.bill
    iban, amount, currency, kind, reference, remarks = SAMPLES[name]
    assert (bill.iban, bill.currency, bill.reference_type, bill.reference) == (
        iban,
        currency,
        kind,
        reference,
    )
    assert bill.amount == (None if amount is None else Decimal(amount))
    assert told(found) == remarks
    assert is_bill(content.decode())


def test_no_official_sample_is_left_out(shared):
    there = {path.name for path in (shared / "samples" / "qr").glob("*.txt")}
    assert there - {"swico-s1-examples.txt"} == set(SAMPLES)


def test_billing_information_of_official_samples(shared):
    found = read((shared / "samples/qr/six-sample-05-de.txt").read_bytes(), countries=COUNTRIES)
    assert found.information == billing.Information(
        "10201409", dt.date(2020, 6, 30), "140.000-53", "CHE102673831", dt.date(2020, 6, 30), None,
        Decimal("7.7"), (), (billing.RateAmount(Decimal("7.7"), Decimal("9.30")),),
        (billing.Condition(Decimal(0), 30),),
    )  # fmt: skip
    assert found.uid == "CHE102673831"
    old = read(
        (shared / "samples/qr/ig-example-QRR-S1-altprocs.txt").read_bytes(), countries=COUNTRIES
    )
    assert (old.information.customer_reference, old.uid) == ("14000000", "CHE106017086")
    assert old.bill.procedures == ("UV;UltraPay005;12345", "XY;XYService;54321")
    assert "01, 11, 22, 40, 41" in old.remarks[0].text


@pytest.mark.parametrize("nth", range(3))
def test_swico_examples_on_a_bill(shared, nth):
    line = (shared / "samples/qr/swico-s1-examples.txt").read_text().split()[nth]
    found = read(TEXT + "\n" + line, countries=COUNTRIES)
    expected = [
        ("10201409", "CHE106017086", (), Decimal("7.7")),
        ("10104", "CHE395856455", ("3.7", "7.7", "0"), None),
        ("4031202511", "CHE105493567", ("8",), None),
    ][nth]
    it = found.information
    assert (
        it.invoice_number,
        found.uid,
        tuple(str(one.rate) for one in it.vat),
        it.vat_rate,
    ) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", [False, True])
@pytest.mark.parametrize(
    "more", [[], ["//S1/10/4711"], ["", "eBill/B/a@example.ch"], ["//S1/10/1", "a/1", "b/2"]]
)
def test_31_to_34_lines_however_they_end(newline, end, more):
    text = newline.join([*TEXT.split("\n"), *more]) + newline * end
    found = read(text.encode(), countries=COUNTRIES)
    assert found.bill.creditor == BILL.creditor and found.bill.amount == BILL.amount
    assert (found.bill.billing, found.bill.procedures) == ((more or [""])[0], tuple(more[1:]))
    assert found.remarks == ()


@pytest.mark.parametrize(("change", "expected"), [
    ([("0200", "0203")], ["warning version"]),
    ([("CH4431999123000889012", "CH4431999123000889013")], ["error iban"]),
    ([("CH4431999123000889012", "DE89370400440532013000")], ["error iban"]),
    ([("210000000003139471430009017", "210000000003139471430009018")], ["error reference"]),
    ([("CH4431999123000889012", IBAN)], ["error reference_type"]),
    ([("QRR\n210000000003139471430009017", "SCOR\nRF18539007547034")], ["error reference_type"]),
    ([("QRR\n210000000003139471430009017", "NON\n")], ["error reference_type"]),
    ([("QRR\n", "ESR\n")], ["error reference_type"]),
    ([("QRR\n", "NON\n"), ("CH4431999123000889012", IBAN)], ["warning reference"]),
    ([("\nCHF\n", "\nUSD\n")], ["error currency"]),
    ([("\nCHF\n", "\n\n")], ["error currency"]),
    ([("1949.75", "")], ["notice amount"]),
    ([("1949.75", "0.00"), ("Rechnung 4711 vom 3.6.2026", "NICHT ZUR ZAHLUNG VERWENDEN")], ["notice amount"]),
    ([("1949.75", "0.00")], ["notice amount"]),
    ([("1949.75", "1’949.75")], ["error amount"]),
    ([("Müller Holzbau AG", "")], ["error creditor.name"]),
    ([("\nChur\n", "\n\n")], ["error creditor.town"]),
    ([("\n7000\n", "\n\n")], ["warning creditor.postcode"]),
    ([("\n7000\n", "\nCH-7000\n")], ["warning creditor.postcode"]),
    ([("Rechnung 4711", "x" * 140)], ["warning message"]),
    ([("S\nMüller Holzbau AG\nObere Gasse\n12a\n7000\nChur\nCH",
       "K\nMüller Holzbau AG\nObere Gasse 12a\n7000 Chur\n\n\nCH")], ["warning creditor"]),
    ([("\n\n\n\n\n\n\n1949.75", "\nS\nErben Müller\n\n\n7000\nChur\nCH\n1949.75"), ("Chur\nCH\n\n", "Chur\nCH\n")],
     ["warning ultimate_creditor"]),
])  # fmt: skip
def test_each_oddity_names_its_field(change, expected):
    found = read(changed(*change), countries=COUNTRIES)
    assert told(found) == expected
    for one in found.remarks:
        assert one.text.endswith(".") and "%(" not in one.text and one.code


def test_an_address_of_two_free_lines_is_taken_apart():
    found = read(changed(("S\nMüller Holzbau AG\nObere Gasse\n12a\n7000\nChur\nCH",
                          "K\nMüller Holzbau AG\nObere Gasse 12a\nCH-7000 Chur 1\n\n\nCH")),
                 countries=COUNTRIES)  # fmt: skip
    assert found.bill.creditor == Party(
        "Müller Holzbau AG", "7000", "Chur 1", "CH", "Obere Gasse", "12a"
    )


def test_latin_1_is_read_and_told():
    found = read(written(BILL).replace("Zoë Çelik-Łukaszewicz", "Zoë Çelik").encode("latin-1"),
                 countries=COUNTRIES)  # fmt: skip
    assert found.bill.creditor.name == "Müller Holzbau AG"
    assert told(found) == ["warning payload"]


def test_rates_that_do_not_add_up_are_told():
    right = TEXT.replace("1949.75", "1000.35") + "\n//S1/10/1/32/8.1:553.39;2.6:391.94"
    assert payloads.gross(read(right, countries=COUNTRIES).information) == Decimal("1000.35")
    assert told(read(right, countries=COUNTRIES)) == []
    assert told(read(right.replace("1000.35", "1100.35"), countries=COUNTRIES)) == ["warning vat"]


def test_a_uid_with_a_wrong_check_digit_finds_nobody():
    found = read(TEXT + "\n//S1/10/1/30/102673832", countries=COUNTRIES)
    assert (found.uid, told(found)) == ("", ["warning uid"])


@pytest.mark.parametrize("text", ["", "https://example.ch", "BCD\n001\n1\nSCT", "SPC", "SPC\n0200\n1",
                                  TEXT.replace("0200", "0100"), TEXT.replace("EPD", "")])  # fmt: skip
def test_what_is_no_bill_is_refused(text):
    with pytest.raises(NotAQrBill):
        read(text, countries=COUNTRIES)


@settings(max_examples=cases(200, each_time=80), deadline=None)
@given(bills())
def test_any_bill_that_keeps_the_rules_has_no_errors(bill):
    found = read(written(bill), countries=COUNTRIES)
    assert found.bill == bill and found.errors == ()
