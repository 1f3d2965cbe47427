"""Money: read strictly, rounded half away from zero, split without losing a centime."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp.core.money import (
    FloatRefused,
    NotAnAmount,
    parse_amount,
    split_by,
    to_centimes,
    to_five_centimes,
)

D = Decimal
LARGEST = D("9999999999999.99")
amounts = st.decimals(-LARGEST, LARGEST, places=2)
raw_amounts = st.decimals(D("-1e9"), D("1e9"), places=6)
weights = st.lists(
    st.decimals(0, D("1e12"), places=4), min_size=1, max_size=12
).filter(any)  # fmt: skip


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.994999", "0.99"), ("0.995", "1.00"), ("-0.995", "-1.00"), ("1.005", "1.01"),
        ("-1.005", "-1.01"), ("2.675", "2.68"), ("0.125", "0.13"), ("-0.125", "-0.13"),
        ("-0.004", "0.00"), ("7", "7.00"),
    ],
)  # fmt: skip
def test_half_a_centime_goes_away_from_zero(exact, rounded):
    assert to_centimes(D(exact)) == D(rounded)
    assert to_centimes(D(exact)).as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("87.20", "87.20"), ("87.22", "87.20"), ("87.224", "87.20"), ("87.225", "87.25"),
        ("87.23", "87.25"), ("87.27", "87.25"), ("87.275", "87.30"), ("-87.225", "-87.25"),
        ("-0.03", "-0.05"), ("0.02", "0.00"), ("9999999999999.98", "10000000000000.00"),
    ],
)  # fmt: skip
def test_payable_totals_round_to_five_centimes(exact, rounded):
    assert to_five_centimes(D(exact)) == D(rounded)


@settings(max_examples=1000)
@given(raw_amounts)
def test_rounding_is_symmetric_and_never_off_by_more_than_half_a_step(amount):
    for to, step in ((to_centimes, D("0.01")), (to_five_centimes, D("0.05"))):
        rounded = to(amount)
        assert abs(rounded - amount) <= step / 2
        assert rounded % step == 0
        assert to(-amount) == -rounded
        assert to(rounded) == rounded


@pytest.mark.parametrize("act", [to_centimes, to_five_centimes, parse_amount])
def test_floats_are_a_bug_of_the_caller(act):
    """MON-1"""
    with pytest.raises(TypeError):
        act(0.1)


def test_only_decimals_are_rounded():
    with pytest.raises(FloatRefused):
        to_centimes(5)


@settings(max_examples=1000)
@given(amounts, weights)
def test_the_parts_add_up_and_each_lies_within_a_centime_of_its_share(amount, weights):
    parts = split_by(amount, weights)
    assert sum(parts) == amount
    total = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * Fraction(weight) / total) < Fraction(1, 100)
        assert part.as_tuple().exponent == -2
    assert split_by(-amount, weights) == [-part for part in parts]


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100.00", "1 1 1", "33.34 33.33 33.33"),  # a tie: the earlier part takes the centime
        ("-100.00", "1 1 1", "-33.34 -33.33 -33.33"),
        ("0.02", "1 1 1", "0.01 0.01 0.00"),
        ("10.00", "0.1 0.1 0.8", "1.00 1.00 8.00"),
        ("0.05", "0 3 2", "0.00 0.03 0.02"),
        ("1.00", "2 3 7", "0.17 0.25 0.58"),  # 16.67 / 25.00 / 58.33: most was lost by the first
        ("0.00", "1 2", "0.00 0.00"),
    ],
)
def test_the_largest_remainder_takes_the_centime(amount, weights, parts):
    assert split_by(D(amount), [D(w) for w in weights.split()]) == [D(p) for p in parts.split()]


@pytest.mark.parametrize("weights", [[], [D(0), D(0)], [D(2), D(-1)]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        split_by(D("1.00"), weights)


def test_an_amount_with_three_decimals_is_not_split():
    with pytest.raises(ValueError, match="two decimals"):
        split_by(D("1.005"), [D(1), D(1)])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", "0.00"), ("7", "7.00"), ("-7", "-7.00"), ("1234.5", "1234.50"), ("0.05", "0.05"),
        ("9999999999999.99", "9999999999999.99"), ("007.10", "7.10"),
    ],
)  # fmt: skip
def test_amounts_are_read(text, amount):
    found = parse_amount(text)
    assert (found, found.as_tuple().exponent) == (D(amount), -2)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", ".5", "5.", "1.234", "1e2", "1E2", "+5", " 5", "5 ", "5\n", "1'000",
        "1’000", "1 000", "1,5", "1_000", "--5", "-0", "-0.00", "٥", "１２", "५", "−5", "5.٠", "NaN",
        "Infinity", "0x10", "10000000000000", "5.0.0", "CHF 5", 5, True, None, D("5"), b"5",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_its_value(text):
    """MON-2"""
    with pytest.raises(NotAnAmount) as refusal:
        parse_amount(text, field="debit")
    assert refusal.value.place == "debit"
    assert refusal.value.values["value"] == str(text)


def test_decimals_are_limited_as_asked():
    assert parse_amount("0.9412", decimals=4) == D("0.9412")
    for text, decimals in (("1.5", 0), ("0.94123", 4)):
        with pytest.raises(NotAnAmount):
            parse_amount(text, decimals=decimals)


@settings(max_examples=1000)
@given(amounts)
def test_what_was_written_is_read_back(amount):
    amount += 0  # the grammar knows no negative zero
    assert parse_amount(f"{amount:.2f}") == amount
