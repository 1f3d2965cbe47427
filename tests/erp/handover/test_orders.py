"""Owners have their company written into a file by a job, and take it along; nobody else does."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from django.conf import settings as configured
from django.core import mail
from django.core.management import call_command
from django.db import InternalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.access.gate import operating
from erp.access.models import Membership, Role
from erp.api.models import IdempotencyRecord
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.cockpit import firms
from erp.companies.models import Company
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.handover import exporting, jobs, orders
from erp.handover.exporting import heads_of
from erp.handover.models import CompanyExport
from erp.handover.snapshots import Snapshot
from erp.jobs import running, sending, tasks
from erp.jobs.models import Job, State
from erp.jobs.starting import cancel
from tests import make
from tests.erp.client import Api, new_key, places, problem
from tests.erp.handover.conftest import PASSPHRASE
from tools.environment import ROOT

pytestmark = pytest.mark.usefixtures("committed_db")

WORK = """
import django; django.setup()
from erp.jobs import running
running.run({job}, {company})
"""


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        return make.company()


@pytest.fixture
def owner(company):
    with operating(str(company.pk)):
        return make.owner_of(company)


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(company):
    return f"/c/{company.pk}/settings/export/"


def asked(company, owner, passphrase=PASSPHRASE):
    """What an owner asks for by the page; its job."""
    told = {"passphrase": passphrase, "again": passphrase}
    answer = client_of(owner).post(page_of(company), told)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return state_of(company, int(answer.headers["Location"].split("/")[-2]))


def state_of(company, job):
    with transaction.atomic():
        open_companies([company.pk])
        return Job.of(company).get(pk=job)


def export_of(company, job):
    with transaction.atomic():
        open_companies([company.pk])
        found = CompanyExport.of(company).select_related("company").get(job=job.pk)
        assert found.is_there is (found.made_at is not None)
        return found


def sealed_of(company, job):
    """The passphrase as the database has it."""
    with transaction.atomic():
        open_companies([company.pk])
        with connection.cursor() as cursor:
            cursor.execute("SELECT passphrase FROM erp_companyexport WHERE job_id = %s", [job.pk])
            return cursor.fetchone()[0]


def taken(company, owner, export):
    """The bytes that an owner takes along."""
    answer = client_of(owner).get(f"{page_of(company)}{export.pk}/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content), answer


def environment(**more):
    name = configured.DATABASES["default"]["NAME"]
    return {
        **os.environ, "RAPPEN_VAR": str(configured.RAPPEN_VAR),
        "DATABASE_URL": os.environ["DATABASE_URL"].replace("/rappen?", f"/{name}?"), **more,
    }  # fmt: skip


def test_by_a_real_worker_and_back_by_the_command(original, heir, tmp_path, monkeypatch):
    """Page, queue, Celery worker, download, import: proven to be the same as it was written."""
    queue = f"jobs-{uuid.uuid4().hex}"  # other tests leave tasks in the usual one

    def put(task, number, **told):
        return bool(current_app.send_task(task, kwargs=told, task_id=number, queue=queue))

    monkeypatch.setattr(sending, "put", put)
    with operating(str(original.pk)):
        owner = make.owner_of(original)
    job = asked(original, owner)
    assert PASSPHRASE not in sealed_of(original, job)
    with subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "erp", "worker", "--pool", "solo", "-Q", queue,
         "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
        cwd=ROOT, env=environment(RAPPEN_JOBS_SLICE="0"), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as worker:  # fmt: skip
        try:
            for _ in range(1200):
                job = state_of(original, job.pk)
                if not job.is_open:
                    break
                time.sleep(0.1)
        finally:
            worker.terminate()
    assert job.state == State.DONE, (job.error_code, job.error)
    assert job.step > 2 and job.percent == 100
    assert sealed_of(original, job) is None
    export = export_of(original, job)
    content, _answer = taken(original, owner, export)
    path, key = tmp_path / "company.zip", tmp_path / "key"
    path.write_bytes(content)
    key.write_text(PASSPHRASE, encoding="utf-8")
    assert len(content) == export.size
    call_command("import_company", path, owner=heir.email, short_name=f"job-{heir.pk}",
                 passphrase_file=key, digest=export.digest)  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rappen_find_company(%s)", [f"job-{heir.pk}"])
        (number,) = cursor.fetchone()
    with operating(str(number)) as access:
        came = AuditEvent.of(access.company).get(action="company.import")
        assert (came.details["digest"], came.details["rows"]) == (export.digest, export.rows)
        assert not CompanyExport.of(access.company).exists()


def test_all_owners_are_told_and_the_trail_tells(company, owner):
    with operating(str(company.pk)):
        other = make.user()
        Membership.unscoped.create(
            company=company, user=other, role=Role.of(company).get(code="owner")
        )
    job = asked(company, owner)
    mail.outbox.clear()
    running.run(job.pk, company.pk)
    told = [(one.to[0], one.subject) for one in mail.outbox]
    assert {to for to, _subject in told} == {owner.email, other.email}
    assert all("wurde in eine Datei geschrieben" in subject for _to, subject in told)
    assert owner.email in mail.outbox[0].body
    export = export_of(company, job)
    mail.outbox.clear()
    content, answer = taken(company, other, export)
    assert answer.headers["Content-Type"] == "application/zip"
    assert (
        f"{company.short_name}-{clock.today():%Y-%m-%d}-company.zip"
        in answer.headers["Content-Disposition"]
    )
    assert {one.to[0] for one in mail.outbox} == {owner.email, other.email}
    assert all(
        "wurde mitgenommen" in one.subject and other.email in one.body for one in mail.outbox
    )
    with operating(str(company.pk)):
        written = AuditEvent.of(company).get(action="company.export")
        left = AuditEvent.of(company).get(action="company.take_along")
        assert (written.by, left.by) == (owner, other)
        assert written.details["digest"] == left.details["digest"] == export.digest
        assert AccessLogEntry.of(company).filter(kind="export", subject="company").count() == 2
    path = orders.room_of(company.pk, job.pk) / orders.FILE
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert path.read_bytes() == content
    shown = client_of(owner).get(page_of(company)).content.decode()
    assert export.digest in shown and "mitgenommen" in shown


def test_it_is_one_state_whoever_works_on_meanwhile(company, owner, monkeypatch):
    step = jobs.Work.step

    def post():
        with operating(str(company.pk)) as access:
            make.rent(access.company)
        connections.close_all()

    def worked(work):
        if work.steps == 1:
            with ThreadPoolExecutor() as others:
                others.submit(post).result(60)
        return step(work)

    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(jobs.Work, "step", worked)
    with operating(str(company.pk)):
        make.rent(company)
        before = heads_of(company)
    job = asked(company, owner)
    running.run(job.pk, company.pk)
    path = orders.room_of(company.pk, job.pk) / orders.FILE
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        entries = archive.read("tables/accounting_journalentry.jsonl").splitlines()
    assert manifest["heads"]["ledger"] == before["ledger"]
    assert len(entries) == 1
    with operating(str(company.pk)):
        assert heads_of(company)["ledger"]["position"] == 2


@pytest.mark.parametrize("point", ["job.worked", "job.moved", "job.stepped"])
def test_killed_while_writing_another_process_begins_anew(company, owner, point):
    job = asked(company, owner)
    command = [sys.executable, "-c", WORK.format(job=job.pk, company=company.pk)]
    killed = subprocess.run(
        command, cwd=ROOT, env=environment(RAPPEN_CRASH_AT=point, RAPPEN_JOBS_LEASE="1"), check=False
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert not (orders.room_of(company.pk, job.pk) / orders.FILE).exists()
    time.sleep(1.1)  # until the lease is over
    running.run(job.pk, company.pk)
    assert state_of(company, job.pk).state == State.DONE
    with zipfile.ZipFile(orders.path_of(export_of(company, job))) as archive:
        assert archive.testzip() is None
    with operating(str(company.pk)):
        assert AuditEvent.of(company).filter(action="company.export").count() == 1


def test_only_owners_by_their_own_membership(company, owner):
    """A role that gives access, and a mandate with the rights of an owner, see the page and no more."""
    lead, operator = make.user(), make.user(is_operator=True)
    with transaction.atomic():
        firm = firms.found_firm(name="Treuhand", manager=lead, by=operator)
    with operating(str(company.pk)):
        helper = make.user(
            company=company, granted=["company.read", "members.read", "members.change"]
        )
        clerk = make.user(company=company, granted=["company.read", "company.change"])
        firms.give_mandate(company=company, firm_code=firm.code, role="owner", by=owner)
    job = asked(company, owner)
    running.run(job.pk, company.pk)
    export = export_of(company, job)
    told = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    for person in (helper, lead):
        client = client_of(person)
        shown = client.get(page_of(company)).content.decode()
        assert "Nur eine Inhaberin oder ein Inhaber" in shown and 'name="passphrase"' not in shown
        assert client.post(page_of(company), told).status_code == 422
        assert client.get(f"{page_of(company)}{export.pk}/").status_code == 302
        api = Api(company, person)
        body = {"passphrase": PASSPHRASE}
        problem(api.post("company-exports/", body, key=new_key()), 422, "handover.owners_only")
        problem(api.get(f"company-exports/{export.pk}/file/"), 422, "handover.owners_only")
    assert client_of(clerk).get(page_of(company)).status_code == 403
    assert client_of(make.user()).get(page_of(company)).status_code == 404
    with operating(str(company.pk)):
        assert not AuditEvent.of(company).filter(action="company.take_along").exists()


def test_without_a_fresh_second_factor_nothing_leaves(company, owner):
    client, api = client_of(owner), Api(company, owner)
    running.run(asked(company, owner).pk, company.pk)
    with operating(str(company.pk)):
        export = CompanyExport.of(company).get()
    with clock.at(clock.now() + dt.timedelta(minutes=10)):
        told = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
        for answer in (
            client.post(page_of(company), told),
            client.get(f"{page_of(company)}{export.pk}/"),
        ):
            assert answer.status_code == 302 and "reauthenticate" in answer.headers["Location"]
            assert PASSPHRASE not in json.dumps(dict(client.session.items()))
        problem(api.post("company-exports/", {"passphrase": PASSPHRASE}, key=new_key()), 403,
                "step_up_needed")  # fmt: skip
        problem(api.get(f"company-exports/{export.pk}/file/"), 403, "step_up_needed")


def test_the_endpoint_does_the_same(company, owner):
    api = Api(company, owner)
    short = api.post("company-exports/", {"passphrase": "kurz"}, key=new_key())
    assert places(problem(short, 422)) == [("passphrase", "handover.short_passphrase")]
    problem(api.post("company-exports/", {}, key=new_key()), 400)
    key = new_key()
    first = api.post("company-exports/", {"passphrase": PASSPHRASE}, key=key)
    assert first.status_code == 202
    assert api.post("company-exports/", {"passphrase": PASSPHRASE}, key=key).json() == first.json()
    problem(api.post("company-exports/", {"passphrase": PASSPHRASE}, key=new_key()), 409,
            "handover.export_running")  # fmt: skip
    (waiting,) = api.get("company-exports/").json()["results"]
    assert (waiting["state"], waiting["is_there"]) == ("waiting", False)
    problem(api.get(f"company-exports/{waiting['id']}/file/"), 409, "handover.export_gone")
    running.run(first.json()["id"], company.pk)
    told = api.get(f"company-exports/{waiting['id']}/").json()
    assert (told["state"], told["is_there"], told["by"]) == ("done", True, owner.email)
    assert PASSPHRASE not in json.dumps(told)
    answer = api.get(f"company-exports/{told['id']}/file/")
    assert len(b"".join(answer.streaming_content)) == told["size"]
    assert api.get("company-exports/999999/").status_code == 404


def test_a_key_tells_wishes_apart_without_keeping_the_passphrase(company, owner):
    """What is kept of a request that came with a key is the same whatever its passphrase was."""
    api, key = Api(company, owner), new_key()
    first = api.post("company-exports/", {"passphrase": PASSPHRASE}, key=key)
    with operating(str(company.pk)):
        (kept,) = IdempotencyRecord.of(company).filter(key=key)
        digest = kept.payload_digest
    again = api.post("company-exports/", {"passphrase": "etwas ganz und gar anderes"}, key=key)
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    running.run(first.json()["id"], company.pk)
    other = new_key()
    assert (
        api.post("company-exports/", {"passphrase": PASSPHRASE[::-1]}, key=other).status_code == 202
    )
    with operating(str(company.pk)):
        assert IdempotencyRecord.of(company).get(key=other).payload_digest == digest


def test_the_page_of_the_job_leads_to_the_file(company, owner):
    job = asked(company, owner)
    client = client_of(owner)
    link = f'href="{page_of(company)}"'
    here = f"/c/{company.pk}/jobs/{job.pk}/"
    assert link not in client.get(f"{here}progress/").content.decode()
    running.run(job.pk, company.pk)
    assert link in client.get(f"{here}progress/").content.decode()
    assert "Zeigen, was entstanden ist" in client.get(here).content.decode()


def test_a_worker_with_little_time_hands_an_export_on(company, owner, monkeypatch):
    """Celery's limit for all tasks would end the export of a large company again and again."""
    sent = []
    monkeypatch.setattr(
        sending, "put", lambda task, number, **told: sent.append((task, told)) or True
    )
    with operating(str(company.pk)):
        job = orders.begin(company=company, passphrase=PASSPHRASE, by=owner)
    whole = ("jobs.run_whole", {"job": job.pk, "company": company.pk})
    assert sent == [whole]
    tasks.run(job=job.pk, company=company.pk)  # as the sweeper sends it again
    assert sent == [whole, whole] and state_of(company, job.pk).done == 0
    tasks.run_whole(job=job.pk, company=company.pk)
    assert state_of(company, job.pk).state == State.DONE
    known = current_app.tasks["jobs.run_whole"]
    assert known.soft_time_limit == configured.JOB_WHOLE_LIMIT < known.time_limit
    assert known.soft_time_limit >= 4 * 60 * 60 > configured.CELERY_TASK_SOFT_TIME_LIMIT


def test_a_passphrase_is_told_twice_and_long(company, owner):
    client = client_of(owner)
    for told, said in (
        ({"passphrase": "kurz", "again": "kurz"}, "mindestens 16"),
        ({"passphrase": PASSPHRASE, "again": PASSPHRASE + "x"}, "nicht dieselbe Passphrase"),
        ({"passphrase": " " * 20 + "kurz", "again": " " * 20 + "kurz"}, "mindestens 16"),
        ({}, "zwingend"),
    ):
        answer = client.post(page_of(company), told)
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert PASSPHRASE not in answer.content.decode()
    with operating(str(company.pk)):
        assert not Job.of(company).filter(kind=orders.EXPORT).exists()


def test_a_cancelled_job_forgets_its_passphrase(company, owner):
    job = asked(company, owner)
    assert sealed_of(company, job)
    with operating(str(company.pk)):
        cancel(Job.of(company).get(pk=job.pk), by=owner)
    assert sealed_of(company, job) is None


def test_after_a_day_the_file_is_gone(company, owner):
    job = asked(company, owner)
    running.run(job.pk, company.pk)
    export, room = export_of(company, job), orders.room_of(company.pk, job.pk)
    with operating(str(company.pk)):
        assert orders.forget(company) == 0
    with clock.at(clock.now() + orders.KEPT + dt.timedelta(seconds=1)):
        client = client_of(owner)
        answer = client.get(f"{page_of(company)}{export.pk}/", follow=True)
        assert "Die Datei ist weg" in answer.content.decode()
        assert "abgelaufen" in client.get(page_of(company)).content.decode()
        with operating(str(company.pk)):
            assert orders.forget(company) == 1
    assert not room.exists()


def test_the_list_costs_the_same_however_many_there_are(company, owner):
    api, counts = Api(company, owner), []
    for _nth in range(3):
        running.run(asked(company, owner).pk, company.pk)
        with CaptureQueriesContext(connection) as queries:
            assert api.get("company-exports/").status_code == 200
            assert client_of(owner).get(page_of(company)).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[2]


def test_a_snapshot_shows_one_company_and_writes_nothing(company, owner):
    with transaction.atomic():
        other = make.company()
    with operating(str(company.pk)):
        snapshot = Snapshot(company, by=owner)
    try:
        with snapshot.looking():
            assert list(Company.objects.values_list("pk", flat=True)) == [company.pk]
            assert not Job.of(other).exists()
            with pytest.raises(InternalError, match="read-only"):
                Company.objects.filter(pk=company.pk).update(town="Bern")
    finally:
        snapshot.close()
        snapshot.close()
