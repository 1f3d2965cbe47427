"""Budgets from files: what is exported comes in again, and every bad row is named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounting.budgets import importing, planning, queries
from accounting.budgets.models import BudgetAmount
from accounting.budgets.planning import Plan
from accounting.ledger import charting
from accounting.ledger.models import CostCentre, FiscalYear
from erp.core.errors import Refusals
from erp.core.importing import ColumnMissing
from erp.core.money import ZERO
from tests import make
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date


@pytest.fixture
def company():
    company = make.company()
    charting.save_cost_unit(CostCentre(company=company), by=make.owner_of(company), number="10",
                            name_de="Laden")  # fmt: skip
    return company


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def budget(company, by):
    year = FiscalYear.of(company).get()
    return planning.open_budget(company=company, year=year, name="Entwurf", by=by)


@pytest.fixture
def client(by):
    client = Client()
    client.force_login(by)
    return client


def told(refusals):
    return [(r.values["row"], r.values["column"], r.values["value"]) for r in refusals]


def test_years_and_months_come_in(company, budget, by):
    content = """Konto;Kostenstelle;Jahr;2026-01;02.2026\r
6000;;1'200.00;;\r
3200;10;;100.00;50\r
3201;;−12;;\r
""".encode()
    done = importing.import_budget(budget, content, by=by)
    assert len(done.plans) == 3 and done.total == chf("-1062.00")
    amounts = queries.amounts(budget)
    rent, sales = make.account(company, "6000").pk, make.account(company, "3200").pk
    assert set(amounts[rent, None].values()) == {chf("100.00")} and len(amounts[rent, None]) == 12
    assert amounts[sales, CostCentre.of(company).get().pk] == {
        day(2026, 1, 1): chf("100.00"), day(2026, 2, 1): chf("50.00")
    }  # fmt: skip


def test_every_bad_row_is_named_and_nothing_is_written(budget, by):
    content = b"""account;cost_centre;amount;2026-01;2025-12
6000;;1.00;;
600X;;1.00;;
6500;99;1.00;;
9000;;1.00;;
6510;;abc;;
6520;;5.00;4.00;
6000;;2.00;;
6530;;;;3.00
1020;10;1.00;;
"""
    with pytest.raises(Refusals) as refused:
        importing.import_budget(budget, content, by=by)
    assert told(refused.value.refusals) == [
        (3, "account", "600X"), (4, "cost_centre", "99"), (5, "account", "9000"), (6, "amount", "abc"),
        (7, "amount", "5.00"), (8, "account", "6000"), (9, "2025-12", "3.00"), (10, "cost_centre", "10"),
    ]  # fmt: skip
    assert all(str(one) for one in refused.value.refusals)
    assert not BudgetAmount.of(budget.company_id).exists()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [(b"number;amount\n1;2\n", ColumnMissing), (b"account;name\n1;2\n", importing.NoAmountColumn)],
)
def test_a_file_without_the_columns_is_refused(budget, content, refusal):
    with pytest.raises(refusal):
        importing.preview(budget, content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_comes_in_again_on_the_page(company, budget, by, client, form):
    CostCentre.of(company).update(number="-10")  # a text that no spreadsheet may reckon with
    year, centre = budget.fiscal_year, CostCentre.of(company).get()
    plans = [
        Plan(make.account(company, "6000"), None, planning.spread(year, chf("1000.01"))),
        Plan(make.account(company, "3200"), centre, {day(2026, 5, 1): chf("-7.35")}),
        Plan(make.account(company, "1510"), None, {day(2026, 6, 1): chf("9000.00")}),
    ]
    planning.plan(budget, plans, by=by)
    before = queries.amounts(budget)
    start = f"/c/{company.pk}/budgets/"
    file = client.get(f"{start}{budget.pk}/?format={form}").content
    other = planning.open_budget(company=company, year=year, name="Leer", by=by)
    page = client.post(f"{start}{other.pk}/import/", {"file": SimpleUploadedFile("b", file)})
    assert page.status_code == 200, page.content.decode()
    assert queries.amounts(other) == {}
    kept = page.context["kept"]
    done = client.post(f"{start}{other.pk}/import/", {"kept": kept, "confirm": "1"})
    assert done.status_code == 302
    assert queries.amounts(other) == before
    # a preview of one budget is none of another
    assert (
        client.post(f"{start}{budget.pk}/import/", {"kept": kept, "confirm": "1"}).status_code
        == 422
    )


def test_a_year_is_typed_down_the_column(company, budget, client):
    address = f"/c/{company.pk}/budgets/{budget.pk}/"
    assert (
        client.post(
            address, {"year-6000": "1’200.00", "year-3200": "", "spread": "evenly"}
        ).status_code
        == 302
    )
    rent = make.account(company, "6000")
    (row,) = [r for r in queries.sheet(budget, language="de") if r.planned]
    assert (row.account.pk, row.planned) == (rent.pk, chf("1200.00"))
    refused = client.post(address, {"year-6000": "1x", "year-6500": "5", "spread": "evenly"})
    assert refused.status_code == 422 and 'value="1x"' in refused.content.decode()
    assert not [
        r for r in queries.sheet(budget, language="de") if r.account.number == "6500" and r.planned
    ]
    months = f"{address}accounts/6000/?cost_centre=10"
    assert client.post(months, {"2026-02": "30.50"}).status_code == 302
    assert queries.month_rows(budget, rent, cost_centre=CostCentre.of(company).get().pk)[
        1
    ].planned == chf("30.50")
    assert queries.month_rows(budget, rent, cost_centre=None)[1].planned == chf("100.00")


def test_a_year_that_is_not_typed_anew_keeps_its_months(company, budget, by, client):
    rent = make.account(company, "6000")
    by_hand = {day(2026, 5, 1): chf("70.00"), day(2026, 9, 1): chf("30.00")}
    planning.plan(budget, [Plan(rent, None, by_hand)], by=by)
    address = f"/c/{company.pk}/budgets/{budget.pk}/"
    client.post(address, {"year-6000": "100.00", "year-6500": "12", "spread": "evenly"})
    assert queries.amounts(budget)[rent.pk, None] == by_hand
    client.post(address, {"year-6000": "120.00", "spread": "evenly"})
    assert set(queries.amounts(budget)[rent.pk, None].values()) == {chf("10.00")}
    assert sum(queries.amounts(budget)[rent.pk, None].values(), ZERO) == chf("120.00")
