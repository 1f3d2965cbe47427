"""A rate that changes is data: nothing but rows tells the program, and everything follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.ledger.entering import Reader, TypedLine
from tests.accounting.payables import purchases
from tests.accounting.receivables import sales
from vat.codes.models import VatCode
from vat.codes.queries import boxes_by_rate, boxes_of, rate_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("rate_of_2028"),
]
D = Decimal
OLD, NEW, MARCH_1 = dt.date(2027, 12, 31), dt.date(2028, 1, 1), dt.date(2028, 3, 1)
YEAR_2028 = (NEW, dt.date(2028, 12, 31))


@pytest.fixture
def company():
    return sales.company(first_year=YEAR_2028)


def test_rates_and_boxes_follow_the_day_of_supply(company):
    assert (rate_on("standard", OLD), rate_on("standard", NEW)) == (D("8.1"), D("8.9"))
    assert rate_on("reduced", NEW) == D("2.6")  # untouched
    turnover, acquired = (VatCode.of(company).get(code=code) for code in ("UN", "BM"))
    assert [boxes_of(turnover, day) for day in (OLD, NEW)] == [("200", "303"), ("200", "304")]
    assert [boxes_of(acquired, day) for day in (OLD, NEW)] == [("383", "400"), ("384", "400")]
    boxes = boxes_by_rate()
    assert boxes["standard", D("8.9")] == ("304", "384")
    assert boxes["standard", D("8.1")] == ("303", "383")  # late supplies still have theirs


def test_an_entry_takes_the_rate_of_its_supply(company):
    """1089.00 and 1081.00 are both 1000.00 and tax."""
    reader = Reader(company)
    rows = [TypedLine("3200", credit=D("1089.00"), vat_code="UN"),
            TypedLine("3200", credit=D("1081.00"), vat_code="UN", supply_date=OLD)]  # fmt: skip
    lines = reader.lines(rows, date=MARCH_1)
    assert [(x.account.number, x.credit, x.vat.rate) for x in lines] == [
        ("3200", D("1000.00"), D("8.9")), ("2200", D("89.00"), D("8.9")),
        ("3200", D("1000.00"), D("8.1")), ("2200", D("81.00"), D("8.1")),
    ]  # fmt: skip
    assert not reader.warnings  # both are the law's own


def test_invoices_to_customers_and_of_suppliers_follow(company):
    sold = sales.issued(company, sales.customer(company), sales.item("1000.00"), date=MARCH_1)
    assert [(row[0], row[1]) for row in sales.booked(sold)] == [
        ("1100", D("1089.00")), ("3400", D("-1000.00")), ("2200", D("-89.00"))
    ]  # fmt: skip
    bought = purchases.posted(purchases.supplier(company), purchases.line("1089.00", code="MN"),
                              purchases.line("1081.00", code="MN", supply_from=OLD, supply_until=OLD),
                              date=MARCH_1)  # fmt: skip
    assert [row for row in purchases.entered(bought.entry) if row[2] == "MNT"] == [
        ("1170", "89.00", "MNT", "1000.00"), ("1170", "81.00", "MNT", "1000.00")
    ]  # fmt: skip
