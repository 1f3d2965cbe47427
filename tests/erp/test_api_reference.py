"""Looking up banks, places, rates and holidays, by endpoint and on the page of sources."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.reference import updating
from erp.reference.models import ExchangeRate, ReferenceVersion
from tests import make
from tests.erp.client import problem
from tests.erp.rates import daily
from vat.settings.changing import change_settings

pytestmark = pytest.mark.django_db
IBAN = "CH0300700110000123456"


@pytest.fixture
def client():
    client = Client()
    client.force_login(make.user())
    return client


@pytest.fixture
def rates(db):
    """The daily rates of a day in June, as BAZG publishes them: euro for one, forint for a hundred."""
    version = ReferenceVersion.objects.create(
        source="bazg-daily", scope="2026-06-03", state="active", origin="upload",
        edition_date=dt.date(2026, 6, 3),
    )  # fmt: skip
    for source, currency, unit, quoted, begin, end in (
        ("bazg-daily", "EUR", 1, "0.92526", dt.date(2026, 6, 4), dt.date(2026, 6, 4)),
        ("bazg-daily", "HUF", 100, "0.26110", dt.date(2026, 6, 4), dt.date(2026, 6, 4)),
        ("bazg-monthly", "EUR", 1, "0.9301", dt.date(2026, 6, 1), dt.date(2026, 6, 30)),
    ):
        ExchangeRate.objects.create(
            source=source, currency=currency, unit=unit, quoted=Decimal(quoted),
            rate=Decimal(quoted) / unit, published=dt.date(2026, 6, 3), valid_from=begin,
            valid_to=end, version=version,
        )  # fmt: skip


def ask(client, name, **values):
    return client.get(f"/api/v1/reference/{name}/", values)


def test_an_iban_tells_its_bank(client):
    with CaptureQueriesContext(connection) as queries:
        told = ask(client, "iban", iban="CH03 0070 0110 0001 2345 6").json()
    assert told["iban"] == "CH03 0070 0110 0001 2345 6" and not told["is_qr"]
    assert told["bank"]["iid"] == "00700" and "Zürcher" in told["bank"]["name"]
    assert sum("erp_bank" in one["sql"] for one in queries) == 1
    assert ask(client, "iban", iban="DE89370400440532013000").json()["bank"] is None


def test_what_is_no_iban_is_told(client):
    answer = ask(client, "iban", iban=IBAN[:-1] + "0")
    problem(answer, 422, "identifiers.not_an_iban")
    assert ask(client, "iban").status_code == 400


def test_a_postcode_tells_its_localities(client):
    told = ask(client, "localities", q="8001").json()
    assert {"Zürich"} == {one["name"] for one in told} and told[0]["canton"] == "ZH"
    several = ask(client, "localities", q="1096").json()
    assert len({one["name"] for one in several}) > 1 or len(several) > 1
    assert any(one["postcode"] == "6460" for one in ask(client, "localities", q="altdorf").json())
    assert ask(client, "localities", q="%%").json() == []


def test_a_rate_comes_for_one_unit_with_its_source(client, rates):
    told = ask(client, "rate", currency="HUF", on="2026-06-04").json()
    assert (told["value"], told["unit"], told["quoted"]) == ("0.002611", 100, "0.2611")
    assert told["source"] == "bazg-daily" and told["published"] == "2026-06-03"
    monthly = ask(client, "rate", currency="EUR", on="2026-06-20", method="bazg-monthly").json()
    assert monthly["value"] == "0.9301"


@pytest.mark.parametrize(
    ("currency", "on"), [("EUR", "2026-07-31"), ("XXX", "2026-06-04"), ("EUR", "2020-01-01")]
)
def test_a_missing_rate_is_told_not_guessed(client, rates, currency, on):
    answer = ask(client, "rate", currency=currency, on=on)
    problem(answer, 422, "reference.no_rate")
    assert ask(client, "rate", currency="EUR", on=on, method="ecb").status_code == 400


def test_a_company_converts_by_its_method(rates):
    company = make.company()
    owner = Client()
    owner.force_login(make.owner_of(company))
    address = f"/api/v1/companies/{company.pk}/exchange-rate/"
    daily = owner.get(address, {"currency": "EUR", "on": "2026-06-04"}).json()
    assert daily["value"] == "0.92526"
    change_settings(company=company, valid_from=dt.date(2026, 4, 1), method="effective", basis="agreed",
                    interval="quarter", rate_method="bazg-monthly", by=make.owner_of(company))  # fmt: skip
    assert owner.get(address, {"currency": "EUR", "on": "2026-06-04"}).json()["value"] == "0.9301"
    assert owner.get(address, {"currency": "HUF", "on": "2026-06-04"}).status_code == 422


def test_countries_currencies_and_holidays(client):
    assert ask(client, "countries").json()[0] == {
        "alpha2": "CH",
        "alpha3": "CHE",
        "name": "Schweiz",
    }
    assert [one["code"] for one in ask(client, "currencies").json()[:3]] == ["CHF", "EUR", "USD"]
    days = {one["day"] for one in ask(client, "holidays", canton="ZH", year=2026).json()}
    assert {"2026-01-01", "2026-08-01", "2026-12-25"} <= days
    assert ask(client, "holidays", canton="ZH", year=1).status_code == 400


def test_the_state_of_the_sources(client):
    told = {one["name"]: one for one in ask(client, "sources").json()}
    assert told["banks"]["rows"] > 500 and told["banks"]["edition_date"]
    assert ask(client, "sources/banks").json()["name"] == "banks"
    assert ask(client, "sources/gibt-es-nicht").status_code == 404


def test_strangers_look_up_nothing(db):
    assert ask(Client(), "countries").status_code == 401


def test_the_page_shows_all_sources_with_the_same_queries(client):
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/reference/")
    assert page.status_code == 200 and "banks" in page.content.decode()
    assert len(queries) < 15


def test_only_operators_take_files_in(client):
    file = SimpleUploadedFile("x.csv", b"nonsense")
    assert client.post("/reference/banks/", {"file": file}).status_code == 404
    assert b'type="file"' not in client.get("/reference/banks/").content
    assert client.get("/reference/nichts/").status_code == 404


def test_a_file_goes_the_same_way_as_a_fetched_one(db):
    client = Client()
    client.force_login(make.user(is_operator=True))
    body = daily("03.06.2026", "04.06.2026", EUR="0.92526")
    answer = client.post("/reference/bazg-daily/", {"file": SimpleUploadedFile("rates.xml", body)})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert ask(client, "rate", currency="EUR", on="2026-06-04").json()["value"] == "0.92526"
    before = ReferenceVersion.objects.filter(source="banks", state="active").count()
    answer = client.post(
        "/reference/banks/", {"file": SimpleUploadedFile("x.csv", b"<html>no</html>")}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    [outcome] = updating.update("banks", content=b"<html>no</html>", filename="x.csv")
    assert (
        str(outcome.refusal)
        and ReferenceVersion.objects.filter(source="banks", state="refused").exists()
    )
    assert ReferenceVersion.objects.filter(source="banks", state="active").count() == before
    assert page
