"""Posted, filed, corrected, reconciled and settled in any order: all is declared once, to the centime."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction

from accounting.ledger.models import Account
from erp.core.errors import DomainError
from tests.examples import cases
from tests.vat.returns.books import D, returned, settled_by
from tests.vat.returns.test_filing import UID, balance, checked, filed_return
from tests.vat.returns.test_properties import QUARTERS, YEAR, Desk
from vat.returns import errors, filing, pieces, settling
from vat.returns.checking.looking import TAX_PURPOSES
from vat.returns.computing import compute
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import computed, filed_returns, frozen_scope, latest

pytestmark = pytest.mark.django_db
OVER = dt.date(2027, 1, 31)
#: The basis before and from a quarter on, and whether corrections declare the differences.
COURSES = [("agreed", "agreed", 0, False), ("received", "received", 0, True),
           ("agreed", "received", 1, False), ("received", "agreed", 1, True),
           ("agreed", "received", 2, True), ("received", "agreed", 2, False)]  # fmt: skip


class Office(Desk):
    """Also files what is next, corrects, and settles."""

    def file_next(self):
        done = VatReturn.of(self.books).filter(kind=1).count()
        filed_return(self.books, QUARTERS[done][0], today=OVER)

    def correct(self):
        rows = list(VatReturn.of(self.books).filter(kind=1, state="filed"))
        if not rows:
            return
        try:
            one = filing.begin_correction(self.chance.choice(rows), by=self.by)
        except errors.SwitchedSince:
            return
        filing.file(checked(one, self.by), by=self.by, today=OVER)

    def reconcile(self):
        one = filing.begin_reconciliation(
            company=self.books, start=YEAR[0], end=YEAR[1], by=self.by
        )
        filing.file(checked(one, self.by), by=self.by, today=OVER)

    def settle(self, some=0.5):
        for one in VatReturn.of(self.books).filter(state="filed", entry=None):
            if self.chance.random() < some:
                try:
                    with transaction.atomic():
                        settling.settle(one, date=YEAR[1], by=self.by)
                except DomainError as refusal:
                    assert refusal.code == "vat.nothing_to_post", refusal
            elif one.entry and self.chance.random() < 0.2:
                settling.unsettle(one, date=YEAR[1], by=self.by)


def told(sums):
    whole = Counter()
    for one in sums:
        for name in ("net", "tax", "owed"):
            whole[one.code, one.rate, name] += getattr(one, name)
    return {key: amount for key, amount in whole.items() if amount}


def declared(books):
    """What all filed returns say together: of each period what its latest say."""
    groups = {}
    for one in filed_returns(books):
        groups.setdefault((one.start, one.end, one.kind == 3), []).append(one)
    return [one for rows in groups.values() for one in latest(rows)]


@pytest.mark.parametrize(
    "course", COURSES[: cases(6, each_time=3)], ids=lambda c: "-".join(map(str, c))
)
def test_all_is_declared_once_whatever_the_order(course):
    before, after, nth, differences = course
    desk = Office(nth * 100 + len(before) * 10 + differences)
    books = desk.books
    books.uid = UID
    books.save()
    TaxOffice.unscoped.create(company=books, differences=differences)
    settled_by(books, basis=before)
    if nth:
        settled_by(books, basis=after, valid_from=QUARTERS[nth][0])

    for _quarter in QUARTERS:
        for _ in range(7):
            desk.act()
        desk.file_next()
        desk.settle()
        for _ in range(3):
            desk.act()
        desk.correct()
    desk.reconcile()
    for _ in range(4):
        desk.act()
    desk.correct()
    desk.reconcile()
    desk.settle(1)

    rows = declared(books)
    whole = returned(books, *YEAR, basis=after)
    assert told(s for one in rows for s in computed(one).sums) == told(whole.sums)
    for one in filed_returns(books):  # the ledger gives each of them again
        assert told(compute(frozen_scope(one)).sums) == told(computed(one).sums)
    payable = sum(one.payable for one in rows)
    assert abs(payable - whole.declaration.payable) <= D("0.01") * len(rows)
    assert sum(settling._payable(one) for one in filed_returns(books)) == payable
    assert balance(books, "2201") == -payable
    agreed = dict(pieces.booked(returned(books, *YEAR).scope.question))
    left = Counter(agreed)
    left.subtract(dict(pieces.booked(whole.scope.question)))
    for account in Account.of(books).filter(purpose__in=TAX_PURPOSES):
        assert balance(books, account.number) == left[account.pk]
