"""The budget beside the real figures: the same on each face, cut by days, and never in the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from accounting.budgets import planning
from accounting.budgets.planning import Plan
from accounting.ledger import charting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, FiscalYear
from accounting.ledger.posting import post
from accounting.statements import statements
from tests import make
from tests.accounting.statements.test_reports import as_figures, faces, figure
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date
MID_MARCH, YEAR_END = day(2026, 3, 15), day(2026, 12, 31)


@pytest.fixture
def company():
    """Sales and rent of 2026, booked in January, with a shop as cost centre."""
    company = make.company()
    by = make.owner_of(company)
    shop = charting.save_cost_unit(CostCentre(company=company), by=by, number="10", name_de="Laden")
    bank, rent, sales, equity = (make.account(company, n) for n in ("1020", "6000", "3200", "2800"))
    post(company=company, date=day(2026, 1, 1), text="Eröffnung", by=by, kind="opening",
         lines=[debit(bank, chf("500.00")), credit(equity, chf("500.00"))])  # fmt: skip
    post(company=company, date=day(2026, 1, 31), text="Verkauf", by=by,
         lines=[debit(bank, chf("1000.00")), credit(sales, chf("1000.00"), cost_centre=shop)])  # fmt: skip
    post(company=company, date=day(2026, 1, 31), text="Miete", by=by,
         lines=[debit(rent, chf("300.00")), credit(bank, chf("300.00"))])  # fmt: skip
    return company


@pytest.fixture
def by(company):
    return make.owner_of(company)


@pytest.fixture
def budget(company, by):
    """12,000 of sales, half of it the shop's, and 3,600 of rent, evenly."""
    year = FiscalYear.of(company).get()
    budget = planning.open_budget(company=company, year=year, name="Plan A", by=by)
    sales, rent = make.account(company, "3200"), make.account(company, "6000")
    half = planning.spread(year, chf("6000.00"))
    shop = CostCentre.of(company).get()
    planning.plan(
        budget, [Plan(sales, None, half), Plan(sales, shop, half),
                 Plan(rent, None, planning.spread(year, chf("3600.00")))], by=by,
    )  # fmt: skip
    return budget


@pytest.fixture
def client(by):
    client = Client()
    client.force_login(by)
    return client


def row_of(found, account):
    return next(row.figures for row in found.rows if row.account == account)


def income(company, until, budget, centre=None):
    cols = statements.columns(company, until=until, budget=budget)
    return statements.income_statement(company, cols, language="de", cost_centre=centre)


def test_the_last_columns_are_the_plan_to_the_day_and_what_departs_from_it(company, budget):
    found = income(company, YEAR_END, budget)
    assert row_of(found, "3200") == (chf("1000.00"), chf("12000.00"), chf("-11000.00"))
    assert row_of(found, "6000") == (chf("-300.00"), chf("-3600.00"), chf("3300.00"))
    assert found.result == (chf("700.00"), chf("8400.00"))
    cut = income(company, MID_MARCH, budget)  # two months and 15 of 31 days
    share = (Decimal(2) + Decimal(15) / 31) / 12
    assert row_of(cut, "6000")[1] == -(share * 3600).quantize(Decimal("0.01"))
    assert found.days == (YEAR_END, YEAR_END, YEAR_END)


def test_a_cost_centre_has_its_own_plan(company, budget):
    shop = CostCentre.of(company).get().pk
    found = income(company, YEAR_END, budget, shop)
    assert row_of(found, "3200") == (chf("1000.00"), chf("6000.00"), chf("-5000.00"))
    assert not [row for row in found.rows if row.account == "6000"]


def test_a_budget_of_another_year_adds_no_column(company, by, budget):
    make.open_fiscal_year(company=company, start=day(2027, 1, 1), end=day(2027, 12, 31), by=by)
    cols = statements.columns(company, until=day(2027, 6, 30), budget=budget)
    assert [col.budget for col in cols] == [None, None]


def test_the_balance_sheet_shows_a_budget_only_where_balances_are_planned(company, by, budget):
    year = budget.fiscal_year
    assert statements.budget_for(company, year=year) == budget
    assert statements.budget_for(company, year=year, balances=True) is None
    bank = make.account(company, "1020")
    planning.plan(budget, [Plan(bank, None, {day(2026, 6, 1): chf("8000.00")})], by=by)
    assert statements.budget_for(company, year=year, balances=True) == budget
    cols = statements.columns(company, until=YEAR_END, budget=budget)
    found = statements.balance_sheet(company, cols, language="de")
    assert row_of(found, "1020") == (chf("1200.00"), chf("8500.00"), chf("-7300.00"))
    assert (found.difference, found.unplanned) == (chf("0.00"), chf("-400.00"))
    planning.plan(budget, [Plan(bank, None, {day(2026, 6, 1): chf("8400.00")})], by=by)
    assert statements.balance_sheet(company, cols, language="de").unplanned == 0


@pytest.mark.parametrize("report", ["income-statement", "balance-sheet"])
def test_page_csv_xlsx_and_endpoint_show_the_same(company, budget, client, report):
    address = f"/c/{company.pk}/reports/{report}/?until=2026-03-15&budget={budget.pk}"
    page, text, sheet = faces(client, address)
    assert len(page) == len(text) == len(sheet) >= 10
    for shown, written, typed in zip(page, text, sheet, strict=True):
        assert [figure(c) for c in shown[1:]] == as_figures(written[1:]) == as_figures(typed[1:])
        assert len(shown) == 4
    told = client.get(
        f"/api/v1/companies/{company.pk}/reports/{report}/?until=2026-03-15&budget={budget.pk}"
    ).json()
    assert told["budget"] == "Plan A" and told["days"] == ["2026-03-15"] * 3
    assert [[Decimal(f or 0) for f in row["figures"]] for row in told["rows"]] == [
        [figure(c) for c in row[1:]] for row in page
    ]


def test_the_chosen_budget_stands_there_unless_another_is_asked_for(company, by, budget, client):
    other = planning.open_budget(company=company, year=budget.fiscal_year, name="Plan B", by=by)
    address = f"/c/{company.pk}/reports/income-statement/?until=2026-12-31"
    start = f"/api/v1/companies/{company.pk}/reports/income-statement/?until=2026-12-31"
    for query, name in (("", "Plan A"), (f"&budget={other.pk}", "Plan B"), ("&budget=none", None)):
        shown = client.get(address + query).content.decode()
        assert f">Budget {name}<" in shown if name else ">Budget Plan" not in shown
        assert client.get(start + query).json()["budget"] == name
    assert client.get(f"{address}&budget=999999").status_code == 404
    refused = client.get(f"{start}&budget=999999")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "budget")


def test_figures_of_the_plan_lead_to_its_months(company, budget, client):
    page = client.get(
        f"/c/{company.pk}/reports/income-statement/?until=2026-12-31"
    ).content.decode()
    assert f'href="/c/{company.pk}/budgets/{budget.pk}/accounts/6000/"' in page


def test_statements_print_with_a_budget(company, budget, client):
    address = f"/c/{company.pk}/reports/income-statement/?until=2026-12-31&format=pdf"
    assert client.get(address).content.startswith(b"%PDF-")
