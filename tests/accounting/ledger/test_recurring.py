"""Recurring entries: proposed on the right days, booked once each."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from accounting.ledger.entering import Reader, simple_entry
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import EntryLine, EntryTemplate, JournalEntry, Period
from accounting.ledger.posting import post, reverse
from accounting.ledger.recurring import (
    NextDateMissing,
    NotDue,
    TemplateNameTaken,
    book_due,
    delete_template,
    due,
    following,
    save_template,
    skip_due,
)
from accounting.ledger.typed import typed_of
from accounting.ledger.years import lock_period, open_fiscal_year
from erp.access.gate import operating
from tests import make
from vat.settings.changing import change_settings

day = dt.date
RENT = {
    "mode": "split", "date": "2026-01-31", "text": "Miete", "voucher": "MV-1",
    "lines": [{"account": "6000", "debit": "2000.00", "credit": "", "text": "Laden"},
              {"account": "1020", "debit": "", "credit": "2000.00"}],
}  # fmt: skip


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def template(company, by, *, next_date, rhythm="month", content=RENT, **more):
    row = EntryTemplate(company=company, name=more.pop("name", "Miete"), rhythm=rhythm,
                        next_date=next_date, **more)  # fmt: skip
    return save_template(row, by=by, content=dict(content))


def due_days(company, until):
    return [date for _template, date in due(company, until)]


@pytest.mark.parametrize(
    ("start", "rhythm", "anchor", "days"),
    [
        (day(2026, 1, 31), "month", 31, [(2026, 2, 28), (2026, 3, 31), (2026, 4, 30)]),
        (day(2028, 1, 30), "month", 30, [(2028, 2, 29), (2028, 3, 30)]),
        (day(2026, 11, 30), "quarter", 30, [(2027, 2, 28), (2027, 5, 30)]),
        (day(2026, 8, 31), "half", 31, [(2027, 2, 28), (2027, 8, 31)]),
        (
            day(2028, 2, 29),
            "year",
            29,
            [(2029, 2, 28), (2030, 2, 28), (2031, 2, 28), (2032, 2, 29)],
        ),
        (day(2026, 12, 15), "month", 15, [(2027, 1, 15)]),
    ],
)
def test_a_rhythm_keeps_its_day_where_the_month_has_it(start, rhythm, anchor, days):
    found, current = [], start
    for _ in days:
        current = following(current, rhythm, anchor=anchor)
        found.append((current.year, current.month, current.day))
    assert found == days


def test_what_is_booked_falls_on_the_days_that_were_proposed(company, anna):
    """A 31st that February cut short is the 31st again in March."""
    rent = template(company, anna, next_date=day(2026, 1, 31))
    proposed = due_days(company, day(2026, 12, 31))
    assert proposed[:4] == [day(2026, 1, 31), day(2026, 2, 28), day(2026, 3, 31), day(2026, 4, 30)]
    for date in proposed:
        book_due(rent, date=date, by=anna)
        assert due_days(company, day(2026, 12, 31)) == [d for d in proposed if d > date]
    assert (
        list(JournalEntry.of(company).order_by("number").values_list("date", flat=True)) == proposed
    )


def test_another_day_chosen_by_hand_is_kept(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31))
    book_due(rent, date=day(2026, 1, 31), by=anna)
    rent.refresh_from_db()
    rent.next_date = day(2026, 3, 15)
    save_template(rent, by=anna)
    assert due_days(company, day(2026, 4, 30)) == [day(2026, 3, 15), day(2026, 4, 15)]


def test_an_entry_is_posted_as_the_template_says(company, anna):
    rent = template(company, anna, next_date=day(2026, 3, 31))
    entry = book_due(rent, date=day(2026, 3, 31), by=anna)
    assert (entry.text, entry.voucher, entry.source, entry.number) == (
        "Miete", "MV-1", "recurring", 1
    )  # fmt: skip
    lines = EntryLine.of(company).filter(entry=entry).order_by("position")
    assert [(r.account.number, r.debit, r.credit, r.text) for r in lines] == [
        ("6000", 2000, 0, "Laden"), ("1020", 0, 2000, "")
    ]  # fmt: skip


def test_a_template_of_an_entry_with_vat_follows_the_rate_of_each_date(company, anna):
    open_fiscal_year(company=company, start=day(2023, 1, 1), end=day(2024, 12, 31), by=anna)
    change_settings(company=company, valid_from=day(2023, 1, 1), method="effective",
                    basis="agreed", interval="quarter", by=anna)  # fmt: skip
    reader = Reader(company)
    typed = simple_entry(reader=reader, date=day(2023, 12, 31), debit="6260", credit="1020",
                         amount=make.chf("100.00"), vat_code="IN")  # fmt: skip
    lease = post(company=company, date=day(2023, 12, 31), text="Leasing", by=anna,
                 lines=reader.lines(typed, date=day(2023, 12, 31)))  # fmt: skip
    row = template(company, anna, next_date=day(2023, 12, 31), content=typed_of(lease, reader))
    taxes = [
        EntryLine.of(company).get(entry=book_due(row, date=date, by=anna), vat_part="T")
        for date in (day(2023, 12, 31), day(2024, 1, 31))
    ]
    assert [(t.debit, t.vat_rate, t.supply_date) for t in taxes] == [
        (make.chf("7.15"), make.chf("7.7"), day(2023, 12, 31)),
        (make.chf("7.49"), make.chf("8.1"), day(2024, 1, 31)),
    ]


def test_a_date_is_skipped_once_and_the_rhythm_goes_on(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31))
    skip_due(rent, date=day(2026, 1, 31), by=anna)
    with pytest.raises(NotDue):
        skip_due(rent, date=day(2026, 1, 31), by=anna)
    assert due_days(company, day(2026, 3, 31)) == [day(2026, 2, 28), day(2026, 3, 31)]
    assert not JournalEntry.of(company).exists()


def test_what_was_booked_stays_when_its_template_goes(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31))
    book_due(rent, date=day(2026, 1, 31), by=anna)
    delete_template(rent, by=anna)
    assert due_days(company, day(2026, 12, 31)) == []
    assert JournalEntry.of(company).count() == 1


def test_nothing_is_due_or_booked_past_the_last_day(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31), until=day(2026, 3, 30))
    assert due_days(company, day(2026, 12, 31)) == [day(2026, 1, 31), day(2026, 2, 28)]
    for date in due_days(company, day(2026, 12, 31)):
        book_due(rent, date=date, by=anna)
    with pytest.raises(NotDue):
        book_due(rent, date=day(2026, 3, 31), by=anna)
    on_the_day = template(
        company, anna, name="Bis", next_date=day(2026, 1, 5), until=day(2026, 2, 5)
    )
    assert due_days(company, day(2026, 12, 31)) == [day(2026, 1, 5), day(2026, 2, 5)]
    assert on_the_day.name == "Bis"


def test_twice_for_one_day_is_refused(company, anna):
    rent = template(company, anna, next_date=day(2026, 3, 31))
    entry = book_due(rent, date=day(2026, 3, 31), by=anna)
    with pytest.raises(NotDue) as refusal:
        book_due(rent, date=day(2026, 3, 31), by=anna)
    assert refusal.value.conflict
    # A page opened before somebody booked it sets the date back.
    rent.next_date = day(2026, 3, 31)
    save_template(rent, by=anna)
    with pytest.raises(NotDue):
        book_due(rent, date=day(2026, 3, 31), by=anna)
    assert JournalEntry.of(company).count() == 1
    reverse(entry, date=day(2026, 3, 31), by=anna)
    assert book_due(rent, date=day(2026, 3, 31), by=anna).number == 3


def test_only_the_next_date_of_a_rhythm_can_be_booked(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31))
    on_demand = template(company, anna, name="Vorlage", rhythm="", next_date=None)
    for row, date in (
        (rent, day(2026, 2, 28)),
        (rent, day(2026, 1, 30)),
        (on_demand, day(2026, 1, 31)),
    ):
        with pytest.raises(NotDue):
            book_due(row, date=date, by=anna)
    assert due_days(company, day(2026, 2, 27)) == [day(2026, 1, 31)]


def test_a_refused_entry_stays_due(company, anna):
    rent = template(company, anna, next_date=day(2026, 1, 31))
    period = Period.of(company).get(start=day(2026, 1, 1))
    lock_period(company=company, period=period, lock="locked", by=anna)
    with pytest.raises(PeriodLocked):
        book_due(rent, date=day(2026, 1, 31), by=anna)
    assert due_days(company, day(2026, 1, 31)) == [day(2026, 1, 31)]


def test_a_template_has_a_name_of_its_own_and_a_rhythm_its_date(company, anna):
    template(company, anna, next_date=day(2026, 1, 31))
    with pytest.raises(TemplateNameTaken):
        template(company, anna, next_date=day(2026, 1, 31))
    with pytest.raises(NextDateMissing):
        template(company, anna, name="Ohne", next_date=None)


def test_the_proposal_is_in_order_of_days(company, anna):
    template(company, anna, name="B", next_date=day(2026, 1, 31))
    template(company, anna, name="A", next_date=day(2026, 2, 28))
    template(company, anna, name="Q", rhythm="quarter", next_date=day(2026, 1, 15))
    assert [(t.name, d.month) for t, d in due(company, day(2026, 2, 28))] == [
        ("Q", 1), ("B", 1), ("A", 2), ("B", 2)
    ]  # fmt: skip


def test_two_people_at_once_book_one_entry(committed_db):
    with operating_new() as access:
        rent = template(access.company, access.user, next_date=day(2026, 1, 31))
    told, barrier = [], threading.Barrier(2)

    def book():
        with operating(str(access.company.pk)) as mine:
            row = EntryTemplate.of(mine.company).get(pk=rent.pk)
            barrier.wait(10)
            try:
                told.append(book_due(row, date=day(2026, 1, 31), by=mine.user).number)
            except NotDue:
                told.append("not due")
        connection.close()

    threads = [threading.Thread(target=book) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, told)) == ["1", "not due"]


def operating_new():
    with transaction.atomic():
        number = make.company().pk
    return operating(str(number))
