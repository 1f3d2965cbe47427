"""Pages and endpoints of settlements."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from erp.core import clock
from payroll.settlements.models import TaxSettlement
from payroll.settlements.withheld import year_view
from tests import make
from tests.erp.client import Api
from tests.payroll.runs import books
from tests.payroll.settlements import made

pytestmark = pytest.mark.django_db
FEBRUARY = dt.date(2026, 2, 1)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def company():
    made.tariff()
    company = books.company()
    made.office(company)
    made.taxed(company)
    books.posted(company)
    return company


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/payroll/tax-settlements/"
    return client


def test_a_month_is_settled_shown_taken_along_and_undone(page, company):
    shown = page.get(page.start).content.decode()
    assert "?canton=ZH&amp;until=2026-01&amp;year=2026" in shown and "294.00" in shown
    new = page.get(page.start + "new/?canton=ZH&until=2026-01").content.decode()
    assert "Anna Muster" in new and "Kreisschreiben 45" in new
    told = {"date": "31.01.2026", "due_date": "02.03.2026", "seen": "300.00"}

    bad = page.post(page.start + "new/?canton=ZH&until=2026-01", told | {"seen": "299.00"})
    assert (bad.status_code, TaxSettlement.of(company).count()) == (422, 0)
    answer = page.post(page.start + "new/?canton=ZH&until=2026-01", told)
    one = TaxSettlement.of(company).get()
    assert answer["Location"].endswith(f"/tax-settlements/{one.pk}/")
    assert "badge warn" in page.get(answer["Location"]).content.decode()
    assert "294.00" in page.get(page.start).content.decode()

    for form, begins in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        file = page.get(f"{page.start}{one.pk}/{form}/")
        assert file.content[: len(begins)] == begins
    assert b"756.9217.0769.85" in page.get(f"{page.start}{one.pk}/csv/").content

    undo = page.post(f"{page.start}{one.pk}/", {"date": "31.01.2026", "reason": "wrong"})
    assert undo.status_code == 302
    assert not TaxSettlement.of(company).get().is_live


def test_nothing_to_settle_leads_back(page):
    for query in ("?canton=BE&until=2026-01", "?canton=ZH&until=2026-02"):
        answer = page.get(page.start + "new/" + query)
        if answer.status_code == 302:
            assert answer["Location"] == page.start
    for query in ("", "?canton=Z&until=2026-01", "?canton=ZH&until=x"):
        assert page.get(page.start + "new/" + query).status_code == 404


def test_what_leaves_or_is_undone_asks_for_the_second_factor(page, company, anna):
    page.post(page.start + "new/?canton=ZH&until=2026-01",
              {"date": "31.01.2026", "due_date": "02.03.2026", "seen": "300.00"})  # fmt: skip
    one = TaxSettlement.of(company).get()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        page.force_login(anna)
    assert "reauthenticate" in page.get(f"{page.start}{one.pk}/pdf/")["Location"]
    undo = page.post(f"{page.start}{one.pk}/", {"date": "31.01.2026", "reason": "x"})
    assert "reauthenticate" in undo["Location"]


def test_programs_do_the_same_and_no_wage_is_kept_for_a_key(company, anna):
    api = Api(company, anna)
    start = "payroll/tax-settlements/"
    assert api.get(f"{start}open/2026/").json() == [
        {"canton": "ZH", "month": "2026-01", "year": 2026, "people": 1, "taxable": "6000.00", "tax": "300.00",
         "percent": "2.000", "commission": "6.00", "net": "294.00"}
    ]  # fmt: skip
    told = {"canton": "ZH", "until": "2026-01", "date": "2026-01-31", "seen": "300.00"}
    made_ = api.post(start, told, key="settle-zh")
    assert made_.status_code == 201, made_.content
    assert api.post(start, told, key="settle-zh").json() == made_.json()
    assert "rows" not in made_.json() and made_.json()["net"] == "294.00"
    again = api.post(start, told, key="settle-again")
    assert (again.status_code, again.json()["code"]) == (409, "settlements.settled_already")
    pk = made_.json()["id"]
    whole = api.get(f"{start}{pk}/").json()
    assert [(row["name"], row["tax"]) for row in whole["rows"]] == [("Anna Muster", "300.00")]
    undone = api.post(f"{start}{pk}/undo/", {"date": "2026-01-31", "reason": "wrong"},
                      key="undo-once")  # fmt: skip
    assert undone.status_code == 200 and undone.json()["undone_at"]


def test_more_people_and_months_take_no_more_queries(company):
    with CaptureQueriesContext(
        connection,
    ) as few:
        year_view(company, 2026)
    for nth in range(1, 4):
        made.taxed(company, number=nth, iban=books.iban(nth), entry=FEBRUARY)
    books.posted(company, FEBRUARY)
    with CaptureQueriesContext(connection) as many:
        found = year_view(company, 2026)
    assert [one.people for one in found.open] == [1, 4]
    assert len(many) == len(few)
