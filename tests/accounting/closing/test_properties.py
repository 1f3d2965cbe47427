"""Whatever stands in the books: closing and reopening leave them as they were, and a change is carried as it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounting.closing.appropriating import appropriate, proposal, undo_appropriation
from accounting.closing.closing import close_year, reopen_year
from accounting.closing.comparing import changes, closings_of
from accounting.closing.proving import proof
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear, Period, YearClosing
from accounting.ledger.posting import reverse
from accounting.ledger.queries import account_sheet
from accounting.ledger.verifying import verify_ledger
from accounting.open_items.plans import Money, Part
from accounting.open_items.queries import open_on
from accounting.open_items.settling import settle
from accounting.statements import statements
from accounting.statements.trial_balance import trial_balance
from erp.core.errors import DomainError
from tests import make
from tests.accounting.closing import books
from tests.accounting.open_items import books as items
from tests.accounting.open_items.books import invoice
from tests.examples import cases
from tests.vat.returns.books import entry, returned, settled_by

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=cases(25, each_time=2), deadline=None, derandomize=True,
               phases=[Phase.explicit, Phase.generate],
               suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
#: Debit, credit, VAT code: of the balance sheet, of income, of expense; blank is where the result is carried.
PLAIN = (("1020", "3200", "UN"), ("6500", "1020", "IN"), ("1500", "1020", "IN"), ("6000", "1020", ""),
         ("5000", "1020", ""), ("1020", "2450", ""), ("", "1020", ""), ("6800", "1509", ""), ("3805", "1020", ""),
         ("1020", "6900", ""))  # fmt: skip
NEXT_LAST = dt.date(2026, 12, 31)
QUARTERS = [(dt.date(year, month, 1), dt.date(year, month + 2, 31 if month in {1, 10} else 30))
            for year in (2025, 2026) for month in (1, 4, 7, 10)]  # fmt: skip


class Desk:
    """One bookkeeper with two years, who posts at random days of either."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.books, self.year = books.of_2025(items.company(legal_form=self.chance.choice(
            ["corporation", "llc", "sole", "association"])))  # fmt: skip
        self.books.modules = ["ledger", "vat", "receivables", "payables"]
        self.books.save(update_fields=["modules"])
        self.by = make.owner_of(self.books)
        settled_by(self.books, valid_from=self.year.start)
        self.carries = Account.of(self.books).get(purpose=Account.Purpose.RETAINED_EARNINGS).number
        self.items, self.entries = [], []

    def day(self, year: int | None = None) -> dt.date:
        year = year or self.chance.choice([2025, 2026])
        return dt.date(year, 1, 1) + dt.timedelta(self.chance.randrange(365))

    def amount(self) -> Decimal:
        return Decimal(self.chance.randint(1, 900000)).scaleb(-2)

    def act(self) -> None:
        kind = self.chance.choice(["post", "post", "post", "owe", "pay", "reverse"])
        try:
            with transaction.atomic():
                getattr(self, kind)()
        except DomainError:
            pass

    def post(self, year: int | None = None):
        debit, credit, code = self.chance.choice(PLAIN)
        debit = debit or self.carries
        amount = self.amount()
        self.entries.append(entry(self.books, self.day(year), debit, credit, amount, code))
        return self.entries[-1]

    def owe(self) -> None:
        side = self.chance.choice(["receivables", "payables"])
        code = {"receivables": "UN", "payables": "MN"}[side]
        self.items.append(invoice(self.books, str(self.amount()), side=side, date=self.day(), code=code,
                                  document=f"D-{len(self.items)}"))  # fmt: skip

    def pay(self) -> None:
        item = self.chance.choice(self.items or [None])
        if item is None:
            return
        paid = self.chance.choice([item.amount, (item.amount / 3).quantize(Decimal("0.01"))])
        settle(company=self.books, date=max(item.opened_on, self.day()), by=self.by, parts=[Part(item, paid=paid)],
               money=Money(make.account(self.books, "1020"), paid, paid))  # fmt: skip

    def reverse(self) -> None:
        if self.entries:
            one = self.chance.choice(self.entries)
            reverse(one, date=max(one.date, self.day()), by=self.by)

    def close(self) -> YearClosing:
        books.accept_all(self.books, self.year)
        return close_year(company=self.books, year=self.year, by=self.by)

    def reopen(self) -> None:
        reopen_year(company=self.books, year=self.year, by=self.by, reason="Nachtrag")

    def seen(self):
        """What the books say: balances, statements, what is owed, VAT, of both years."""
        told = {}
        for year in FiscalYear.of(self.books).order_by("start"):
            told["sums", year.name] = account_sums(self.books, year=year, until=year.end)
            told["trial", year.name] = trial_balance(self.books, year=year, until=year.end).rows
            cols = statements.columns(self.books, until=year.end)
            for report in (statements.balance_sheet, statements.income_statement):
                found = report(self.books, cols, language="de")
                told[report.__name__, year.name] = [(row.name, row.figures) for row in found.rows]
            for side in ("receivables", "payables"):
                told["owed", side, year.name] = open_on(self.books, year.end, side)
        for start, end in QUARTERS:
            told["vat", start] = returned(self.books, start, end).declaration.boxes
        return told

    def carried(self) -> Decimal:
        """What the new year opens with on the account for the result carried forward; profit positive."""
        account = make.account(self.books, self.carries)
        return -account_sheet(self.books, account, start=dt.date(2026, 1, 1), end=NEXT_LAST).opening


@FEW
@given(seed=st.integers(0, 2**20))
def test_closing_and_reopening_leave_the_books_as_they_were(seed):
    with transaction.atomic():
        desk = Desk(seed)
        for _nth in range(desk.chance.randint(5, 18)):
            desk.act()
        before, numbers = desk.seen(), desk.carried()

        first = desk.close()
        assert desk.seen() == before
        assert desk.carried() == numbers == first.carried
        assert list(proof(desk.books)) == []

        desk.reopen()
        assert desk.seen() == before and desk.carried() == numbers
        again = desk.close()
        assert (again.nth, again.digest, again.result, again.carried, again.figures) == (
            2, first.digest, first.result, first.carried, first.figures)  # fmt: skip
        found = changes(desk.books, desk.year, closings_of(desk.books, desk.year))
        assert (found.balances, found.result, found.entries.count()) == ([], 0, 0)

        desk.reopen()
        late = desk.post(year=2025)
        moved = desk.carried() - numbers
        third = desk.close()
        assert third.carried == first.carried + moved == desk.carried()
        result = sum((line.credit - line.debit for line in late.lines.select_related("account")
                      if line.account.is_result), Decimal(0))  # fmt: skip
        assert third.result == first.result + result
        found = changes(desk.books, desk.year, closings_of(desk.books, desk.year))
        assert list(found.entries) == [late]
        assert sum((one.difference for one in found.balances), Decimal(0)) == 0
        _used_and_back(desk, third)
        assert set(
            Period.of(desk.books).filter(fiscal_year=desk.year).values_list("lock", flat=True)
        ) == {"locked"}
        assert verify_ledger(desk.books).sound
        transaction.set_rollback(True)


def _used_and_back(desk, closing):
    """A profit that is used, and its use taken back, leaves what was carried as it was."""
    if desk.books.legal_form not in {"corporation", "llc"}:
        return
    there = proposal(desk.books, desk.year)
    if there.available <= there.statutory:
        return
    before = desk.seen()["sums", "2025"], closing.carried
    told = {"statutory": there.statutory, "statutory_account": make.account(desk.books, "2950")}
    appropriate(
        company=desk.books, year=desk.year, by=desk.by, decided_on=dt.date(2026, 6, 1), **told
    )
    undo_appropriation(company=desk.books, year=desk.year, by=desk.by)
    assert (desk.seen()["sums", "2025"], desk.carried()) == before
