"""Whatever is posted, in whatever order: returns say what the rows say, and nothing is lost or counted twice."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounting.ledger.models import JournalEntry, LedgerHead
from accounting.ledger.posting import reverse
from accounting.open_items.models import OpenItem
from accounting.open_items.plans import Money, Part
from accounting.open_items.settling import settle
from erp.core.errors import DomainError
from tests.accounting.open_items.books import invoice
from tests.accounting.open_items.test_sequences import Desk as OpenItemsDesk
from tests.examples import cases
from tests.vat.returns.books import D, entry, form, returned, settled_by
from tests.vat.returns.recomputed import declared, declared_net
from vat.returns.spans import Filed, spans_of
from vat.settings.activities import assign_accounts, grant_activity

FEW = settings(max_examples=cases(20, each_time=3), deadline=None, derandomize=True,
               suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
SEEDS = st.integers(0, 2**20)
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
QUARTERS = [(dt.date(2026, month, 1), end) for month, end in (
    (1, dt.date(2026, 3, 31)), (4, dt.date(2026, 6, 30)), (7, dt.date(2026, 9, 30)),
    (10, dt.date(2026, 12, 31)))]  # fmt: skip
DIRECT = (("1500", "1020", "IN"), ("6200", "1171", "KN"), ("1020", "3201", "UX"),
          ("1020", "3600", "ZS"), ("6570", "1020", "BM"), ("1020", "3200", "UN"))  # fmt: skip


class Desk(OpenItemsDesk):
    """Also posts sales, machines and corrections without open items, and reverses some of it."""

    def act(self):
        if self.chance.random() < 0.35:
            self.today += dt.timedelta(self.chance.randint(0, 6))
            try:
                with transaction.atomic():
                    self.direct()
                    self.prove_constraints()
            except DomainError as refusal:
                return refusal.code
            return "direct"
        return super().act()

    def prove_constraints(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def direct(self):
        posted = JournalEntry.of(self.books).filter(source="manual", kind="normal")
        if self.chance.random() < 0.2 and (one := posted.order_by("?").first()):
            reverse(one, date=self.day(), by=self.by)
            return
        debit, credit, code = self.chance.choice(DIRECT)
        amount = Decimal(self.chance.randint(10, 200000)).scaleb(-2)
        more = {}
        if code == "UN" and self.chance.random() < 0.3:
            more["supply_date"] = dt.date(2023, 11, 30)  # a late supply at the old rate
        entry(self.books, self.day(), debit, credit, amount, code, **more)


class Francs(Desk):
    """Only in francs."""

    def open(self):
        side = self.chance.choice(["receivables", "payables"])
        amount = Decimal(self.chance.randint(100, 300000)).scaleb(-2)
        if self.chance.random() < 0.2:
            amount = -amount
        code = self.chance.choice(
            {"receivables": ["UN", "UR", "UX"], "payables": ["MN", "BM"]}[side]
        )
        contra = {"UN": "3200", "UR": "3400", "UX": "3201", "MN": "4200", "BM": "6570"}[code]
        invoice(self.books, str(amount), side=side, date=self.day(), code=code, contra=contra,
                party=self.chance.choice(self.parties))  # fmt: skip

    def pay_all(self, date):
        """Pay and pay back whatever is open."""
        for item in OpenItem.of(self.books).filter(settled_on=None).select_related("account"):
            owed = item.open_amount
            settle(company=self.books, date=date, parts=[Part(item, paid=owed)], by=self.by,
                   money=Money(self.bank, owed, owed))  # fmt: skip


def boxes(found):
    return {box: amount for box, amount in form(found).items() if amount}


def added(*found):
    whole = Counter()
    for one in found:
        for box, amount in boxes(one).items():
            whole[box] += amount
    return {box: amount for box, amount in whole.items() if amount}


@FEW
@given(seed=SEEDS)
def test_a_return_is_what_the_rows_say(db, seed):
    with transaction.atomic():
        desk = Desk(seed)
        done = [desk.act() for _ in range(30)]
        assert {"open", "direct"} <= set(done)
        for basis in ("agreed", "received"):
            for days in (*QUARTERS, YEAR):
                found = returned(desk.books, *days, basis=basis)
                assert (boxes(found), found.declaration.payable) == declared(
                    desk.books, *days, basis
                )
        transaction.set_rollback(True)


@FEW
@given(seed=SEEDS)
def test_a_return_by_net_tax_rates_is_what_the_rows_say(db, seed):
    percents = {"UN": D("2.1"), "UR": D("0.6"), "SN": D("2.1"), "SR": D("2.1")}
    with transaction.atomic():
        desk = Francs(seed)
        settled_by(desk.books, method="net", interval="half")
        for code, percent in (("A0001", "2.1"), ("A0002", "0.6")):
            grant_activity(company=desk.books, activity_code=code, name=code, percent=D(percent),
                           valid_from=dt.date(2026, 1, 1), by=desk.by)  # fmt: skip
        assign_accounts(company=desk.books, by=desk.by, accounts={
            "3200": "A0001", "3800": "A0001", "3805": "A0001", "3400": "A0002"})  # fmt: skip
        desk.direct = lambda: entry(desk.books, desk.day(), "1020", "3400", "51.30", "UR")
        for _ in range(25):
            desk.act()
        for basis in ("agreed", "received"):
            found = returned(desk.books, *YEAR, method="net", basis=basis)
            rows = Counter()
            for row in found.declaration.supplies:
                rows[row.rate] += row.turnover
            told = {rate: amount for rate, amount in rows.items() if amount}
            expected = declared_net(desk.books, *YEAR, basis, percents)
            assert (told, found.declaration.payable) == expected
        transaction.set_rollback(True)


@FEW
@given(seed=SEEDS)
def test_quarters_with_what_came_late_add_up_to_the_year(db, seed):
    with transaction.atomic():
        desk = Desk(seed)
        filed = {"agreed": [], "received": []}
        told = {"agreed": [], "received": []}
        for nth, days in enumerate(QUARTERS):
            for _ in range(9):  # some of it into quarters that are filed
                desk.act()
            place = LedgerHead.of(desk.books).get().position
            if nth < 3:
                for basis, rows in filed.items():
                    covers = spans_of(*days, rows, until=place)
                    told[basis].append(returned(desk.books, *days, basis=basis, spans=covers))
                    rows.append(Filed(*days, place, sweeps=True))
        for basis, rows in filed.items():
            last = returned(
                desk.books, *QUARTERS[3], basis=basis, spans=spans_of(*QUARTERS[3], rows)
            )
            whole = returned(desk.books, *YEAR, basis=basis)
            assert added(*told[basis], last) == boxes(whole)
        transaction.set_rollback(True)


@FEW
@given(seed=SEEDS)
def test_when_all_is_paid_both_bases_declare_the_same(db, seed):
    with transaction.atomic():
        desk = Francs(seed)
        for _ in range(30):
            desk.act()
        desk.pay_all(YEAR[1])

        agreed = boxes(returned(desk.books, *YEAR))
        received = boxes(returned(desk.books, *YEAR, basis="received"))

        # Discounts and losses lower box 200 itself where only what was received is declared.
        agreed["200"] = agreed.get("200", D(0)) - agreed.pop("235", D(0))
        assert received == {box: amount for box, amount in agreed.items() if amount}
        transaction.set_rollback(True)
