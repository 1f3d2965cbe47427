"""The outbox: sent after the commit, and sent again when the queue lost it; never too often."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings

from erp.core import clock
from erp.core.tenancy import open_companies
from erp.jobs import running, sweeping
from erp.jobs.models import Job, State
from erp.jobs.starting import start
from tests import make
from tests.erp.jobs import kinds  # noqa: F401 - registers them

pytestmark = pytest.mark.django_db


def begin(company):
    open_companies([company.pk])
    return start("test.post", company=company, by=make.owner_of(company), arguments={"entries": 1})


def reload(job):
    open_companies([job.company_id])
    return Job.of_place(job.company_id).get(pk=job.pk)


def later(**more):
    return clock.at(clock.now() + dt.timedelta(**more))


def test_it_is_sent_after_the_commit_and_noted(company, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = begin(company)
        assert sent.found == []
    assert sent.found == [(job.pk, company.pk)]
    assert reload(job).enqueued_at
    assert sweeping.sweep() == 0


def test_a_queue_that_is_away_loses_nothing(company, sent, django_capture_on_commit_callbacks):
    sent.queue.away = True
    with django_capture_on_commit_callbacks(execute=True):
        job = begin(company)
    assert reload(job).enqueued_at is None
    assert sweeping.sweep() == 0  # a moment is left to its own sending
    sent.queue.away = False
    with later(seconds=6):
        assert (sweeping.sweep(), sweeping.sweep()) == (1, 0)
    assert sent.found == [(job.pk, company.pk)]


def test_all_companies_are_swept_at_once(company, sent):
    other = make.company()
    jobs = [begin(company), begin(other)]
    open_companies([])
    with later(seconds=6):
        assert sweeping.sweep() == 2
    assert set(sent.found) == {(job.pk, job.company_id) for job in jobs}


def test_what_was_sent_long_ago_and_still_waits_is_sent_again(company, sent):
    job = begin(company)
    with later(seconds=6):
        sweeping.sweep()
    with later(seconds=settings.JOB_RESEND - 10):
        assert sweeping.sweep() == 0
    with later(seconds=settings.JOB_RESEND * 2):
        assert sweeping.sweep() == 1
    assert sent.found == [(job.pk, company.pk)] * 2


def test_a_running_job_is_sent_when_its_lease_is_over_and_only_once(company, sent):
    job = begin(company)
    with later(seconds=6):
        sweeping.sweep()
        running._taken(job.pk, company.pk)
    with later(seconds=10):
        assert sweeping.sweep() == 0
    with later(seconds=6 + settings.JOB_LEASE + 1):
        assert (sweeping.sweep(), sweeping.sweep()) == (1, 0)
        assert running._taken(job.pk, company.pk).attempts == 2
        assert sweeping.sweep() == 0


def test_what_is_over_is_left_alone(company, sent):
    job = begin(company)
    running.run(job.pk, company.pk)
    with later(days=1):
        assert sweeping.sweep() == 0
    assert reload(job).state == State.DONE
