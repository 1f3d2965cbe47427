"""Entries that concern several years: accrued when they are entered, on the mask and by program."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from accounting.closing import accruing
from accounting.closing.guarding import AccruedInPart
from accounting.closing.later import NothingLater, NothingToAccrue, accrue_entry, after
from accounting.closing.models import YearAccrual
from accounting.ledger import posting
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.errors import NoOpenYear
from accounting.ledger.later import Time
from accounting.ledger.models import JournalEntry
from accounting.ledger.years import open_fiscal_year
from tests import make
from tests.accounting.closing import books
from tests.erp.client import Api, new_key, problem
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date
INSURED = Time(day(2025, 10, 1), day(2026, 9, 30))  # 92 days of 365 are of 2025


@pytest.fixture
def company():
    return books.of_2025()[0]


@pytest.fixture
def by(company):
    return make.owner_of(company)


def booked(entry):
    rows = entry.lines.order_by("position").select_related("account")
    return [(row.account.number, row.debit - row.credit) for row in rows]


@pytest.mark.parametrize(
    ("amount", "bound", "expected"),
    [("365.00", day(2025, 12, 31), "273.00"), ("-365.00", day(2025, 12, 31), "-273.00"),
     ("100.00", day(2025, 12, 31), "74.79"), ("100.00", day(2026, 9, 30), "0.00"),
     ("100.00", day(2025, 6, 30), "100.00")],
)  # fmt: skip
def test_what_is_of_later_goes_by_days(amount, bound, expected):
    assert after(chf(amount), INSURED, bound) == chf(expected)


def test_an_insurance_is_accrued_and_back_on_new_year_and_stays_with_its_entry(company, by):
    entry = books.enter(company, "6300", "1020", "365.00", day(2025, 10, 1))
    (one,) = accrue_entry(entry, INSURED, by=by)
    assert (one.kind, one.origin, one.entry.date, one.reversal.date) == (
        "prepaid_expense", entry, day(2025, 12, 31), day(2026, 1, 1))  # fmt: skip
    assert booked(one.entry) == [("1300", chf("273.00")), ("6300", chf("-273.00"))]
    assert booked(one.reversal) == [("1300", chf("-273.00")), ("6300", chf("273.00"))]
    with pytest.raises(AccruedInPart):
        posting.reverse(entry, date=entry.date, by=by)
    accruing.undo_accrual(one, by=by)
    assert posting.reverse(entry, date=entry.date, by=by).reverses == entry


def test_income_and_cost_of_an_entry_are_accrued_each_by_its_side_for_every_year(company, by):
    open_fiscal_year(company=company, start=day(2027, 1, 1), end=day(2027, 12, 31), by=by)
    typed = [TypedLine("1020", debit=chf("2000.00")), TypedLine("6500", debit=chf("400.00")),
             TypedLine("3400", credit=chf("2400.00"))]  # fmt: skip
    lines = Reader(company).lines(typed, date=day(2025, 12, 1))
    entry = posting.post(company=company, date=day(2025, 12, 1), text="Wartung", lines=lines, by=by)
    two_years = Time(day(2026, 1, 1), day(2027, 12, 31))
    made = accrue_entry(entry, two_years, by=by)
    assert [(one.fiscal_year.name, one.kind, one.amount) for one in made] == [
        ("2025", "prepaid_expense", chf("400.00")), ("2025", "deferred_income", chf("2400.00")),
        ("2026", "prepaid_expense", chf("200.00")), ("2026", "deferred_income", chf("1200.00")),
    ]  # fmt: skip
    assert booked(made[1].entry) == [("2301", chf("-2400.00")), ("3400", chf("2400.00"))]
    for number in ("1300", "2301"):
        rows = [
            row
            for one in YearAccrual.of(company)
            for row in (*booked(one.entry), *booked(one.reversal))
        ]
        assert sum(amount for account, amount in rows if account == number) == 0


def test_what_has_nothing_of_later_years_is_refused_by_name(company, by):
    transfer = books.enter(company, "1000", "1020", "10.00", day(2025, 10, 1))
    rent = books.enter(company, "6000", "1020", "10.00", day(2025, 10, 1))
    with pytest.raises(NothingToAccrue):
        accrue_entry(transfer, INSURED, by=by)
    with pytest.raises(NothingLater) as refused:
        accrue_entry(rent, Time(day(2025, 1, 1), day(2025, 12, 31)), by=by)
    assert "31.12.2025" in str(refused.value) and refused.value.place == "concerns_until"
    with pytest.raises(NoOpenYear) as refused:
        accrue_entry(rent, Time(day(2026, 1, 1), day(2027, 12, 31)), by=by)
    assert refused.value.place == "concerns_until" and "01.01.2027" in str(refused.value)


def test_the_mask_accrues_along_and_says_so_or_saves_nothing(company, by):
    page, here = Client(), f"/c/{company.pk}/ledger/post/"
    page.force_login(by)
    typed = {"mode": "simple", "date": "2025-10-01", "text": "Versicherung", "debit": "6300",
             "credit": "1020", "amount": "365.00", "concerns_from": "2025-10-01",
             "concerns_until": "2026-09-30", "once": "a"}  # fmt: skip

    def send(**more):
        return page.post(here, {"entry": json.dumps(typed | more)})

    before = JournalEntry.of(company).count()
    for wrong, place in (
        ({"concerns_until": ""}, "concerns_until"), ({"concerns_from": ""}, "concerns_from"),
        ({"concerns_until": "2025-09-30"}, "concerns_until"), ({"concerns_from": "x"}, "concerns_from"),
        ({"concerns_until": "2025-12-31"}, "concerns_until"), ({"as_draft": True}, "concerns_until"),
        ({"concerns_until": "2031-12-31"}, "concerns_until"),
    ):  # fmt: skip
        refused = send(once=str(wrong), **wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, place), wrong
    assert JournalEntry.of(company).count() == before
    done = send().json()
    assert done["warnings"] == [
        "273.00 von Konto 6300 sind am 31.12.2025 abgegrenzt und am Tag danach zurückgebucht."]  # fmt: skip
    assert send().json()["id"] == done["id"] and YearAccrual.of(company).count() == 1
    told = page.get(f"/c/{company.pk}/ledger/entries/{done['id']}/").content.decode()
    assert "273.00 von Konto 6300" in told
    assert 'id="concerns_from"' in page.get(here).content.decode()
    drafter = Client()
    drafter.force_login(make.user(company=company, granted=["ledger.read", "ledger.draft"]))
    assert 'id="concerns_from"' not in drafter.get(here).content.decode()


def test_a_program_tells_the_time_of_an_entry_likewise(company, by):
    api = Api(company, by)
    body = {"date": "2025-10-01", "text": "Versicherung", "concerns_from": "2025-10-01",
            "concerns_until": "2026-09-30", "lines": [{"account": "6300", "debit": "365.00"},
                                                      {"account": "1020", "credit": "365.00"}]}  # fmt: skip
    for wrong in ({"concerns_until": None}, {"concerns_until": "2025-09-01"}, {"draft": True}):
        refused = problem(api.post("journal-entries/", body | wrong, key=new_key()), 422)
        assert refused["errors"][0]["field"] == "concerns_until", wrong
    made = api.post("journal-entries/", body, key=new_key())
    assert made.status_code == 201, made.content
    (one,) = api.get("year-accruals/").json()["results"]
    assert (one["origin"], one["amount"], one["account"]) == (made.json()["id"], "273.00", "6300")
    refused = api.post(
        f"journal-entries/{one['origin']}/reverse/", {"date": "2025-10-01"}, key=new_key()
    )
    problem(refused, 409, "closing.accrued_in_part")
