"""The inbox: what comes is kept once, read in the background, and decided by somebody."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounting.payables.capture import keeping, reading, receiving
from accounting.payables.capture.models import Channel, InboxDocument, State
from accounting.payables.capture.receiving import Incoming, receive
from erp.audit.models import AuditEvent
from erp.core.tenancy import open_companies
from erp.documents import drawing, storing
from erp.documents.models import StoredFile
from erp.jobs import running
from erp.jobs.models import Job
from tests import make
from tests.accounting.payables.capture import inbox, papers
from tests.accounting.payables.capture.inbox import received
from tests.accounting.qr.bills import BILL

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make.user()


@pytest.fixture
def company(anna):
    return inbox.company(by=anna)


def test_a_bill_comes_in_and_is_read(company, anna):
    (document,) = received(company, anna, papers.pdf())
    assert (document.state, document.pages, document.channel) == ("read", 1, "upload")
    assert (document.payee, document.iban, document.reference) == (
        BILL.creditor.name,
        BILL.iban,
        BILL.reference,
    )
    assert (document.amount, document.currency) == (Decimal("1949.75"), "CHF")
    assert storing.content_of(document.file) == papers.pdf()
    found = reading.found_in(document)
    assert [(page, one.bill) for page, one in found.bills] == [(1, BILL)]
    assert AuditEvent.of(company).filter(action="inbox.receive").count() == 1


def test_many_files_each_for_itself(company, anna):
    incoming = [
        Incoming("a.pdf", papers.pdf()), Incoming("C:\\Scans\\b.gif", b"GIF89a"), Incoming("leer.pdf", b""),
        Incoming("nochmals.pdf", papers.pdf()), Incoming("c.pdf", papers.blank()),
    ]  # fmt: skip
    found, job = receive(company=company, incoming=incoming, channel=Channel.API, by=anna)
    assert [(one.name, one.known, one.refusal and one.refusal.code) for one in found] == [
        ("a.pdf", False, None), ("b.gif", False, "capture.not_a_document"), ("leer.pdf", False, "capture.empty"),
        ("nochmals.pdf", True, None), ("c.pdf", False, None),
    ]  # fmt: skip
    assert found[3].document == found[0].document
    assert job.arguments == {"documents": [found[0].document.pk, found[4].document.pk]}
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    done = Job.of_place(company.pk).get(pk=job.pk)
    assert (done.state, done.result, done.done, done.total) == (
        "done",
        {"read": 2, "failed": 0},
        2,
        2,
    )
    assert InboxDocument.of(company).count() == StoredFile.of(company).count() == 2


def test_the_same_bytes_are_told_and_not_kept_twice(company, anna):
    first = received(company, anna)[0]
    (again,), job = receive(
        company=company, incoming=[Incoming("anders.pdf", papers.pdf())], channel="photo", by=anna
    )
    assert (again.document, again.known, job) == (first, True, None)


def test_a_file_that_cannot_be_read_is_kept_and_says_why(company, anna):
    locked = papers.locked(papers.blank(), user="secret")
    (document,) = received(company, anna, locked)
    assert document.state == State.FAILED
    assert isinstance(keeping.refusal_restored(document.refusal), drawing.Encrypted)
    assert storing.content_of(document.file) == locked
    job = Job.of_place(company.pk).get()
    assert job.result == {"read": 0, "failed": 1}


def test_a_lost_original_is_told_and_read_again_when_it_is_back(company, anna):
    (document,) = received(company, anna, read=False)
    place = storing.path_of(company.pk, document.file.digest)
    hidden = place.with_name("hidden")
    place.rename(hidden)
    reading.read(company, document.pk, countries=())
    document.refresh_from_db(from_queryset=InboxDocument.of(company))
    assert document.refusal["code"] == "capture.lost"
    hidden.rename(place)
    job = receiving.read_again(document, by=anna)
    running.run(job.pk, company.pk)
    open_companies([company.pk])
    document.refresh_from_db(from_queryset=InboxDocument.of(company))
    assert (document.state, document.refusal, document.payee) == ("read", {}, BILL.creditor.name)


def test_documents_are_set_aside_for_a_reason_and_brought_back(company, anna):
    (document,) = received(company, anna)
    with pytest.raises(receiving.NoReason):
        receiving.set_aside(document, reason="  ", by=anna)
    aside = receiving.set_aside(document, reason=" Lieferschein \n", by=anna)
    assert (aside.state, aside.reason, aside.decided_by) == ("aside", "Lieferschein", anna)
    with pytest.raises(receiving.NotWaiting):
        receiving.set_aside(document, reason="x", by=anna)
    with pytest.raises(receiving.NotWaiting):
        receiving.mark_captured(company, document=document, bill_id=7, by=anna)
    back = receiving.bring_back(document, by=anna)
    assert (back.state, back.reason, back.decided_at) == ("read", "", None)
    with pytest.raises(receiving.NotBroughtBack):
        receiving.bring_back(document, by=anna)


def test_a_document_becomes_one_bill_alone(company, anna):
    (document,) = received(company, anna)
    for _twice in range(2):
        captured = receiving.mark_captured(company, document=document, bill_id=7, by=anna)
        assert (captured.state, captured.bill) == ("captured", 7)
    with pytest.raises(receiving.NotWaiting) as refused:
        receiving.mark_captured(company, document=document, bill_id=8, by=anna)
    assert refused.value.conflict
    with pytest.raises(receiving.NotCaptured):
        receiving.release(company, document=document, bill_id=8, by=anna)
    assert receiving.release(company, document=document, bill_id=7, by=anna).state == "read"
    actions = AuditEvent.of(company).filter(action__startswith="inbox.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "inbox.receive",
        "inbox.capture",
        "inbox.release",
    ]


def test_what_is_decided_while_it_is_read_stays_decided(company, anna):
    (document,) = received(company, anna, read=False)
    reading.begin(company, [document.pk])
    receiving.set_aside(document, reason="Werbung", by=anna)
    assert reading.read(company, document.pk, countries=()) is None
    document.refresh_from_db(from_queryset=InboxDocument.of(company))
    assert (document.state, document.found) == ("aside", {})
    assert receiving.bring_back(document, by=anna).state == "new"


def test_nothing_and_too_much_are_refused(company, anna):
    with pytest.raises(receiving.NothingReceived):
        receive(company=company, incoming=[], channel="upload", by=anna)
    with pytest.raises(receiving.TooManyFiles):
        receive(company=company, incoming=[Incoming("a", b"")] * 101, channel="upload", by=anna)


def test_a_code_on_two_pages_is_one_bill(company, anna):
    (document,) = received(company, anna, papers.pages(papers.pdf(), papers.pdf()))
    assert [page for page, _one in reading.found_in(document).bills] == [1]


def test_an_invoice_as_data_and_several_bills_are_kept_and_come_back(company, anna):
    whole = papers.pages(papers.pdf(), papers.pdf())
    data, _several = received(company, anna, papers.with_data(papers.blank()), whole)
    assert (data.payee, data.number, data.amount, data.currency) == (
        "Schwarzwald Werkzeuge GmbH", "R-2026-0815", Decimal("119.00"), "EUR",
    )  # fmt: skip
    found = reading.found_in(data)
    assert found.einvoice.taxes[0].base == Decimal("100.00") and not found.bills
    broken = received(company, anna, papers.with_data(papers.blank(2), b"<broken"))[0]
    assert [one.code for one in reading.found_in(broken).remarks] == ["capture.unreadable_einvoice"]


@pytest.mark.parametrize("change", [
    {"name": "anders.pdf"}, {"channel": "api"}, {"file_id": 1}, {"received_by_id": 1},
])  # fmt: skip
def test_what_came_and_how_never_changes(company, anna, change):
    (document,) = received(company, anna, read=False)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        InboxDocument.of(company).filter(pk=document.pk).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        InboxDocument.of(company).filter(pk=document.pk).delete()


@pytest.mark.parametrize("change", [
    {"state": "captured"}, {"state": "aside"}, {"state": "failed"}, {"bill": 7}, {"reason": "x"},
])  # fmt: skip
def test_the_database_keeps_states_whole(company, anna, change):
    (document,) = received(company, anna, read=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        InboxDocument.of(company).filter(pk=document.pk).update(**change)
