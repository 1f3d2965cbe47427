"""Reporting periods, and what a return covers in the chain."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from vat.codes.models import VatSettings
from vat.returns.periods import bounds, period_name, periods
from vat.returns.rules import filing_deadline, reconciliation_day
from vat.returns.spans import END, Filed, Span, joined, late_into, spans_of

Y = dt.date


def told(valid_from, method="effective", basis="agreed", interval="quarter", **more):
    return VatSettings(valid_from=valid_from, method=method, basis=basis, interval=interval, **more)


def days(found):
    return [(one.start, one.end) for one in found]


def test_quarters_of_a_year():
    found = periods([told(Y(2026, 1, 1))], Y(2026, 12, 31))
    assert days(found) == [
        (Y(2026, 1, 1), Y(2026, 3, 31)), (Y(2026, 4, 1), Y(2026, 6, 30)),
        (Y(2026, 7, 1), Y(2026, 9, 30)), (Y(2026, 10, 1), Y(2026, 12, 31)),
    ]  # fmt: skip
    assert not any(one.is_edge or one.switched for one in found)


@pytest.mark.parametrize(
    ("interval", "count", "last"),
    [("month", 12, Y(2026, 12, 1)), ("half", 2, Y(2026, 7, 1)), ("year", 1, Y(2026, 1, 1))],
)
def test_other_intervals(interval, count, last):
    found = periods([told(Y(2026, 1, 1), interval=interval)], Y(2026, 12, 31))
    assert (len(found), found[-1].start) == (count, last)


def test_liability_that_begins_and_ends_within_a_quarter_cuts_it():
    found = periods([told(Y(2026, 2, 10)), told(Y(2026, 8, 16), "none")], Y(2027, 6, 30))
    assert days(found) == [
        (Y(2026, 2, 10), Y(2026, 3, 31)), (Y(2026, 4, 1), Y(2026, 6, 30)),
        (Y(2026, 7, 1), Y(2026, 8, 15)),
    ]  # fmt: skip
    assert [one.is_edge for one in found] == [True, False, True]


def test_a_change_of_basis_marks_the_first_period_after_it():
    found = periods([told(Y(2025, 1, 1)), told(Y(2026, 1, 1), basis="received")], Y(2026, 6, 30))
    assert [one.switched for one in found] == [False] * 4 + [True, False]


def test_settings_that_change_only_the_exchange_rates_cut_nothing():
    rows = [told(Y(2026, 1, 1), interval="year"),
            told(Y(2026, 4, 1), interval="year", rate_method="bazg-monthly", round_down=True)]  # fmt: skip
    assert days(periods(rows, Y(2026, 12, 31))) == [(Y(2026, 1, 1), Y(2026, 12, 31))]


def test_names_and_deadlines():
    with translation.override("en"):
        assert period_name(Y(2026, 4, 1), Y(2026, 6, 30)) == "Quarter 2 2026"
        assert period_name(Y(2026, 1, 1), Y(2026, 12, 31)) == "Year 2026"
        assert period_name(Y(2026, 7, 1), Y(2026, 12, 31)) == "Half-year 2 2026"
        assert period_name(Y(2026, 2, 1), Y(2026, 2, 28)) == "02/2026"
    assert filing_deadline(Y(2026, 3, 31)) == Y(2026, 5, 30)  # 60 days, MWSTG Art. 71 and 86
    assert reconciliation_day(Y(2025, 12, 31)) == Y(2026, 6, 29)  # 180 days, MWSTG Art. 72
    assert bounds(Y(2026, 12, 31), 3) == (Y(2026, 10, 1), Y(2026, 12, 31))


Q = [
    (Y(2026, 1, 1), Y(2026, 3, 31)),
    (Y(2026, 4, 1), Y(2026, 6, 30)),
    (Y(2026, 7, 1), Y(2026, 9, 30)),
]


def filed(quarter, until, *, sweeps=True):
    return Filed(*Q[quarter], until, sweeps)


def test_the_first_return_covers_its_period():
    assert spans_of(*Q[0], []) == [Span(*Q[0], 0, END)]


def test_what_comes_late_belongs_to_the_next_return():
    assert spans_of(*Q[1], [filed(0, 50)]) == [Span(*Q[1], 0, END), Span(*Q[0], 50, END)]


def test_what_a_later_return_has_swept_is_not_declared_again():
    rows = [filed(0, 50), filed(1, 80)]
    assert spans_of(*Q[2], rows) == [Span(*Q[2], 0, END), Span(Q[0][0], Q[1][1], 80, END)]


def test_what_a_correction_has_declared_is_left_out():
    rows = [filed(0, 50), filed(0, 70, sweeps=False)]
    assert spans_of(*Q[1], rows) == [Span(*Q[1], 0, END), Span(*Q[0], 70, END)]


def test_the_annual_reconciliation_declares_for_all_its_periods():
    rows = [filed(0, 50), filed(1, 80)]
    year = Filed(Y(2026, 1, 1), Y(2026, 12, 31), 90, sweeps=False)
    assert late_into(rows, rows) == [Span(Q[0][0], Q[1][1], 80, END)]
    assert late_into(rows, [*rows, year]) == [Span(Q[0][0], Q[1][1], 90, END)]


def test_spans_that_follow_each_other_are_joined():
    assert joined([Span(*Q[0], 0, 50), Span(*Q[0], 50, 70)]) == [Span(*Q[0], 0, 70)]
    assert len(joined([Span(*Q[0], 0, 50), Span(*Q[0], 60, 70)])) == 2
