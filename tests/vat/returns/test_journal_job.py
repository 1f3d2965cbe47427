"""A long VAT journal is printed in the background, part by part."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2 as pdfium
import pytest
from django.test import Client

from erp.core.tenancy import open_companies
from erp.documents.storing import content_of
from erp.jobs import running
from erp.jobs.models import Job
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import D, day, entry
from vat.returns import jobs
from vat.returns.computing import compute
from vat.returns.entries import journal_rows
from vat.returns.queries import period_starting, scope

pytestmark = pytest.mark.django_db
KEY = "2026-01-01"
SALES = 210  # two rows each: box 200 and 303


@pytest.fixture
def books():
    company = items.company(uid="CHE116281710")
    for nth in range(SALES):
        entry(company, day(1 + nth % 3), "1020", "3200", f"{100 + nth}.00", "UN")
    return company


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(content):
    with pdfium.PdfDocument(content) as file:
        return "\n".join(page.get_textpage().get_text_range() for page in file)


def test_a_long_journal_is_printed_whole_in_parts(books):
    page, here = signed_in(make.owner_of(books)), f"/c/{books.pk}/vat/returns/{KEY}/journal/"
    asked = page.get(here, {"format": "pdf"})
    assert asked["Content-Type"].startswith("text/html") and "420" in asked.content.decode()
    assert not Job.of(books).exists()  # nothing begins by looking

    answer = page.post(here)
    job = Job.of(books).get()
    assert answer.status_code == 302 and f"/{job.pk}/" in answer["Location"]
    running.run(job.pk, books.pk)
    open_companies([books.pk])
    job = Job.of(books).get()

    assert (job.state, job.step) == ("done", 3)  # two parts, and joined
    content = content_of(job.file)
    with pikepdf.open(io.BytesIO(content)) as file:
        assert len(file.pages) == job.result["pages"]
    found = compute(scope(books, period_starting(books, day(1, 1))))
    told, rows = text_of(content), journal_rows(found)
    assert len(rows) == 2 * SALES
    for row in rows:
        assert f"UN {row.net * D('1.081'):.2f}" in told or f"{row.net:.2f}" in told.replace("’", "")


def test_what_is_posted_meanwhile_begins_it_anew(books):
    by = make.owner_of(books)
    job = jobs.print_in_parts(company=books, key=KEY, by=by)
    kind = running.kind_of(job.kind)
    access = running._opened(job, kind)
    first = kind.work(running.Running(job.pk, job.arguments, access), {})
    entry(books, day(1), "1020", "3200", "1081.00", "UN")
    again = kind.work(running.Running(job.pk, job.arguments, access), first.cursor)
    assert len(first.cursor["parts"]) == len(again.cursor["parts"]) == 1
    assert first.cursor["figures"] != again.cursor["figures"]


def test_a_journal_wants_the_right_to_take_along(books):
    page = signed_in(make.user(company=books, granted=["vat.read"]))
    assert page.post(f"/c/{books.pk}/vat/returns/{KEY}/journal/").status_code == 403
