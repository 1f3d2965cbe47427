"""A budget beside the books: by account until a day, by month, beside other budgets, with warnings."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.budgets import planning
from accounting.budgets.comparing import Measure, comparison
from accounting.budgets.planning import Plan
from accounting.ledger import charting
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import CostCentre, FiscalYear
from accounting.ledger.posting import post
from tests import make
from tests.erp.client import Api, problem
from tests.make import chf

pytestmark = pytest.mark.django_db
day = dt.date
JUNE_30 = day(2026, 6, 30)


@pytest.fixture
def company():
    """Sales planned with 1'000 a month and booked with 900 from January to June, rent the other way round."""
    company = make.company()
    by = make.owner_of(company)
    centre = charting.save_cost_unit(
        CostCentre(company=company), by=by, number="10", name_de="Laden"
    )
    bank, rent, sales, fees = (make.account(company, n) for n in ("1020", "6000", "3200", "6900"))
    for month in range(1, 7):
        post(company=company, date=day(2026, month, 10), text="Verkauf", by=by,
             lines=[debit(bank, chf("900.00")), credit(sales, chf("900.00"), cost_centre=centre)])  # fmt: skip
        post(company=company, date=day(2026, month, 11), text="Miete", by=by,
             lines=[debit(rent, chf("1000.00")), credit(bank, chf("1000.00"))])  # fmt: skip
    post(company=company, date=day(2026, 6, 30), text="Spesen", by=by,
         lines=[debit(fees, chf("5.00")), credit(bank, chf("5.00"))])  # fmt: skip
    return company


@pytest.fixture
def by(company):
    return make.owner_of(company)


def budget_of(company, by, name, **monthly):
    year = FiscalYear.of(company).get(name="2026")
    budget = planning.open_budget(company=company, year=year, name=name, by=by)
    months = [day(2026, month, 1) for month in range(1, 13)]
    centre = CostCentre.of(company).get()
    plans = [
        Plan(make.account(company, number[1:]), centre if number == "k3200" else None,
             dict.fromkeys(months, chf(amount)))
        for number, amount in monthly.items()
    ]  # fmt: skip
    return planning.plan(budget, plans, by=by)


@pytest.fixture
def budget(company, by):
    return budget_of(company, by, "Entwurf", k3200="1000.00", k6000="900.00")


def told(found):
    return {
        row.account.number: (row.planned, row.booked, row.difference, row.percent, row.warns)
        for row in found.rows
    }


def test_what_is_worse_than_allowed_is_warned_of_and_the_edge_is_not(budget):
    """Expense 11.1 % above and income 10 % below its plan, at an allowance of 10; one more unplanned."""
    found = comparison(budget, until=JUNE_30, language="de")
    assert told(found) == {
        "3200": (chf("6000.00"), chf("5400.00"), chf("-600.00"), chf("-10.0"), False),
        "6000": (chf("5400.00"), chf("6000.00"), chf("600.00"), chf("11.1"), True),
        "6900": (chf("0.00"), chf("5.00"), chf("5.00"), None, True),
    }
    assert [row.account.number for row in found.warnings] == ["6000", "6900"]
    stricter = comparison(budget, until=JUNE_30, language="de", percent=chf("9.99"))
    assert [row.account.number for row in stricter.warnings] == ["3200", "6000", "6900"]
    result = found.sums["result"]
    assert (result.planned, result.booked, result.warns) == (chf("600.00"), chf("-605.00"), True)
    half = comparison(budget, until=day(2026, 6, 15), language="de")
    assert told(half)["6000"][:2] == (chf("4950.00"), chf("6000.00"))  # half of June is planned


def test_months_tell_a_measure_or_an_account_and_a_cost_centre_narrows_all(company, budget):
    found = comparison(budget, until=JUNE_30, language="de")
    assert [(row.planned, row.booked) for row in found.months[4:7]] == [
        (chf("100.00"), chf("-100.00")), (chf("100.00"), chf("-105.00")), (chf("100.00"), chf("0.00")),
    ]  # fmt: skip
    assert [row.warns for row in found.months] == [True] * 6 + [False] * 6
    rent = comparison(budget, until=JUNE_30, language="de", account=make.account(company, "6000"))
    assert (rent.months[0].planned, rent.months[0].booked) == (chf("900.00"), chf("1000.00"))
    bank = comparison(budget, until=JUNE_30, language="de", account=make.account(company, "1020"))
    assert bank.months[0].booked == chf("-100.00") and not any(row.warns for row in bank.months)
    shop = comparison(budget, until=JUNE_30, language="de", measure=Measure.EXPENSE,
                      cost_centre=CostCentre.of(company).get())  # fmt: skip
    assert set(told(shop)) == {"3200"} and not any(row.planned or row.booked for row in shop.months)


def test_other_budgets_stand_beside_it_at_two_queries_each(company, by, budget):
    second = budget_of(company, by, "Vorsichtig", k3200="800.00", k6000="950.00")
    third = budget_of(company, by, "Kühn", k3200="1500.00")

    def queries(*others):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = comparison(budget, until=JUNE_30, language="de", others=others)
        return found, len(asked)

    found, few = queries(second)
    assert [(row.account.number, row.others) for row in found.rows[:2]] == [
        ("3200", (chf("4800.00"),)), ("6000", (chf("5700.00"),)),
    ]  # fmt: skip
    assert found.months[0].others == (chf("-150.00"),)
    both, more = queries(second, third)
    assert both.sums["result"].others == (chf("-900.00"), chf("9000.00"))
    assert more - few <= 3


def test_the_page_has_chart_table_and_warnings_and_keeps_the_allowance(company, by, budget):
    second = budget_of(company, by, "Vorsichtig", k3200="800.00")
    client = Client()
    client.force_login(by)
    start = f"/c/{company.pk}/budgets/{budget.pk}/comparison/"
    page = client.get(start, {"until": "30.06.2026", "others": second.pk, "show": "6000"})
    text = page.content.decode()
    assert text.count("<rect") == 24 and text.count("<polyline") == 1
    assert 'role="img" aria-labelledby="chart-title chart-said"' in text
    assert (
        "2 Konten sind um mehr als 10 % schlechter als geplant." in text and "nicht geplant" in text
    )
    assert client.post(f"{start}?show=6000", {"warn_percent": "25"}).status_code == 302
    budget.refresh_from_db()
    assert budget.warn_percent == chf("25.00")
    assert client.post(start, {"warn_percent": "-1"}).status_code == 422
    assert client.post(start, {"warn_percent": "viel"}).status_code == 422
    for query, status in (({"show": "9999"}, 404), ({"others": "x"}, 404), ({"until": "x"}, 200)):
        assert client.get(start, query).status_code == status
    csv = client.get(start, {"format": "csv", "until": "2026-06-30"}).content.decode("utf-8-sig")
    assert ";0.00;5.00;5.00;;schlechter als erlaubt" in csv


def test_programs_compare_too(company, by, budget):
    second = budget_of(company, by, "Vorsichtig", k3200="800.00")
    api = Api(company, by)
    path = f"budgets/{budget.pk}/comparison/"
    answer = api.get(
        path, until="2026-06-30", others=str(second.pk), percent="9", show="income"
    ).json()
    assert answer["rows"][0] == {
        "account": "3200", "name": "Warenerlöse", "planned": "6000.00", "booked": "5400.00",
        "difference": "-600.00", "percent": "-10.00", "others": ["4800.00"], "warns": True,
    } | {"name": answer["rows"][0]["name"]}  # fmt: skip
    assert answer["months"][0] == {
        "month": "2026-01", "planned": "1000.00", "booked": "900.00", "difference": "-100.00",
        "percent": "-10.00", "others": ["800.00"], "warns": True,
    }  # fmt: skip
    assert (answer["until"], answer["percent"], len(answer["months"])) == ("2026-06-30", "9.00", 12)
    for query in ({"others": "999999"}, {"others": str(budget.pk)}, {"others": "x"},
                  {"percent": "-1"}, {"account": "0"}, {"show": "all"}):  # fmt: skip
        problem(api.get(path, **query), 400)
    _told, version = api.read(f"budgets/{budget.pk}/")
    assert (
        api.patch(f"budgets/{budget.pk}/", {"warn_percent": "5.00"}, **version).status_code == 200
    )
    _told, version = api.read(f"budgets/{budget.pk}/")
    refused = api.patch(f"budgets/{budget.pk}/", {"warn_percent": "1001.00"}, **version)
    problem(refused, 422, "budgets.bad_warn_percent")
    assert api.get(path, form="xlsx").content.startswith(b"PK")
