"""The arithmetic of documents: worked examples of the trade, and what always holds."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from accounting.receivables.amounts import OnlyFrancsRound, Rounding, Total, reckon, told
from accounting.receivables.lines import (
    BadPercent,
    DiscountTooLarge,
    Kind,
    Line,
    PeriodEndsFirst,
    RateChanges,
    TwoDiscounts,
    rate_of_supply,
)
from accounting.receivables.splitting import BadTerms, Due, NoRate, Term, dues, in_base, instalments
from erp.core.errors import Refusals
from erp.core.money import to_centimes, to_five_centimes
from tests.examples import cases
from vat.codes.breakdown import Basis

D = Decimal
STANDARD, REDUCED = {"vat_code": "U81", "rate": D("8.1")}, {"vat_code": "U26", "rate": D("2.6")}


def item(price: str, quantity: str = "1", **more) -> Line:
    return Line(price=D(price), quantity=D(quantity), **{**STANDARD, **more})


def figures(found):
    return tuple(map(str, (found.net, found.vat, found.gross, found.rounding, found.payable)))


# --- worked examples ------------------------------------------------------------------------------------
def test_a_price_with_vat_is_rounded_to_five_centimes_its_vat_never():
    found = reckon([item("87.20")], basis=Basis.GROSS, five_centimes=True)
    assert figures(found) == ("80.67", "6.53", "87.20", "0.00", "87.20")
    old = reckon([item("87.20", rate=D("7.7"))], basis=Basis.GROSS, five_centimes=True)
    assert str(old.vat) == "6.23"
    odd = reckon([item("87.23")], basis=Basis.GROSS, five_centimes=True)
    assert figures(odd) == ("80.69", "6.54", "87.23", "0.02", "87.25")
    assert figures(reckon([item("87.22")], basis=Basis.GROSS, five_centimes=True))[3:] == (
        "-0.02",
        "87.20",
    )


def test_only_totals_in_francs_are_rounded_to_five_centimes():
    with pytest.raises(OnlyFrancsRound):
        reckon([item("87.23")], basis=Basis.GROSS, currency="EUR", five_centimes=True)
    assert reckon([item("87.23")], basis=Basis.GROSS, currency="EUR").payable == D("87.23")


@pytest.mark.parametrize(("rounding", "lines", "net"), [
    (Rounding.EACH_LINE, ["0.34", "0.34", "0.34"], "1.02"),
    (Rounding.AT_THE_END, ["0.34", "0.34", "0.33"], "1.01"),
])  # fmt: skip
def test_three_lines_of_a_third_add_up_under_either_rule(rounding, lines, net):
    found = reckon([item("0.335")] * 3, basis=Basis.NET, rounding=rounding)
    assert [str(one.amount) for one in found.lines] == lines
    assert str(found.net) == net == str(sum(one.amount for one in found.lines))


def test_halves_go_away_from_zero_on_either_side():
    assert reckon([item("0.995")], basis=Basis.NET).net == D("1.00")
    assert reckon([item("0.995", "-1")], basis=Basis.NET).net == D("-1.00")


def test_one_invoice_holds_two_rates_of_one_kind():
    rates = {2023: D("7.7"), 2024: D("8.1")}
    december, january = dt.date(2023, 12, 31), dt.date(2024, 1, 1)

    def on(code, day):
        return rates[day.year]

    lines = [
        item("100.00", rate=rate_of_supply("U", start=day, rate_on=on))
        for day in (december, january, january)
    ]
    found = reckon(lines, basis=Basis.NET)
    assert [(str(g.rate), str(g.net), str(g.vat)) for g in found.groups] == [
        ("7.7", "100.00", "7.70"), ("8.1", "200.00", "16.20"),
    ]  # fmt: skip
    assert figures(found)[:3] == ("300.00", "23.90", "323.90")
    with pytest.raises(RateChanges):
        rate_of_supply("U", start=december, until=january, rate_on=on)
    with pytest.raises(PeriodEndsFirst):
        rate_of_supply("U", start=january, until=december, rate_on=on)
    assert rate_of_supply("U", start=january, until=dt.date(2024, 3, 31), rate_on=on) == D("8.1")


def test_the_same_rate_written_twice_is_one_group():
    found = reckon([item("1.00", rate=D("8.10")), item("1.00")], basis=Basis.NET)
    assert [(group.vat_code, str(group.rate)) for group in found.groups] == [("U81", "8.1")]
    assert str(reckon([item("1", rate=D("10.0"))], basis=Basis.NET).groups[0].rate) == "10"


def test_vat_is_rounded_once_per_rate_not_per_line():
    found = reckon([item("0.05")] * 3, basis=Basis.NET)
    assert (str(found.vat), str(found.net)) == ("0.01", "0.15")  # line by line it would be 0.00


def test_discounts_of_lines_and_of_the_document():
    lines = [
        item("49.95", "3", discount_percent=D(10)), item("120", "2.5", discount_amount=D("50.00")),
        item("80", **REDUCED),
    ]  # fmt: skip
    found = reckon(lines, basis=Basis.NET, discount_percent=D(5))
    assert [(str(a.before), str(a.discount), str(a.amount)) for a in found.lines] == [
        ("149.85", "14.98", "134.87"), ("300.00", "50.00", "250.00"), ("80.00", "0.00", "80.00"),
    ]  # fmt: skip
    assert (str(found.sum), str(found.discount)) == ("464.87", "23.24")
    assert [(g.vat_code, str(g.lines), str(g.discount), str(g.net), str(g.vat)) for g in found.groups] == [
        ("U26", "80.00", "4.00", "76.00", "1.98"), ("U81", "384.87", "19.24", "365.63", "29.62"),
    ]  # fmt: skip
    by_amount = reckon(lines, basis=Basis.NET, discount_amount=D("23.24"))
    assert by_amount.groups == found.groups


def test_subtotals_count_the_items_since_the_last_and_texts_count_nothing():
    lines = [
        item("10"), Line(kind=Kind.TEXT, text="Holz"), item("5"), Line(kind=Kind.SUBTOTAL), item("7"),
        Line(kind=Kind.SUBTOTAL),
    ]  # fmt: skip
    found = reckon(lines, basis=Basis.NET)
    assert [str(one.amount) for one in found.lines] == [
        "10.00",
        "0.00",
        "5.00",
        "15.00",
        "7.00",
        "7.00",
    ]
    assert str(found.net) == "22.00"


def test_everything_that_cannot_be_reckoned_is_told_at_once():
    bad = [
        item("1.00001"), item("1", "0.00001"), item("1", discount_percent=D(101)), item("1", rate=D(-1)),
        item("10", discount_percent=D(1), discount_amount=D(1)), item("10", discount_amount=D(11)),
        item("10", supply_from=dt.date(2026, 2, 1), supply_until=dt.date(2026, 1, 1)),
        item("10", discount_amount=D("0.001")),
    ]  # fmt: skip
    with pytest.raises(Refusals) as refused:
        reckon(bad, basis=Basis.NET)
    assert [one.place for one in refused.value.refusals] == [
        "lines[0].price", "lines[1].quantity", "lines[2].discount_percent", "lines[3].rate", "lines[4].discount_amount",
        "lines[5].discount_amount", "lines[6].supply_until", "lines[7].discount_amount",
    ]  # fmt: skip
    assert all("%(" not in str(one) for one in refused.value.refusals)


@pytest.mark.parametrize(("discounts", "refusal"), [
    ({"discount_percent": D(-1)}, BadPercent), ({"discount_percent": D(1), "discount_amount": D(1)}, TwoDiscounts),
    ({"discount_amount": D("10.01")}, DiscountTooLarge), ({"discount_amount": D(-1)}, DiscountTooLarge),
])  # fmt: skip
def test_a_document_discount_must_be_possible(discounts, refusal):
    with pytest.raises(refusal):
        reckon([item("10")], basis=Basis.NET, **discounts)


def test_each_total_says_how_it_came():
    found = reckon(
        [item("100.01"), item("50", **REDUCED)],
        basis=Basis.NET,
        discount_percent=D(2),
        five_centimes=True,
    )
    with translation.override("en"):
        assert [told(step) for step in found.steps][2:4] == [
            "2.6 % VAT of 49.00: 1.27", "8.1 % VAT of 98.01: 7.94",
        ]  # fmt: skip
    last = found.steps[-1]
    assert (last.total, last.amount) == (Total.PAYABLE, found.payable)
    assert dict(last.parts) == {Total.GROSS: found.gross, Total.ROUNDING: found.rounding}


def test_an_empty_document_is_nothing():
    assert figures(reckon([], basis=Basis.NET, discount_percent=D(10))) == ("0.00",) * 5


def test_terms_say_what_is_due_until_when():
    found = dues(
        D("1081.00"), date=dt.date(2026, 11, 20), terms=[Term(30), Term(10, D(2)), Term(20, D(1))]
    )
    assert found == (
        Due(dt.date(2026, 11, 30), D(2), D("21.62"), D("1059.38")),
        Due(dt.date(2026, 12, 10), D(1), D("10.81"), D("1070.19")),
        Due(dt.date(2026, 12, 20), D(0), D("0.00"), D("1081.00")),
    )
    assert dues(D("5.00"), date=dt.date(2026, 1, 1), terms=[])[-1].until == dt.date(2026, 1, 1)
    for bad in ([Term(10), Term(10)], [Term(10, D(1)), Term(20, D(2))], [Term(-1)]):
        with pytest.raises(BadTerms):
            dues(D(1), date=dt.date(2026, 1, 1), terms=bad)
    with pytest.raises(BadPercent):
        dues(D(1), date=dt.date(2026, 1, 1), terms=[Term(1, D(100))])


def test_instalments_lose_no_centime():
    assert [str(part) for part in instalments(D("100.00"), weights=[D(1)] * 3)] == [
        "33.34",
        "33.33",
        "33.33",
    ]
    assert [str(part) for part in instalments(D("100.00"), weights=[D(1)] * 3, five_centimes=True)] == [
        "33.35", "33.35", "33.30",
    ]  # fmt: skip
    assert sum(instalments(D("100.02"), weights=[D(30), D(70)], five_centimes=True)) == D("100.02")


def test_a_foreign_document_is_entered_in_francs_so_that_it_balances():
    found = reckon([item("33.33"), item("10.01", **REDUCED)], basis=Basis.NET, currency="EUR")
    base = in_base(found, rate=D("0.93575"))
    assert [(str(g.net), str(g.vat)) for g in base.groups] == [("9.37", "0.24"), ("31.19", "2.53")]
    assert base.payable == base.net + base.vat == D("43.33")
    yen = reckon([item("10000")], basis=Basis.NET, currency="JPY")
    assert in_base(yen, rate=D("0.5812"), units=100).net == D("58.12")
    with pytest.raises(NoRate):
        in_base(found, rate=D(0))


# --- what always holds ------------------------------------------------------------------------------------
percents = st.decimals(D(0), D(100), places=2)
signed = st.decimals(D("-99999"), D("99999"), places=4)
CODES = st.sampled_from(
    [("U81", D("8.1")), ("U77", D("7.7")), ("U26", D("2.6")), ("U26", D("2.60")), ("E0", D(0))]
)


@st.composite
def document_lines(draw, least: int = 0) -> list[Line]:
    rows = []
    for _nth in range(draw(st.integers(least, 5))):
        kind = draw(st.sampled_from([Kind.ITEM] * 6 + [Kind.TEXT, Kind.SUBTOTAL]))
        code, rate = draw(CODES)
        quantity, price = draw(signed), draw(signed)
        way = draw(st.sampled_from(["none", "percent", "amount"]))
        whole = quantity * price
        amount = to_centimes(whole * draw(percents) / 100) if way == "amount" else D(0)
        rows.append(Line(
            quantity=quantity, price=price, vat_code=code, rate=rate, kind=kind,
            discount_percent=draw(percents) if way == "percent" else D(0),
            discount_amount=amount if abs(amount) <= abs(whole) else D(0),
        ))  # fmt: skip
    return rows


settled = settings(max_examples=cases(1000, each_time=250), deadline=None)
choices = {
    "lines": document_lines(), "basis": st.sampled_from(list(Basis)), "rounding": st.sampled_from(list(Rounding)),
    "five": st.booleans(), "percent": st.just(D(0)) | percents,
}  # fmt: skip


def made(lines, basis, rounding, five, percent):
    return reckon(
        lines, basis=basis, rounding=rounding, five_centimes=five, discount_percent=percent
    )


@settled
@given(**choices)
def test_everything_adds_up(lines, basis, rounding, five, percent):
    found = made(lines, basis, rounding, five, percent)
    groups = found.groups
    assert all(group.net + group.vat == group.gross for group in groups)
    assert sum(group.net for group in groups) == found.net
    assert sum(group.vat for group in groups) == found.vat
    assert sum(group.gross for group in groups) == found.gross == found.net + found.vat
    assert sum(group.lines for group in groups) == found.sum
    assert sum(group.discount for group in groups) == found.discount
    assert found.sum - found.discount == (found.gross if basis == Basis.GROSS else found.net)
    assert found.gross + found.rounding == found.payable
    assert abs(found.rounding) <= D("0.02") and (five or not found.rounding)
    if five:
        assert found.payable == to_five_centimes(found.gross)
    items = [one for one in found.lines if one.line.kind == Kind.ITEM]
    assert sum(one.amount for one in items) == found.sum
    assert all(one.before - one.discount == one.amount for one in found.lines)
    for one in items:
        whole = one.line.quantity * one.line.price
        exact = whole - (one.line.discount_amount or whole * one.line.discount_percent / 100)
        assert abs(one.amount - exact) <= (
            D("0.005") if rounding == Rounding.EACH_LINE else D("0.01")
        )
    for amount in (found.net, found.vat, found.payable, *(one.amount for one in found.lines)):
        assert amount == amount.quantize(D("0.01"))


@settled
@given(**choices)
def test_each_step_is_what_its_parts_give(lines, basis, rounding, five, percent):
    found = made(lines, basis, rounding, five, percent)
    for step in found.steps:
        if step.of is None:
            assert sum((part for _name, part in step.parts), D(0)) == step.amount
        else:
            share = step.rate / (100 + step.rate) if basis == Basis.GROSS else step.rate / 100
            assert to_centimes(step.of * share) == step.amount
        assert told(step)


@settled
@given(st.randoms(use_true_random=False), *choices.values())
def test_the_order_of_lines_changes_no_total(
    chance: random.Random, lines, basis, rounding, five, percent
):
    found = made(lines, basis, rounding, five, percent)
    shuffled = list(lines)
    chance.shuffle(shuffled)
    again = made(shuffled, basis, rounding, five, percent)
    assert (again.groups, figures(again), again.steps) == (
        found.groups,
        figures(found),
        found.steps,
    )


@settled
@given(**choices)
def test_a_credit_note_takes_back_exactly_what_was_billed(lines, basis, rounding, five, percent):
    found = made(lines, basis, rounding, five, percent)
    back = [
        replace(one, quantity=-one.quantity, discount_amount=-one.discount_amount) for one in lines
    ]
    credit = made(back, basis, rounding, five, percent)
    assert [-a for a in (credit.sum, credit.discount, credit.net, credit.vat, credit.payable)] == [
        found.sum, found.discount, found.net, found.vat, found.payable,
    ]  # fmt: skip
    assert [-one.amount for one in credit.lines] == [one.amount for one in found.lines]


@settled
@given(document_lines(least=1), st.sampled_from(list(Rounding)))
def test_with_or_without_vat_differs_by_a_centime_per_rate_at_most(lines, rounding):
    """Billing the gross of a net document again as gross gives its net, within a centime per rate."""
    net = reckon(lines, basis=Basis.NET, rounding=rounding)
    gross = [
        Line(price=group.gross, vat_code=group.vat_code, rate=group.rate) for group in net.groups
    ]
    again = reckon(gross, basis=Basis.GROSS, rounding=rounding)
    assert again.gross == net.gross
    for one, other in zip(net.groups, again.groups, strict=True):
        assert abs(one.vat - other.vat) <= D("0.01") and abs(one.net - other.net) <= D("0.01")


@settled
@given(document_lines(least=1), st.sampled_from(list(Basis)), percents)
def test_a_discount_amount_is_shared_without_rest(lines, basis, share):
    whole = reckon(lines, basis=basis).sum
    discount = to_centimes(whole * share / 100)
    assume(abs(discount) <= abs(whole))
    found = reckon(lines, basis=basis, discount_amount=discount)
    assert found.discount == discount


payables = st.decimals(D("-9999999"), D("9999999"), places=2)
weights = st.lists(st.integers(0, 1000).map(D), min_size=1, max_size=24).filter(any)


@settled
@given(payables, weights, st.booleans())
def test_the_parts_of_a_total_are_the_total(payable, weights, five):
    parts = instalments(payable, weights=weights, five_centimes=five)
    assert sum(parts) == payable and len(parts) == len(weights)
    if five:
        assert all(part == to_five_centimes(part) for part in parts[:-1])
    step = D("0.05") if five else D("0.01")
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - payable * weight / sum(weights)) < 2 * step


@settled
@given(payables, st.lists(st.tuples(st.integers(0, 120), percents), max_size=5))
def test_discount_and_amount_of_each_term_are_the_total(payable, rows):
    terms = [Term(days, min(percent, D(99))) for days, percent in rows]
    try:
        found = dues(payable, date=dt.date(2026, 1, 1), terms=terms)
    except BadTerms:
        return
    assert all(due.discount + due.amount == payable for due in found)
    assert [due.until for due in found] == sorted(due.until for due in found)


@settled
@given(document_lines(), st.decimals(D("0.0001"), D(1000), places=4), st.booleans())
def test_in_francs_net_and_vat_are_what_is_owed(lines, rate, five):
    found = reckon(lines, basis=Basis.NET, currency="CHF" if five else "EUR", five_centimes=five)
    base = in_base(found, rate=rate)
    assert base.net + base.vat + base.rounding == base.payable
    room = D("0.005") * (2 * len(found.groups) + 1)
    assert abs(base.payable - found.payable * rate) <= room
    if rate == 1:
        assert base.payable == found.payable
