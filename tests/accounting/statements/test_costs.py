"""The cost report: the lines added up anew, the same on each face, and the company's result at the foot."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.ledger import charting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostObject
from accounting.ledger.posting import post
from accounting.statements import statements
from accounting.statements.costs import By, cost_report, object_lines
from tests import make
from tests.accounting.statements.test_budget_column import budget, by, client, company  # noqa: F401
from tests.accounting.statements.test_reports import as_figures, calendar_books, faces, figure  # noqa: F401
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date
MID_MARCH, YEAR_END = day(2026, 3, 15), day(2026, 12, 31)


@pytest.mark.parametrize("until", [MID_MARCH, day(2026, 5, 31), YEAR_END])
def test_each_cost_centre_has_what_its_lines_come_to(calendar_books, until):  # noqa: F811
    books = calendar_books
    year = next(one for one in books.years if one.contains(until))
    found = cost_report(books.company, by=By.CENTRE, year=year, until=until)
    for number in ("10", "20", ""):
        centre = next((one for one in books.centres if one.number == number), None)
        lines = [
            (account, credited - debited)
            for date, _kind, account, debited, credited, its in books.lines
            if year.start <= date <= until
            and its == centre
            and account.type in {"income", "expense"}
        ]
        row = next(one for one in found.rows if one.number == number)
        income = sum((amount for account, amount in lines if account.type == "income"), Decimal())
        assert row.sums.income == income
        assert row.result == sum((amount for _account, amount in lines), Decimal())
    cols = statements.columns(books.company, until=until, budget=None)
    whole = statements.income_statement(books.company, cols, language="de")
    assert found.total.result == whole.result[0] == sum(row.result for row in found.rows)


def test_cost_centres_stand_beside_their_plan(company, budget):  # noqa: F811
    year = budget.fiscal_year
    found = cost_report(company, by=By.CENTRE, year=year, until=YEAR_END, budget=budget)
    told = [(row.number, row.result, row.planned, row.difference) for row in found.rows]
    assert told == [
        ("10", chf("1000.00"), chf("6000.00"), chf("-5000.00")),
        ("", chf("-300.00"), chf("2400.00"), chf("-2700.00")),
    ]
    assert (found.total.result, found.total.planned) == (chf("700.00"), chf("8400.00"))
    assert (
        cost_report(company, by=By.OBJECT, year=year, until=YEAR_END, budget=budget).budget is None
    )


@pytest.fixture
def objects(company, by):  # noqa: F811
    """Two cost objects: a fair that costs, and a kitchen that brings something."""
    fair, kitchen = (
        charting.save_cost_unit(CostObject(company=company), by=by, number=number, name_de=name)
        for number, name in (("M1", "Messe"), ("K7", "Küche Huber"))
    )
    bank, rent, sales = (make.account(company, n) for n in ("1020", "6000", "3200"))
    post(company=company, date=day(2026, 2, 1), text="Stand", by=by,
         lines=[debit(rent, chf("80.00"), cost_object=fair), credit(bank, chf("80.00"))])  # fmt: skip
    post(company=company, date=day(2026, 4, 1), text="Küche", by=by,
         lines=[debit(bank, chf("500.00")), credit(sales, chf("500.00"), cost_object=kitchen)])  # fmt: skip
    return fair, kitchen


def test_cost_objects_have_their_lines_and_the_rest_stands_last(company, budget, objects):  # noqa: F811
    year = budget.fiscal_year
    found = cost_report(company, by=By.OBJECT, year=year, until=YEAR_END)
    assert [(row.number, row.sums.income, row.sums.costs) for row in found.rows] == [
        ("K7", chf("500.00"), chf("0.00")), ("M1", chf("0.00"), chf("80.00")),
        ("", chf("1000.00"), chf("300.00")),
    ]  # fmt: skip
    assert found.total.result == chf("1120.00")
    before = cost_report(company, by=By.OBJECT, year=year, until=MID_MARCH)
    assert [row.number for row in before.rows] == ["M1", ""]
    sums, lines = object_lines(company, objects[0], year=year, until=YEAR_END)
    assert (sums.result, [(one.text, one.costs) for one in lines]) == (
        chf("-80.00"), [("Stand", chf("80.00"))],
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["centre", "object"])
def test_page_files_and_endpoint_say_the_same(client, company, budget, objects, kind):  # noqa: F811
    address = f"/c/{company.pk}/reports/costs/?by={kind}&until=2026-12-31"
    page, text, sheet = faces(client, address)
    shown = [[figure(cell) for cell in row[1:4]] for row in page]
    assert shown[: len(text)] == [as_figures(row[2:5]) for row in text[: len(shown)]]
    assert as_figures(text[0][2:5]) == as_figures(sheet[0][2:5])
    told = client.get(
        f"/api/v1/companies/{company.pk}/reports/costs/?by={kind}&until=2026-12-31"
    ).json()
    assert told["total"]["result"] == "1120.00"
    assert [row["number"] for row in told["rows"]] == [row[0] for row in text[:-1]]
    api = f"/api/v1/companies/{company.pk}/reports/costs/"
    assert client.get(f"{api}?by=nothing").status_code == 400
    assert client.get(f"/c/{company.pk}/reports/costs/?by=nothing").status_code == 404
    one = client.get(f"{api}objects/M1/?until=2026-12-31").json()
    assert (one["result"], one["lines"][0]["costs"]) == ("-80.00", "80.00")
    assert client.get(f"{api}objects/X/").status_code == 404
    shown = client.get(f"/c/{company.pk}/reports/costs/objects/M1/?until=2026-12-31")
    assert "Stand" in shown.content.decode()


def test_more_units_ask_no_more(client, company, by, budget, objects):  # noqa: F811
    asked = []
    bank, sales = make.account(company, "1020"), make.account(company, "3200")
    for many in (0, 20):
        for nth in range(many):
            unit = charting.save_cost_unit(
                CostObject(company=company), by=by, number=f"X{nth}", name_de="x"
            )
            post(company=company, date=day(2026, 5, 1), text="x", by=by,
                 lines=[debit(bank, chf("1.00")), credit(sales, chf("1.00"), cost_object=unit)])  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/c/{company.pk}/reports/costs/?by=object&until=2026-12-31")
        asked.append(len(queries))
    assert asked[0] == asked[1]
