"""Valuing foreign currencies as of a day: what is posted, released, replaced, undone and refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import JournalEntry, Period
from accounting.ledger.posting import reverse
from accounting.ledger.queries import year_of
from accounting.ledger.years import lock_period
from accounting.open_items.checking import differences
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.statements.trial_balance import trial_balance
from accounting.valuation import errors
from accounting.valuation.models import Gains, ValuationPosition, ValuationRun
from accounting.valuation.reckoning import reckon
from accounting.valuation.running import set_rule, undo, value
from accounting.valuation.year_end import is_valued
from erp.core.errors import Refusals
from tests import make
from tests.accounting.open_items.books import invoice, money
from tests.accounting.valuation.books import DEC_31, JAN_1, D, booked, company, moved, rate

pytestmark = pytest.mark.django_db


@pytest.fixture(name="books")
def _books(db):
    return company()


@pytest.fixture
def by(books):
    return make.owner_of(books)


@pytest.fixture
def euro(db):
    """A euro costs 0.90 at the year's end."""
    return rate("EUR", "0.90", DEC_31)


def owed(books, amount="100.00", base="95.00", *, side="receivables", **more):
    account = {"receivables": "1101", "payables": "2001"}[side]
    return invoice(books, amount, side=side, currency="EUR", base=base, account=account, **more)


def balances(books, day):
    """Accounts of the balance sheet and of exchange rates that are not zero, at the end of a day."""
    found = trial_balance(books, year=year_of(books, day), until=day)
    return {r.number: r.closing for r in found.rows if r.closing}


def test_losses_are_booked_gains_are_deferred_and_all_is_released_the_day_after(books, by, euro):
    owed(books)  # a loss of 5.00
    owed(books, "100.00", "88.00")  # a gain of 2.00
    owed(books, "50.00", "47.00", side="payables")  # a gain of 2.00
    owed(books, "-10.00", "-9.30", document="G-1")  # owed back: a gain of 0.30
    moved(books, "1024", "1000.00", "950.00")  # a loss of 50.00
    before = balances(books, DEC_31)

    run = value(books, date=DEC_31, by=by)

    assert run.entry.date == DEC_31 and run.release.date == JAN_1 and run.residue is None
    assert booked(run.entry) == [
        ("1024", D("-50.00")), ("6949", D("50.00")),
        ("1108", D("2.30")), ("2305", D("-2.30")), ("1108", D("-5.00")), ("6949", D("5.00")),
        ("2008", D("2.00")), ("2305", D("-2.00")),
    ]  # fmt: skip
    assert booked(run.release) == [(number, -amount) for number, amount in booked(run.entry)]
    held = {r.number: r.closing for r in trial_balance(
        books, year=year_of(books, DEC_31), until=DEC_31).rows}  # fmt: skip
    assert held["1024"] == D("900.00")
    assert held["1101"] + held["1108"] == D("162.00") + D("9.00")  # 190.00 less 10.00, at 0.90
    assert held["2001"] + held["2008"] == D("-45.00")
    assert differences(books, DEC_31) == differences(books, JAN_1) == []
    after = balances(books, JAN_1)
    assert {number: after.get(number) for number in before if number < "3"} == {
        number: amount for number, amount in before.items() if number < "3"
    }
    assert [(one.currency, one.rate, one.source) for one in reckon(books, DEC_31).used] == [
        ("EUR", D("0.90"), "bazg-daily")
    ]
    assert run.rates == [{"currency": "EUR", "rate": "0.9", "source": "bazg-daily",
                          "published": "2026-12-31"}]  # fmt: skip


def test_gains_are_income_where_the_rule_says_so(books, by, euro):
    owed(books, "100.00", "88.00")
    set_rule(
        books, valid_from=dt.date(2026, 6, 1), gains=Gains.INCOME, rate_source="bazg-daily", by=by
    )
    run = value(books, date=DEC_31, by=by)
    assert booked(run.entry) == [("1108", D("2.00")), ("6999", D("-2.00"))]
    assert run.gains == Gains.INCOME


def test_an_item_counts_as_it_stood_on_the_day(books, by, euro):
    item = owed(books)
    settle(company=books, date=dt.date(2026, 5, 4), parts=[Part(item, paid=D("40.00"))],
           money=money(books, "40.00", base="38.00"), by=by)  # fmt: skip
    later = settle(company=books, date=dt.date(2027, 2, 1), parts=[Part(item, paid=D("60.00"))],
                   money=money(books, "60.00", base="54.00"), by=by)  # fmt: skip
    run = value(books, date=DEC_31, by=by)
    (position,) = ValuationPosition.of(books).filter(run=run)
    assert (position.item_id, position.amount, position.book, position.value) == (
        item.pk, D("60.00"), D("57.00"), D("54.00"),
    )  # fmt: skip
    # What was unrealised is realised by the payment, once: the release takes the valuation back.
    assert booked(later)[-1] == ("6949", D("3.00"))
    assert balances(books, DEC_31)["6949"] == D("3.00")
    assert "6949" not in balances(books, dt.date(2027, 2, 1))


def test_without_foreign_money_what_the_books_hold_is_realised_and_stays(books, by):
    moved(books, "1024", "100.00", "95.00")
    moved(books, "1024", "-100.00", "-93.00")
    run = value(books, date=DEC_31, by=by)
    assert run.entry is None and run.release is None and run.rates == []
    assert booked(run.residue) == [("1024", D("-2.00")), ("6949", D("2.00"))]
    assert "1024" not in balances(books, JAN_1)


def test_a_second_run_of_a_day_replaces_the_first_and_never_adds_to_it(books, by, euro):
    owed(books)
    moved(books, "1024", "100.00", "95.00")
    first = value(books, date=DEC_31, by=by)
    with pytest.raises(errors.ValuedAlready):
        value(books, date=DEC_31, by=by)
    owed(books, "10.00", "9.50", date=dt.date(2026, 12, 30), document="R-2")

    second = value(books, date=DEC_31, by=by)

    first.refresh_from_db()
    assert not first.stands and second.stands
    held = balances(books, DEC_31)
    assert (held["1024"], held["1108"], held["6949"]) == (D("90.00"), D("-5.50"), D("10.50"))
    assert {n: a for n, a in balances(books, JAN_1).items() if n in {"1108", "1024"}} == {
        "1024": D("95.00")
    }
    third = value(books, date=DEC_31, by=by, typed={"EUR": D("0.96")})
    assert third.rates[0]["source"] == "typed"
    assert balances(books, DEC_31)["2305"] == D("-2.10")


def test_a_run_is_undone_as_a_whole_and_nothing_of_it_alone(books, by, euro):
    owed(books)
    before = balances(books, DEC_31)
    run = value(books, date=DEC_31, by=by)
    for entry in (run.entry, run.release):
        with pytest.raises(errors.UndoneAsAWhole):
            reverse(entry, date=entry.date, by=by)
    undo(run, by=by)
    assert balances(books, DEC_31) == before
    run.refresh_from_db()
    with pytest.raises(errors.UndoneAlready):
        undo(run, by=by)
    assert value(books, date=DEC_31, by=by).pk != run.pk


def test_what_is_missing_is_told_with_place_value_and_remedy(books, by):
    with pytest.raises(errors.NothingToValue):
        value(books, date=DEC_31, by=by)
    owed(books)
    with pytest.raises(errors.RateMissing) as told:
        value(books, date=DEC_31, by=by)
    assert (told.value.place, told.value.values["value"]) == ("rates.EUR", "EUR")
    assert "31.12.2026" in str(told.value)
    moved(books, "1025", "10.00", "9.00", currency="USD")
    with pytest.raises(Refusals) as both:
        value(books, date=DEC_31, by=by)
    assert [one.place for one in both.value.refusals] == ["rates.EUR", "rates.USD"]
    with pytest.raises(errors.NotARate):
        value(books, date=DEC_31, by=by, typed={"EUR": D("0"), "USD": D("1")})
    assert value(books, date=DEC_31, by=by, typed={"EUR": D("0.9"), "USD": D("0.8")}).entry


def test_a_locked_period_takes_neither_a_valuation_nor_its_release(books, by, euro):
    owed(books)
    for day in (DEC_31, JAN_1):
        period = Period.of(books).get(start__lte=day, end__gte=day)
        lock_period(company=books, period=period, lock=Period.Lock.LOCKED, by=by)
        with pytest.raises(PeriodLocked), transaction.atomic():
            value(books, date=DEC_31, by=by)
        lock_period(company=books, period=period, lock=Period.Lock.OPEN, by=by)
    assert not JournalEntry.of(books).filter(source="valuation").exists()
    assert not ValuationRun.of(books).exists()


def test_the_cost_does_not_follow_the_items(books, by, euro):
    for nth in range(2):
        owed(books, document=f"R-{nth}")
    with transaction.atomic(), connection.execute_wrapper(count := Counter()):
        reckon(books, DEC_31)
    few = count.seen
    for nth in range(5):
        owed(books, document=f"S-{nth}")
    with transaction.atomic(), connection.execute_wrapper(count := Counter()):
        reckon(books, DEC_31)
    assert count.seen == few


def test_the_closing_asks_whether_the_last_day_is_valued_as_things_are_now(books, by, euro):
    year = year_of(books, DEC_31)
    assert is_valued(books, year).fulfilled is None
    owed(books)
    assert is_valued(books, year).fulfilled is False
    value(books, date=DEC_31, by=by, typed={"EUR": D("0.938450")})
    assert is_valued(books, year).fulfilled is True
    owed(books, "1.00", "0.95", document="R-2")
    told = is_valued(books, year)
    assert told.fulfilled is False and told.link.endswith("?date=2026-12-31")
    figures = [(one.amount, one.text) for one in told.evidence]
    assert figures == [
        (D("101.00"), "EUR"), (D("95.95"), ""), (D("94.79"), ""), (None, "31.12.2026")
    ]  # fmt: skip


class Counter:
    def __init__(self):
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        return execute(sql, params, many, context)
