"""The annual reconciliation: books beside returns, each difference by name; figures reckoned by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post
from accounting.ledger.years import open_fiscal_year
from erp.core import clock
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, YEAR, D, day, entry, pay, purchase, sale, settled_by
from tests.vat.returns.test_filing import filed_return
from vat.returns import filing
from vat.returns.queries import reporting
from vat.returns.reconciling import (
    input_tax_reconciliation,
    reconciliation,
    turnover_reconciliation,
)

pytestmark = pytest.mark.django_db
UID = "CHE107787577"
LATER = dt.date(2027, 2, 1)


@pytest.fixture
def company(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: LATER)
    return items.company(uid=UID)


def filed(company, start, *, today=LATER):
    return filed_return(company, start, today=today)


def file_year(company):
    for period in reporting(company, YEAR[1]):
        filed(company, period.start)


def told(found):
    return {step.code: step.amount for step in found.steps}


def bare(company, date, debited, credited, amount):
    lines = [debit(make.account(company, debited), D(amount)),
             credit(make.account(company, credited), D(amount))]  # fmt: skip
    return post(company=company, date=date, text="ohne Code", lines=lines,
                by=make.owner_of(company))  # fmt: skip


def test_turnover_is_explained_to_the_centime(company):
    sale(company, "1081.00", "UN")  # 1000.00
    sale(company, "500.00", "UX", date=day(4))
    first = sale(company, "216.20", "UN", date=day(7))  # 200.00
    pay(first, "205.39", discount="10.81", date=day(7, 20))  # 10.00 less
    bare(company, day(8), "1020", "3400", "300.00")
    bare(company, day(8), "1020", "6993", "0.05")
    entry(company, day(9), "1020", "3600", "700.00", "ZS")
    entry(company, day(9), "1020", "1510", "1081.00", "UN")  # a machine sold: 1000.00
    file_year(company)
    sale(company, "108.10", "UN", date=day(2))  # late: 100.00

    found = turnover_reconciliation(company, *YEAR)

    assert told(found) == {
        # 1000 + 500 + 200 - 10 + 300 + 0.05 + 700 + 100
        "ledger": D("2790.05"),
        "no_consideration": D("-0.05"),
        "without_code": D("-300.00"),
        "other_codes": D("-700.00"),
        "other_accounts": D("1000.00"),
        "by_code": D("2790.00"),
        "late": D("-100.00"),
        "explained": D("2690.00"),
    }
    assert (found.declared, found.rest) == (D("2690.00"), D(0))
    by_account = {row.account.number: row for row in found.accounts}
    assert by_account["3400"].bare == D("300.00") and by_account["3400"].lines == 1
    assert by_account["3200"].by_code == {"UN": D("1300.00"), "UX": D("500.00")}
    assert not by_account["6993"].is_turnover


def test_received_consideration_is_explained_by_what_was_open(company):
    settled_by(company, basis="received")
    paid = sale(company, "1081.00", "UN")
    half = sale(company, "2162.00", "UN", date=day(11))
    pay(paid, "1081.00", date=day(2))
    pay(half, "1081.00", date=day(12))
    file_year(company)

    found = turnover_reconciliation(company, *YEAR)

    assert told(found) == {
        "ledger": D("3000.00"), "by_code": D("3000.00"),
        "open_after": D("-1000.00"),  # half of 2000.00
        "explained": D("2000.00"),
    }  # fmt: skip
    assert (found.declared, found.rest) == (D("2000.00"), D(0))


def test_input_tax_is_explained_with_corrections_and_settlements(company):
    from vat.returns.settling import settle

    purchase(company, "540.50", "MN")  # 40.50
    entry(company, day(2), "1500", "1020", "2162.00", "IN")  # 162.00
    entry(company, day(2), "6200", "1171", "50.00", "KN")
    bare(company, day(5), "1170", "1020", "8.10")
    first = filed(company, Q1[0])
    settle(first, date=day(4), by=make.owner_of(company))
    for period in reporting(company, YEAR[1])[1:]:
        filed(company, period.start)

    found = input_tax_reconciliation(company, *YEAR)

    assert told(found) == {
        "ledger": D("8.10"),  # 40.50 + 162.00 - 50.00 + 8.10 - 152.50
        "settled": D("152.50"),
        "corrections": D("50.00"),
        "without_code": D("-8.10"),
        "by_code": D("202.50"),
        "explained": D("202.50"),
    }
    assert (found.declared, found.rest) == (D("202.50"), D(0))
    assert {row.account.number: row.bare for row in found.accounts}["1170"] == D("8.10")


def test_what_is_not_declared_is_proposed(company):
    sale(company, "1081.00", "UN")
    filed(company, Q1[0])
    sale(company, "1081.00", "UN", date=day(5))
    bare(company, day(6), "1020", "3400", "300.00")

    found = reconciliation(company, *YEAR)
    assert found.due == dt.date(2027, 6, 29)  # the 180th day of 2027
    assert [one.code for one in found.proposals] == ["file", "code_turnover"]
    assert not found.is_complete and found.turnover.rest == 0
    assert told(found.turnover)["open_periods"] == D("-1000.00")
    assert found.proposals[1].link == "ledger/accounts/3400/?from=2026-01-01&until=2026-12-31"

    for period in reporting(company, YEAR[1])[1:]:
        filed(company, period.start)
    purchase(company, "108.10", "MN", date=day(3))
    again = reconciliation(company, *YEAR)
    assert [(one.code, one.amount) for one in again.proposals] == [
        ("reconcile", D("0.00")), ("code_turnover", D("300.00")),
    ]  # fmt: skip
    assert told(again.input_tax)["late"] == D("-8.10") and again.input_tax.rest == 0
    assert again.is_complete


def test_what_another_year_declares_is_named(company):
    make.open_fiscal_year(company=company, start=dt.date(2027, 1, 1), end=dt.date(2027, 12, 31),
                          by=make.owner_of(company))  # fmt: skip
    file_year(company)
    sale(company, "1081.00", "UN", date=day(12))
    filed(company, dt.date(2027, 1, 1), today=dt.date(2027, 5, 1))

    before = turnover_reconciliation(company, *YEAR)
    after = turnover_reconciliation(company, dt.date(2027, 1, 1), dt.date(2027, 12, 31))

    assert told(before)["later"] == D("-1000.00") and before.rest == 0
    assert told(after)["earlier"] == D("1000.00") and after.rest == 0


def test_periods_filed_with_another_program_are_told_by_the_books(company):
    sale(company, "1081.00", "UN")
    filing.filed_elsewhere(company=company, start=Q1[0], by=make.owner_of(company))
    for period in reporting(company, YEAR[1])[1:]:
        filed(company, period.start)

    found = turnover_reconciliation(company, *YEAR)
    assert told(found)["elsewhere"] == D("-1000.00") and found.rest == found.declared == 0


def test_net_rates_are_reconciled_gross(company):
    from vat.settings.activities import grant_activity

    settled_by(company, method="net", interval="half")
    grant_activity(company=company, activity_code="A0001", name="Handel", percent=D("2.1"),
                   valid_from=YEAR[0], by=make.owner_of(company))  # fmt: skip
    sale(company, "1081.00", "UN")
    purchase(company, "540.50", "MN")
    file_year(company)

    found = reconciliation(company, *YEAR)

    assert told(found.turnover)["explained"] == found.turnover.declared == D("1081.00")
    assert found.turnover.rest == found.input_tax.rest == 0


def test_a_year_asks_a_fixed_number_of_queries(company):
    def asked():
        with CaptureQueriesContext(connection) as caught:
            reconciliation(company, *YEAR)
        return len(caught)

    sale(company, "1081.00", "UN")
    filed(company, Q1[0])
    sale(company, "1081.00", "UN", date=day(2))
    first = asked()
    for nth in range(5):
        sale(company, "1081.00", "UN", date=day(2, 10 + nth))
        purchase(company, "540.50", "IN", account="6500", date=day(5))
        bare(company, day(6), "1020", "3400", "300.00")
    assert asked() == first <= 14


@pytest.mark.parametrize("switched", [YEAR[0], dt.date(2026, 4, 1)], ids=["new year", "April"])
@pytest.mark.parametrize("before", ["agreed", "received"])
def test_a_change_of_basis_is_explained_by_what_was_open(company, before, switched):
    """1'000.00 is open at the change and paid in May; 200.00 are open in the end, 100.00 paid at once."""
    other = {"agreed": "received", "received": "agreed"}[before]
    first = dt.date(2025, 10, 1) if switched == YEAR[0] else YEAR[0]
    if first.year == 2025:
        books_of_2025(company)
    settled_by(company, basis=before, valid_from=first)
    settled_by(company, basis=other, valid_from=switched)
    opened = sale(company, "1081.00", "UN", date=switched - dt.timedelta(days=20))
    if first.year == 2025:
        filed(company, first)
    pay(opened, "1081.00", date=day(5))
    sale(company, "216.20", "UN", date=day(11))
    pay(sale(company, "108.10", "UN", date=day(6)), "108.10", date=day(6))
    for period in reporting(company, YEAR[1]):
        if period.start >= YEAR[0]:
            filed(company, period.start)

    found = turnover_reconciliation(company, *YEAR)

    assert found.rest == 0
    assert told(found)["carried"] == {"agreed": D("-1000.00"), "received": D("1000.00")}[before]


def books_of_2025(company):
    """The year before, for books that begin with 2026."""
    open_fiscal_year(
        company=company,
        by=make.owner_of(company),
        start=dt.date(2025, 1, 1),
        end=dt.date(2025, 12, 31),
    )
