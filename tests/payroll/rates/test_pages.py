"""Pages and endpoints of figures and tariffs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test.client import Client
from django.urls import reverse

from erp.companies.models import Module
from erp.core import clock
from payroll.rates.models import OwnFigure
from tests import make
from tests.erp.client import Api, places, problem
from tests.payroll.rates.test_tariffs import record, zurich

pytestmark = pytest.mark.django_db
READ = ["company.read", "payroll.read"]
OWN = {"key": "small_wage", "valid_from": "2027-01-01", "value": "2550.0000", "source": "AHVV 34d"}


@pytest.fixture
def company(db):
    with clock.at(dt.datetime(2026, 11, 26, 8, tzinfo=dt.UTC)):
        yield make.company(modules=[*Module])


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def desk(anna):
    client = Client()
    client.force_login(anna)
    return client


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


def at(company, name="payroll-figures"):
    return reverse(name, args=[company.pk])


def text(answer, status=200):
    assert answer.status_code == status
    return answer.content.decode()


def test_the_page_shows_what_holds_with_its_source(company, desk):
    page = text(desk.get(at(company), {"on": "2026-06-30"}))
    for told in ("22’680", "5.3", "AHVV Art. 34d", "5’875", "148’200"):
        assert told in page
    assert page.count("<td>VD</td>") >= 2  # allowances and contributions
    assert page.count(reverse("reference-source", args=["tariffs"])) >= 1


def test_the_page_says_what_is_missing_next_year_and_takes_it(company, desk):
    form = {"key": "small_wage", "valid_from": "01.01.2027", "value": "2550", "source": "AHVV"}
    answer = desk.post(at(company), form)
    assert answer.status_code == 302
    row = OwnFigure.of(company).get()
    assert (row.key, row.valid_from, row.value) == ("small_wage", dt.date(2027, 1, 1), 2550)
    assert "AHVV" in text(desk.get(at(company)))
    assert f'value="{row.pk}"' in text(desk.get(at(company), {"on": "2027-02-01"}))
    assert desk.post(at(company), {"remove": str(row.pk)}).status_code == 302
    assert not OwnFigure.of(company).exists()


@pytest.mark.parametrize(
    "told",
    [{"valid_from": "01.01.2026"}, {"value": "-1"}, {"key": "nonsense"}, {"source": ""},
     {"valid_from": "31.02.2027"}, {"remove": "x", "value": ""}],
)  # fmt: skip
def test_what_the_page_refuses(company, desk, told):
    form = {"key": "small_wage", "valid_from": "01.01.2027", "value": "1", "source": "x"} | told
    answer = desk.post(at(company), form)
    assert 'class="error"' in text(answer, 422)
    assert not OwnFigure.of(company).exists()


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_the_figures_as_a_file(company, desk, form):
    answer = desk.get(at(company), {"format": form, "on": "2026-01-01"})
    assert answer.status_code == 200
    if form == "csv":
        assert "5.3" in text(answer)


def test_figures_of_a_year_without_a_federal_minimum_still_show(company, desk):
    assert text(desk.get(at(company), {"on": "2031-01-01"}))


def test_the_page_costs_the_same_however_much_is_entered(
    company, desk, anna, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20):
        desk.get(at(company))


def test_a_look_up_on_the_page(company, desk):
    zurich()
    asked = {
        "canton": "ZH",
        "year": "2031",
        "code": "a0n",
        "determinant": "4000",
        "taxable": "2000.5",
    }
    page = text(desk.get(at(company, "payroll-tariffs"), asked))
    assert "100.05" in page
    assert "3’000.00" in page
    missing = text(desk.get(at(company, "payroll-tariffs"), asked | {"canton": "BE"}))
    assert "BE" in missing and 'class="error"' in missing
    assert text(desk.get(at(company, "payroll-tariffs"), {"canton": "ZH", "year": "2031"}))
    for wrong in ({"year": "nonsense"}, {"code": "A0Y"}, {"determinant": "-1"}, {"canton": "XX"}):
        assert 'class="error"' in text(desk.get(at(company, "payroll-tariffs"), asked | wrong))


def test_the_endpoints(company, api):
    told = api.get("payroll/figures/", on="2026-06-30").json()
    values = {one["key"]: one for one in told["figures"]}
    assert values["bvg_threshold"]["value"] == "22680.0000"
    assert values["bvg_threshold"]["valid_to"] == "2026-12-31"
    assert (values["ahv_employee"]["valid_to"], told["missing"]) == (None, [])
    assert "small_wage" in api.get("payroll/figures/", on="2027-06-30").json()["missing"]
    cantons = api.get("payroll/figures/family-allowances/", on="2026-06-30").json()
    assert {"canton": "BE", "child": "250.00", "status": "known"}.items() <= cantons[3].items()
    some = api.get("payroll/figures/cantonal-contributions/", on="2026-06-30").json()
    assert {one["status"] for one in some} >= {"known", "undated", "open"}


def test_own_figures_by_the_api(company, api):
    added = api.post("payroll/own-figures/", OWN)
    assert added.status_code == 201, added.json()
    row = added.json()
    assert {key: row[key] for key in OWN} == OWN
    assert api.get("payroll/own-figures/").json() == [row]
    assert "small_wage" not in api.get("payroll/figures/", on="2027-06-30").json()["missing"]
    problem(api.post("payroll/own-figures/", OWN), 422, "rates.figure_twice")
    early = problem(
        api.post("payroll/own-figures/", OWN | {"valid_from": "2026-01-01"}), 422,
        "rates.figure_known",
    )  # fmt: skip
    assert [place for place, _code in places(early)] == ["valid_from"]
    path = f"payroll/own-figures/{row['id']}/"
    problem(api.delete(path), 428)
    assert api.delete(path, HTTP_IF_MATCH=added["ETag"]).status_code == 204
    assert api.get("payroll/own-figures/").json() == []


def test_tariffs_by_the_api(company, api):
    zurich()
    rows = api.get("payroll/tariffs/", year=2031).json()
    assert len(rows) == 26
    assert {"canton": "ZH", "edition_date": "2030-12-08", "model": "monthly"}.items() <= rows[
        -1
    ].items()
    asked = {"canton": "ZH", "year": 2031, "code": "A0N", "determinant": "4000.00"}
    found = api.get("payroll/tariffs/look-up/", **asked).json()
    assert (found["tax"], found["percent"], found["income_from"]) == ("200.00", "5.00", "3000.00")
    problem(api.get("payroll/tariffs/look-up/", **asked | {"canton": "BE"}), 409,
            "rates.tariff_missing")  # fmt: skip
    problem(api.get("payroll/tariffs/look-up/", **asked | {"code": "A0Y"}), 422,
            "rates.unknown_code")  # fmt: skip


@pytest.mark.parametrize(
    ("granted", "look", "enter"),
    [(READ, 200, 403), ([*READ, "payroll.settings"], 200, 201), (["company.read"], 403, 403)],
)
def test_who_may(company, granted, look, enter):
    api = Api(company, make.user(company=company, granted=granted))
    for path in ("payroll/figures/", "payroll/own-figures/", "payroll/tariffs/"):
        assert api.get(path).status_code == look
    asked = {"canton": "ZH", "year": 2031, "code": "A0N", "determinant": "1.00"}
    looked = api.get("payroll/tariffs/look-up/", **asked).status_code
    assert looked == (409 if look == 200 else 403)  # nothing is loaded
    assert api.post("payroll/own-figures/", OWN).status_code == enter


def test_without_the_module_there_is_nothing(db):
    company = make.company()
    api = Api(company, make.owner_of(company))
    assert api.get("payroll/figures/").status_code == 403


def test_records_have_the_files_own_form():
    assert len(record("06", "A0N")) == 62
