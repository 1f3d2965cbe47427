"""Margins of projects, reckoned by hand: hours, their worth, income and costs on the cost object."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.hours import billing
from accounting.hours.billing import Grouping
from accounting.hours.margins import MarginRow, lines_of, margin_of, margins, total_of
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, CostObject
from accounting.ledger.posting import post
from accounting.receivables import issuing
from erp.companies.models import Module
from tests import make
from tests.accounting.hours import books
from tests.accounting.hours.books import MARCH_3, MARCH_31
from tests.accounting.receivables import sales
from tests.erp.client import Api, problem

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = {"since": dt.date(2026, 3, 1), "until": MARCH_31}
APRIL = {"since": dt.date(2026, 4, 1), "until": dt.date(2026, 4, 30)}


@pytest.fixture
def company():
    new = books.company()
    new.modules = [*new.modules, Module.COST_ACCOUNTING]
    new.save(update_fields=["modules"])
    return new


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["hours.own"])


def unit(company, number="100"):
    return CostObject.unscoped.create(company=company, number=number, name_de=f"Träger {number}")


def cost(company, cost_object, amount="300.00", *, date=MARCH_31, account="4400"):
    """Somebody else's work, paid by bank: with a VAT code it would be the same, as tax has lines of its own."""
    return post(
        company=company, date=date, text="Fremdleistung", by=make.owner_of(company),
        lines=[
            Line(make.account(company, account), debit=D(amount), cost_object=cost_object),
            Line(make.account(company, "1020"), credit=D(amount)),
        ],
    )  # fmt: skip


@pytest.fixture
def work(company, owner, worker):
    """P1: 2 h and 1 h 30 at 150.00, billed with VAT; 1 h for nothing; 30 min at 200.00, not billed; 300.00 of costs.

    P2 has no cost object; P3 nothing at all.
    """
    books.rate(company)
    first = books.project(company, product=sales.product(company), cost_object=unit(company))
    second = books.project(company, "P2", "Garten")
    books.project(company, "P3", "Leer", cost_object=unit(company, "300"))
    billed = [
        books.hours(first, 120, user=worker),
        books.hours(first, 90, user=worker, day=MARCH_3),
    ]
    books.approved(first, *billed)
    invoice = billing.bill(
        company=company, project=first, until=MARCH_3, date=MARCH_3, grouping=Grouping.PROJECT,
        by=owner,
    )  # fmt: skip
    issuing.issue(invoice, by=owner)
    books.hours(first, 60, user=worker, day=MARCH_31, is_billable=False)
    books.hours(first, 30, user=owner, day=MARCH_31, rate=D("200.00"))
    books.hours(second, 60, user=worker)
    cost(company, first.cost_object)
    return first


def test_a_project_by_hand(company, work):
    first, second = margins(company, **MARCH)
    assert (first.name, first.customer, first.cost_object) == ("P1 Umbau", "Kunde P1 AG", "100")
    assert (first.minutes, first.billable, first.billed_minutes, first.unrated) == (
        300,
        240,
        210,
        0,
    )
    assert first.worths == [("CHF", D("625.00"))]  # 3.5 h at 150 and 0.5 h at 200
    assert (first.income, first.costs) == (D("525.00"), D("300.00"))  # VAT is neither
    assert (first.margin, first.percent) == (D("225.00"), D("42.9"))
    assert (second.name, second.minutes, second.worths) == ("P2 Garten", 60, [("CHF", D("150.00"))])
    assert (second.income, second.costs, second.margin, second.percent) == (None,) * 4
    total = total_of([first, second])
    assert (total.minutes, total.worths) == (360, [("CHF", D("775.00"))])
    assert (total.income, total.costs, total.margin) == (D("525.00"), D("300.00"), D("225.00"))


@pytest.mark.parametrize(
    ("income", "costs", "percent"),
    [
        ("525.00", "300.00", "42.9"), ("400.00", "351.00", "12.3"),  # 12.25: half away from zero
        ("400.00", "449.00", "-12.3"), ("100.00", "350.00", "-250.0"), ("100.00", "0.00", "100.0"),
        ("0.00", "300.00", None), ("-50.00", "10.00", None), (None, None, None),
    ],
)  # fmt: skip
def test_the_margin_in_percent_of_the_income(income, costs, percent):
    """More credit notes than invoices: a percentage of less than nothing would have the wrong sign."""
    row = MarginRow([], income=income and D(income), costs=costs and D(costs))
    assert str(row.percent) == str(percent)


def test_a_loss_is_told_with_its_sign_by_page_and_endpoint(company, work, owner):
    cost(company, work.cost_object, "700.00")
    span = {"since": "2026-03-01", "until": "2026-03-31"}
    told = Api(company, owner).get("project-margins/", **span).json()["results"][0]
    assert (told["margin"], told["percent"]) == ("-475.00", "-90.5")
    page = Client()
    page.force_login(owner)
    assert (
        "\N{MINUS SIGN}90.5" in page.get(f"/c/{company.pk}/hours/margins/", span).content.decode()
    )


def test_a_span_takes_what_is_in_it(company, work):
    assert margins(company, **APRIL) == []
    cost(company, work.cost_object, "40.00", date=dt.date(2026, 4, 30))
    (row,) = margins(company, **APRIL)
    assert (row.minutes, row.income, row.costs, row.margin) == (0, D(0), D("40.00"), D("-40.00"))
    assert row.percent is None  # of no income
    later = {"since": MARCH_3, "until": MARCH_31}
    assert margins(company, **later)[0].minutes == 180


def test_of_a_customer_alone(company, work):
    assert [row.name for row in margins(company, customer=work.contact_id, **MARCH)] == ["P1 Umbau"]
    other = sales.customer(company, "Andere AG")
    assert margins(company, customer=other.pk, **MARCH) == []


def test_projects_that_share_a_cost_object_stand_together(company, work, worker):
    sister = books.project(company, "P9", "Anbau", cost_object=work.cost_object, currency="EUR")
    books.hours(sister, 60, user=worker)  # in euros no rate is known
    row = margins(company, **MARCH)[0]
    assert row.name == "P1 Umbau, P9 Anbau"
    assert (row.minutes, row.unrated, row.income) == (360, 60, D("525.00"))
    assert margin_of(company, sister, **MARCH) == row


def test_drafts_and_balance_accounts_do_not_count(company, work, owner):
    before = margins(company, **MARCH)[0]
    Account.of(company).filter(number="1020").update(cost_object_rule=Account.Rule.MAY)
    post(
        company=company, date=MARCH_31, text="Anzahlung", by=owner,
        lines=[
            Line(make.account(company, "1020"), debit=D(500), cost_object=work.cost_object),
            Line(make.account(company, "1000"), credit=D(500)),
        ],
    )  # fmt: skip
    sales.draft(company, work.contact, sales.item("900.00", cost_object="100"), date=MARCH_31)
    assert margins(company, **MARCH)[0] == before


def test_the_lines_behind_a_margin(company, work):
    lines = lines_of(company, work, **MARCH)
    assert [(one.account[:4], one.income, one.costs) for one in lines] == [
        ("4400", None, D("300.00")), ("3400", D("525.00"), None)]  # fmt: skip
    assert lines[0].text == "Fremdleistung"
    assert sum(one.income or 0 for one in lines) == margin_of(company, work, **MARCH).income


def test_as_many_queries_for_many_projects_as_for_one(company, work, worker):
    with CaptureQueriesContext(connection) as few:
        margins(company, **MARCH)
    for nth in range(4, 8):
        more = books.project(company, f"P{nth}", "Mehr", cost_object=unit(company, f"{nth}00"))
        books.hours(more, 60, user=worker)
        cost(company, more.cost_object, "10.00")
    with CaptureQueriesContext(connection) as many:
        assert len(margins(company, **MARCH)) == 6
    assert len(many) == len(few) <= 5


def test_page_files_and_endpoint_tell_the_same(company, work, owner, worker):
    page = Client()
    page.force_login(owner)
    start, span = f"/c/{company.pk}/hours/margins/", {"since": "2026-03-01", "until": "2026-03-31"}
    shown = page.get(start, span).content.decode()
    assert "Die Kosten der eigenen Stunden sind nicht abgezogen" in shown
    assert "225.00" in shown and "42.9" in shown and "kein Kostenträger" in shown
    table = page.get(start, {**span, "format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert table[0].endswith("Ertrag CHF;Kosten CHF;Marge CHF;Marge %")
    assert table[1] == "P1 Umbau;Kunde P1 AG;5.00;4.00;3.50;625.00;525.00;300.00;225.00;42.90"
    for form in ("xlsx", "pdf"):
        assert page.get(start, {**span, "format": form}).status_code == 200
    one = page.get(f"{start}{work.pk}/", span).content.decode()
    assert "Fremdleistung" in one and "225.00" in one
    assert page.get(f"{start}{10**9}/").status_code == 404

    api = Api(company, owner)
    whole = api.get("project-margins/", **span).json()
    first, second = whole["results"]
    assert (whole["total"]["margin"], whole["total"]["projects"]) == ("225.00", [])
    assert (first["margin"], first["percent"], first["projects"][0]["number"]) == (
        "225.00",
        "42.9",
        "P1",
    )
    assert first["worth"] == [{"currency": "CHF", "amount": "625.00"}] and second["margin"] is None
    told = api.get(f"project-margins/{work.pk}/", **span).json()
    assert told["margin"] == first and [one["costs"] for one in told["lines"]] == ["300.00", None]
    found = api.get("project-margins/", customer=work.contact_id, **span).json()["results"]
    assert [row["projects"][0]["number"] for row in found] == ["P1"]
    problem(api.get("project-margins/", customer=10**9, **span), 400)
    assert api.get("project-margins/", form="csv", **span)["Content-Type"].startswith("text/csv")
    desk = Client()
    desk.force_login(make.user(company=company, granted=["hours.read", "ledger.read"]))
    assert desk.get(start).status_code == 403
