"""Making archives: of closed years alone, in small parts, the same bytes each time, with what the books have."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import zipfile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.archive import making
from accounting.archive.queries import archives_of
from accounting.ledger import years
from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.models import Period
from accounting.ledger.posting import post
from accounting.ledger.queries import account_sheet
from erp.access.models import Membership
from erp.access.permissions import Permission
from erp.audit.models import AuditEvent
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import State
from tests import make
from tests.accounting.archive import books

pytestmark = pytest.mark.django_db


def contents(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_year_with_open_periods_has_no_archive():
    company = books.closed()
    by = make.owner_of(company)
    for nth, lock in ((10, "open"), (11, "closing")):
        period = Period.of(company).filter(fiscal_year__name="2026").order_by("start")[nth]
        years.lock_period(company=company, period=period, lock=lock, by=by)
    job = books.worked(company)
    assert (job.state, job.error_code) == (State.FAILED, "archive.year_open")
    assert "11.2026, 12.2026" in job.error
    assert books.worked(company, until="2031-01-01").error_code == "archive.no_year"
    assert archives_of(company) == []


def test_it_is_kept_by_its_digest_and_holds_what_the_books_have():
    company = books.closed()
    job = books.worked(company)
    (made,) = archives_of(company)
    event = AuditEvent.of(company).get(action="year.archive")
    assert job.result == {name: event.details[name] for name in job.result}
    path = storing.path_of(company.pk, made.file.digest)
    assert event.details["sha256"] == made.file.digest == storing.digest_of(path)
    assert (event.by, event.subject, made.entries, made.lines) == (
        make.owner_of(company), "fiscalyear", 4, 8
    )  # fmt: skip
    assert job.file is None  # handed out by its own page alone
    files = contents(path)
    holds(files)
    of_people_and_wages_the_trail_has_the_digest_alone(files)


def holds(files):
    assert {
        "README.txt", "verify.py", "manifest.json", "journal.csv", "journal.jsonl", "links.jsonl",
        "accounts.csv", "account_sheets.csv", "opening_balances.csv", "trial_balance.csv",
        "balance_sheet.csv", "balance_sheet.pdf", "income_statement.csv", "income_statement.pdf",
        "trail.jsonl", "originals.csv", "people.csv", "bank_statements.csv", "cost_centres.csv",
        "cost_objects.csv", "vat_codes.csv", "annual_accounts.pdf", "closings.json",
        "procedure.pdf", "procedure.json",
    } == {name for name in files if not name.startswith("originals/")}  # fmt: skip
    journal = table(files["journal.csv"])
    assert [(row["number"], row["account"], row["debit"], row["credit"], row["reverses"])
            for row in journal] == [
        ("1", "1020", "100000.00", "0.00", ""), ("1", "2800", "0.00", "100000.00", ""),
        ("2", "6000", "2000.00", "0.00", ""), ("2", "1020", "0.00", "2000.00", ""),
        ("3", "6000", "0.00", "2000.00", "2026/2"), ("3", "1020", "2000.00", "0.00", "2026/2"),
        ("4", "6000", "2100.10", "0.00", ""), ("4", "1020", "0.00", "2100.10", ""),
    ]  # fmt: skip
    assert [(row["kind"], row["entry"], row["sealed"], files[row["path"]])
            for row in table(files["originals.csv"])] == [
        ("voucher", "2", "yes", books.PDF), ("voucher", "4", "no", books.LATER_PDF)
    ]  # fmt: skip
    assert json.loads(files["closings.json"]) == []  # locked, and never closed
    assert files["annual_accounts.pdf"].startswith(b"%PDF")
    readme = files["README.txt"].decode()
    assert "ARCHIV EINES GESCHÄFTSJAHRES" in readme and "1.1.2026 bis 31.12.2026" in readme.replace(
        "01.01.", "1.1."
    )  # fmt: skip
    years_of_links = [json.loads(line)["fiscal_year"] for line in files["links.jsonl"].splitlines()]
    assert len(years_of_links) == 5 and len(set(years_of_links)) == 2  # one of 2027 lies between


def of_people_and_wages_the_trail_has_the_digest_alone(files):
    told = [json.loads(line) for line in files["trail.jsonl"].splitlines()]
    subjects = {json.loads(row["event"])[6] for row in told if "event" in row}
    assert {"journalentry", "period"} <= subjects
    assert not subjects & {"membership", "user", "employee", "job", "contact"}
    assert any("event" not in row for row in told)


def test_parts_are_as_large_as_they_are_and_make_the_same_package(monkeypatch):
    """Whatever the size of its parts the bytes are the same; later, only what tells the time differs."""
    company = books.closed()
    moment = clock.now()
    with clock.at(moment):
        first = books.package(company)
        for name in ("ENTRIES_AT_ONCE", "LINKS_AT_ONCE", "LINES_AT_ONCE", "EVENTS_AT_ONCE",
                     "ORIGINALS_AT_ONCE"):  # fmt: skip
            monkeypatch.setattr(making, name, 1)
        assert books.package(company) == first  # by its digest
    with clock.at(moment + dt.timedelta(minutes=3)):
        later = contents(books.package(company))
    first = contents(first)
    assert first.keys() == later.keys()
    assert {name for name in first if first[name] != later[name]} == {
        "manifest.json", "balance_sheet.pdf", "income_statement.pdf", "annual_accounts.pdf",
        "procedure.pdf", "procedure.json",
    }  # fmt: skip


def test_a_page_costs_the_same_whatever_is_on_it(settings):
    company = books.closed(locked=False)
    costs = []
    for _ in range(2):
        books.lock(company)
        with CaptureQueriesContext(connection) as asked:
            assert books.worked(company).state == "done"
        costs.append(len(asked))
        shutil.rmtree(settings.RAPPEN_VAR / "archives")  # of a job that is not committed in a test
        for period in Period.of(company).filter(fiscal_year__name="2026"):
            years.lock_period(
                company=company, period=period, lock="open", by=make.owner_of(company)
            )
        for nth in range(12):
            file = storing.store(company=company, name=f"{nth}.pdf", by=make.owner_of(company),
                                 content=books.PDF + str(nth).encode())  # fmt: skip
            books.entry(company, "6000", "1020", "10.00", books.day(5), vouchers=[file])
    assert costs[0] == costs[1]


def test_another_process_goes_on_and_begins_anew_where_the_parts_are_gone(settings):
    settings.JOB_SLICE = 0
    company = books.closed()
    job = books.worked(company)
    for _ in range(4):
        job = again(company, job)
    assert (job.is_open, job.cursor["stage"]) == (True, "balance_sheet")
    for part in (settings.RAPPEN_VAR / "archives").rglob("*.0"):
        part.unlink()
    while job.is_open:
        job = again(company, job)
    assert job.state == State.DONE, job.error
    assert len(archives_of(company)) == 1


def again(company, job):
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    job.refresh_from_db()
    return job


def test_a_year_that_changes_meanwhile_is_not_kept(settings):
    settings.JOB_SLICE = 0
    company = books.closed()
    job = books.worked(company)
    by = make.owner_of(company)
    period = Period.of(company).filter(fiscal_year__name="2026").order_by("start").first()
    years.lock_period(company=company, period=period, lock="open", by=by)
    books.entry(company, "6000", "1020", "1.00", period.start)
    years.lock_period(company=company, period=period, lock="locked", by=by)
    while job.is_open:
        job = again(company, job)
    assert (job.state, job.error_code) == (State.FAILED, "archive.books_changed")


def test_a_voucher_that_was_lost_or_changed_is_told():
    company = books.closed()
    digest = storing.hashlib.sha256(books.PDF).hexdigest()
    path = storing.path_of(company.pk, digest)
    path.chmod(0o600)
    path.write_bytes(books.PDF[:-1] + b"?")
    assert books.worked(company).error_code == "archive.original_lost"
    path.unlink()
    assert books.worked(company).error_code == "archive.original_lost"


def test_whoever_may_not_see_all_makes_none():
    company = books.closed()
    some = make.user(company=company, granted=["ledger.read", "ledger.export", "audit.read"])
    job = books.worked(company, by=some)
    assert (job.state, job.error_code) == (State.FAILED, "archive.rights_missing")
    assert "Bankkonten" in job.error and Membership.of(company).filter(user=some).exists()


def test_sheets_say_what_stands_against_a_line_as_the_page_does():
    company = books.closed(locked=False)
    by, account = make.owner_of(company), make.account(company, "1020")
    day = books.day(6)
    lines = Reader(company).lines(
        [TypedLine("6500", debit=make.chf("108.10"), vat_code=make.account(company, "6500").vat_code.code),
         TypedLine("6000", debit=make.chf("1.90")), TypedLine("1020", credit=make.chf("110.00"))],
        date=day,
    )  # fmt: skip
    post(company=company, date=day, text="Büro", by=by, lines=lines)
    books.lock(company)
    told = table(contents(books.package(company))["account_sheets.csv"])
    shown = account_sheet(company, account, start=books.day(1, 1), end=books.day(12, 31)).rows
    assert [(row["number"], row["contra"], row["balance"]) for row in told
            if row["account"] == "1020"] == [
        (str(row.number), row.contra, f"{row.balance:.2f}") for row in shown
    ]  # fmt: skip


def test_who_has_access_stands_in_it_where_the_maker_may_see_that_and_is_told_to_nobody_else():
    company = books.closed()
    owner = make.owner_of(company)
    less = sorted({right.value for right in Permission} - {"members.read", "webhooks.read"})
    keeper = make.user(company=company, granted=less)

    def chapter():
        (made, *_older) = archives_of(company)
        told = json.loads(contents(storing.path_of(company.pk, made.file.digest))["procedure.json"])
        assert "payroll.read" not in made.further and "Geheim" not in str(told)
        return made, next(one for one in told["chapters"] if one["code"] == "access")

    assert books.worked(company, by=keeper).state == "done"
    made, access = chapter()
    assert made.further == () and access["withheld"] and str(owner) not in str(access)
    assert books.worked(company, by=owner).state == "done"
    made, access = chapter()
    assert made.further == ("members.read", "webhooks.read") and str(owner) in str(access)
    page = f"/c/{company.pk}/ledger/archives/"
    assert signed_in(owner).get(f"{page}{made.file.pk}/").status_code != 403
    assert signed_in(keeper).get(f"{page}{made.file.pk}/").status_code == 403
    assert f"{made.file.pk}/" not in signed_in(keeper).get(page).content.decode()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client
