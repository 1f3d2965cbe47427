"""Pages and endpoints of payments."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.payments.digest import digest_of
from accounting.payments.models import (
    PayeeAccount,
    PaymentInstruction,
    PaymentRun,
    RunItem,
    RunPayment,
)
from contacts import saving
from erp.documents import storing
from tests import make
from tests.accounting.payments.books import (
    DAY,
    OTHER,
    SUPPLIER,
    bank,
    colleague,
    company,
    draft,
    exported,
    owe,
    supplier,
)
from tests.accounting.payments.orders import iban
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march():
    with time_machine.travel(dt.datetime(2026, 3, 24, 9), tick=True):
        yield


@pytest.fixture
def books():
    return company()


def desk(books, user=None):
    client = Client()
    client.force_login(user or make.owner_of(books))
    client.start = f"/c/{books.pk}/payments/"
    return client


def report(run, status="RJCT", reason="AC01"):
    payment = RunPayment.of(run.company).get(run=run)
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B-1</MsgId><CreDtTm>2026-03-31T06:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{run.message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{payment.block_id}</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>{payment.end_to_end_id}</OrgnlEndToEndId><TxSts>{status}</TxSts>
<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>Konto unbekannt</AddtlInf></StsRsnInf></TxInfAndSts>
</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>""".encode()


def test_from_the_proposal_to_the_file(books):
    who = supplier(books)
    item = owe(books, who, "100.00", document="L-1")
    owe(books, supplier(books, "B", account=""), "5.00", document="L-2")
    page, other = desk(books), desk(books, colleague(books))
    asked = f"?bank={bank(books).pk}&date=31.03.2026&until=31.03.2026"
    shown = page.get(f"{page.start}new/{asked}").content.decode()
    assert "L-1" in shown and "L-2" in shown and "100.00" in shown
    told = {"bank": bank(books).pk, "date": "2026-03-31", "until": "2026-03-31", "currency": "CHF",
            "item": [item.pk], "batch": "on"}  # fmt: skip
    made = page.post(f"{page.start}new/", told)
    run = PaymentRun.of(books).get()
    here = f"{page.start}runs/{run.pk}/"
    assert made.status_code == 302 and made["Location"] == here
    assert "L-1" in page.get(here).content.decode()
    refused = page.post(f"{here}approve/", {"seen": digest_of(run)})
    assert refused.status_code == 422
    assert other.post(f"{here}approve/", {"seen": digest_of(run)}).status_code == 302
    assert other.post(f"{here}export/").status_code == 302
    assert other.post(f"{here}export/").status_code == 302
    run.refresh_from_db()
    file = other.get(f"{here}file/")
    assert file.content == storing.content_of(run.file)
    assert run.file.digest in other.get(here).content.decode()
    journal = page.get(f"{page.start}journal/?since=2026-03-01&until=2026-03-31")
    assert "L-1" in journal.content.decode()
    for form in ("csv", "xlsx", "pdf"):
        answer = page.get(f"{page.start}journal/?since=2026-03-01&until=2026-03-31&format={form}")
        assert answer.status_code == 200 and answer.content


def test_changes_on_the_page(books):
    owe(books, supplier(books), "100.00", document="L-1")
    page, run = desk(books), draft(books)
    here, payment = f"{page.start}runs/{run.pk}/", RunPayment.of(books).get()
    item = RunItem.of(books).get()
    assert page.post(here, {"do": "amount", "item": item.pk, "amount": "40.00"}).status_code == 302
    assert page.post(here, {"do": "amount", "item": item.pk, "amount": "400"}).status_code == 422
    assert page.post(here, {"do": "date", "date": "1.4.2026"}).status_code == 302
    assert page.post(here, {"do": "date", "date": "4.4.2026"}).status_code == 422
    payment.refresh_from_db()
    assert (str(payment.amount), payment.date) == ("40.00", dt.date(2026, 4, 1))
    assert page.post(here, {"do": "nonsense"}).status_code == 404
    assert page.post(here, {"do": "cancel", "reason": ""}).status_code == 422
    assert page.post(here, {"do": "cancel", "reason": "doch nicht"}).status_code == 302
    assert PaymentRun.of(books).get().status == "cancelled"


def test_what_the_bank_says_is_shown_and_rejected_payments_are_proposed_again(books):
    owe(books, supplier(books))
    run, page = exported(books), desk(books)
    upload = SimpleUploadedFile("p.xml", report(run), "text/xml")
    answer = page.post(f"{page.start}report/", {"file": upload})
    assert answer.status_code == 302
    shown = page.get(f"{page.start}runs/{run.pk}/").content.decode()
    assert "AC01" in shown and "Konto unbekannt" in shown
    again = SimpleUploadedFile("p.xml", report(run), "text/xml")
    assert page.post(f"{page.start}report/", {"file": again}).status_code == 302
    payment = RunPayment.of(books).get()
    assert payment.bank_status == "RJCT" and payment.booked_entry is None
    page.post(f"{page.start}runs/{run.pk}/", {"do": "give_back", "payment": payment.pk})
    assert "L-1" in page.get(f"{page.start}new/?date=31.03.2026&until=31.03.2026").content.decode()
    other = report(run).replace(run.message_id.encode(), b"UNKNOWN")
    upload = SimpleUploadedFile("p.xml", other, "text/xml")
    assert page.post(f"{page.start}report/", {"file": upload}).status_code == 422


def test_how_an_item_is_paid_and_another_account(books):
    item = owe(books, supplier(books))
    page, here = desk(books), f"/c/{books.pk}/payments/items/{item.pk}/"
    assert SUPPLIER in page.get(here).content.decode()
    told = {"payee": "Lieferantin AG", "account": "CH12 3", "town": "Bern", "country": "CH"}
    assert page.post(here, told).status_code == 422
    assert page.post(here, {**told, "account": OTHER}).status_code == 302
    assert PaymentInstruction.of(books).get().account == OTHER
    assert PayeeAccount.of(books).get(account=OTHER).status == "waiting"
    shown = page.get(f"{page.start}payees/").content.decode()
    assert "Lieferantin AG" in shown
    pk = PayeeAccount.of(books).get(account=OTHER).pk
    other = desk(books, colleague(books))
    assert page.post(f"{page.start}payees/", {"account": pk, "do": "approve"}).status_code == 422
    assert other.post(f"{page.start}payees/", {"account": pk, "do": "approve"}).status_code == 302
    assert page.post(here, {"do": "block", "blocked": "Mangel"}).status_code == 302
    assert "Mangel" in page.get(here).content.decode()


def test_four_eyes_are_switched_off_by_two(books):
    page = desk(books)
    make.grant(company=books, user=make.user(), role="owner", by=make.owner_of(books))
    here = f"{page.start}settings/"
    assert page.get(here).status_code == 200
    assert page.post(here, {"do": "off"}).status_code == 302
    assert page.post(here, {"do": "off"}).status_code == 422
    assert page.post(here, {"do": "on"}).status_code == 302


def test_a_list_of_runs_takes_the_same_queries_for_any_number(books):
    page, counts = desk(books), []
    for nth in range(3):
        owe(
            books,
            supplier(books, f"S{nth}", account=iban("CH", f"00700{nth:012d}")),
            document=f"L-{nth}",
        )
        draft(books)
        with CaptureQueriesContext(connection) as seen:
            assert page.get(page.start).status_code == 200
        counts.append(len(seen))
    assert counts[1] == counts[2], counts


# --- endpoints --------------------------------------------------------------------------------------
def test_the_way_of_a_run_by_endpoints(books):
    item = owe(books, supplier(books), "100.00", document="L-1")
    api, other = Api(books, make.owner_of(books)), Api(books, colleague(books))
    asked = f"?bank_account={bank(books).pk}&date=2026-03-31&until=2026-03-31"
    found = api.get(f"payment-proposal/{asked}").json()
    assert found["total"] == "100.00" and found["payments"][0]["items"][0]["item"] == item.pk
    told = {"bank_account": bank(books).pk, "date": "2026-03-31", "until": "2026-03-31"}
    made = api.post("payment-runs/", told, key=new_key())
    assert made.status_code == 201, made.json()
    run = made.json()
    here = f"payment-runs/{run['id']}/"
    payment = run["payments"][0]
    assert payment["warnings"][0]["code"] == "new_account" and payment["faults"] == []
    row = payment["items"][0]["id"]
    assert api.post(f"{here}amount/", {"item": row, "amount": "90.00"}).status_code == 200
    seen = digest_of(PaymentRun.of(books).select_related("bank_account").get())
    refused = api.post(f"{here}approve/", {"seen": seen})
    assert problem(refused, 409)["code"] == "payments.needs_another"
    assert other.post(f"{here}approve/", {"seen": seen}).json()["status"] == "approved"
    done = other.post(f"{here}export/", {}).json()
    assert done["status"] == "exported" and done["file_digest"]
    assert other.get(f"{here}file/").content.startswith(b"<?xml")
    told = api.get("payments-journal/?since=2026-03-01&until=2026-03-31").json()
    assert told["totals"] == [{"currency": "CHF", "amount": "90.00"}]
    rows = told["results"]
    assert [(one["payee"], one["amount"]) for one in rows] == [("Lieferantin AG", "90.00")]


def test_instructions_and_accounts_by_endpoints(books):
    who = supplier(books)
    item = owe(books, who)
    api, other = Api(books, make.owner_of(books)), Api(books, colleague(books))
    told = {"item": item.pk, "payee": "L AG", "account": OTHER, "message": "Danke"}
    assert api.post("payment-instructions/", told).json()["account"] == OTHER
    assert api.get(f"payment-instructions/{item.pk}/").json()["message"] == "Danke"
    (waiting,) = api.get("payee-accounts/").json()["results"]
    assert waiting["account"] == OTHER
    done = other.post(f"payee-accounts/{waiting['id']}/approve/", {})
    assert done.json()["status"] == "approved"
    saving.change_contact(who, by=make.owner_of(books), bank_accounts=[{"iban": SUPPLIER}])


@pytest.mark.parametrize(
    ("granted", "statuses"),
    [
        (["payments.read"], (200, 403, 403, 403)),
        (["payments.read", "payments.propose"], (200, 200, 403, 403)),
        (["payments.read", "payments.approve"], (200, 403, 422, 403)),
        (["payments.read", "payments.export"], (200, 403, 403, 422)),
        ([], (403, 403, 403, 403)),
    ],
)
def test_who_may_do_what(books, granted, statuses):
    owe(books, supplier(books))
    run = draft(books)
    page = desk(books, colleague(books, granted))
    here = f"{page.start}runs/{run.pk}/"
    answers = (page.get(here), page.get(f"{page.start}new/"), page.post(f"{here}approve/", {"seen": ""}),
               page.post(f"{here}export/"))  # fmt: skip
    assert tuple(one.status_code for one in answers) == statuses
    assert run.date == DAY


def test_four_eyes_by_endpoints(books):
    second = make.user()
    make.grant(company=books, user=second, role="owner", by=make.owner_of(books))
    api, other = Api(books, make.owner_of(books)), Api(books, second)
    blank = {
        "four_eyes": True,
        "off_asked_by": None,
        "off_asked_at": None,
        "off_by": None,
        "off_at": None,
    }
    assert api.get("payment-settings/").json() == blank
    asked = api.post("payment-settings/", {"four_eyes": False}).json()
    assert asked["four_eyes"] and asked["off_asked_by"] == str(make.owner_of(books))
    problem(api.post("payment-settings/", {"four_eyes": False}), 409, "payments.asked_yourself")
    assert not other.post("payment-settings/", {"four_eyes": False}).json()["four_eyes"]
    problem(api.post("payment-settings/", {"four_eyes": False}), 409, "payments.four_eyes_off")
    assert api.post("payment-settings/", {"four_eyes": True}).json() == blank
    reader = Api(books, colleague(books, ["payments.read"]))
    assert reader.get("payment-settings/").status_code == 200
    problem(reader.post("payment-settings/", {"four_eyes": False}), 403, "permission_denied")


def test_accounts_that_were_decided_are_listed_with_whom(books):
    owe(books, supplier(books))
    run, page = exported(books), desk(books)
    shown = page.get(f"{page.start}payees/").content.decode()
    assert "Lieferantin AG" in shown and str(run.approved_by) in shown
