"""UID and IBAN: read tolerantly, kept in one form, wrong digits found."""

from __future__ import annotations

import pytest

from erp.core.identifiers import (
    NotAnIban,
    NotAUid,
    format_iban,
    format_uid,
    is_qr_iban,
    parse_iban,
    parse_uid,
)

UID = "CHE109322551"
IBAN = "CH9300762011623852957"  # the example of the Swiss standards
QR_IBAN = "CH4431999123000889012"


@pytest.mark.parametrize(
    "text",
    [
        "CHE109322551", "CHE-109.322.551", "che-109.322.551", " CHE 109 322 551 ",
        "CHE-109.322.551 MWST", "CHE-109.322.551 TVA", "CHE-109.322.551 iva",
        "CHE-109.322.551MWST", "CHE-109.322.551 HR", "109.322.551",
    ],
)  # fmt: skip
def test_a_uid_is_read_as_people_write_it(text):
    assert parse_uid(text) == UID
    assert format_uid(parse_uid(text)) == "CHE-109.322.551"


@pytest.mark.parametrize(
    "text", ["", "CHE", "CHE10932255", "10932255", "CHE1093225510", "DEU109322551", "CHE10932255X"]
)
def test_what_is_no_uid_is_refused_as_it_was_typed(text):
    with pytest.raises(NotAUid) as refusal:
        parse_uid(text)
    assert refusal.value.values["value"] == text


def test_the_check_digit_finds_every_wrong_digit_and_every_swap_of_neighbours():
    for wrong in misspelt(UID, 3):
        with pytest.raises(NotAUid):
            parse_uid(wrong)


def test_no_uid_has_no_form():
    assert format_uid("") == ""


@pytest.mark.parametrize(
    "text", [IBAN, "CH93 0076 2011 6238 5295 7", "ch93 0076 2011 6238 5295 7", f" {IBAN}\t"]
)
def test_an_iban_is_read_with_blanks_and_in_small_letters(text):
    assert parse_iban(text) == IBAN
    assert format_iban(IBAN) == "CH93 0076 2011 6238 5295 7"


@pytest.mark.parametrize(
    "text",
    ["", "CH93", IBAN + "0", IBAN[:-1], "XX9300762011623852957", "CH93 0076 2011 6238 5295 O"],
)
def test_what_is_no_iban_is_refused(text):
    with pytest.raises(NotAnIban):
        parse_iban(text)


def test_the_iban_check_finds_every_wrong_digit_and_every_swap_of_neighbours():
    for wrong in misspelt(IBAN, 4):
        with pytest.raises(NotAnIban):
            parse_iban(wrong)


@pytest.mark.parametrize(
    ("iban", "qr"),
    [
        (QR_IBAN, True), (IBAN, False),
        ("CH0029999000000000000", False), ("CH0030000000000000000", True),
        ("CH0031999000000000000", True), ("CH0032000000000000000", False),
        ("LI0030500000000000000", True), ("DE89370400440532013000", False),
        ("DE30300003000030000300", False),
    ],
)  # fmt: skip
def test_qr_ibans_are_told_by_their_bank_number(iban, qr):
    assert is_qr_iban(iban) is qr


def test_a_qr_iban_passes_as_an_iban():
    assert parse_iban("CH44 3199 9123 0008 8901 2") == QR_IBAN


def misspelt(canonical, first):
    """Every single wrong digit, and every two neighbours swapped, from position ``first``."""
    for at in range(first, len(canonical)):
        for digit in set("0123456789") - {canonical[at]}:
            yield canonical[:at] + digit + canonical[at + 1 :]
        if at + 1 < len(canonical) and canonical[at] != canonical[at + 1]:
            yield canonical[:at] + canonical[at + 1] + canonical[at] + canonical[at + 2 :]
