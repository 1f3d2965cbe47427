"""A closed year with all that an archive holds, and its package."""

from __future__ import annotations

import zipfile
from decimal import Decimal

from django.db import connection

from accounting.archive.jobs import ARCHIVE
from accounting.archive.queries import archives_of
from accounting.ledger import posting, years
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import JournalEntry, Period
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job
from erp.jobs.starting import start
from tests import make

PDF = b"%PDF-1.7 receipt of the landlord"
LATER_PDF = b"%PDF-1.7 found later in a drawer"


def day(month, of_month=15):
    return make.MARCH_31.replace(month=month, day=of_month)


def entry(company, debited, credited, amount, on, **more):
    by, lines = make.owner_of(company), [
        debit(make.account(company, debited), Decimal(amount)),
        credit(make.account(company, credited), Decimal(amount)),
    ]  # fmt: skip
    return posting.post(company=company, date=on, text="Miete; «März»\nZeile zwei", lines=lines, by=by,
                        **more)  # fmt: skip


def closed(*, locked=True):
    """A company whose year 2026 has an opening, entries with vouchers, late and reversed ones."""
    company = make.company()
    by = make.owner_of(company)
    entry(company, "1020", "2800", "100000.00", day(1, 1), kind=JournalEntry.Kind.OPENING)
    receipt = storing.store(company=company, name="miete.pdf", content=PDF, by=by)
    rent = entry(company, "6000", "1020", "2000.00", day(3), vouchers=[receipt])
    make.open_fiscal_year(company=company, start=day(1, 1).replace(year=2027),
                          end=day(12, 31).replace(year=2027), by=by)  # fmt: skip
    entry(company, "6000", "1020", "99.95", day(1).replace(year=2027))
    posting.reverse(rent, date=day(4), by=by)
    again = entry(company, "6000", "1020", "2100.10", day(4))
    later = storing.store(company=company, name="später.pdf", content=LATER_PDF, by=by)
    posting.attach(again, [later])
    if locked:
        lock(company)
    return company


def lock(company):
    for period in Period.of(company).filter(fiscal_year__name="2026").order_by("start"):
        years.lock_period(company=company, period=period, lock="locked", by=make.owner_of(company))
    with connection.cursor() as cursor:  # as at a commit, where events get their places
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def worked(company, until="2026-12-31", by=None):
    """The job, done as far as it goes."""
    job = start(
        ARCHIVE, company=company, by=by or make.owner_of(company), arguments={"until": until}
    )
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    return Job.of(company).get(pk=job.pk)


def package(company):
    """The path of a newly made package."""
    job = worked(company)
    assert job.state == "done", (job.error_code, job.error)
    return storing.path_of(company.pk, archives_of(company)[0].file.digest)


def unpacked(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder
