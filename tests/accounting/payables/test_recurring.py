"""Rent and leasing come again: entered once each, in order, for their time."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.payables import errors, recurring
from accounting.payables.models import RecurringSupplierInvoice, SupplierInvoice
from tests import make
from tests.accounting.payables.purchases import company, items, line, supplier, typed

pytestmark = pytest.mark.django_db
JAN_31 = dt.date(2026, 1, 31)


@pytest.fixture
def rent(db):
    books = company()
    return recurring.save(
        RecurringSupplierInvoice(company=books, name="Miete", next_on=JAN_31, submits=True),
        typed(supplier(books, "Immo AG"), line("2500.00", "6000"), net_days=0), by=make.owner_of(books),
    )  # fmt: skip


def test_it_is_entered_once_and_moves_on(rent):
    by = make.owner_of(rent.company)
    told = recurring.due(rent.company, dt.date(2026, 3, 31))
    assert [one.date for one in told] == [JAN_31, dt.date(2026, 2, 28), dt.date(2026, 3, 31)]
    first = recurring.enter(rent, JAN_31, by=by)
    assert (first.status, first.supply_from, first.supply_until) == (
        "posted", JAN_31, dt.date(2026, 2, 27))  # fmt: skip
    assert first.number == "Miete 31.01.2026"
    assert items(first)[0].due_date == JAN_31
    with pytest.raises(errors.NotDue):
        recurring.enter(rent, JAN_31, by=by)
    recurring.skip(rent, dt.date(2026, 2, 28), by=by)
    third = recurring.enter(rent, dt.date(2026, 3, 31), by=by)  # the 31st stays the 31st
    assert third.is_posted
    rent.refresh_from_db()
    assert rent.next_on == dt.date(2026, 4, 30)


def test_a_pattern_is_changed_and_ends_with_it(rent):
    by = make.owner_of(rent.company)
    contact = rent.pattern.contact
    recurring.save(rent, typed(contact, line("2600.00", "6000")), by=by, version=rent.version)
    assert recurring.enter(rent, JAN_31, by=by).payable == 2600
    recurring.delete(rent, by=by)
    assert not SupplierInvoice.of(rent.company).filter(status="pattern").exists()


def test_what_makes_no_sense_is_refused(rent):
    by, contact = make.owner_of(rent.company), rent.pattern.contact
    for more, error in (
        ({"every": 0}, errors.BadRhythm),
        ({"until": dt.date(2026, 1, 1)}, errors.EndsFirst),
    ):
        bad = RecurringSupplierInvoice(company=rent.company, name="x", next_on=JAN_31, **more)
        with pytest.raises(error):
            recurring.save(bad, typed(contact, line()), by=by)


def test_a_paused_one_is_not_due(rent):
    rent.paused = True
    rent.save()
    assert recurring.due(rent.company, dt.date(2026, 12, 31)) == []
