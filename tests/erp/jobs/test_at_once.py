"""Real commits on real connections: two who do the same at the same moment have one effect."""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import ExitStack

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection, transaction

from accounting.ledger.models import JournalEntry
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.jobs import running, sending, sweeping
from erp.jobs.models import Job, State
from erp.jobs.starting import cancel, start
from tests import make


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        return make.company()


def begin(company, key="", **arguments):
    with transaction.atomic():
        open_companies([company.pk])
        return start("test.post", company=company, by=make.owner_of(company),
                     arguments={"entries": 5, **arguments}, key=key)  # fmt: skip


def at_once(work, *, times=4):
    """What each of some threads came to, each on a connection of its own."""
    barrier, found = threading.Barrier(times), []

    def one():
        barrier.wait()
        try:
            found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


def reload(company, job):
    with transaction.atomic():
        open_companies([company.pk])
        return Job.of(company).get(pk=job.pk), JournalEntry.of(company).count()


def test_several_sweeps_send_once(company, sent):
    job = begin(company)
    assert sent.found == [(job.pk, company.pk)]
    sent.found.clear()
    with clock.at(clock.now() + dt.timedelta(seconds=settings.JOB_RESEND * 2)):
        at_once(sweeping.sweep)
    assert sent.found.count((job.pk, company.pk)) == 1


def test_several_workers_do_each_step_once(company, sent):
    job = begin(company, ms=20)
    at_once(lambda: running.run(job.pk, company.pk))
    found, entries = reload(company, job)
    assert (found.state, found.step, found.attempts, entries) == (State.DONE, 6, 1, 5)


def test_several_who_think_they_hold_the_lease_commit_one_step(company, sent):
    """The comparison at the end of the step decides, not the lease alone."""
    job = begin(company, ms=50)
    taken, kind = running._taken(job.pk, company.pk), running.kind_of("test.post")

    def step():
        try:
            return running._step(taken, kind, {}, ExitStack())
        except running.LeaseLost:
            return "lost"

    assert sorted(map(str, at_once(step))) == ["True", "lost", "lost", "lost"]
    assert reload(company, job)[1] == 1


def test_the_same_key_at_the_same_moment_is_one_job(company, sent):
    assert len(set(at_once(lambda: begin(company, key="once").pk))) == 1
    assert len(sent.found) == 1


def test_the_lease_is_renewed_while_a_step_takes_long(company, sent, settings):
    settings.JOB_LEASE = 1
    job = begin(company, entries=1, ms=2500)
    thread = threading.Thread(target=lambda: (running.run(job.pk, company.pk), connection.close()))
    thread.start()
    thread.join(1.8)
    assert running._taken(job.pk, company.pk) is None
    thread.join()
    assert reload(company, job)[0].attempts == 1


def test_cancelling_waits_for_no_step(company, sent):
    job = begin(company, entries=2, ms=1500)
    thread = threading.Thread(target=lambda: (running.run(job.pk, company.pk), connection.close()))
    thread.start()
    thread.join(0.7)
    begun = clock.now()
    with transaction.atomic():
        open_companies([company.pk])
        running_job = Job.of(company).get(pk=job.pk)
        cancel(running_job, by=make.owner_of(company))
    assert clock.now() - begun < dt.timedelta(milliseconds=500)
    thread.join()
    found, entries = reload(company, job)
    assert (found.state, entries) == (State.CANCELLED, 1)


def test_a_queue_that_is_away_keeps_nobody_waiting(company, monkeypatch):
    """The page that starts a job answers, and the row waits."""
    nobody = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    nobody.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(sending, "current_app", nobody)
    begun = clock.now()
    job = begin(company)
    assert clock.now() - begun < dt.timedelta(seconds=5)
    assert reload(company, job)[0].enqueued_at is None
