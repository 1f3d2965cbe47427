"""References of payments: check digits by worked examples, and against another library."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iso11649
from stdnum.ch import esr

from accounting.qr.references import (
    NoReferenceFrom,
    NotAQrr,
    NotAScor,
    format_qrr,
    format_reference,
    format_scor,
    make_qrr,
    make_scor,
    parse_qrr,
    parse_scor,
)
from tests.examples import cases

OFFICIAL_QRR = [
    "210000000003139471430009017", "000008207791225857421286694", "000003701588132583136809972",
    "000003983456426900478123999",
]  # fmt: skip
OFFICIAL_SCOR = ["RF240191230100405JSH0438", "RF8420191230100503QYP0627", "RF18539007547034"]


def test_a_reference_holds_the_banks_number_the_customer_and_the_invoice():
    reference = make_qrr("4711", customer="1234", prefix="123456")
    assert reference[:-1] == "123456" + "0000001234" + "0000004711"
    assert parse_qrr(reference) == reference
    assert format_qrr(reference) == f"12 34560 00000 12340 00000 4711{reference[-1]}"


@pytest.mark.parametrize("official", OFFICIAL_QRR)
def test_official_qr_references_are_valid_in_any_grouping(official):
    assert parse_qrr(official) == official
    assert parse_qrr(f" {format_qrr(official)}\u00a0") == official


@pytest.mark.parametrize("official", OFFICIAL_SCOR)
def test_official_creditor_references_are_valid_in_any_grouping(official):
    assert parse_scor(official) == official
    assert parse_scor(format_scor(official).lower()) == official
    assert make_scor(official[4:]) == official
    assert format_reference(official).startswith("RF")


@pytest.mark.parametrize("wrong", [
    "", "210000000003139471430009016", "21000000000313947143000901", "0" * 27, "RF18539007547034",
    "2100000000031394714300090١٧", "210000000003139471430009017x",
])  # fmt: skip
def test_a_wrong_qr_reference_is_refused(wrong):
    with pytest.raises(NotAQrr):
        parse_qrr(wrong)


@pytest.mark.parametrize("wrong", [
    "", "RF", "RF19539007547034", "RF1853900754703", "XX18539007547034", "RF18" + "1" * 22, "RF18-539007547034",
    "RFAB539007547034", "RF18539007547Ö34",
])  # fmt: skip
def test_a_wrong_creditor_reference_is_refused(wrong):
    with pytest.raises(NotAScor):
        parse_scor(wrong)


@pytest.mark.parametrize("make", [
    lambda: make_qrr("12345678901"), lambda: make_qrr("12a"), lambda: make_qrr("0"), lambda: make_qrr(""),
    lambda: make_qrr("1", customer="12345678901", prefix="123456"), lambda: make_qrr("1", prefix="1" * 17),
    lambda: make_scor(""), lambda: make_scor("ÄB1"), lambda: make_scor("1" * 22),
])  # fmt: skip
def test_what_gives_no_reference_is_told(make):
    with pytest.raises(NoReferenceFrom):
        make()


numbers = st.integers(0, 10**10 - 1).map(str)


@settings(max_examples=cases(1000, each_time=300), deadline=None)
@given(numbers, numbers, numbers, numbers)
def test_two_pairs_never_share_a_reference(invoice, customer, other_invoice, other_customer):
    if not int(invoice) + int(customer) or not int(other_invoice) + int(other_customer):
        return
    one, two = (
        make_qrr(invoice, customer=customer),
        make_qrr(other_invoice, customer=other_customer),
    )
    assert esr.is_valid(one) and len(one) == 27
    assert (one == two) == (
        (int(invoice), int(customer)) == (int(other_invoice), int(other_customer))
    )


@settings(max_examples=cases(1000, each_time=300), deadline=None)
@given(st.from_regex(r"[0-9A-Za-z]{1,21}", fullmatch=True), st.integers(0, 20))
def test_creditor_references_check_and_notice_one_wrong_character(body, place):
    reference = make_scor(body)
    assert iso11649.is_valid(reference)
    assert parse_scor(format_scor(reference)) == reference
    at = 4 + place % len(body)
    others = "12" if reference[at].isdigit() else "AB"  # a letter counts as two digits
    wrong = reference[:at] + others[reference[at] == others[0]] + reference[at + 1 :]
    with pytest.raises(NotAScor):
        parse_scor(wrong)
