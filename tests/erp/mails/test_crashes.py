"""A worker killed with -9 at each moment of a try: sent again by itself, or left for a person to decide."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import uuid

import pytest
from celery import current_app
from django.conf import settings as configured
from django.db import connection, transaction

from erp.core.tenancy import open_companies
from erp.mails import sending, sweeping
from erp.mails.models import Fault, OutgoingMail, State
from tests import make
from tests.erp.mails.conftest import write
from tests.erp.mails.server import Behaviour
from tools.environment import ROOT

WORK = """
import django; django.setup()
from erp.mails import sending
sending.run({mail}, {company})
"""


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        return make.company()


@pytest.fixture
def queued(monkeypatch):
    """What goes to the queue."""
    found = []
    monkeypatch.setattr(sending, "put", lambda task, number, **told: found.append(told) or True)
    return found


def begin(company, **more):
    with transaction.atomic():
        open_companies([company.pk])
        return write(company, **more)


def state(mail):
    with transaction.atomic():
        open_companies([mail.company_id])
        return OutgoingMail.of(mail.company_id).get(pk=mail.pk)


def environment(server, **more):
    name = configured.DATABASES["default"]["NAME"]
    return {
        **os.environ, "RAPPEN_EMAIL_URL": server.url, "RAPPEN_MAIL_KINDS": "tests.erp.mails.kinds",
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/rappen?", f"/{name}?"), **more,
    }  # fmt: skip


def work(mail, server, *, crash_at=""):
    """Try a mail as a worker does, in a process of its own; how that ended."""
    command = [sys.executable, "-c", WORK.format(mail=mail.pk, company=mail.company_id)]
    told = environment(server, RAPPEN_CRASH_AT=crash_at, RAPPEN_MAILS_LEASE="1")
    return subprocess.run(command, cwd=ROOT, env=told, check=False).returncode


def test_killed_before_the_content_it_is_sent_again_by_itself(company, server, queued):
    mail = begin(company)
    assert work(mail, server, crash_at="mail.taken") == -signal.SIGKILL
    assert (state(mail).state, state(mail).data_at) == (State.SENDING, None)
    time.sleep(1.1)  # until the lease is over
    queued.clear()
    sweeping.sweep()
    assert {"mail": mail.pk, "company": company.pk} in queued
    assert work(mail, server) == 0
    found = state(mail)
    assert (found.state, found.tries, len(server.received)) == (State.SENT, 2, 1)


@pytest.mark.parametrize(("point", "arrived"), [("mail.data", 0), ("mail.delivered", 1)])
def test_killed_later_it_is_unclear_and_not_sent_twice(company, server, queued, point, arrived):
    mail = begin(company)
    assert work(mail, server, crash_at=point) == -signal.SIGKILL
    assert state(mail).state == State.SENDING
    time.sleep(1.1)
    queued.clear()
    sweeping.sweep()
    assert {"mail": mail.pk, "company": company.pk} in queued
    assert work(mail, server) == 0
    found = state(mail)
    assert (found.state, found.fault) == (State.UNCLEAR, Fault.STOPPED)
    assert (len(server.received), server.connections) == (arrived, 1)
    queued.clear()
    sweeping.sweep()
    assert {"mail": mail.pk, "company": company.pk} not in queued


def test_several_workers_send_it_once(company, server, queued):
    mail = begin(company)
    barrier = threading.Barrier(4)

    def one():
        barrier.wait(10)
        try:
            sending.run(mail.pk, company.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (state(mail).state, state(mail).tries, len(server.received)) == (State.SENT, 1, 1)


def test_several_workers_keep_to_the_limit(company, server, queued, settings):
    settings.MAIL_PER_HOUR = 3
    mails = [begin(company) for _ in range(8)]
    barrier = threading.Barrier(8)

    def one(mail):
        barrier.wait(10)
        try:
            sending.run(mail.pk, company.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[mail]) for mail in mails]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(server.received) == 3
    assert [state(mail).state for mail in mails].count(State.QUEUED) == 5


def test_who_lost_the_lease_before_the_content_sends_nothing(company, server, queued, settings):
    """A worker that was slow finds that another one has the mail."""
    settings.MAIL_LEASE = 0
    mail = begin(company)
    slow = sending._taken(mail.pk, company.pk)
    sending.run(mail.pk, company.pk)
    assert state(mail).state == State.SENT
    with pytest.raises(sending.LeaseLost):
        sending._tried(slow)
    assert (len(server.received), state(mail).tries) == (1, 2)


def test_who_is_late_with_the_answer_still_tells_it(company, server, queued, settings):
    """Held to be gone, it comes back with the server's word, and the mail is clear again."""
    settings.MAIL_LEASE = 0
    mail = begin(company)
    slow = sending._taken(mail.pk, company.pk)
    outcome = sending._tried(slow)
    sending.run(mail.pk, company.pk)
    assert state(mail).state == State.UNCLEAR
    sending._noted(slow, outcome)
    assert (state(mail).state, len(server.received)) == (State.SENT, 1)


def test_sweeps_bring_what_is_due_and_nothing_else(company, server, queued):
    mail, sent = begin(company), begin(company)
    sending.run(sent.pk, company.pk)
    queued.clear()
    sweeping.sweep()  # what was just written is on its way by itself
    assert {one["mail"] for one in queued}.isdisjoint({mail.pk, sent.pk})
    server.next = [Behaviour(mail="451 later")]
    sending.run(mail.pk, company.pk)
    sweeping.sweep()
    assert {one["mail"] for one in queued}.isdisjoint({mail.pk, sent.pk})
    with transaction.atomic():
        open_companies([company.pk])
        before = state(mail).enqueued_at
        OutgoingMail.of(company).filter(pk=mail.pk).update(next_try_at=before)
    sweeping.sweep()
    sweeping.sweep()
    assert [one["mail"] for one in queued].count(mail.pk) <= 1


def test_a_real_worker_brings_it_to_the_server(company, server, monkeypatch):
    """From the commit by the queue and a Celery worker to the mail server, and its refusal back."""
    queue = f"mails-{uuid.uuid4().hex}"  # other tests leave tasks in the usual one

    def put(task, number, **told):
        return bool(current_app.send_task(task, kwargs=told, task_id=number, queue=queue))

    monkeypatch.setattr(sending, "put", put)
    server.next = [Behaviour(), Behaviour(content="554 spam")]
    mails = [begin(company, subject=subject) for subject in ("Grüezi", "Werbung")]
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "erp", "worker", "--pool", "solo", "-Q", queue,
         "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        cwd=ROOT, env=environment(server), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as worker:  # fmt: skip
        try:
            for _ in range(600):
                if all(state(mail).state in {State.SENT, State.REFUSED} for mail in mails):
                    break
                time.sleep(0.1)
        finally:
            worker.terminate()
    assert [state(mail).state for mail in mails] == [State.SENT, State.REFUSED]
    assert [got.message["Subject"] for got in server.received] == ["Grüezi"]
    assert state(mails[0]).enqueued_at is not None
