"""Fiscal years of any start and length, their periods, and locks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounting.ledger.errors import NoOpenYear, PeriodLocked
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import FiscalYear, Period
from accounting.ledger.posting import delete_draft, write_draft
from accounting.ledger.queries import year_of
from accounting.ledger.years import (
    DraftsInPeriod,
    YearNameTaken,
    YearNotEmpty,
    YearOverlaps,
    YearTooLong,
    delete_fiscal_year,
    lock_period,
    months,
    open_fiscal_year,
)
from erp.audit.models import AuditEvent
from tests import make
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.mark.parametrize(
    ("start", "end", "name", "periods"),
    [
        (day(2027, 1, 1), day(2027, 12, 31), "2027", 12),
        (day(2027, 7, 1), day(2028, 6, 30), "2027/28", 12),  # shifted
        (day(2027, 10, 15), day(2028, 12, 31), "2027/28", 15),  # a long first year
        (day(2027, 1, 1), day(2027, 3, 31), "2027", 3),  # cut short
        (day(2027, 1, 1), day(2028, 12, 31), "2027/28", 24),  # the longest
        (day(2028, 2, 28), day(2028, 2, 29), "2028", 1),  # the shortest
        (day(2027, 6, 16), day(2028, 6, 15), "2027/28", 13),  # from one mid-month to the next
    ],
)
def test_a_year_may_have_any_start_and_length(company, anna, start, end, name, periods):
    year = open_fiscal_year(company=company, start=start, end=end, by=anna)
    spans = list(year.periods.order_by("start").values_list("start", "end", "lock"))
    assert (year.name, len(spans)) == (name, periods)
    assert (spans[0][0], spans[-1][1]) == (start, end)
    assert {lock for _start, _end, lock in spans} == {"open"}
    for last_day in (start, end):
        assert make.rent(company, date=last_day, by=anna).fiscal_year == year
    for outside in (start - dt.timedelta(days=1), end + dt.timedelta(days=1)):
        if outside.year != 2026:
            with pytest.raises(NoOpenYear):
                make.rent(company, date=outside, by=anna)


@given(st.dates(day(1990, 1, 1), day(2090, 1, 1)), st.integers(1, 800))
def test_the_months_cover_each_day_once(start, days):
    end = start + dt.timedelta(days=days - 1)
    spans = list(months(start, end))
    covered = [
        first + dt.timedelta(days=n)
        for first, last in spans
        for n in range((last - first).days + 1)
    ]
    assert covered == [start + dt.timedelta(days=n) for n in range(days)]
    assert all((first.year, first.month) == (last.year, last.month) for first, last in spans)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (day(2027, 1, 1), day(2027, 1, 1)),
        (day(2027, 2, 1), day(2027, 1, 1)),
        (day(2027, 1, 1), day(2029, 1, 3)),
    ],
)
def test_no_year_ends_before_it_starts_or_lasts_for_ever(company, anna, start, end):
    with pytest.raises(YearTooLong):
        open_fiscal_year(company=company, start=start, end=end, by=anna)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (day(2025, 1, 1), day(2026, 1, 1)),
        (day(2026, 12, 31), day(2027, 12, 30)),
        (day(2026, 5, 1), day(2026, 5, 31)),
        (day(2025, 12, 1), day(2027, 1, 31)),
    ],
)
def test_years_do_not_overlap_by_a_day(company, anna, start, end):
    with pytest.raises(YearOverlaps) as refusal:
        open_fiscal_year(company=company, start=start, end=end, by=anna)
    assert str(refusal.value.values["year"]) == "2026"
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        FiscalYear.unscoped.create(company=company, name="x", start=start, end=end)


def test_years_are_named_once(company, anna):
    open_fiscal_year(company=company, start=day(2027, 1, 1), end=day(2027, 3, 31), by=anna)
    short = {"company": company, "start": day(2027, 4, 1), "end": day(2027, 12, 31), "by": anna}
    with pytest.raises(YearNameTaken):
        open_fiscal_year(**short)
    assert open_fiscal_year(**short, name="2027b").name == "2027b"


def test_the_year_of_a_day_or_the_nearest(company, anna):
    assert year_of(company, day(2026, 6, 30)).name == "2026"
    open_fiscal_year(company=company, start=day(2028, 1, 1), end=day(2028, 12, 31), by=anna)
    assert year_of(company, day(2027, 6, 30)).name == "2026"  # the gap belongs to the year before
    assert year_of(company, day(2031, 1, 1)).name == "2028"
    assert year_of(company, day(2020, 1, 1)).name == "2026"


def test_a_year_with_entries_stays_and_an_empty_one_goes(company, anna):
    mistake = open_fiscal_year(
        company=company, start=day(2027, 1, 1), end=day(2027, 6, 30), by=anna
    )
    lock_period(company=company, period=mistake.periods.first(), lock="locked", by=anna)
    delete_fiscal_year(company=company, year=mistake, by=anna)
    assert [y.name for y in FiscalYear.of(company)] == ["2026"]
    assert Period.of(company).count() == 12
    draft = draft_of(company, anna)
    year = FiscalYear.of(company).get()
    with pytest.raises(YearNotEmpty):
        delete_fiscal_year(company=company, year=year, by=anna)
    delete_draft(draft, by=anna)
    make.rent(company, by=anna)
    with pytest.raises(YearNotEmpty):
        delete_fiscal_year(company=company, year=year, by=anna)


def test_a_period_with_drafts_is_not_locked(company, anna):
    draft = draft_of(company, anna)
    march = Period.of(company).get(start=day(2026, 3, 1))
    with pytest.raises(DraftsInPeriod) as refusal:
        lock_period(company=company, period=march, lock="locked", by=anna)
    assert refusal.value.values == {"count": 1} and refusal.value.conflict
    lock_period(company=company, period=march, lock="closing", by=anna)  # drafts may wait there
    april = Period.of(company).get(start=day(2026, 4, 1))
    lock_period(company=company, period=april, lock="locked", by=anna)  # the draft is of March
    delete_draft(draft, by=anna)
    lock_period(company=company, period=march, lock="locked", by=anna)
    with pytest.raises(PeriodLocked):
        draft_of(company, anna)


def test_reopening_is_traced_with_its_reason_and_doing_nothing_is_not(company, anna):
    march = Period.of(company).get(start=day(2026, 3, 1))
    lock_period(company=company, period=march, lock="locked", by=anna)
    lock_period(company=company, period=march, lock="locked", by=anna)
    lock_period(company=company, period=march, lock="open", by=anna, reason="Nachtrag")
    events = AuditEvent.of(company).filter(action="period.lock").order_by("pk")
    assert [(e.details["lock"], e.details["reason"]) for e in events] == [
        (["open", "locked"], ""), (["locked", "open"], "Nachtrag")
    ]  # fmt: skip


def test_for_closing_only_means_for_the_closing_role_only(company, anna):
    march = Period.of(company).get(start=day(2026, 3, 1))
    lock_period(company=company, period=march, lock="closing", by=anna)
    assert make.rent(company, by=anna).number == 1  # the owner may close
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rappen.closing', 'off', true)")
    with pytest.raises(PeriodLocked):
        make.rent(company, by=anna)
    assert make.rent(company, date=day(2026, 4, 1), by=anna).number == 2


def test_the_database_knows_that_a_period_ends_after_it_starts(company):
    year = FiscalYear.of(company).get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Period.unscoped.create(
            company=company, fiscal_year=year, start=day(2026, 5, 2), end=day(2026, 5, 1)
        )


def draft_of(company, by):
    return write_draft(
        company=company, date=day(2026, 3, 31), text="Entwurf", by=by,
        lines=[debit(make.account(company, "6000"), chf("5.00")),
               credit(make.account(company, "1020"), chf("5.00"))],
    )  # fmt: skip
