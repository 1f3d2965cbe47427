"""Invoices, payments, valuations and undoing in two currencies, in any order: books and items agree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.ledger.models import EntryLine
from accounting.ledger.queries import year_of
from accounting.open_items.checking import differences
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.plans import Money, Part
from accounting.open_items.queries import open_on
from accounting.open_items.settling import settle, undo
from accounting.statements.trial_balance import trial_balance
from accounting.valuation import running
from accounting.valuation.models import ValuationPosition, ValuationRun
from erp.core.errors import DomainError
from erp.core.money import to_centimes
from tests import make
from tests.accounting.open_items.books import invoice
from tests.accounting.valuation.books import company, rate
from tests.examples import cases

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 1, 1)
RATES = {"EUR": [Decimal("0.92526"), Decimal("0.95"), Decimal("0.938450")],
         "USD": [Decimal("0.8175"), Decimal("0.80"), Decimal("0.83")]}  # fmt: skip
BANKS = {"EUR": "1024", "USD": "1025"}
CONTROL = {Side.RECEIVABLES: "1101", Side.PAYABLES: "2001"}
BESIDE = {"1108", "2008", "2305"}


class Desk:
    """One bookkeeper with euros and dollars."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.books = company()
        self.by = make.owner_of(self.books)
        self.today = FIRST
        for currency, values in RATES.items():
            rate(currency, str(values[0]), FIRST, until=dt.date(2027, 12, 31))

    def act(self) -> str:
        self.today += dt.timedelta(self.chance.randint(0, 9))
        name = self.chance.choice(
            ["owe", "owe", "pay", "pay", "value", "value", "undo_run", "undo_paid"]
        )
        try:
            with transaction.atomic():
                getattr(self, name)()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except DomainError as refusal:
            return refusal.code
        return name

    def day(self) -> dt.date:
        return max(FIRST, self.today - dt.timedelta(self.chance.choice([0, 0, 3, 20])))

    def owe(self) -> None:
        side, currency = self.chance.choice(list(Side)), self.chance.choice(list(RATES))
        amount = Decimal(self.chance.randint(-3000, 20000)).scaleb(-2) or Decimal("0.10")
        base = to_centimes(amount * self.chance.choice(RATES[currency])) or Decimal("0.01")
        invoice(self.books, str(amount), side=side, date=self.day(), currency=currency,
                base=str(base), account=CONTROL[side], document=f"D-{self.chance.random()}"[:12])  # fmt: skip

    def pay(self) -> None:
        item = self._item()
        paid = self.chance.choice(
            [item.open_amount, to_centimes(item.open_amount * Decimal("0.37"))]
        )
        number = self.chance.choice([BANKS[item.currency], "1020"])
        base = to_centimes(paid * self.chance.choice(RATES[item.currency]))
        settle(company=self.books, date=self.day(), parts=[Part(item, paid=paid)], by=self.by,
               money=Money(make.account(self.books, number), paid, base))  # fmt: skip

    def value(self) -> None:
        typed = {code: self.chance.choice(values) for code, values in RATES.items()}
        some = self.chance.choice([{}, typed])
        running.value(self.books, date=self.day(), by=self.by, typed=some)

    def undo_run(self) -> None:
        runs = list(ValuationRun.of(self.books))
        if not runs:
            raise NothingThere
        running.undo(self.chance.choice(runs), by=self.by)

    def undo_paid(self) -> None:
        rows = list(Settlement.of(self.books).select_related("entry__company"))
        if not rows:
            raise NothingThere
        undo(self.chance.choice(rows), date=self.today, by=self.by)

    def prove(self) -> None:
        """On every day that matters items, control accounts and currencies agree, and runs are gone a day later."""
        days = {self.today, *ValuationRun.of(self.books).values_list("date", flat=True)}
        for day in sorted(days | {one + dt.timedelta(1) for one in days}):
            assert differences(self.books, day) == []
            held = trial_balance(self.books, year=year_of(self.books, day), until=day)
            assert held.closing == 0
            for side in Side:
                assert self._foreign(CONTROL[side], day) == self._owed(side, day)
            run = ValuationRun.of(self.books).filter(date=day, undone_at=None).first()
            closing = {row.number: row.closing for row in held.rows}
            if run is None:
                assert {n for n in BESIDE if closing.get(n)} == set()
                continue
            sums = ValuationPosition.of(self.books).filter(run=run)
            for side, beside in ((Side.RECEIVABLES, "1108"), (Side.PAYABLES, "2008")):
                mine = sums.filter(item__side=side).aggregate(Sum("book"), Sum("value"))
                differing = (mine["value__sum"] or 0) - (mine["book__sum"] or 0)
                assert closing.get(beside, 0) == differing
        standing = ValuationRun.of(self.books).filter(undone_at=None).values_list("date", flat=True)
        assert len(standing) == len(set(standing))

    def _item(self) -> OpenItem:
        rows = list(OpenItem.of(self.books).filter(settled_on=None).select_related("account"))
        if not rows:
            raise NothingThere
        return self.chance.choice(rows)

    def _foreign(self, number: str, day: dt.date) -> dict[str, tuple[Decimal, Decimal]]:
        """What a control account holds of each currency."""
        rows = EntryLine.of(self.books).filter(account__number=number, date__lte=day,
                                               entry__number__isnull=False)  # fmt: skip
        sums = rows.values_list("currency").annotate(
            Sum("amount_foreign"), Sum("debit"), Sum("credit")
        )
        found = {code: (amount, debit - credit) for code, amount, debit, credit in sums}
        return {code: pair for code, pair in found.items() if any(pair)}

    def _owed(self, side: Side, day: dt.date) -> dict[str, tuple[Decimal, Decimal]]:
        """What items say of it."""
        found: dict[str, tuple[Decimal, Decimal]] = {}
        for row in open_on(self.books, day, side):
            amount, base = found.get(row.currency, (Decimal(0), Decimal(0)))
            found[row.currency] = (amount + side.sign * row.open, base + side.sign * row.open_base)
        return {code: sums for code, sums in found.items() if any(sums)}


class NothingThere(DomainError):
    code = "tests.nothing_there"


@settings(max_examples=cases(20, each_time=5), deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(seed=st.integers(0, 2**20))
def test_books_and_items_agree_in_each_currency_after_any_sequence(db, seed):
    with transaction.atomic():
        desk = Desk(seed)
        done = [desk.act() for _ in range(16)]
        desk.prove()
        assert "owe" in done
        transaction.set_rollback(True)
