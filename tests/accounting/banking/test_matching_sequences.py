"""Whatever is imported, matched and undone, by whom and in what order: the books agree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from accounting.banking import booking, importing
from accounting.banking.camt.elements import UnreadableValue
from accounting.banking.matching import accepting
from accounting.banking.matching.choosing import Choice, NothingMatches, Share, best_of
from accounting.banking.matching.payments import payments_of
from accounting.banking.matching.proposing import matched_of, proposals_for, waiting
from accounting.banking.models import BankAccount, BankTransaction
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import EntryLine
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import open_fiscal_year
from accounting.open_items.checking import differences
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import Party
from erp.core.errors import DomainError
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import camt053, entry, tx
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk
from tests.accounting.open_items.books import company, invoice
from tests.examples import cases

FIRST = dt.date(2026, 1, 5)
LAST = dt.date(2026, 12, 31)
REFERENCES = ["210000000003139471430009017", "000000000000000000000012347", "RF18539007547034"]
PARTIES = [Party("Huber AG"), Party("Meier & Co")]


class Desk:
    """One bookkeeper and one bank, who do something at random, again and again."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.books = company()
        self.by = make.owner_of(self.books)
        self.bank = bank_account(self.books)
        self.count = 0

    def act(self) -> str:
        name = self.chance.choice(
            ["open", "open", "pay", "pay", "pay", "batch", "back", "certain", "accept", "accept",
             "undo", "book"]
        )  # fmt: skip
        try:
            with transaction.atomic():
                getattr(self, name)()
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except DomainError as refusal:
            return refusal.code
        return name

    def open(self) -> None:
        side = self.chance.choice(["receivables", "receivables", "payables"])
        discount = {"discount_percent": Decimal(2), "discount_until": dt.date(2026, 4, 1)}
        invoice(
            self.books, f"{self.chance.randint(1, 4)}00.00", side=side, date=FIRST,
            code=self.chance.choice(["UN" if side == "receivables" else "MN", ""]),
            party=self.chance.choice(PARTIES), document=f"RE-{self.chance.randint(1, 9):04}",
            reference=self.chance.choice([*REFERENCES, ""]),
            **(discount if self.chance.random() < 0.4 else {}),
        )  # fmt: skip

    def payment(self, amount: str, **more: str) -> str:
        return tx(
            amount, party=self.chance.choice(PARTIES).name,
            reference=self.chance.choice([*REFERENCES, ""]),
            text=self.chance.choice(["", f"RE-{self.chance.randint(1, 9):04}"]), **more,
        )  # fmt: skip

    def take_in(self, amount: str, *payments: str, **more: str) -> None:
        self.count += 1
        day = f"2026-0{self.chance.randint(2, 6)}-15"
        content = camt053(entry(amount, *payments, ref=f"R{self.count}", day=day, **more),
                          ident=f"S-{self.count}")  # fmt: skip
        importing.take_in(company=self.books, content=content, by=self.by)

    def pay(self) -> None:
        amount = self.chance.choice(["98.00", "100.00", "196.00", "200.00", "300.00", "150.00"])
        side = self.chance.choice(["CRDT", "CRDT", "DBIT"])
        role = "Dbtr" if side == "CRDT" else "Cdtr"
        self.take_in(amount, self.payment(amount, role=role), side=side)

    def batch(self) -> None:
        self.take_in("300.00", self.payment("100.00"), self.payment("200.00"))

    def back(self) -> None:
        amount = self.chance.choice(["98.00", "100.00", "200.00"])
        self.take_in(amount, self.payment(amount), side="DBIT", more="<RvslInd>true</RvslInd>")

    def certain(self) -> None:
        accepting.accept_certain(self.books, list(waiting(self.books)), by=self.by)

    def accept(self) -> None:
        for movement in self.chance.sample(list(waiting(self.books)), k=1):
            matched = matched_of(movement)
            found = [one for one in matched if one.proposals]
            choices = [Choice.of(self.chance.choice(one.proposals)) for one in found]
            accepting.accept(movement, choices=choices, by=self.by, rest=[TypedLine("1099")])

    def undo(self) -> None:
        rows = list(BankTransaction.of(self.books).exclude(entry=None))
        booking.unbook(self.chance.choice(rows), by=self.by)

    def book(self) -> None:
        movement = self.chance.choice(list(waiting(self.books)))
        booking.book(movement, contra=[TypedLine("3600")], by=self.by)

    def prove(self) -> None:
        for day in (LAST, dt.date(2026, 4, 1), dt.date(2026, 3, 31), dt.date(2026, 2, 28)):
            assert differences(self.books, day) == []
        assert verify_ledger(self.books).breaks == []
        for item in OpenItem.of(self.books):
            settled = sum(
                (s.amount for s in Settlement.of(self.books).filter(item=item)), Decimal(0)
            )
            assert item.open_amount == item.amount - settled
        booked = BankTransaction.of(self.books).exclude(entry=None)
        lines = EntryLine.of(self.books).filter(account=self.bank.account)
        assert sum((line.debit - line.credit for line in lines), Decimal(0)) == sum(
            (row.amount for row in booked), Decimal(0)
        )


@settings(max_examples=cases(30, each_time=10), deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(seed=st.integers(0, 2**20))
@pytest.mark.django_db
def test_the_control_account_equals_the_items_after_any_sequence(db, seed):
    with transaction.atomic():
        desk = Desk(seed)
        for _ in range(16):
            try:
                desk.act()
            except (ValueError, IndexError):  # nothing to choose from yet
                continue
        desk.prove()
        transaction.set_rollback(True)


# --- at once ----------------------------------------------------------------------------------------
@pytest.fixture
def shop(committed_db):
    with transaction.atomic():
        new = company()
        bank_account(new)
        item = invoice(new, "100.00", reference=REFERENCES[0])
        content = camt053(entry("100.00", tx("100.00", reference=REFERENCES[0]), ref="R1"))
        importing.take_in(company=new, content=content, by=make.owner_of(new))
    return new, item


def test_two_who_accept_the_same_transaction_have_one_effect(shop):
    books, item = shop

    def accept():
        with at_the_desk(books) as by:
            (movement,) = BankTransaction.of(books)
            found = proposals_for(books, BankTransaction.of(books).select_related("bank_account"))
            accepting.accept(movement, choices=best_of(found[movement.pk]), by=by)
            return "booked"

    def choose():
        with at_the_desk(books) as by:
            (movement,) = BankTransaction.of(books)
            share = Share(item.pk, Decimal("100.00"))
            accepting.accept(movement, choices=[Choice(0, [share])], by=by)
            return "booked"

    def rule():
        with at_the_desk(books) as by:
            return accepting.accept_certain(books, list(waiting(books)), by=by)[0]

    answers = at_once(accept, choose, choose, rule)
    effects = [a for a in answers if a in ("booked", 1)]
    others = [a for a in answers if a not in ("booked", 1)]
    refusals = (booking.AlreadyBooked, NothingMatches)
    assert len(effects) == 1 and all(a == 0 or isinstance(a, refusals) for a in others), answers
    with at_the_desk(books):
        assert Settlement.of(books).count() == 1
        assert BankTransaction.of(books).exclude(entry=None).count() == 1
        assert differences(books, LAST) == []


def test_two_transactions_that_want_the_same_item_settle_it_once(shop):
    books, item = shop
    with at_the_desk(books) as by:
        content = camt053(entry("100.00", tx("100.00", party="Huber AG"), ref="R2"), ident="S-2")
        importing.take_in(company=books, content=content, by=by)
        movements = list(BankTransaction.of(books).order_by("pk"))

    def settle(movement):
        def act():
            with at_the_desk(books) as by:
                share = Share(item.pk, Decimal("100.00"))
                accepting.accept(movement, choices=[Choice(0, [share])], by=by)
                return "booked"

        return act

    answers = at_once(*[settle(movement) for movement in movements])
    assert answers.count("booked") == 1, answers
    with at_the_desk(books):
        assert OpenItem.of(books).get(pk=item.pk).open_amount == 0
        assert differences(books, LAST) == []


# --- what banks send --------------------------------------------------------------------------------
REFUSED = (importing.IntradayOnly, importing.WrongCurrency, UnreadableValue)
#: Samples that no books can take: intraday, two currencies on one account, no date at all.
NOT_TAKEN_IN = {"camt.052.001.08_generic.xml", "camt.053.001.08_generic.xml",
                "camt.054.001.08_generic.xml", "camt.054.001.08_fin-institution-party.xml"}  # fmt: skip


def _accounts_of(content):
    """IBAN or number and currency of each account that a file tells of."""
    root = etree.fromstring(content)
    found = {}
    for account in root.iterfind(".//{*}Acct"):
        number = account.findtext("{*}Id/{*}IBAN") or account.findtext("{*}Id/{*}Othr/{*}Id")
        entry_currency = account.getparent().find("{*}Ntry/{*}Amt")
        currency = account.findtext("{*}Ccy") or (
            entry_currency.get("Ccy") if entry_currency is not None else ""
        )
        if number and account.getparent().tag.endswith(("Stmt", "Ntfctn", "Rpt")):
            found[number] = currency or "CHF"
    return found


@pytest.mark.django_db
def test_every_sample_is_imported_and_matched(shared, subtests):
    """Each file in books of its own: what it pays is open there, and certain where it has a reference."""
    files = sorted((shared / "samples" / "camt").glob("*.xml"))
    if not files:
        pytest.skip("there are no camt samples under RAPPEN_SHARED")
    seen, refused = 0, []
    for path in files:
        with subtests.test(path.name), transaction.atomic():
            content = path.read_bytes()
            books = company(first_year=(dt.date(2010, 1, 1), dt.date(2010, 12, 31)))
            by = make.owner_of(books)
            for year in range(2011, 2027):
                open_fiscal_year(company=books, start=dt.date(year, 1, 1),
                                 end=dt.date(year, 12, 31), by=by)  # fmt: skip
            numbers = {"CHF": "1020", "EUR": "1024", "USD": "1025"}
            for iban, currency in _accounts_of(content).items():
                BankAccount.unscoped.create(
                    company=books, name="Sample", iban=iban, currency=currency,
                    account=make.account(books, numbers.get(currency, "1020")),
                )  # fmt: skip
            try:
                importing.take_in(company=books, content=content, by=by)
            except REFUSED:
                transaction.set_rollback(True)
                refused.append(path.name)
                continue
            rows = list(waiting(books))
            owed = {}
            for movement in rows:
                paid = payments_of(movement)
                assert sum(p.net for p in paid) == movement.amount
                for one in paid:
                    known = one.reference and one.amount > 0 and one.currency == "CHF"
                    if known and one.reference not in owed and not one.is_return:
                        owed[one.reference] = invoice(
                            books, str(one.amount), reference=one.reference[:35],
                            date=dt.date(2010, 1, 1), document=f"RE-{len(owed) + 1:05}",
                        )  # fmt: skip
            found = proposals_for(books, rows)
            assert set(found) == {movement.pk for movement in rows}
            for movement in rows:
                for one in found[movement.pk]:
                    for proposal in one.proposals:
                        assert all(reason.sentence for reason in proposal.reasons)
                        assert not one.payment.is_return or not proposal.shares
            booked, refusals = accepting.accept_certain(books, rows, by=by)
            assert refusals == []
            seen += booked
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert differences(books, LAST) == []
            assert verify_ledger(books).breaks == []
            transaction.set_rollback(True)
    assert seen > 0
    assert set(refused) <= NOT_TAKEN_IN
