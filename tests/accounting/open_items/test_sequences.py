"""Whatever is done, in whatever order: no item is settled beyond itself, and control accounts agree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.ledger.queries import year_of
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.checking import comparison, differences
from accounting.open_items.models import OpenItem, Settlement, Side
from accounting.open_items.opening import Party, cancel
from accounting.open_items.plans import Money, Part
from accounting.open_items.queries import ageing, open_on, total
from accounting.open_items.settling import net, set_residue_limit, settle, undo
from accounting.statements.trial_balance import trial_balance
from erp.core.errors import DomainError
from tests import make
from tests.accounting.open_items.books import company, contact, invoice
from tests.examples import cases

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 1, 1)
CONTROL = {("receivables", ""): "1100", ("receivables", "EUR"): "1101",
           ("payables", ""): "2000", ("payables", "EUR"): "2001"}  # fmt: skip
CODES = {"receivables": ["UN", "UR", ""], "payables": ["MN", "BM", ""]}


class Desk:
    """One bookkeeper who does something at random, again and again."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.books = company()
        self.by = make.owner_of(self.books)
        self.parties = [contact(self.books)[1], Party("Meier")]
        self.bank = make.account(self.books, "1020")
        self.today = FIRST
        if self.chance.random() < 0.5:
            set_residue_limit(self.books, valid_from=FIRST, amount=Decimal("0.50"), by=self.by)

    def act(self) -> str:
        """One act, or a refusal that leaves nothing behind."""
        self.today += dt.timedelta(self.chance.randint(0, 12))
        name = self.chance.choice(["open", "open", "pay", "pay", "pay", "net", "take_off", "undo",
                                   "undo", "cancel"])  # fmt: skip
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
        """Mostly today, now and then a day before."""
        back = self.chance.choice([0, 0, 0, 5, 20])
        return max(FIRST, self.today - dt.timedelta(back))

    def amount(self, most: Decimal) -> Decimal:
        """All of it, a part, or a bit beside it."""
        part = to_centimes(most * self.chance.randint(1, 99) / 100)
        return self.chance.choice([most, most, part, most - Decimal("0.05"), most + 7])

    def item(self) -> OpenItem:
        rows = list(OpenItem.of(self.books).filter(settled_on=None).select_related("account"))
        if not rows:
            raise NothingThere
        return self.chance.choice(rows)

    def open(self) -> None:
        side, currency = self.chance.choice(sorted(CONTROL))
        amount = Decimal(self.chance.randint(1, 300000)).scaleb(-2) + Decimal("0.10")
        if self.chance.random() < 0.25:
            amount = -amount
        base = str(to_centimes(amount * Decimal("0.94"))) if currency else None
        parts = None
        if not currency and self.chance.random() < 0.3:
            third = to_centimes(amount / 3)
            parts = [str(third), str(third), str(amount - 2 * third)]
        code = "" if currency else self.chance.choice(CODES[side])
        invoice(self.books, str(amount), side=side, date=self.day(), currency=currency, base=base,
                account=CONTROL[side, currency], code=code, parts=parts,
                party=self.chance.choice(self.parties))  # fmt: skip

    def pay(self) -> None:
        item = self.item()
        paid = self.amount(item.open_amount)
        share = min(paid, item.open_amount, key=abs)
        base = paid
        if item.currency != "CHF":
            base = to_centimes(paid * self.chance.choice([Decimal("0.91"), Decimal("0.97")]))
        settle(company=self.books, date=self.day(), parts=[Part(item, paid=share)],
               money=Money(self.bank, paid, base), by=self.by)  # fmt: skip

    def take_off(self) -> None:
        item = self.item()
        amount = self.amount(item.open_amount)
        kind = self.chance.choice(["discount", "write_off"])
        settle(
            company=self.books, date=self.day(), parts=[Part(item, **{kind: amount})], by=self.by
        )

    def net(self) -> None:
        item = self.item()
        same = OpenItem.of(self.books).filter(settled_on=None, side=item.side, party=item.party,
                                              currency=item.currency)  # fmt: skip
        net(self.books, items=same.select_related("account"), date=self.day(), by=self.by)

    def undo(self) -> None:
        rows = list(Settlement.of(self.books).select_related("entry__company"))
        if not rows:
            raise NothingThere
        undo(self.chance.choice(rows), date=self.day(), by=self.by)

    def cancel(self) -> None:
        rows = list(OpenItem.of(self.books).select_related("entry__company"))
        if not rows:
            raise NothingThere
        cancel(self.chance.choice(rows).entry, date=self.day(), by=self.by)

    def prove(self) -> None:
        """What must hold after any sequence, on any day."""
        for item in OpenItem.of(self.books):
            settled = Decimal(0)
            for row in Settlement.of(self.books).filter(item=item).order_by("date", "pk"):
                settled += row.amount
            assert abs(settled) <= abs(item.amount) and settled * item.amount >= 0
            assert item.open_amount == item.amount - settled
        for back in (0, 3, 11, 40):
            day = max(FIRST, self.today - dt.timedelta(back))
            assert differences(self.books, day) == []
            held = {c.account.number: c.items for c in comparison(self.books, day)}
            for side in Side:
                rows = open_on(self.books, day, side)
                numbers = [CONTROL[side.value, currency] for currency in ("", "EUR")]
                assert total(rows) == side.sign * sum(held[n] for n in numbers)
                assert ageing(self.books, day, side).total == total(rows)
                assert sorted((r.id, r.open) for r in rows) == by_hand(self.books, side, day)
            year = year_of(self.books, day)
            assert trial_balance(self.books, year=year, until=day).closing == 0
        assert verify_ledger(self.books).breaks == []


class NothingThere(DomainError):
    code = "tests.nothing_there"


def to_centimes(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))


def by_hand(books, side, day):
    """What is open on a day, reckoned from all rows there are."""
    found = []
    for item in OpenItem.of(books).filter(side=side, opened_on__lte=day):
        rows = Settlement.of(books).filter(item=item, date__lte=day)
        left = item.amount - sum((row.amount for row in rows), Decimal(0))
        if left:
            found.append((item.pk, left))
    return sorted(found)


@settings(max_examples=cases(25, each_time=8), deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(seed=st.integers(0, 2**20))
def test_control_accounts_agree_after_any_sequence(db, seed):
    with transaction.atomic():
        desk = Desk(seed)
        done = [desk.act() for _ in range(18)]
        desk.prove()
        assert "open" in done
        transaction.set_rollback(True)
