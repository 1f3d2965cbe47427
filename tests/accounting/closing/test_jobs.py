"""A year of large books is closed by a job: check by check, all or nothing, once; killed, it goes on elsewhere."""

from __future__ import annotations

import signal
import time

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounting.closing import jobs
from accounting.closing.closing import close_year
from accounting.closing.errors import AlreadyClosed, CheckOpen
from accounting.closing.proving import proof
from accounting.ledger.models import Period, YearClosing
from accounting.ledger.year_end import checks
from erp.core.tenancy import open_companies
from erp.jobs.kinds import Running
from erp.jobs.models import Job, State
from erp.jobs.queries import lines_of
from tests import make
from tests.accounting.closing import books
from tests.accounting.ledger.test_concurrency import at_the_desk
from tests.accounting.ledger.test_jobs import worked
from tests.erp.client import Api, new_key, problem
from tests.examples import of_today
from tests.payroll.runs.test_concurrency import RUN_JOB, process


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Little is much."""
    monkeypatch.setattr(jobs, "MOST_AT_ONCE", 2)


@pytest.fixture
def books_of_2025(db):
    company, year = books.of_2025()
    return company, year, make.owner_of(company)


def test_the_checks_are_asked_one_by_one_and_the_year_is_closed_once(books_of_2025):
    company, year, by = books_of_2025
    books.accept_all(company, year)
    first = jobs.begin(company, year, by=by)
    assert jobs.begin(company, year, by=by) == first  # under way already
    done = worked(first)
    closing = YearClosing.of(company).get()
    assert (done.state, done.result["digest"], done.result["result"]) == (
        State.DONE, closing.digest, "30000.00",
    )  # fmt: skip
    assert done.step == 1 + len(list(checks())) + 1
    assert list(proof(company)) == []
    with pytest.raises(AlreadyClosed):
        jobs.begin(company, year, by=by)


def test_a_refusal_names_all_that_is_in_the_way_and_writes_nothing(books_of_2025):
    company, year, by = books_of_2025
    done = worked(jobs.begin(company, year, by=by))
    assert (done.state, done.error_code) == (State.FAILED, "refused")
    said = [line.text for line in lines_of(done)]
    assert len(said) == 3 and any(
        "abgegrenzt" in one for one in said
    )  # accruals, provisions, taxes
    assert not YearClosing.of(company).exists()
    assert not Period.of(company).filter(lock=Period.Lock.LOCKED).exists()
    books.accept_all(company, year)
    assert worked(jobs.begin(company, year, by=by)).state == State.DONE


def test_what_is_posted_while_the_checks_are_asked_is_seen(books_of_2025):
    """Another process than the one that asked knows nothing of what was found, and asks anew."""
    company, year, by = books_of_2025
    books.enter(company, "1090", "1020", "300.00", books.LAST)
    books.accept_all(company, year)
    job = jobs.begin(company, year, by=by)
    running = Running(job.pk, job.arguments, books.access_of(company, by))
    cursor = {}
    for _nth in range(1 + len(list(checks()))):
        cursor = jobs.close(running, cursor).cursor
    books.enter(company, "1090", "1020", "50.00", books.LAST)
    with pytest.raises(CheckOpen, match="1090"):
        jobs.close(running, cursor)
    assert not YearClosing.of(company).exists()
    running.memory.clear()
    assert jobs.close(running, cursor).cursor["asked"] == 0


def test_page_and_endpoint_start_the_job_and_show_it(books_of_2025):
    company, year, by = books_of_2025
    books.accept_all(company, year)
    client = Client()
    client.force_login(by)
    page = f"/c/{company.pk}/year-end/{year.pk}/"
    sent = client.post(f"{page}close/")
    open_companies([company.pk])
    job = Job.of(company).get(kind=jobs.CLOSE)
    assert sent["Location"] == reverse("job", args=[company.pk, job.pk])
    shown = client.get(page).content.decode()
    assert f"/jobs/{job.pk}/progress/" in shown and "close/" not in shown
    key = new_key()
    answer = Api(company, by).post(f"year-end/{year.pk}/close/", {}, key=key)
    assert (answer.status_code, answer.json()["id"]) == (202, job.pk)
    assert worked(job).state == State.DONE
    assert YearClosing.of(company).get().digest in client.get(page).content.decode()
    problem(Api(company, by).post(f"year-end/{year.pk}/close/", {}, key=new_key()), 409,
            "closing.already_closed")  # fmt: skip


@pytest.mark.parametrize("point", of_today(["job.worked", "closing.held", "closing.closed"]))
def test_a_job_that_is_killed_closes_the_year_once_all_the_same(committed_db, point):
    company = make.company()
    with at_the_desk(company) as by:
        company.modules = ["ledger"]
        company.save(update_fields=["modules"])
        _company, year = books.of_2025(company)
        books.accept_all(company, year)
        job = jobs.begin(company, year, by=by)
    code = RUN_JOB.format(job=job.pk, company=company.pk)
    assert process(code, point) == -signal.SIGKILL
    with at_the_desk(company):
        assert not YearClosing.of(company).exists()
        assert not Period.of(company).filter(lock=Period.Lock.LOCKED).exists()
    time.sleep(1.1)  # the lease of who died
    assert process(code, "") == 0
    with at_the_desk(company) as by:
        assert Job.of_place(company.pk).get(pk=job.pk).state == State.DONE
        assert YearClosing.of(company).get().nth == 1
        assert list(proof(company)) == []
        with pytest.raises(AlreadyClosed), transaction.atomic():
            close_year(company=company, year=books.year_of(company, "2025"), by=by)
