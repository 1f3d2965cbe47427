"""A year that is opened again while its archive is kept: two real transactions, one after the other."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, connections, transaction

from accounting.archive import jobs
from accounting.archive.jobs import ARCHIVE
from accounting.archive.queries import archives_of
from accounting.ledger.models import Period
from accounting.ledger.years import lock_period
from erp.core.tenancy import open_companies, set_local
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job
from erp.jobs.starting import start
from tests import make
from tests.accounting.archive import books

pytestmark = pytest.mark.usefixtures("committed_db")
LONGEST = 60  # seconds


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        return books.closed()


def made(company):
    """The archive's job, done on a connection of its own."""
    try:
        with transaction.atomic():
            open_companies([company.pk])
            job = start(ARCHIVE, company=company, by=make.owner_of(company),
                        arguments={"until": "2026-12-31"})  # fmt: skip
        running.run(job.pk, company.pk)
        with transaction.atomic():
            open_companies([company.pk])
            return Job.of(company).get(pk=job.pk)
    finally:
        connections.close_all()


def opened(company, *, before_commit=lambda: None):
    """The last period, opened again on a connection of its own."""
    try:
        with transaction.atomic():
            open_companies([company.pk])
            set_local("lock_timeout", f"{LONGEST}s")
            period = Period.of(company).filter(fiscal_year__name="2026").order_by("start").last()
            lock_period(company=company, period=period, lock="open", by=make.owner_of(company))
            before_commit()
    finally:
        connections.close_all()


def somebody_waits():
    """Whether a transaction of this database waits for another one, within a minute."""
    for _nth in range(LONGEST * 20):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.05)
    return False


def test_who_opens_a_year_waits_until_its_archive_is_kept_which_is_then_outdated(
    company, monkeypatch
):
    keeping, waited = Event(), []

    def move(**told):
        keeping.set()
        waited.append(somebody_waits())
        return storing.move(**told)

    monkeypatch.setattr(jobs, "storing", type("Storing", (), {"move": staticmethod(move)}))
    with ThreadPoolExecutor() as people:
        job = people.submit(made, company)
        assert keeping.wait(LONGEST)
        people.submit(opened, company).result(LONGEST)
        assert job.result(LONGEST).state == "done"
    assert waited == [True]
    with transaction.atomic():
        open_companies([company.pk])
        assert [one.is_outdated for one in archives_of(company)] == [True]


def test_of_a_year_that_was_just_opened_no_archive_is_kept(company, monkeypatch):
    about_to_keep, is_open, waited = Event(), Event(), []
    hold = jobs.hold_periods

    def held(year):
        about_to_keep.set()
        assert is_open.wait(LONGEST)
        hold(year)

    def before_commit():
        is_open.set()
        waited.append(somebody_waits())

    monkeypatch.setattr(jobs, "hold_periods", held)
    with ThreadPoolExecutor() as people:
        job = people.submit(made, company)
        assert about_to_keep.wait(LONGEST)
        people.submit(opened, company, before_commit=before_commit).result(LONGEST)
        failed = job.result(LONGEST)
    assert waited == [True]
    assert (failed.state, failed.error_code) == ("failed", "archive.year_open")
    with transaction.atomic():
        open_companies([company.pk])
        assert archives_of(company) == []


def test_an_archive_that_was_made_again_is_of_the_year_as_it_is(company):
    assert made(company).state == "done"
    opened(company)
    with transaction.atomic():
        open_companies([company.pk])
        books.lock(company)
    assert made(company).state == "done"
    with transaction.atomic():
        open_companies([company.pk])
        assert [one.is_outdated for one in archives_of(company)] == [False, True]
