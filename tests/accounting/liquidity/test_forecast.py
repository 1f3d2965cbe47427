"""The liquidity forecast: every source counts once, on the day it is expected."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.ledger.lines import credit, debit
from accounting.ledger.models import EntryTemplate
from accounting.ledger.posting import post
from accounting.ledger.queries import year_of
from accounting.ledger.recurring import save_template
from accounting.liquidity import planning
from accounting.liquidity.forecast import Kind
from accounting.liquidity.gathering import Wish, forecast
from accounting.liquidity.models import PlannedPayment
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.payables import recurring as purchases
from accounting.payables.models import RecurringSupplierInvoice
from accounting.payables.typed import TypedInvoice, TypedLine
from accounting.receivables import recurring
from accounting.receivables.models import RecurringInvoice
from accounting.receivables.typed import TypedDocument
from accounting.statements.monthly import liquid_funds
from erp.companies.models import Module
from erp.core import clock
from erp.core.errors import DomainError
from erp.reference.updating import update
from tests import make
from tests.accounting.open_items import books as items
from tests.accounting.receivables import sales
from tests.erp.client import Api, problem
from tests.erp.reference import files

pytestmark = pytest.mark.django_db
MARCH_2, MARCH_16 = dt.date(2026, 3, 2), dt.date(2026, 3, 16)
JUNE_1 = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def at_noon():
    with clock.at(dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)):
        yield


@pytest.fixture
def company():
    new = sales.company()
    new.modules = [*new.modules, Module.PAYABLES]
    new.save()
    pay_in(new, "1000.00")
    return new


def pay_in(company, amount, account="1020"):
    lines = [debit(make.account(company, account), Decimal(amount)),
             credit(make.account(company, "2800"), Decimal(amount))]  # fmt: skip
    return post(company=company, date=dt.date(2026, 1, 2), text="Einlage", lines=lines,
                by=make.owner_of(company))  # fmt: skip


def plan(company, amount, date=MARCH_16, **more):
    return planning.save_planned(
        PlannedPayment(company=company, date=date, text="Löhne", amount=Decimal(amount),
                       **{"currency": "CHF"} | more), by=make.owner_of(company))  # fmt: skip


def template(company, name="Miete", content=None, **more):
    told = {"mode": "simple", "debit": "6000", "credit": "1020", "amount": "100.00", "text": name}
    one = EntryTemplate(
        company=company, name=name, rhythm="month", next_date=dt.date(2026, 3, 31), **more
    )
    return save_template(one, by=make.owner_of(company), content=content or told)


def again(company, **more):
    told = TypedDocument(kind="invoice", contact=sales.customer(company).pk, date=MARCH_16,
                         lines=(sales.item("50.00"),))  # fmt: skip
    one = RecurringInvoice(company=company, name="Abo", next_on=MARCH_16, **more)
    return recurring.save(one, told, by=make.owner_of(company))


def flows(found, kind=None):
    return [(f.date, f.base) for c in found.columns for f in c.flows if kind in (None, f.kind)]


def look(company, until=JUNE_1, **more):
    return forecast(company, Wish(MARCH_2, until, **{"habits": False} | more))


def test_it_begins_with_what_the_statements_call_liquid(company):
    found = look(company)
    day = MARCH_2
    assert found.opening == liquid_funds(company, year=year_of(company, day), day=day) == 1000
    assert [(one.number, one.amount) for one in found.holdings] == [("1020", Decimal("1000.00"))]
    assert found.closing == 1000 and flows(found) == []
    assert (found.columns[0].start, found.columns[0].end) == (MARCH_2, dt.date(2026, 3, 8))


def test_each_source_counts_on_its_day_and_what_was_due_counts_today(company):
    items.invoice(company, "300.00", due_date=dt.date(2026, 2, 1), date=dt.date(2026, 1, 5))
    items.invoice(company, "200.00", due_date=MARCH_16, date=dt.date(2026, 1, 5), document="R-2")
    items.invoice(company, "900.00", side="payables", due_date=dt.date(2026, 3, 9),
                  date=dt.date(2026, 1, 5))  # fmt: skip
    again(company)
    template(company)
    plan(company, "-700.00", rhythm="month", date=dt.date(2026, 1, 25))
    found = look(company, until=dt.date(2026, 4, 30))
    assert flows(found, Kind.RECEIVABLE) == [(MARCH_2, 300), (MARCH_16, 200)]
    assert flows(found, Kind.PAYABLE) == [(dt.date(2026, 3, 9), -900)]
    (first,) = [one for one in flows(found, Kind.INVOICE) if one[0] <= dt.date(2026, 4, 15)]
    assert first == (dt.date(2026, 4, 15), Decimal("54.05"))
    assert flows(found, Kind.ENTRY) == [(dt.date(2026, 3, 31), -100), (dt.date(2026, 4, 30), -100)]
    assert flows(found, Kind.PLANNED) == [
        (dt.date(2026, 3, 25), -700),
        (dt.date(2026, 4, 25), -700),
    ]
    assert (
        sum(found.totals) == found.closing - found.opening == sum(base for _d, base in flows(found))
    )
    assert all(
        a.closing == b.opening for a, b in zip(found.columns, found.columns[1:], strict=False)
    )


def test_suppliers_invoices_that_come_again_count_when_they_are_due(company):
    purchases.save(
        RecurringSupplierInvoice(company=company, name="Miete", next_on=dt.date(2026, 4, 1)),
        TypedInvoice(contact=items.contact(company)[0].pk, date=dt.date(2026, 4, 1), net_days=10,
                     lines=(TypedLine(Decimal("250.00"), account="6000"),)),
        by=make.owner_of(company),
    )  # fmt: skip
    found = [flow for column in forecast(company, Wish(MARCH_2, JUNE_1)).columns for flow in column.flows
             if flow.kind == Kind.PURCHASE]  # fmt: skip
    assert [(flow.date, flow.base) for flow in found] == [
        (dt.date(2026, 4, 11), Decimal("-250.00")), (dt.date(2026, 5, 11), Decimal("-250.00")),
    ]  # fmt: skip


def test_the_lowest_day_is_found_within_its_week(company):
    plan(company, "-1500.00", date=dt.date(2026, 3, 10))
    plan(company, "2000.00", date=dt.date(2026, 3, 12))
    found = look(company)
    assert (found.lowest.start, found.lowest.low, found.lowest.low_date) == (
        dt.date(2026, 3, 9), -500, dt.date(2026, 3, 10))  # fmt: skip
    assert found.lowest.closing == 1500
    monthly = look(company, step="month")
    assert [(c.start, c.end) for c in monthly.columns][:2] == [
        (MARCH_2, dt.date(2026, 3, 31)), (dt.date(2026, 4, 1), dt.date(2026, 4, 30))]  # fmt: skip


def test_customers_pay_as_they_have_paid(company):
    _contact, late = items.contact(company, "Spät AG")
    paid = items.invoice(company, "100.00", party=late, date=dt.date(2026, 1, 5),
                         due_date=dt.date(2026, 2, 4))  # fmt: skip
    settle(company=company, date=dt.date(2026, 2, 14), parts=[Part(paid, paid=Decimal(100))],
           money=items.money(company, "100"), by=make.owner_of(company))  # fmt: skip
    items.invoice(company, "200.00", party=late, date=dt.date(2026, 2, 14), due_date=MARCH_16,
                  document="R-2")  # fmt: skip
    assert flows(look(company)) == [(MARCH_16, 200)]
    shifted = look(company, habits=True)
    assert flows(shifted) == [(dt.date(2026, 3, 26), 200)]
    (flow,) = shifted.columns[3].flows
    assert flow.is_moved and flow.due == MARCH_16


def test_suppliers_are_paid_in_time_for_their_discount(company):
    items.invoice(company, "500.00", side="payables", date=dt.date(2026, 2, 27), due_date=MARCH_16,
                  discount_percent=Decimal(2), discount_until=dt.date(2026, 3, 5))  # fmt: skip
    assert flows(look(company)) == [(MARCH_16, -500)]
    assert flows(look(company, discounts=True)) == [(dt.date(2026, 3, 5), -490)]


def test_foreign_money_is_told_with_its_rate_or_as_booked(company):
    (outcome,) = update("bazg-daily", content=files.bazg_daily(MARCH_2, [(1, "EUR", "0.95")],
                                                               validity="02.03.2026"))  # fmt: skip
    assert outcome.state == "active", outcome.refusal
    items.invoice(company, "100.00", currency="EUR", base="93.00", account="1101", due_date=MARCH_16,
                  date=dt.date(2026, 2, 1))  # fmt: skip
    plan(company, "-10.00", currency="XAU")
    found = look(company)
    rate = found.rates[0]
    assert (rate.currency, flows(found, Kind.RECEIVABLE)) == ("EUR", [(MARCH_16, 100 * rate.value)])
    assert (found.without_rate, flows(found, Kind.PLANNED)) == (["XAU"], [(MARCH_16, 0)])


def test_a_broken_template_is_named_and_left_out(company):
    template(company, content={"mode": "simple", "debit": "6000", "credit": "1020", "amount": "viel",
                               "text": "x"})  # fmt: skip
    found = look(company)
    assert flows(found) == [] and "Miete" in found.warnings[0]


def test_what_is_planned_must_make_sense(company):
    for wrong in ({"amount": "0.00"}, {"amount": "1.00", "currency": "XXQ"},
                  {"amount": "1.00", "until": dt.date(2026, 3, 1)}):  # fmt: skip
        with pytest.raises(DomainError):
            plan(company, wrong.pop("amount"), **wrong)
    weekly = plan(company, "5.00", rhythm="week", until=dt.date(2026, 3, 31))
    assert [d.day for d in planning.dates(weekly, MARCH_2, JUNE_1)] == [16, 23, 30]
    last = plan(company, "5.00", rhythm="month", date=dt.date(2026, 1, 31))
    assert [d.day for d in planning.dates(last, MARCH_2, JUNE_1)] == [31, 30, 31]


def test_the_number_of_queries_stays_whatever_there_is(company):
    """Holdings, both sides, habits, invoices, templates with what they name, plans, rates."""

    def fill(nth):
        for side in ("receivables", "payables"):
            items.invoice(company, "10.00", side=side, date=dt.date(2026, 2, 1), due_date=MARCH_16,
                          document=f"R-{nth}")  # fmt: skip
        template(company, name=f"Miete {nth}")
        plan(company, "-7.00", rhythm="week")
        plan(company, "-7.00", currency="EUR")

    fill(0), again(company)
    with CaptureQueriesContext(connection) as few:
        look(company, habits=True)
    for nth in range(1, 4):
        fill(nth)
    with CaptureQueriesContext(connection) as many:
        look(company, habits=True)
    assert len(many) == len(few) <= 11


def test_pages_files_and_planning(company):
    client = Client()
    client.force_login(make.owner_of(company))
    page = f"/c/{company.pk}/liquidity/"
    items.invoice(company, "200.00", due_date=MARCH_16, date=dt.date(2026, 1, 5))
    again(company), template(company)
    added = client.post(page + "planned/", {"date": "16.03.2026", "text": "Steuern", "amount": "-400",
                                            "currency": "CHF", "rhythm": ""})  # fmt: skip
    assert added.status_code == 302
    assert client.post(page + "planned/", {"date": "16.03.2026", "text": "x", "amount": "0",
                                           "currency": "CHF"}).status_code == 422  # fmt: skip
    shown = client.get(f"{page}?column=2026-03-16&step=week").content.decode()
    assert "Steuern" in shown and 'id="payments"' in shown and 'class="lowest"' in shown
    assert client.get(f"{page}?step=month&until=2027-03-01&asked=1").status_code == 200
    for form in ("csv", "xlsx", "pdf"):
        for what in ("", "&what=payments"):
            assert client.get(f"{page}?format={form}{what}").status_code == 200
    planned = PlannedPayment.of(company).get()
    one = f"{page}planned/{planned.pk}/"
    assert client.get(one).status_code == client.get(page + "planned/").status_code == 200
    assert client.post(one, {"date": "17.03.2026", "text": "Steuern", "amount": "-500",
                             "currency": "CHF", "rhythm": "year"}).status_code == 302  # fmt: skip
    assert client.post(one, {"do": "delete"}).status_code == 302
    assert not PlannedPayment.of(company).exists()
    half = Client()
    half.force_login(make.user(company=company, granted=["ledger.read"]))
    assert half.get(page).status_code == 403  # what is owed is a right of its own


def test_programs_get_the_forecast_and_plan(company):
    api = Api(company, make.owner_of(company))
    made = api.post(
        "planned-payments/", {"date": "2026-03-16", "text": "Steuern", "amount": "-1400.00"}
    )
    assert (made.status_code, made.json()["currency"]) == (201, "CHF")
    found = api.get("liquidity/", until="2026-04-30").json()
    assert (found["opening"], found["lowest"], found["lowest_date"]) == (
        "1000.00", "-400.00", "2026-03-16")  # fmt: skip
    assert [one["flows"][0]["kind"] for one in found["columns"] if one["flows"]] == ["planned"]
    path = f"planned-payments/{made.json()['id']}/"
    _told, version = api.read(path)
    assert api.patch(path, {"amount": "-5.00"}, **version).json()["amount"] == "-5.00"
    _told, version = api.read(path)
    assert api.delete(path, **version).status_code == 204
    problem(api.get("liquidity/", until="2036-04-30"), 400)
    problem(
        api.post("planned-payments/", {"date": "2026-03-16", "text": "x", "amount": "0.00"}), 422
    )
