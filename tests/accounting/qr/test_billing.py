"""Billing information by Swico S1: official examples, what is dropped, what is read with forbearance."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounting.qr.billing import (
    DROPPED_FIRST,
    Condition,
    DateOutOfReach,
    Information,
    RateAmount,
    fitted,
    read,
    write,
)
from tests.accounting.qr.bills import LETTERS
from tests.examples import cases

FULL = Information(
    "R/4711\\a", dt.date(2026, 6, 3), "1400.000-53", "CHE106017086", dt.date(2026, 5, 1), dt.date(2026, 5, 31), None,
    (RateAmount(Decimal("8.1"), Decimal("553.39")), RateAmount(Decimal("2.6"), Decimal("400.00"))),
    (RateAmount(Decimal("8.1"), Decimal("14.85")),), (Condition(Decimal(2), 10), Condition(Decimal(0), 30)),
)  # fmt: skip
TEXT = (r"//S1/10/R\/4711\\a/11/260603/20/1400.000-53/30/106017086/31/260501260531/32/8.1:553.39;2.6:400"
        "/33/8.1:14.85/40/2:10;0:30")  # fmt: skip


def test_everything_is_written_in_the_order_of_its_tags():
    assert write(FULL) == TEXT
    assert read(TEXT).information == FULL
    assert write(Information()) == ""


def test_one_rate_for_the_whole_invoice_stands_alone():
    assert write(Information("1", vat_rate=Decimal("8.10"))) == "//S1/10/1/32/8.1"


def test_official_examples_are_read_and_written_alike(shared):
    lines = (shared / "samples/qr/swico-s1-examples.txt").read_text().split()
    for line in lines:
        found = read(line)
        assert found.skipped == ()
        assert write(found.information) == line
    assert len(lines) == 3
    first = read(lines[0]).information
    assert (first.uid, first.vat_rate, first.supply_from) == (
        "CHE106017086",
        Decimal("7.7"),
        dt.date(2018, 5, 8),
    )
    second = read(lines[1]).information
    assert (second.supply_until, len(second.vat)) == (dt.date(2018, 2, 27), 3)


@pytest.mark.parametrize(("text", "expected", "skipped"), [
    # the example of guideline 2.2, in an older form
    ("//S1/01/20170309/11/10201409/20/14000000/22/36958/30/CH106017086/40/1020/41/3010",
     Information(customer_reference="14000000", uid="CHE106017086"), ("01", "11", "22", "40", "41")),
    ("//S1/10/1/30/CHE-106.017.086/32/7,7", Information("1", uid="CHE106017086", vat_rate=Decimal("7.7")), ()),
    ("//S1/10/1/10/2", Information("1"), ("10",)),
    ("//S1/10//11/261301/32/x:1/40/2:x/31/260501260431", Information(), ("10", "11", "32", "40", "31")),
    ("//S1/10/1/99/x/40/0:30", Information("1", conditions=(Condition(Decimal(0), 30),)), ("99",)),
    ("//S1/10/1/40", Information("1"), ("40",)),
    ("//S1", Information(), ()),
])  # fmt: skip
def test_broken_tags_are_skipped_and_the_rest_is_used(text, expected, skipped):
    found = read(text)
    assert (found.information, found.skipped) == (expected, skipped)


@pytest.mark.parametrize("text", ["", "Bill Information", "//XY/10/1", "//S10/1", "S1/10/1"])
def test_what_is_not_s1_is_none(text):
    assert read(text) is None


def test_what_the_payer_misses_least_goes_first():
    whole, dropped = fitted(FULL, room=140)
    assert (whole, dropped) == (TEXT, ())
    shorter, dropped = fitted(FULL, room=len(TEXT) - 1)
    assert (shorter, dropped) == (TEXT.replace("/20/1400.000-53", ""), ("20",))
    least, dropped = fitted(FULL, room=20)
    assert (least, dropped) == (r"//S1/10/R\/4711\\a", tuple(sorted(DROPPED_FIRST)))
    assert fitted(FULL, room=10) == ("", tuple(sorted((*DROPPED_FIRST, "10"))))
    assert fitted(Information(), room=140) == ("", ())


def test_a_date_that_two_digits_cannot_say_is_refused():
    with pytest.raises(DateOutOfReach):
        write(replace(FULL, invoice_date=dt.date(1999, 12, 31)))


numbers = st.decimals(Decimal(0), Decimal("999999.99"), places=2)
dates = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
amounts = st.lists(st.builds(RateAmount, numbers, numbers), max_size=4).map(tuple)


@st.composite
def informations(draw: st.DrawFn) -> Information:
    days = sorted(draw(st.lists(dates, max_size=2)))
    vat = draw(amounts)
    return Information(
        draw(st.text(LETTERS, max_size=20)), draw(st.none() | dates), draw(st.text(LETTERS, max_size=20)),
        draw(st.just("") | st.from_regex(r"CHE[0-9]{9}", fullmatch=True)), days[0] if days else None,
        days[1] if len(days) > 1 else None, None if vat else draw(st.none() | numbers), vat, draw(amounts),
        tuple(draw(st.lists(st.builds(Condition, numbers, st.integers(0, 9999)), max_size=3))),
    )  # fmt: skip


@settings(max_examples=cases(400, each_time=150), deadline=None)
@given(informations(), st.integers(0, 140))
def test_what_is_written_is_read_again_and_fits(information, room):
    text = write(information)
    if text:
        assert read(text).information == information
        assert read(text).skipped == ()
    short, dropped = fitted(information, room=room)
    assert len(short) <= room
    assert (short == text) == (not dropped)


@settings(max_examples=cases(400, each_time=150), deadline=None)
@given(st.text(LETTERS | st.sampled_from("/\\:;0123456789"), max_size=140))
def test_no_text_of_others_breaks_the_reader(rest):
    assert read(f"//S1/{rest}") is not None
