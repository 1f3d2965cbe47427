"""Invoices that come again: each date once, for the time it is for, on the anchor's day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounting.receivables import drafting, jobs, recurring
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.queries import documents
from accounting.receivables.typed import TypedDocument
from erp.core.errors import DomainError
from erp.core.tenancy import open_companies
from erp.documents import storing
from erp.jobs import running
from erp.jobs.models import Job, State
from erp.jobs.queries import lines_of
from erp.jobs.starting import start
from tests import make
from tests.accounting.receivables.sales import (
    MARCH_31,
    company,
    customer,
    draft,
    issued,
    item,
    items_of,
)
from vat.codes.models import VatSettings

pytestmark = pytest.mark.django_db
JANUARY_31, YEAR_END = dt.date(2026, 1, 31), dt.date(2026, 12, 31)


@pytest.fixture
def books(db):
    return company()


@pytest.fixture
def anna(books):
    return make.owner_of(books)


def again(books, *lines, next_on=JANUARY_31, language="de", **more):
    """A recurring invoice; monthly, in advance, unless somebody says otherwise."""
    told = TypedDocument(kind="invoice", contact=customer(books).pk, date=next_on, language=language,
                         subject="Miete {month}", lines=lines or (item(text="Miete {period}"),))  # fmt: skip
    one = RecurringInvoice(company=books, name="Miete", next_on=next_on, **more)
    return recurring.save(one, told, by=make.owner_of(books))


def worked(job):
    running.run(job.pk, job.company_id)
    open_companies([job.company_id])
    return Job.of_place(job.company_id).select_related("file", "by").get(pk=job.pk)


def test_the_31st_stays_the_31st_whatever_february_says(books):
    found = recurring.due(books, dt.date(2026, 5, 1))
    assert found == []
    again(books)
    dates = [one.date for one in recurring.due(books, dt.date(2026, 5, 1))]
    assert dates == [JANUARY_31, dt.date(2026, 2, 28), MARCH_31, dt.date(2026, 4, 30)]
    quarterly = again(books, every=3, in_advance=False, until=dt.date(2026, 8, 1))
    found = [one for one in recurring.due(books, YEAR_END) if one.recurring == quarterly]
    assert [(one.date, one.span.start, one.span.end) for one in found] == [
        (JANUARY_31, dt.date(2025, 10, 31), dt.date(2026, 1, 30)),
        (dt.date(2026, 4, 30), JANUARY_31, dt.date(2026, 4, 29)),
        (dt.date(2026, 7, 31), dt.date(2026, 4, 30), dt.date(2026, 7, 30)),
    ]


def test_what_is_due_is_billed_once_and_moves_on(books, anna):
    one = again(books, issues=True)
    invoice = recurring.bill(one, JANUARY_31, by=anna)
    (line,) = drafting.lines_of(invoice)
    assert (invoice.number, invoice.date) == ("RE-2026-00001", JANUARY_31)
    assert invoice.subject == "Miete Januar 2026"
    assert line.text == "Miete 31.01.2026\N{EN DASH}27.02.2026"
    assert (invoice.supply_from, invoice.supply_until) == (JANUARY_31, dt.date(2026, 2, 27))
    assert len(items_of(invoice)) == 1
    with pytest.raises(recurring.NotDue):
        recurring.bill(one, JANUARY_31, by=anna)
    one.refresh_from_db()
    assert recurring.skip(one, dt.date(2026, 2, 28), by=anna).next_on == MARCH_31


def test_a_pattern_is_no_document_of_lists(books, anna):
    one = again(books)
    assert documents(books).count() == 0
    assert one.pattern.status == "pattern"
    recurring.delete(one, by=anna)
    assert SalesDocument.of(books).count() == 0


def test_a_run_bills_all_that_is_due_and_says_what_it_could_not(books, anna):
    again(books, issues=True)
    again(books, item("-5.00"), issues=True)
    again(books, item("10.00"))
    job = worked(start(jobs.RECURRING, company=books, by=anna, arguments={"on": "2026-03-31"}))
    assert (job.state, job.result["billed"], job.result["refused"]) == (State.DONE, 6, 1)
    assert next(iter(lines_of(job))).text.startswith("Miete, 2026-01-31: ")
    assert SalesDocument.of(books).filter(status="issued").count() == 3
    assert SalesDocument.of(books).filter(status="draft").count() == 3
    job = worked(start(jobs.RECURRING, company=books, by=anna, arguments={"on": "2026-03-31"}))
    assert (job.result["billed"], job.result["refused"]) == (0, 1)


def test_many_drafts_are_issued_and_printed_as_one(books, anna):
    who = customer(books)
    drafts = [draft(books, who) for _nth in range(3)]
    drafts.insert(1, draft(books, who, item("-1.00")))
    told = {"documents": [one.pk for one in drafts]}
    job = worked(start(jobs.ISSUE, company=books, by=anna, arguments=told))
    assert job.result == {"issued": 3, "refused": 1}
    assert [one.number for one in SalesDocument.of(books).filter(status="issued").order_by("pk")] == [
        "RE-2026-00001", "RE-2026-00002", "RE-2026-00003"]  # fmt: skip
    job = worked(start(jobs.PRINT, company=books, by=anna, arguments=told))
    assert (job.state, job.result) == (State.DONE, {"documents": 3})
    assert storing.content_of(job.file)[:5] == b"%PDF-"
    assert not SalesDocument.of(books).filter(status="issued", file=None).exists()


@pytest.mark.parametrize(
    ("more", "refusal"),
    [({"every": 0}, recurring.BadRhythm), ({"until": dt.date(2026, 1, 1)}, recurring.EndsFirst)],
)
def test_what_makes_no_sense_is_refused(books, more, refusal):
    with pytest.raises(refusal):
        again(books, **more)
    assert RecurringInvoice.of(books).count() == 0


def test_a_rate_that_changes_within_the_time_waits_for_a_person(books, anna):
    VatSettings.of(books).update(valid_from=dt.date(2020, 1, 1))
    one = again(books, every=12, next_on=dt.date(2023, 7, 1))
    with pytest.raises(DomainError) as found:
        recurring.bill(one, dt.date(2023, 7, 1), by=anna)
    assert found.value.code == "receivables.rate_changes"
    assert Decimal(issued(books, customer(books)).payable) == Decimal("1081.00")


def test_pages_propose_bill_and_change_them(books, anna):
    client = Client()
    client.force_login(anna)
    invoice = issued(books, customer(books, "Meier"))
    add = reverse("recurring-invoice-add", args=[books.pk]) + f"?document={invoice.pk}"
    assert client.get(add).status_code == 200
    told = {
        "name": "Pacht",
        "every": "1",
        "unit": "month",
        "next_on": "01.02.2026",
        "in_advance": "on",
    }
    assert client.post(add, told | {"every": "0"}).status_code == 422
    assert client.post(add, told).status_code == 302
    one = RecurringInvoice.of(books).get()
    page = reverse("recurring-invoices", args=[books.pk])
    shown = client.get(page + "?on=2026-03-31")
    assert [row.date for row in shown.context["due"]] == [dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    client.post(page, {"skip": f"2026-02-01:{one.pk}"})
    answer = client.post(page, {"on": "2026-03-31", "due": [f"2026-03-01:{one.pk}"]})
    open_companies([books.pk])
    job = Job.of_place(books.pk).get(kind=jobs.RECURRING)
    assert answer["Location"] == reverse("job", args=[books.pk, job.pk])
    assert worked(job).result["billed"] == 1
    address = reverse("recurring-invoice", args=[books.pk, one.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, told | {"next_on": "01.06.2026", "paused": "on"}).status_code == 302
    open_companies([books.pk])
    assert RecurringInvoice.of(books).get().paused
    assert client.post(address, {"do": "delete"}).status_code == 302
    open_companies([books.pk])
    assert RecurringInvoice.of(books).count() == 0
