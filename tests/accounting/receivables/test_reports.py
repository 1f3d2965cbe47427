"""Turnover, VAT journal and payment habits: the sums are those of the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.ledger.queries import year_of
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.receivables import drafting, issuing, making, turnover
from accounting.receivables.typed import TypedItem
from accounting.statements.trial_balance import trial_balance
from erp.core.money import ZERO
from tests import make
from tests.accounting.open_items.books import money
from tests.accounting.receivables.sales import (
    EURO_IBAN,
    MARCH_1,
    MARCH_9,
    MARCH_31,
    bank_account,
    company,
    customer,
    issued,
    item,
    items_of,
    product,
)
from tests.erp.client import Api, problem

pytestmark = pytest.mark.django_db
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def books(db):
    """Two customers, a product, a credit note, a deposit that was deducted, an invoice in euros."""
    books = company()
    by = make.owner_of(books)
    huber, meier = customer(books), customer(books, "Meier GmbH")
    product(books)
    bank_account(books, iban=EURO_IBAN, account="1024", currency="EUR", name="Euro")
    issued(
        books, huber, TypedItem(product="BER", quantity=Decimal(3)), discount_percent=Decimal(10)
    )
    issued(books, huber, item("108.10"), basis="gross", date=dt.date(2026, 2, 1))
    issuing.cancel(issued(books, meier, item("50.00")), date=MARCH_9, by=by)
    issued(books, meier, item("100.00", code="", account="3200"), currency="EUR",
           exchange_rate=Decimal("0.9375"))  # fmt: skip
    order = issued(books, meier, item("1000.00"), kind="order")
    deposit = drafting.save(company=books, by=by, typed=making.deposit(
        order, date=MARCH_1, percent=Decimal(40), text="Akonto"))  # fmt: skip
    issuing.issue(deposit, by=by)
    final = drafting.save(
        company=books, by=by, typed=making.derived(order, "invoice", date=MARCH_31)
    )
    issuing.issue(final, by=by)
    return books


def income(books):
    """What the income accounts say of the year."""
    found = trial_balance(books, year=year_of(books, MARCH_1), until=YEAR[1])
    return -sum((row.closing for row in found.rows if row.number.startswith("3")), ZERO)


def test_turnover_by_customer_and_month_is_the_ledgers(books):
    rows = turnover.by_customer(books, *YEAR)
    assert [(row.name, row.amount) for row in rows] == [
        ("Meier GmbH", Decimal("1093.75")), ("Huber AG", Decimal("586.00"))]  # fmt: skip
    months = turnover.by_month(books, *YEAR)
    assert len(months) == 12 and months[1].amount == Decimal("100.00")
    assert sum(row.amount for row in months) == sum(row.amount for row in rows) == income(books)


def test_turnover_by_product_comes_to_the_same(books):
    rows = turnover.by_product(books, *YEAR, language="de")
    assert [(row.number, row.count, row.amount) for row in rows] == [
        ("", Decimal("3.0000"), Decimal("1193.75")), ("BER", Decimal("3.0000"), Decimal("486.00"))]  # fmt: skip


def test_the_year_before_stands_beside(books):
    rows = turnover.by_customer(books, dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    assert (rows[0].amount, rows[0].before, rows[0].change) == (
        ZERO, Decimal("1093.75"), Decimal("-100.0"))  # fmt: skip


def test_the_vat_journal_adds_up_to_the_tax_account(books):
    rows = turnover.vat_journal(books, *YEAR)
    found = trial_balance(books, year=year_of(books, MARCH_1), until=YEAR[1])
    due = -sum((row.closing for row in found.rows if row.number == "2200"), ZERO)
    assert sum(row.tax for row in rows) == due
    ((code, rate, net, tax),) = turnover.vat_totals(rows)
    assert (code, rate, tax) == ("UN", Decimal("8.10"), due)
    assert net == Decimal("486.00") + 100 + 1000


def paid(books, name):
    """An invoice to a new customer, who paid it."""
    (owed,) = items_of(issued(books, customer(books, name)))
    settle(company=books, date=MARCH_31, parts=[Part(owed, paid=owed.amount)],
           money=money(books, str(owed.amount)), by=make.owner_of(books))  # fmt: skip


@pytest.mark.parametrize(
    "path", ["turnover/customers/", "turnover/products/", "turnover/months/", "vat-journal/",
             "payment-habits/"])  # fmt: skip
def test_pages_and_files_cost_the_same_however_much_was_sold(books, path):
    client = Client()
    client.force_login(make.owner_of(books))
    address = f"/c/{books.pk}/receivables/{path}?since=2026-01-01&until=2026-12-31&on=2026-12-31"
    paid(books, "Erster Kunde")
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    for nth in range(3):
        paid(books, f"Kunde {nth}")
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few)
    for form in ("csv", "xlsx", "pdf"):
        assert client.get(f"{address}&format={form}").status_code == 200


def test_programs_get_the_same(books):
    api = Api(books, make.owner_of(books))
    span = {"since": "2026-01-01", "until": "2026-12-31"}
    assert (
        api.get("sales-reports/turnover-by-customer/", **span).json()["results"][0]["amount"]
        == "1093.75"
    )
    assert len(api.get("sales-reports/turnover-by-month/", **span).json()) == 12
    assert (
        api.get("sales-reports/turnover-by-product/", **span).json()["results"][1]["number"]
        == "BER"
    )
    assert api.get("sales-reports/vat-journal/", **span).json()["results"][0]["code"] == "UN"
    assert api.get("sales-reports/payment-habits/", on="2026-12-31").json()["results"] == []
    problem(api.get("sales-reports/vat-journal/", since="2026-02-01", until="2026-01-01"), 400)
