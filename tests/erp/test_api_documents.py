"""``…/sales-documents/`` and ``…/recurring-invoices/``, for programs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.receivables.models import SalesDocument
from erp.jobs import running
from tests import make
from tests.accounting.receivables.sales import company as selling
from tests.accounting.receivables.sales import customer, product
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return selling()


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


@pytest.fixture
def huber(company):
    return customer(company)


def body(huber, **more):
    line = {
        "text": "Beratung",
        "price": "100.00",
        "quantity": "2",
        "account": "3400",
        "vat_code": "UN",
    }
    return {"kind": "invoice", "contact": huber.pk, "date": "2026-03-01", "lines": [line]} | more


def made(api, path, told=None, status=201):
    answer = api.post(path, told or {}, key=new_key())
    assert answer.status_code == status, answer.content
    return answer.json()


def test_an_invoice_from_draft_to_pdf(api, company, huber):
    product(company)
    shown = api.post("sales-documents/preview/", body(huber)).json()
    assert (shown["payable"], shown["groups"][0]["vat"]) == ("216.20", "16.20")
    assert SalesDocument.of(company).count() == 0
    draft = made(api, "sales-documents/", body(huber, lines=[{"product": "BER"}]))
    assert (draft["state"], draft["payable"], draft["lines"][0]["unit"]) == (
        "draft",
        "194.60",
        "Std.",
    )
    _read, version = api.read(f"sales-documents/{draft['id']}/")
    answer = api.put(f"sales-documents/{draft['id']}/", body(huber), **version)
    assert (answer.status_code, answer.json()["payable"]) == (200, "216.20")
    problem(api.put(f"sales-documents/{draft['id']}/", body(huber), **version), 412)
    issued = made(api, f"sales-documents/{draft['id']}/issue/", status=200)
    assert (issued["number"], issued["state"], issued["open"]) == (
        "RE-2026-00001",
        "overdue",
        "216.20",
    )
    assert len(issued["items"][0]["reference"]) == 27
    problem(api.post(f"sales-documents/{draft['id']}/issue/", {}, key=new_key()), 409)
    pdf = api.get(f"sales-documents/{draft['id']}/pdf/")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert api.get(f"sales-documents/{draft['id']}/pdf/").content == pdf.content
    note = made(api, f"sales-documents/{draft['id']}/cancel/", {"date": "2026-03-31"})
    assert (note["kind"], note["state"], note["follows"]) == ("credit_note", "paid", issued["id"])
    assert api.get(f"sales-documents/{draft['id']}/").json()["state"] == "credited"


def test_the_same_key_issues_once(api, huber):
    draft = made(api, "sales-documents/", body(huber))
    key = new_key()
    first, again = (
        api.post(f"sales-documents/{draft['id']}/issue/", {}, key=key) for _nth in range(2)
    )
    assert first.json() == again.json()


def test_an_order_is_billed_in_parts(api, huber):
    offer = made(api, "sales-documents/", body(huber, kind="offer"))
    made(api, f"sales-documents/{offer['id']}/issue/", status=200)
    told = api.post(f"sales-documents/{offer['id']}/decide/", {"decision": "accepted"})
    assert told.json()["state"] == "accepted"
    order = made(
        api, f"sales-documents/{offer['id']}/derive/", {"kind": "order", "date": "2026-03-02"}
    )
    made(api, f"sales-documents/{order['id']}/issue/", status=200)
    deposit = made(api, f"sales-documents/{order['id']}/deposit/",
                   {"date": "2026-03-02", "percent": "50.00", "text": "Akonto"})  # fmt: skip
    assert (deposit["is_deposit"], deposit["payable"]) == (True, "108.10")
    parts = [{"line": order["lines"][0]["id"], "quantity": "1"}]
    told = {"kind": "invoice", "date": "2026-03-03", "parts": parts}
    part = made(api, f"sales-documents/{order['id']}/derive/", told)
    assert part["payable"] == "108.10"
    together = made(
        api, "sales-documents/collect/", {"documents": [order["id"]], "date": "2026-03-31"}
    )
    assert [line["quantity"] for line in together["lines"] if line["kind"] == "item"] == ["1.0000"]
    problem(api.post("sales-documents/collect/", {"documents": [10**9], "date": "2026-03-31"},
                     key=new_key()), 400)  # fmt: skip


def test_faults_name_their_places(api, huber):
    bad = [
        {"text": "x", "price": "1.00", "account": "99999", "vat_code": "UN"},
        {"product": "fehlt"},
    ]
    told = problem(api.post("sales-documents/", body(huber, lines=bad), key=new_key()), 422)
    assert set(places(told)) == {("lines[0].account", "ledger.unknown_account"),
                                 ("lines[1].product", "receivables.unknown_product")}  # fmt: skip
    told = problem(
        api.post("sales-documents/", body(huber, lines=[{"price": 1.5}]), key=new_key()), 400
    )
    assert places(told) == [("lines[0].price", "not_an_amount")]


def test_lists_cost_the_same(api, huber):
    for _nth in range(4):
        draft = made(api, "sales-documents/", body(huber))
        made(api, f"sales-documents/{draft['id']}/issue/", status=200)
    with CaptureQueriesContext(connection) as few:
        api.get("sales-documents/", page_size=1)
    with CaptureQueriesContext(connection) as many:
        found = api.get("sales-documents/", page_size=4, status="open").json()
    assert len(many) == len(few) and len(found["results"]) == 4
    assert (
        api.get("sales-documents/", q="RE-2026-00003").json()["results"][0]["number"]
        == "RE-2026-00003"
    )


def test_many_are_issued_and_printed_in_the_background(api, company, huber):
    ids = [made(api, "sales-documents/", body(huber))["id"] for _nth in range(2)]
    for path in ("issue-many", "print-many"):
        job = made(api, f"sales-documents/{path}/", {"documents": ids}, 202)
        running.run(job["id"], company.pk)
        assert api.get(f"jobs/{job['id']}/").json()["state"] == "done"
    assert api.get(f"jobs/{job['id']}/").json()["has_file"]


def test_invoices_come_again(api, company, huber):
    told = {"name": "Miete", "next_on": "2026-01-01", "issues": True, "document": body(huber)}
    one = made(api, "recurring-invoices/", told)
    assert one["document"]["payable"] == "216.20"
    assert [d["date"] for d in api.get("recurring-invoices/due/", on="2026-02-15").json()["results"]] == [
        "2026-01-01", "2026-02-01"]  # fmt: skip
    made(api, f"recurring-invoices/{one['id']}/bill/", {"date": "2026-01-01"})
    problem(
        api.post(f"recurring-invoices/{one['id']}/bill/", {"date": "2026-01-01"}, key=new_key()),
        409,
    )
    made(api, f"recurring-invoices/{one['id']}/skip/", {"date": "2026-02-01"}, 200)
    job = made(api, "recurring-invoices/run/", {"on": "2026-03-31"}, 202)
    running.run(job["id"], company.pk)
    assert SalesDocument.of(company).filter(status="issued").count() == 2
    _read, version = api.read(f"recurring-invoices/{one['id']}/")
    changed = api.put(f"recurring-invoices/{one['id']}/", told | {"name": "Pacht", "next_on": "2026-05-01"},
                      **version)  # fmt: skip
    assert changed.json()["name"] == "Pacht"
    assert api.get("recurring-invoices/").json()["results"][0]["contact"] == "Huber AG"
    _read, version = api.read(f"recurring-invoices/{one['id']}/")
    assert api.delete(f"recurring-invoices/{one['id']}/", **version).status_code == 204
