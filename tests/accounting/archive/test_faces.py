"""Page and endpoint of archives: who may, what is refused, and the same bytes each time."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client

from accounting.archive.queries import archives_of
from accounting.ledger.models import FiscalYear, Period
from erp.jobs import running
from erp.jobs.models import Job
from tests import make
from tests.accounting.archive import books
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return books.closed()


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_page_makes_an_archive_and_hands_it_out(company):
    client, page = client_of(make.owner_of(company)), f"/c/{company.pk}/ledger/archives/"
    year = FiscalYear.of(company).get(name="2026")
    shown = client.get(page).content.decode()
    assert "Noch kein Archiv erstellt." in shown and "Archiv erstellen" in shown
    assert "01.2027, 02.2027" in shown  # of the year that is still open
    started = client.post(page, {"year": year.pk})
    job = Job.of(company).get()
    assert started.headers["Location"] == f"/c/{company.pk}/jobs/{job.pk}/"
    running.run(job.pk, company.pk)
    books.open_companies([company.pk])
    (made,) = archives_of(company)
    assert made.file.digest in client.get(page).content.decode()
    taken = client.get(f"{page}{made.file.pk}/")
    assert taken.headers["Content-Type"] == "application/zip"
    assert (
        f'filename="{company.short_name}-2026-archive.zip"' in taken.headers["Content-Disposition"]
    )
    assert hashlib.sha256(b"".join(taken.streaming_content)).hexdigest() == made.file.digest
    assert client.get(f"/c/{company.pk}/jobs/{job.pk}/file/").status_code == 404
    other = books.storing.keep(company=company, name="x.pdf", content=b"%PDF-", by=made.file.by,
                               content_type="application/pdf")  # fmt: skip
    assert client.get(f"{page}{other.pk}/").status_code == 404


def test_the_endpoint_does_the_same(company):
    api = Api(company, make.owner_of(company))
    year = FiscalYear.of(company).get(name="2026").pk
    job = api.post("year-archives/", {"fiscal_year": year}, key=new_key())
    assert job.status_code == 202
    running.run(job.json()["id"], company.pk)
    books.open_companies([company.pk])
    (told,) = api.get("year-archives/").json()["results"]
    assert (told["fiscal_year"], told["entries"], told["lines"]) == (year, 4, 8)
    taken = api.get(f"year-archives/{told['id']}/file/")
    assert hashlib.sha256(b"".join(taken.streaming_content)).hexdigest() == told["sha256"]
    assert told["is_outdated"] is False
    page = f"/c/{company.pk}/ledger/archives/"
    assert "überholt" not in client_of(make.owner_of(company)).get(page).content.decode()
    period = Period.of(company).filter(fiscal_year__name="2026").order_by("start").first()
    books.years.lock_period(company=company, period=period, lock="open", by=make.owner_of(company))
    assert api.get("year-archives/").json()["results"][0]["is_outdated"] is True
    shown = client_of(make.owner_of(company)).get(page).content.decode()
    assert "überholt" in shown and "danach wieder geöffnet" in shown


def test_an_open_year_and_missing_rights_are_told(company):
    period = Period.of(company).filter(fiscal_year__name="2026").order_by("start").last()
    books.years.lock_period(
        company=company, period=period, lock="closing", by=make.owner_of(company)
    )
    owner, page = client_of(make.owner_of(company)), f"/c/{company.pk}/ledger/archives/"
    year = FiscalYear.of(company).get(name="2026").pk
    assert "12.2026" in owner.post(page, {"year": year}, follow=True).content.decode()
    api = Api(company, make.owner_of(company))
    problem(
        api.post("year-archives/", {"fiscal_year": year}, key=new_key()), 409, "archive.year_open"
    )
    some = make.user(company=company, granted=["ledger.export", "ledger.read"])
    shown = client_of(some).post(page, {"year": year}, follow=True).content.decode()
    assert "Ihnen fehlt" in shown and "Archiv erstellen" not in shown
    api = Api(company, some)
    problem(api.post("year-archives/", {"fiscal_year": year}, key=new_key()), 422,
            "archive.rights_missing")  # fmt: skip
    assert not Job.of(company).exists()


def test_the_page_costs_the_same_for_any_number_of_years(company, django_assert_num_queries):
    client, page = client_of(make.owner_of(company)), f"/c/{company.pk}/ledger/archives/"
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    for nth in range(2028, 2031):
        make.open_fiscal_year(company=company, start=books.day(1, 1).replace(year=nth),
                              end=books.day(12, 31).replace(year=nth), by=make.owner_of(company))  # fmt: skip
    with django_assert_num_queries(len(asked)):
        client.get(page)
