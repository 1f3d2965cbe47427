"""Long files of employees: worked on in the background, sealed meanwhile, gone with the job."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from contacts.models import Contact
from erp.audit.models import AuditEvent
from erp.core import clock
from erp.core.importing import ColumnMissing
from erp.core.tenancy import open_companies
from erp.jobs import running, starting
from erp.jobs.models import Job, JobLine, State
from payroll.employees import importing, tasks, uploads
from payroll.employees.models import Employee, EmployeeUpload
from payroll.employees.uploads import Wish
from tests import make
from tests.erp.client import Api, new_key
from tests.payroll import tables
from tests.payroll.employees import books
from tests.payroll.employees.test_more_pages import file_of, many
from tests.payroll.employees.test_pages import Browser
from tools.environment import ROOT

BAD = f"Zoé;Geheim;8001;Zürich;1.3.1986;f;756.1234.5678.90;1.1.2026;7123.45;month;XX;{books.IBAN}"
SECRETS = ("Geheim", "7123.45", "756.1234.5678.90", books.IBAN)


@pytest.fixture
def company(db):
    return books.company()


@pytest.fixture
def by(company):
    return make.owner_of(company)


def faulty():
    return many(59) + b"\r\n" + BAD.encode()


def begun(company, by, content, wish):
    return uploads.begin(company=company, content=content, wish=wish, by=by)


def worked(job):
    running.run(job.pk, job.company_id)
    open_companies([job.company_id])
    job.refresh_from_db()
    return job


def upload_of(job):
    return EmployeeUpload.of(job.company_id).get(job=job)


def at_rest(job):
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM payroll_employeeupload WHERE job_id = %s", [job.pk])
        return cursor.fetchone()[0]


def told_openly(job):
    """What the job's row and log tell everybody who sees jobs."""
    lines = list(JobLine.of_place(job.company_id).filter(job=job).values_list("text", flat=True))
    return str([job.arguments, job.cursor, job.message, job.result, job.error, lines])


def test_a_long_file_is_kept_sealed_imported_by_a_job_and_gone(company, by):
    job = begun(company, by, many(60), Wish.ALL)
    assert upload_of(job).content == many(60)
    assert "Person" not in at_rest(job)
    assert worked(job).state == State.DONE, job.error
    assert (job.result, job.percent) == ({"dry_run": False, "rows": 60, "new": 60, "bad": 0}, 100)
    assert Employee.of(company).count() == 60
    assert at_rest(job) is None
    assert AuditEvent.of(company).get(action="employees.import").details["count"] == 60


def test_a_dry_run_names_rows_in_the_sealed_report_alone(company, by):
    job = worked(begun(company, by, faulty(), Wish.CHECK))
    assert (job.state, job.result["new"], job.result["bad"]) == (State.DONE, 59, 1)
    assert not Employee.of(company).exists()
    told = "\n".join(upload_of(job).report.faults)
    assert "61" in told and "wage.canton" in told and "XX" in told and "ahv-nummer" in told
    assert at_rest(job) is None
    dump = tables.everything()
    for secret in SECRETS:
        assert secret not in told_openly(job) and secret not in dump, secret


def test_bad_rows_fail_the_job_and_nothing_is_written(company, by):
    job = worked(begun(company, by, faulty(), Wish.ALL))
    assert (job.state, job.error_code) == (State.FAILED, "people.faulty_file")
    assert not Employee.of(company).exists() and not Contact.of(company).exists()
    assert at_rest(job) is None and upload_of(job).report.bad == 1
    assert not any(secret in told_openly(job) for secret in SECRETS)
    job = worked(begun(company, by, faulty(), Wish.GOOD))
    assert (job.state, job.result["new"], job.result["bad"]) == (State.DONE, 59, 1)
    assert Employee.of(company).count() == 59


def test_a_file_that_was_asked_for_twice_is_imported_once(company, by):
    first, second = (begun(company, by, many(51), wish) for wish in (Wish.ALL, Wish.GOOD))
    assert worked(first).state == State.DONE
    assert worked(second).error_code == "import.already_imported"
    assert Employee.of(company).count() == 51 and at_rest(second) is None


def test_with_a_cancelled_job_the_file_is_gone(company, by):
    job = begun(company, by, many(60), Wish.ALL)
    starting.cancel(job, by=by)
    assert at_rest(job) is None and not Employee.of(company).exists()


def test_a_row_that_was_taken_meanwhile_tells_nothing_openly(company, by):
    ready = file_of([f"Anna;Muster;8001;Zürich;1.3.1986;f;{books.AHV};1.1.2026;6000;month;ZH;"])
    content = ready + b"\r\n" + many(51).partition(b"\r\n")[2]
    job = begun(company, by, content, Wish.ALL)
    uploads.tell(upload_of(job), importing.dry_run(company=company, content=content))
    books.hire(company)  # the same AHV number
    assert worked(job).error_code == "people.faulty_file", job.error
    assert books.AHV not in told_openly(job)
    assert upload_of(job).report.bad == 1 and Employee.of(company).count() == 1


def test_a_file_without_its_columns_is_refused_before_it_is_kept(company, by):
    with pytest.raises(ColumnMissing):
        begun(company, by, b"Name;Vorname\r\n" + b"A;B\r\n" * 60, Wish.CHECK)
    assert not EmployeeUpload.of(company).exists() and not Job.of(company).exists()


def test_what_is_left_is_forgotten_after_a_day(company, by):
    done, waits = (
        worked(begun(company, by, many(51), Wish.CHECK)),
        begun(company, by, many(52), Wish.ALL),
    )
    tasks.forget_uploads()
    open_companies([company.pk])
    assert EmployeeUpload.of(company).count() == 2
    with time_machine.travel(clock.now() + dt.timedelta(days=1, minutes=1)):
        assert tasks.forget_uploads() == 1
        open_companies([company.pk])
    assert not EmployeeUpload.of(company).filter(job=done).exists()
    assert upload_of(waits).content


def test_the_page_shows_the_first_rows_and_then_the_job(company, by):
    page = Browser(company, by)
    shown = page.send("import/", {"file": SimpleUploadedFile("leute.csv", faulty())})
    text = shown.content.decode()
    assert text.count("Muster</td>") == 50 and 'value="check"' in text and "60" in text
    kept = text.split('name="kept" value="')[1].split('"')[0]
    answer = page.send("import/", {"kept": kept, "confirm": "check"})
    job = Job.of(company).get()
    assert answer["Location"] == f"{page.start}import/{job.pk}/"
    assert (
        page.send("import/", {"kept": kept, "confirm": "check"})["Location"] == answer["Location"]
    )
    assert "<progress" in page.get(answer["Location"]).content.decode()
    worked(job)
    shown = page.get(answer["Location"]).content.decode()
    assert "wage.canton" in shown and "XX" in shown
    assert answer["Location"] in page.see("import/").content.decode()
    assert page.see("import/99999999999999999999/").status_code == 404


def test_the_endpoint_answers_with_a_job_and_then_with_the_faults(company, by):
    api = Api(company, by)
    answer = api.upload("employee-imports/", faulty(), name="file", dry_run="true")
    assert answer.status_code == 202, answer.json()
    job = worked(Job.of(company).get())
    told = api.get(f"employee-imports/{job.pk}/").json()
    assert (told["dry_run"], told["rows"], told["new"], told["bad"]) == (True, 60, 59, 1)
    assert any("wage.canton" in one for one in told["faults"])
    key = new_key()
    for _again in range(2):
        answer = api.upload("employee-imports/", many(60), key=key)
        assert answer.status_code == 202, answer.json()
    assert Job.of(company).count() == 2
    waiting = api.get(f"employee-imports/{answer.json()['id']}/").json()
    assert (waiting["finished_at"], waiting["rows"], waiting["faults"]) == (None, None, [])


WORK = """
import django; django.setup()
from erp.jobs import running
running.run({job}, {company})
"""


def work(job, crash_at):
    url = os.environ["DATABASE_URL"].replace("/rappen?", f"/{connection.settings_dict['NAME']}?")
    told = {"DATABASE_URL": url, "RAPPEN_CRASH_AT": crash_at, "RAPPEN_JOBS_LEASE": "1"}
    command = [sys.executable, "-c", WORK.format(job=job.pk, company=job.company_id)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | told).returncode


@pytest.mark.usefixtures("committed_db")
def test_killed_in_the_middle_nobody_is_lost_or_hired_twice():
    with transaction.atomic():
        company = books.company()
        job = begun(company, make.owner_of(company), many(120), Wish.ALL)
    for crash in ("job.stepped", "payroll.hired", ""):
        if crash:
            assert work(job, crash) == -signal.SIGKILL, crash
        else:
            running.run(job.pk, company.pk)
            running.run(job.pk, company.pk)
        people = 0 if crash else 120
        with transaction.atomic():
            open_companies([company.pk])
            assert (Employee.of(company).count(), Contact.of(company).count()) == (people, people)
            assert (at_rest(job) is None) == bool(people)
        if crash:
            time.sleep(1.1)  # until the lease is over
    with transaction.atomic():
        open_companies([company.pk])
        assert Job.of(company).get().state == State.DONE
