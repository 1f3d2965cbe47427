"""Depreciation reckoned: by method, months, residual value and end of life; against figures by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.assets.calculating import (
    Rule,
    Standing,
    ceiling_of,
    depreciation,
    months_between,
)
from accounting.assets.running import month_end
from erp.core.money import ZERO

day = dt.date
YEAR = {"start": day(2026, 1, 1), "end": day(2026, 12, 31)}
D = Decimal


def standing(cost="10000.00", gone="0.00", since=day(2026, 1, 1), bought=False, **more):
    """An asset as it stood at the start of 2026, or ``bought`` within it."""
    whole, accumulated = D(cost), D(gone)
    before = ZERO if bought else whole
    return Standing(
        in_service_on=since, cost=whole, accumulated=accumulated + more.get("booked", ZERO),
        cost_before=before, accumulated_before=accumulated,
        added=((since, whole),) if bought else (), **more,
    )  # fmt: skip


def rule(method="declining", rate="40", **more):
    return Rule(method, D(rate), residual=D(more.pop("residual", "1.00")), **more)


@pytest.mark.parametrize(
    ("held", "by", "until", "amount", "months"),
    [
        # Declining takes book value, straight-line cost.
        (standing(gone="4000.00"), rule(), day(2026, 12, 31), "2400.00", 12),
        (standing(gone="4000.00"), rule("linear", "20"), day(2026, 12, 31), "2000.00", 12),
        (standing(), rule(), day(2026, 3, 31), "1000.00", 3),
        # Bought on 15 May: May counts whole, 8 months; or the first year does.
        (standing(since=day(2026, 5, 15), bought=True), rule(), day(2026, 12, 31), "2666.67", 8),
        (standing(since=day(2026, 5, 15), bought=True), rule(pro_rata=False), day(2026, 12, 31), "4000.00", 8),
        (standing(since=day(2026, 5, 15), bought=True), rule(pro_rata=False), day(2026, 8, 31), "2000.00", 4),
        (standing(since=day(2026, 5, 15), bought=True), rule(), day(2026, 4, 30), "0.00", 0),
        # Half a centime goes up: 100.10 of 5 percent is 5.005.
        (standing("100.10"), rule(rate="5"), day(2026, 12, 31), "5.01", 12),
        # A useful life spreads what does not stay, and its end takes what is left.
        (standing("1001.00", since=day(2024, 7, 1)), rule("linear", "0", life_months=36),
         day(2026, 12, 31), "333.33", 12),
        (standing("1001.00", "833.34", since=day(2024, 1, 1)), rule("linear", "0", life_months=36),
         day(2026, 12, 31), "166.66", 12),
        # One franc stays; with a larger residual value that.
        (standing(gone="9500.00"), rule("linear", "20"), day(2026, 12, 31), "499.00", 12),
        (standing(gone="7900.00"), rule("linear", "20", residual="2000.00"), day(2026, 12, 31), "100.00", 12),
        (standing(), rule("immediate", "0"), day(2026, 1, 31), "9999.00", 1),
        (standing(), rule("manual", "0"), day(2026, 12, 31), "0.00", 12),
        # What the year has already is taken off; never below nothing.
        (standing(booked=D("333.33")), rule(), day(2026, 2, 28), "333.34", 2),
        (standing(booked=D("900.00")), rule(), day(2026, 2, 28), "0.00", 2),
    ],
)  # fmt: skip
def test_figures_by_hand(held, by, until, amount, months):
    found = depreciation(held, by, **YEAR, until=until)
    assert (f"{found.amount:.2f}", found.months) == (amount, months)


def test_what_is_added_counts_from_its_month():
    held = Standing(
        in_service_on=day(2024, 1, 1), cost=D("13000.00"), accumulated=D("4000.00"),
        cost_before=D("10000.00"), accumulated_before=D("4000.00"),
        added=((day(2026, 9, 20), D("3000.00")),),
    )  # fmt: skip
    found = depreciation(held, rule(), **YEAR, until=day(2026, 12, 31))
    assert found.amount == D("2800.00")  # 6000 x 40 %, and 3000 x 40 % x 4/12
    assert found.base == D("9000.00")


def test_what_was_taken_over_in_mid_year_counts_from_then():
    held = standing(gone="5000.00", since=day(2023, 1, 1), taken_over=day(2026, 7, 1))
    for by in (rule(), rule(pro_rata=False)):
        assert depreciation(held, by, **YEAR, until=day(2026, 12, 31)).amount == D("1000.00")


def test_what_was_taken_over_at_a_month_s_end_counts_from_the_next_month():
    held = standing(gone="5000.00", since=day(2023, 1, 1), taken_over=day(2026, 7, 31))
    found = depreciation(held, rule(), **YEAR, until=day(2026, 12, 31))
    assert (found.amount, found.months) == (D("833.33"), 5)
    assert depreciation(held, rule("immediate", "0"), **YEAR, until=day(2026, 7, 31)).amount == 0
    # Per the year's end nothing is left to the year, not even at the end of the useful life.
    held = standing(gone="5000.00", since=day(2023, 1, 1), taken_over=day(2026, 12, 31))
    for by in (rule(), rule("linear", "0", life_months=48)):
        assert depreciation(held, by, **YEAR, until=day(2026, 12, 31)).amount == 0


def test_a_short_or_long_year_counts_its_months():
    long = {"start": day(2026, 1, 1), "end": day(2027, 6, 30)}
    found = depreciation(standing(), rule("linear", "20"), **long, until=day(2027, 6, 30))
    assert (found.amount, found.months) == (D("3000.00"), 18)


def test_the_ceiling_of_tax_is_the_whole_year_s_rate_of_book_value_or_half_of_it_of_cost():
    rates = {"of_book_value": D(40), "of_cost": D(20)}
    held = standing(gone="4000.00")
    assert ceiling_of(held, rule(), **YEAR, **rates) == D("2400.00")
    assert ceiling_of(held, rule("linear", "25"), **YEAR, **rates) == D("2000.00")
    bought = standing(since=day(2026, 5, 15), bought=True)
    assert ceiling_of(bought, rule(), **YEAR, **rates) == D("4000.00")


@settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # what else runs may hold it up
@given(
    cost=st.integers(1, 10**9), gone=st.integers(0, 100), rate=st.integers(1, 10_000),
    month=st.integers(1, 12), method=st.sampled_from(["declining", "linear"]),
    life=st.none() | st.integers(1, 120), whole=st.booleans(),
    stops=st.sets(st.integers(1, 11)), residual=st.integers(0, 10_000),
)  # fmt: skip
def test_runs_by_month_come_to_what_one_run_for_the_year_comes_to(
    cost, gone, rate, month, method, life, whole, stops, residual
):
    since, worth = day(2026, month, 1), D(cost).scaleb(-2)
    by = Rule(method, D(rate).scaleb(-2), life, not whole, D(residual).scaleb(-2))
    accumulated = (worth * gone / 100).quantize(D("0.01"))
    told = {"in_service_on": since, "cost": worth, "cost_before": worth,
            "accumulated_before": accumulated}  # fmt: skip

    def until(last, booked):
        held = Standing(**told, accumulated=accumulated + booked, booked=booked)
        return depreciation(held, by, **YEAR, until=month_end(day(2026, last, 1))).amount

    booked = ZERO
    for last in sorted(stops | {12}):
        booked += until(last, booked)
    assert booked == until(12, ZERO)
    assert ZERO <= booked <= max(worth - accumulated - by.residual, ZERO)


def test_months_are_counted_at_both_ends():
    assert months_between(day(2026, 1, 31), day(2026, 1, 1)) == 1
    assert months_between(day(2025, 11, 5), day(2026, 2, 1)) == 4
    assert months_between(day(2026, 3, 1), day(2026, 2, 28)) == 0
