"""A closed year takes nothing by any door: page, API, import, job, draft and reversal; each says what to do."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from accounting.closing.closing import close_year
from accounting.ledger import jobs
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import JournalEntry
from accounting.ledger.posting import post_draft, reverse, write_draft
from erp.core.tenancy import open_companies
from erp.jobs.models import State
from tests import make
from tests.accounting.closing import books
from tests.accounting.ledger.test_jobs import importing, worked
from tests.accounting.ledger.test_jobs import rows as file_of
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db
LATE = "2025-12-31"
SAYS = str(PeriodLocked(date=books.LAST))


@pytest.fixture
def closed():
    """A company whose 2025 is closed, and somebody with every right."""
    company, year = books.of_2025()
    books.accept_all(company, year)
    close_year(company=company, year=year, by=make.owner_of(company))
    return company, make.owner_of(company)


@pytest.fixture
def nothing_comes_in(closed):
    company, _by = closed
    before = JournalEntry.of(company).count()
    yield
    open_companies([company.pk])
    assert JournalEntry.of(company).count() == before


@pytest.fixture
def client(closed):
    client = Client()
    client.force_login(closed[1])
    return client


@pytest.mark.usefixtures("nothing_comes_in")
def test_the_page_refuses_and_names_the_field(closed, client):
    company, _by = closed
    told = {"mode": "simple", "date": LATE, "text": "x", "debit": "6500", "credit": "1020",
            "amount": "10.00", "once": "k" * 32}  # fmt: skip
    answer = client.post(f"/c/{company.pk}/ledger/post/", {"entry": json.dumps(told)})
    assert (answer.status_code, answer.json()["errors"]) == (
        422, [{"field": "date", "code": PeriodLocked.code, "message": SAYS}],
    )  # fmt: skip


@pytest.mark.usefixtures("nothing_comes_in")
def test_the_api_refuses_with_a_conflict(closed):
    told = {"date": LATE, "text": "x", "lines": [
        {"account": "6500", "debit": "10.00"}, {"account": "1020", "credit": "10.00"}]}  # fmt: skip
    answer = problem(Api(*closed).post("journal-entries/", told, key=new_key()), 409)
    assert (answer["code"], answer["detail"]) == (PeriodLocked.code, SAYS)
    assert answer["errors"][0]["field"] == "date"


@pytest.mark.usefixtures("nothing_comes_in")
def test_an_import_and_its_job_post_nothing(closed, client):
    company, by = closed
    content = file_of(3).replace("31.03.2026", "31.12.2025")
    shown = client.post(
        f"/c/{company.pk}/ledger/import/", {"file": SimpleUploadedFile("j.csv", content.encode())}
    )
    assert SAYS in shown.content.decode()
    forced = {"kept": shown.context["kept"], "confirm": 1}  # no button offers it
    assert client.post(f"/c/{company.pk}/ledger/import/", forced).status_code == 422
    open_companies([company.pk])
    done = worked(importing(company, by, content))
    assert (done.state, done.error_code) == (State.FAILED, jobs.FaultyFile.code)


@pytest.mark.usefixtures("nothing_comes_in")
def test_nothing_is_reversed_on_a_day_of_it(closed):
    company, by = closed
    with pytest.raises(PeriodLocked):
        reverse(JournalEntry.of(company).get(number=2), date=books.LAST, by=by)


def test_a_draft_of_the_year_stays_one_whoever_posts_it(closed):
    company, by = closed
    lines = [debit(make.account(company, "6500"), make.chf("1")),
             credit(make.account(company, "1020"), make.chf("1"))]  # fmt: skip
    with pytest.raises(PeriodLocked), transaction.atomic():
        post_draft(
            write_draft(company=company, date=books.LAST, text="x", by=by, lines=lines), by=by
        )
    assert not JournalEntry.of(company).filter(text="x").exists()
