"""The journal in the background: a large file checked part by part and posted as one, an export as it stood."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounting.ledger import exporting, jobs
from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from erp.core import spreadsheets
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.jobs.queries import lines_of
from erp.jobs.starting import start
from tests import make
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db

HEAD = "Datum;Buchungstext;Soll;Haben;Betrag\n"


def rows(count, *, bad=()):
    return HEAD + "".join(
        f"{'gestern' if nth in bad else '31.03.2026'};Miete {nth};6000;1020;{nth + 1}.00\n"
        for nth in range(count)
    )


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Little is much."""
    monkeypatch.setattr(spreadsheets, "LARGE_CSV", 200)
    monkeypatch.setattr(jobs, "CHECKED_AT_ONCE", 3)
    monkeypatch.setattr(jobs, "READ_AT_ONCE", 3)


@pytest.fixture
def client(anna):
    client = Client()
    client.force_login(anna)
    return client


def worked(job):
    running.run(job.pk, job.company_id)
    open_companies([job.company_id])
    return Job.of_place(job.company_id).select_related("file", "by").get(pk=job.pk)


def importing(company, anna, content, known=0, **columns):
    file = storing.keep(company=company, name="j.csv", content=content.encode(), by=anna,
                        content_type="text/csv")  # fmt: skip
    return start(jobs.IMPORT, company=company, by=anna,
                 arguments={"file": file.digest, "columns": columns, "known": known})  # fmt: skip


def test_a_file_is_checked_in_parts_and_posted_as_one(company, anna):
    job = worked(importing(company, anna, rows(10)))
    assert (job.state, job.result) == (State.DONE, {"entries": 10, "rows": 10, "total": "55.00"})
    assert job.step == 1 + 4 + 1
    entries = JournalEntry.of(company).order_by("number")
    assert [e.text for e in entries] == [f"Miete {nth}" for nth in range(10)]
    assert verify_ledger(company).sound


def test_bad_rows_are_in_the_log_and_nothing_is_posted(company, anna):
    job = worked(importing(company, anna, rows(10, bad={2, 7})))
    assert (job.state, job.error_code) == (State.FAILED, "import.faulty_file")
    assert job.error == str(jobs.FaultyFile(count=2))
    assert [("4" in line.text, "9" in line.text) for line in lines_of(job)] == [
        (True, False), (False, True)
    ]  # fmt: skip
    assert not JournalEntry.of(company).exists()


def test_an_unreadable_file_fails_the_job(company, anna):
    assert worked(importing(company, anna, "a;b\n1;2\n")).error_code == "import.column_missing"


def test_a_file_that_was_imported_meanwhile_is_not_imported_again(company, anna):
    first, second = (importing(company, anna, rows(5)) for _ in range(2))
    assert worked(first).state == State.DONE
    assert worked(second).error_code == "import.already_imported"
    assert JournalEntry.of(company).count() == 5
    assert worked(importing(company, anna, rows(5), known=5)).state == State.DONE


def test_another_process_goes_on_with_the_import(company, anna, settings):
    """What was in memory is gone; the cursor is not."""
    settings.JOB_SLICE = 0
    job = importing(company, anna, rows(10))
    done = [worked(job).done for _ in range(5)]
    assert done == [0, 3, 6, 9, 10]
    assert worked(job).state == State.DONE
    assert JournalEntry.of(company).count() == 10


def test_the_page_gives_a_large_file_to_a_job(company, client):
    page = f"/c/{company.pk}/ledger/import/"
    shown = client.post(page, {"file": SimpleUploadedFile("j.csv", rows(100).encode())})
    assert shown.status_code == 200 and shown.context["large"]
    assert len(shown.context["preview"].entries) == 50
    kept = shown.context["kept"]
    assert len(kept) < 500  # the file itself stays here
    answers = [client.post(page, {"kept": kept, "confirm": 1}) for _ in range(2)]
    open_companies([company.pk])
    job = Job.of(company).get()
    assert {a.headers["Location"] for a in answers} == {reverse("job", args=[company.pk, job.pk])}
    assert worked(job).state == State.DONE
    assert JournalEntry.of(company).count() == 100
    assert client.post(page, {"kept": kept[:-1] + "x", "confirm": 1}).status_code == 422


def test_columns_are_chosen_of_a_large_file_as_of_a_small_one(company, client):
    page, content = f"/c/{company.pk}/ledger/import/", rows(20).replace("Buchungstext", "Was")
    shown = client.post(page, {"file": SimpleUploadedFile("j.csv", content.encode())})
    assert shown.status_code == 422 and "was" in shown.context["titles"]
    told = {"kept": shown.context["kept"], "column-text": "was"}
    again = client.post(page, told)
    assert again.status_code == 200
    client.post(page, {**told, "kept": again.context["kept"], "confirm": 1})
    open_companies([company.pk])
    assert worked(Job.of(company).get()).state == State.DONE


def test_large_workbooks_too(company, client, monkeypatch):
    import xlsxwriter

    monkeypatch.setattr(spreadsheets, "LARGE_XLSX", 200)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for nth, line in enumerate(rows(400).splitlines()):
        sheet.write_row(nth, 0, line.split(";"))
    book.close()
    page = f"/c/{company.pk}/ledger/import/"
    shown = client.post(page, {"file": SimpleUploadedFile("j.xlsx", out.getvalue())})
    assert shown.context["large"] and len(shown.context["preview"].entries) == 50
    client.post(page, {"kept": shown.context["kept"], "confirm": 1})
    open_companies([company.pk])
    assert worked(Job.of(company).get()).result["entries"] == 400


def test_the_endpoint_imports_in_the_background(company, anna):
    api, key = Api(company, anna), new_key()
    answers = [
        api.upload("journal-imports/", rows(3).encode(), key=key, background="true")
        for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    open_companies([company.pk])
    assert worked(Job.of(company).get()).result["entries"] == 3
    problem(api.upload("journal-imports/", rows(3).encode(), background="true"), 400, "invalid")
    told = api.upload("journal-imports/", rows(4).encode(), background="true", dry_run="true")
    assert (told.status_code, told.json()["entries"]) == (200, 4)


def exported(company, anna, form="csv", **filters):
    return start(jobs.EXPORT, company=company, by=anna, arguments={"form": form, **filters})


def test_the_export_is_the_journal_as_it_stood(company, anna, settings):
    for nth in range(7):
        make.rent(company, amount=f"{nth + 1}.00", by=anna)
    job = exported(company, anna)
    settings.JOB_SLICE = 0
    worked(job)
    make.rent(company, amount="99.00", by=anna)  # comes too late
    settings.JOB_SLICE = 30
    done = worked(job)
    assert (done.state, done.result, done.by) == (State.DONE, {"lines": 14}, anna)
    assert done.file.name == f"{company.short_name}-journal.csv"
    told = list(csv.reader(io.StringIO(storing.content_of(done.file).decode("utf-8-sig")),
                           delimiter=";"))  # fmt: skip
    assert len(told) == 1 + 14 + 1
    assert [row[0] for row in told[1:-1:2]] == [str(nth + 1) for nth in range(7)]
    assert told[-1][-2:] == ["28.00", "28.00"]


def test_the_export_in_the_background_is_that_of_the_page(company, anna, client):
    for nth in range(5):
        make.rent(company, amount=f"{nth + 1}.00", by=anna)
    file = worked(exported(company, anna, account="6000", q="Miete")).file
    page = client.get(f"/c/{company.pk}/ledger/journal/", {"format": "csv", "q": "Miete"})
    assert storing.content_of(file) == page.content


def test_an_export_is_not_cut_into_slices(company, anna, settings):
    """It reads one state of the books from beginning to end."""
    for _ in range(7):
        make.rent(company, by=anna)
    settings.JOB_SLICE = 0
    done = worked(exported(company, anna))
    assert (done.done, done.result) == (7, {"lines": 14})


def test_a_long_journal_is_offered_as_a_job(company, anna, client, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 6)
    for _ in range(4):
        make.rent(company, by=anna)
    page = f"/c/{company.pk}/ledger/journal/"
    answer = client.get(page, {"format": "xlsx", "from": "2026-01-01"}, follow=True)
    assert answer.redirect_chain == [(f"{page}?from=2026-01-01&offer=xlsx", 302)]
    assert 'name="form" value="xlsx"' in answer.content.decode()
    assert client.get(page, {"format": "pdf"}).content.startswith(b"%PDF")
    answer = client.post(page, {"form": "xlsx", "from": "2026-01-01", "until": "", "q": ""})
    open_companies([company.pk])
    job = Job.of(company).get()
    assert answer.headers["Location"] == reverse("job", args=[company.pk, job.pk])
    done = worked(job)
    got = client.get(reverse("job-file", args=[company.pk, job.pk]))
    assert got["Content-Type"] == done.file.content_type
    sheet = openpyxl.load_workbook(io.BytesIO(got.content)).active
    assert sheet.max_row == 4 + 8 + 1
    assert client.post(page, {"form": "pdf"}).status_code == 404
    assert client.post(f"/c/{company.pk}/ledger/drafts/", {"form": "csv"}).status_code == 404


def test_an_export_that_is_too_long_says_so(company, anna, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_EXPORTED", 3)
    for _ in range(2):
        make.rent(company, by=anna)
    assert worked(exported(company, anna)).error_code == "ledger.journal_too_long"


def test_the_endpoint_exports_in_the_background(company, anna):
    make.rent(company, by=anna)
    api = Api(company, anna)
    told = api.post("journal-exports/", {"form": "csv", "since": "2026-01-01"}, key=new_key())
    assert told.status_code == 202, told.json()
    open_companies([company.pk])
    job = worked(Job.of(company).get())
    got = api.get(f"jobs/{job.pk}/file/")
    assert got.status_code == 200 and got["Content-Type"].startswith("text/csv")
    problem(api.post("journal-exports/", {"form": "pdf"}, key=new_key()), 400, "invalid")


def test_who_may_not_see_the_books_exports_none(company):
    blind = make.user(company=company, granted=["company.read", "ledger.export"])
    page = Client()
    page.force_login(blind)
    assert page.post(f"/c/{company.pk}/ledger/journal/", {"form": "csv"}).status_code == 403
    problem(Api(company, blind).post("journal-exports/", {"form": "csv"}, key=new_key()), 403)
    open_companies([company.pk])
    assert worked(exported(company, blind)).error_code == "jobs.access_lost"
