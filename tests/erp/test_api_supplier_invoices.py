"""``…/supplier-invoices/``, ``…/approval-rules/`` and ``…/recurring-supplier-invoices/``, for programs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import SupplierInvoice
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.payables.capture import papers
from tests.accounting.payables.capture.inbox import received
from tests.accounting.payables.purchases import company as buying
from tests.accounting.payables.purchases import line, posted, supplier
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    return buying()


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


@pytest.fixture
def meier(company):
    return supplier(company)


def body(meier, **more):
    row = {"amount": "108.10", "account": "4200", "vat_code": "MN"}
    return {"contact": meier.pk, "date": "2026-03-01", "number": "A-1", "lines": [row]} | more


def made(api, path, told=None, status=201):
    answer = api.post(path, told or {}, key=new_key())
    assert answer.status_code == status, answer.content
    return answer.json()


def test_an_invoice_from_draft_to_reversal(api, company, meier):
    shown = api.post("supplier-invoices/preview/", body(meier)).json()
    assert (shown["payable"], shown["vat"], shown["duplicates"]) == ("108.10", "8.10", [])
    draft = made(api, "supplier-invoices/", body(meier))
    assert (draft["status"], draft["lines"][0]["vat_code"], draft["vat_groups"][0]["net"]) == (
        "draft", "MN", "100.00")  # fmt: skip
    one = f"supplier-invoices/{draft['id']}/"
    _read, version = api.read(one)
    changed = api.put(one, body(meier, number="A-2"), **version)
    assert (changed.status_code, changed.json()["number"]) == (200, "A-2")
    told = made(api, one + "submit/", status=200)
    assert (told["status"], told["items"][0]["open_amount"]) == ("posted", "108.10")
    _read, version = api.read(one)
    problem(api.put(one, body(meier), **version), 409, "payables.not_a_draft")
    listed = api.get("supplier-invoices/?status=open").json()
    assert [row["id"] for row in listed["results"]] == [draft["id"]]
    note = made(api, one + "credit/", {"date": "2026-03-09"})
    assert (note["kind"], note["follows"]) == ("credit_note", draft["id"])
    _read, version = api.read(f"supplier-invoices/{note['id']}/")
    assert api.delete(f"supplier-invoices/{note['id']}/", **version).status_code == 204
    assert made(api, one + "reverse/", {"date": "2026-03-31"}, 200)["status"] == "reversed"


def test_a_photographed_bill_becomes_an_invoice(api, company, meier):
    (document,) = received(company, make.owner_of(company), papers.pdf())
    told = made(api, "supplier-invoices/", body(meier, document=document.pk))
    assert told["document"] == document.pk
    open_companies([company.pk])
    assert InboxDocument.of(company).get(pk=document.pk).state == "captured"


def test_faults_name_their_places(api, meier):
    rows = [{"amount": "1.00", "account": "9999", "vat_code": "XX"}]
    told = problem(api.post("supplier-invoices/", body(meier, lines=rows), key=new_key()), 422)
    assert set(places(told)) == {("lines[0].account", "ledger.unknown_account"),
                                 ("lines[0].vat_code", "ledger.unknown_vat_code")}  # fmt: skip
    odd = body(meier, lines=[{"amount": "1.001"}])
    told = problem(api.post("supplier-invoices/", odd, key=new_key()), 400)
    assert [place for place, _code in places(told)] == ["lines[0].amount"]


def test_it_is_approved_by_an_app(api, company, meier):
    anna = make.user(company=company, granted=["payables.read", "payables.approve"])
    rule = made(api, "approval-rules/", {"approver": anna.pk, "from_amount": "100.00"})
    draft = made(api, "supplier-invoices/", body(meier))
    one = f"supplier-invoices/{draft['id']}/"
    assert made(api, one + "submit/", status=200)["status"] == "submitted"
    hers = Api(company, anna)
    assert [
        row["id"] for row in hers.get("supplier-invoices/?waiting_for_me=true").json()["results"]
    ] == [draft["id"]]
    problem(api.post(one + "approve/", {}, key=new_key()), 409, "payables.not_yours")
    back = made(hers, one + "reject/", {"reason": "zu teuer"}, 200)
    assert (back["status"], back["rejected_because"]) == ("draft", "zu teuer")
    made(api, one + "submit/", status=200)
    assert made(hers, one + "approve/", status=200)["status"] == "posted"
    place = f"approval-rules/{rule['id']}/"
    _read, version = api.read(place)
    changed = api.put(place, {"approver": anna.pk, "from_amount": "5.00"}, **version)
    assert changed.json()["from_amount"] == "5.00"
    _read, version = api.read(place)
    assert api.delete(place, **version).status_code == 204


def test_what_comes_again(api, company, meier):
    told = made(api, "recurring-supplier-invoices/", {
        "name": "Miete", "next_on": "2026-03-31", "submits": True, "invoice": body(meier)})  # fmt: skip
    one = f"recurring-supplier-invoices/{told['id']}/"
    assert made(api, one + "enter/", {"date": "2026-03-31"})["status"] == "posted"
    problem(api.post(one + "enter/", {"date": "2026-03-31"}, key=new_key()), 409)
    assert made(api, one + "skip/", {"date": "2026-04-30"}, 200)["next_on"] == "2026-05-31"


@pytest.mark.parametrize("act", ["submit-many", "approve-many"])
def test_a_pattern_is_no_invoice_to_hand_in_or_approve(api, company, meier, act):
    made(api, "recurring-supplier-invoices/", {
        "name": "Miete", "next_on": "2026-03-31", "submits": True, "invoice": body(meier)})  # fmt: skip
    pattern = SupplierInvoice.of(company).get()
    draft = made(api, "supplier-invoices/", body(meier))["id"]
    told = problem(
        api.post(f"supplier-invoices/{act}/", {"invoices": [draft, pattern.pk]}, key=new_key()), 400
    )
    assert "invoices" in str(told)
    assert set(SupplierInvoice.of(company).values_list("pk", "status")) == {(pattern.pk, "pattern"),
                                                                            (draft, "draft")}  # fmt: skip


def test_costs_of_later_times(api, company, meier):
    rows = [{"amount": "100.00", "account": "6300", "supply_from": "2026-03-01", "supply_until": "2026-04-30",
             "spread": "months"}]  # fmt: skip
    made(api, f"supplier-invoices/{made(api, 'supplier-invoices/', body(meier, lines=rows))['id']}/submit/",
         status=200)  # fmt: skip
    (part,) = api.get("supplier-invoices/accruals/").json()["results"]
    assert (part["date"], part["account"]) == ("2026-04-01", "6300")
    released = made(api, "supplier-invoices/release/", {"date": "2026-04-01"}, 200)
    assert (len(released["entries"]), released["refused"]) == (1, [])


def test_lists_cost_the_same(api, company, meier):
    counts = []
    for many in (1, 9):
        for nth in range(many):
            posted(meier, line(), number=f"{many}-{nth}")
        with CaptureQueriesContext(connection) as found:
            assert api.get("supplier-invoices/").status_code == 200
        counts.append(len(found))
        open_companies([company.pk])
    assert counts[0] == counts[1]


def test_who_may_only_read_changes_nothing(company, meier):
    reader = Api(company, make.user(company=company, granted=["payables.read"]))
    assert reader.get("supplier-invoices/").status_code == 200
    assert reader.post("supplier-invoices/", body(meier), key=new_key()).status_code == 403
    assert not SupplierInvoice.of(company).exists()
