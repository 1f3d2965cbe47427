"""A worker killed in the midst of delivering: the next one goes on, and each person gets one mail."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from erp.core.tenancy import open_companies
from erp.jobs.models import Job, State
from erp.mails.models import OutgoingMail
from payroll.delivery import passwords, terms
from payroll.delivery.models import Delivery
from payroll.runs import delivering
from tests import make
from tests.payroll.runs import books
from tools.environment import ROOT

WORK = """
import django; django.setup()
from erp.jobs import running
running.run({job}, {company})
"""


def work(job, crash_at):
    url = os.environ["DATABASE_URL"].replace("/rappen?", f"/{connection.settings_dict['NAME']}?")
    told = {
        **os.environ,
        "DATABASE_URL": url,
        "RAPPEN_CRASH_AT": crash_at,
        "RAPPEN_JOBS_LEASE": "1",
    }
    command = [sys.executable, "-c", WORK.format(job=job.pk, company=job.company_id)]
    return subprocess.run(command, cwd=ROOT, env=told).returncode


@pytest.mark.usefixtures("committed_db")
def test_killed_after_and_before_a_commit_nobody_gets_two_mails_or_none():
    with transaction.atomic():
        company = books.company()
        anna = make.owner_of(company)
        for nth in (1, 2):
            who = books.employee(company, "5000.00", number=nth, iban=books.iban(nth))
            terms.set_terms(who, by=anna, way="mail", mail=f"p{nth}@example.ch")
            passwords.set_password(who, by=anna)
        run = books.posted(company)
        job = delivering.begin(run, by=anna, link="https://example.ch/")
    for crash in ("job.stepped", "job.worked", "job.moved"):
        assert work(job, crash) == -signal.SIGKILL
        time.sleep(1.1)  # until the lease is over
    assert work(job, "") == 0
    with transaction.atomic():
        open_companies([company.pk])
        assert Job.of_place(company.pk).get(pk=job.pk).state == State.DONE
        assert Delivery.of(company).count() == 2
        sent = [mail.to for mail in OutgoingMail.of(company)]
        assert sorted(sent) == [["p1@example.ch"], ["p2@example.ch"]]
