"""A generated client walks a working day: every answer comes in its type."""

from __future__ import annotations

import base64
import datetime as dt
import importlib
import io
import time
import uuid

import httpx
import pytest
from django.db import transaction

from accounting.hours.models import Project
from accounting.hours.projects import save_project
from erp.companies.models import Module
from tests import make
from tests.accounting.payables.capture import papers
from tests.accounting.receivables import sales
from tests.erp.clients.generated import Operations, client_package
from tests.erp.clients.site import running, working
from tests.erp.sign_in.people import PASSWORD, code

MARCH_2, MARCH_31 = dt.date(2026, 3, 2), dt.date(2026, 3, 31)
PIECE = 60_000


@pytest.fixture(scope="module")
def package():
    return client_package()


@pytest.fixture
def books(committed_db):
    with transaction.atomic():
        company = sales.company(qr=False)
        company.modules = [*Module.values]
        company.save()
        by = make.owner_of(company)
        save_project(Project(company=company, number="P1", name="Küche"), by=by)
    return company, by


def signed_in(address, user):
    """The tokens of a phone, as allauth's endpoints give them; they have a document of their own."""
    with httpx.Client(base_url=f"{address}/_allauth/app/v1/", timeout=20) as line:
        first = line.post("auth/login", json={"email": user.email, "password": PASSWORD}).json()
        assert "mfa_authenticate" in {one["id"] for one in first["data"]["flows"]}
        told = {"X-Session-Token": first["meta"]["session_token"]}
        meta = line.post("auth/2fa/authenticate", json={"code": code()}, headers=told).json()[
            "meta"
        ]
        fresh = line.post("tokens/refresh", json={"refresh_token": meta["refresh_token"]}).json()
    assert fresh["data"]["access_token"] != meta["access_token"]
    return fresh["data"]["access_token"]


def key():
    return uuid.uuid4().hex


def test_the_generator_understands_all_of_the_document(package):
    name, told = package
    assert "WARNING" not in told and "ERROR" not in told, told[:3000]
    assert importlib.import_module(f"{name}.models").Problem


def test_a_working_day(package, books, tmp_path):
    company, anna = books
    name, _told = package
    m, do = importlib.import_module(f"{name}.models"), Operations(name)
    authenticated = importlib.import_module(name).AuthenticatedClient
    unset, file = (
        getattr(importlib.import_module(f"{name}.types"), one) for one in ("UNSET", "File")
    )
    with running(tmp_path / "web.log") as (port, _web), working(tmp_path / "worker.log"):
        address = f"http://127.0.0.1:{port}"
        client = authenticated(base_url=address, token=signed_in(address, anna), prefix="",
                               auth_header_name="X-Session-Token", timeout=httpx.Timeout(30),
                               raise_on_unexpected_status=True)  # fmt: skip

        def call(operation, *args, of=None, **more):
            """One call; its answer is of the type that it promises."""
            told = getattr(do, operation).sync(company.pk, *args, client=client, **more)
            assert not isinstance(told, m.Problem), told
            assert of is None or isinstance(told, of), told
            return told

        # a customer, kept in step by delta sync
        cursor = call("contacts_list", changed_since="", of=m.ChangedContactOutputList).cursor
        huber = call(
            "contacts_create", idempotency_key=key(), of=m.ContactOutput,
            body=m.ContactInputRequest(
                kind=m.ContactKindEnum.ORGANISATION, name="Huber AG",
                addresses=[m.ContactAddressInputRequest(
                    kind=m.ContactAddressKindEnum.MAIN, street="Bahnhofstrasse", house_number="12",
                    postcode="6460", town="Altdorf UR")],
            ),
        )  # fmt: skip
        assert [one.town for one in huber.addresses] == ["Altdorf UR"]
        page = call("contacts_list", q="Huber", of=m.PaginatedContactOutputList)
        assert [one.id for one in page.results] == [huber.id]
        for _nth in range(1200):
            changed = call("contacts_list", changed_since=cursor, of=m.ChangedContactOutputList)
            if changed.results:
                break
            time.sleep(0.1)
        assert [one.name for one in changed.results] == ["Huber AG"] and changed.gone == []

        # what a refusal says
        refused = do.contacts_create.sync(
            company.pk, client=client, idempotency_key=key(),
            body=m.ContactInputRequest(kind=m.ContactKindEnum.PERSON, number=-1),
        )  # fmt: skip
        assert isinstance(refused, m.Problem) and refused.status == 400
        assert refused.code == "invalid" and refused.errors[0].field == "number"

        # an invoice from its draft until it is paid
        draft = call(
            "sales_documents_create", idempotency_key=key(), of=m.DocumentOutput,
            body=m.DocumentInputRequest(
                kind=m.DocumentKindEnum.INVOICE, contact=huber.id, date=MARCH_2,
                lines=[m.DocumentLineInputRequest(text="Arbeit", price="1000.00", account="3400",
                                                  vat_code="UN")],
            ),
        )  # fmt: skip
        assert (draft.payable, draft.vat, draft.lines[0].price) == ("1081.00", "81.00", "1000.0000")
        issued = call("sales_documents_issue", draft.id, idempotency_key=key(), of=m.DocumentOutput)
        assert issued.open_ == "1081.00" and issued.number
        (owed,) = call("open_items_list", on=MARCH_31, of=m.OpenListOutput).results
        assert owed.id == issued.items[0].id
        posted = call(
            "open_items_settle", idempotency_key=key(), of=m.PostedOutput,
            body=m.SettleInputRequest(
                date=MARCH_31, parts=[m.PartInputRequest(item=owed.id, paid="1081.00")],
                money=m.MoneyInputRequest(account="1020", amount="1081.00"),
            ),
        )  # fmt: skip
        assert call("journal_entries_retrieve", posted.entry, of=m.JournalEntryOutput).lines
        paid = call("sales_documents_retrieve", draft.id, of=m.DocumentOutput)
        assert (paid.open_, paid.state, paid.items[0].settled_on) == ("0.00", "paid", MARCH_31)

        # a bill whose receipt was photographed, and came in pieces
        photo = papers.scanned(papers.picture())
        begun = call("uploads_create", tus_resumable="1.0.0", upload_length=len(photo), of=m.UploadOutput,
                     upload_metadata=f"filename {base64.b64encode(b'beleg.jpg').decode()}")  # fmt: skip
        for start in range(0, len(photo), PIECE):
            piece = file(payload=io.BytesIO(photo[start : start + PIECE]))
            sent = do.uploads_partial_update.sync_detailed(
                company.pk,
                begun.id,
                client=client,
                tus_resumable="1.0.0",
                upload_offset=start,
                body=piece,
            )
            assert sent.status_code == 204
        took = call("inbox_documents_create", idempotency_key=key(), of=m.ReceivedManyOutput,
                    body=m.ReceiveInputWithoutFileRequest(upload=begun.id, channel=m.ChannelEnum.PHOTO))  # fmt: skip
        assert took.received[0].name == "beleg.jpg" and took.received[0].error_code == ""
        bill = call(
            "supplier_invoices_create", idempotency_key=key(), of=m.SupplierInvoiceOutput,
            body=m.SupplierInvoiceInputRequest(
                contact=huber.id, date=MARCH_2, number="R-1", document=took.received[0].document,
                lines=[m.PurchaseLineInputRequest(amount="108.10", account="4200", vat_code="MN")],
                instalments=[m.PurchaseInstalmentInputRequest(percent="50", days=10),
                             m.PurchaseInstalmentInputRequest(percent="50", days=40)],
            ),
        )  # fmt: skip
        assert [(one.percent, one.days) for one in bill.instalments] == [
            ("50.00", 10),
            ("50.00", 40),
        ]
        done = call(
            "supplier_invoices_submit", bill.id, idempotency_key=key(), of=m.SupplierInvoiceOutput
        )
        assert done.status == "posted" and len(done.items) == 2
        assert done.document == took.received[0].document

        # an entry, hours, what they come to
        entry = call(
            "journal_entries_create", idempotency_key=key(), of=m.JournalEntryOutput,
            body=m.JournalEntryInputRequest(date=MARCH_31, text="Miete", lines=[
                m.LineInputRequest(account="6000", debit="2000.00"),
                m.LineInputRequest(account="1020", credit="2000.00")]),
        )  # fmt: skip
        assert entry.number and entry.date == MARCH_31
        hours = call("my_hours_create", of=m.OwnHoursOutput,
                     body=m.OwnHoursInputRequest(project="P1", day=MARCH_2, minutes=90))  # fmt: skip
        assert hours.minutes == 90
        sheet = call("reports_balance_sheet_retrieve", until=MARCH_31, of=m.ReportOutput)
        assert sheet.days[0] == MARCH_31 and sheet.rows
        hits = call("search_list", q="Huber", of=m.SearchOutput)
        assert {one.kind for one in hits.results} >= {"contacts"} or hits.behind

        # the VAT of the first quarter
        quarter = next(one for one in call("vat_returns_list") if one.start == dt.date(2026, 1, 1))
        return_ = call("vat_returns_create", idempotency_key=key(), of=m.VatReturnOutput,
                       body=m.VatPeriodInputRequest(start=quarter.start))  # fmt: skip
        assert return_.form.payable == "72.90" and {one.box for one in return_.form.boxes} >= {
            "200",
            "400",
        }

        # something long, in the background
        job = call("journal_exports_create", idempotency_key=key(), of=m.JobOutput,
                   body=m.JournalExportInputRequest(form=m.FormEnum.CSV))  # fmt: skip
        end = time.monotonic() + 60
        while job.finished_at in {None, unset}:
            assert time.monotonic() < end, job
            time.sleep(0.2)
            job = call("jobs_retrieve", job.id, of=m.JobWithLogOutput)
        assert (job.state, job.percent, job.has_file) == ("done", 100, True), job
        csv = do.jobs_file_retrieve.sync_detailed(company.pk, job.id, client=client)
        assert "Miete" in csv.content.decode("utf-8-sig")
