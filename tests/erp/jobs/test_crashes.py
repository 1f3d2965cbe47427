"""A worker killed at each named point of a step: the next one goes on, and each step has one effect."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from erp.core.tenancy import open_companies
from erp.jobs.models import Job, State
from erp.jobs.starting import start
from tests import make
from tools.environment import ROOT

WORK = """
import django; django.setup()
from erp.jobs import running
running.run({job}, {company})
"""


def work(job, *, crash_at):
    """Work on a job as a worker does, in a process of its own; how that ended."""
    url = os.environ["DATABASE_URL"].replace("/rappen?", f"/{connection.settings_dict['NAME']}?")
    told = {**os.environ, "DATABASE_URL": url, "RAPPEN_CRASH_AT": crash_at,
            "RAPPEN_JOBS_LEASE": "1", "RAPPEN_JOB_KINDS": "tests.erp.jobs.kinds"}  # fmt: skip
    command = [sys.executable, "-c", WORK.format(job=job.pk, company=job.company_id)]
    return subprocess.run(command, cwd=ROOT, env=told).returncode


@pytest.mark.parametrize(
    ("point", "done"), [("job.worked", 0), ("job.moved", 0), ("job.stepped", 1)]
)
def test_killed_in_each_step_and_carried_on(committed_db, sent, point, done):
    """VER-2: before the commit nothing of the step is there, after it all of it."""
    with transaction.atomic():
        company = make.company()
        job = start("test.post", company=company, by=make.owner_of(company),
                    arguments={"entries": 2})  # fmt: skip
    assert work(job, crash_at=point) == -signal.SIGKILL
    assert state(job)[:2] == (State.RUNNING, done)
    assert state(job)[2] == done
    time.sleep(1.1)  # until the lease is over
    assert work(job, crash_at="") == 0
    assert state(job) == (State.DONE, 2, 2, True)


def state(job):
    with transaction.atomic():
        open_companies([job.company_id])
        found = Job.of_place(job.company_id).get(pk=job.pk)
        entries = JournalEntry.of(job.company_id).count()
        return (found.state, found.done, entries, verify_ledger(job.company).sound)
