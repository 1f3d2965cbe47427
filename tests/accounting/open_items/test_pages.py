"""Pages and endpoints of open items."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import Party
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from erp.core.tenancy import open_companies
from tests import make
from tests.accounting.open_items.books import MARCH_9, company, contact, invoice, money
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def books():
    return company()


@pytest.fixture
def desk(books):
    client = Client()
    client.force_login(make.owner_of(books))
    return client


@pytest.mark.parametrize("page", ["receivables/", "receivables/ageing/", "payables/", "control/"])
def test_lists_cost_the_same_however_much_is_open(books, desk, page):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert desk.get(f"/c/{books.pk}/open-items/{page}").status_code == 200
        return len(found)

    invoice(books), invoice(books, side="payables")
    queries()
    one = queries()
    for nth in range(5):
        invoice(books, party=Party(f"P{nth}"))
        item = invoice(books, side="payables", party=Party(f"P{nth}"))
        settle(company=books, date=MARCH_9, parts=[Part(item, paid=Decimal(1))],
               money=money(books, "1"), by=make.owner_of(books))  # fmt: skip
    assert queries() == one


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
@pytest.mark.parametrize("page", ["receivables/", "receivables/ageing/"])
def test_lists_are_files_too(books, desk, page, form):
    invoice(books, party=Party("=Formel AG"))
    found = desk.get(f"/c/{books.pk}/open-items/{page}?format={form}&on=2026-04-30")
    assert found.status_code == 200
    if form == "csv":
        assert "'=Formel AG" in found.content.decode()
    reader = make.user(company=books, granted=["open_items.read"])
    client = Client()
    client.force_login(reader)
    assert client.get(f"/c/{books.pk}/open-items/{page}?format={form}").status_code == 403


def test_an_item_is_settled_by_hand_after_a_preview(books, desk):
    item = invoice(books, "1081.00", code="UN")
    page = f"/c/{books.pk}/open-items/{item.pk}/"
    bank = make.account(books, "1020").pk
    typed = {"date": "2026-03-09", "account": bank, "paid": "1’059.38", "discount": "21.62",
             "key": "k"}  # fmt: skip
    shown = desk.post(page, {**typed, "do": "preview"})
    assert shown.status_code == 200 and 'id="plan"' in shown.content.decode()
    assert not Settlement.of(books).exists()
    assert desk.post(page, {**typed, "do": "settle"}).status_code == 302
    assert OpenItem.of(books).get(pk=item.pk).open_amount == 0
    assert desk.post(page, {**typed, "do": "settle"}).status_code == 422  # pressed twice
    settlement = Settlement.of(books).filter(kind="payment").get()
    assert "1059.38" in desk.get(page).content.decode().replace("’", "")
    undo = f"/c/{books.pk}/open-items/settlements/{settlement.pk}/undo/"
    assert desk.post(undo, {"date": "2026-03-31"}).status_code == 302
    assert OpenItem.of(books).get(pk=item.pk).open_amount == Decimal("1081.00")


def test_whoever_owes_is_called_from_the_item_by_those_who_may_see_contacts(books, desk):
    phone = {"kind": "phone", "value": "041 870 00 00"}
    found, party = contact(books, communications=[phone])
    item = invoice(books, party=party)
    reader = Client()
    reader.force_login(make.user(company=books, granted=["open_items.read"]))
    for page in (f"{item.pk}/", f"parties/{found.pk}/"):
        address = f"/c/{books.pk}/open-items/{page}"
        assert 'href="tel:+41418700000"' in desk.get(address).content.decode()
        assert "tel:" not in reader.get(address).content.decode()


def test_pages_net_items_and_set_limits(books, desk):
    item, note = invoice(books, "100.00"), invoice(books, "-30.00", document="G-1")
    assert f'value="{note.pk}"' in desk.get(f"/c/{books.pk}/open-items/{item.pk}/").content.decode()
    desk.post(f"/c/{books.pk}/open-items/{item.pk}/net/", {"with": note.pk, "date": "2026-03-09"})
    assert OpenItem.of(books).get(pk=item.pk).open_amount == Decimal("70.00")
    control = f"/c/{books.pk}/open-items/control/"
    assert desk.post(control, {"valid_from": "2026-01-01", "amount": "1"}).status_code == 302
    assert desk.post(control, {"valid_from": "2026-01-01", "amount": "-1"}).status_code == 422
    row = desk.get(control + "?on=2026-04-30").content.decode()
    assert row.count("70.00") >= 2  # ledger and items


def test_writing_off_is_a_right_of_its_own(books):
    item = invoice(books, "100.00")
    clerk = make.user(company=books, granted=["open_items.read", "open_items.settle"])
    client = Client()
    client.force_login(clerk)
    page = f"/c/{books.pk}/open-items/{item.pk}/"
    told = {"date": "2026-03-09", "write_off": "100.00", "do": "settle"}
    assert client.post(page, told).status_code == 422
    body = {"date": "2026-03-09", "parts": [{"item": item.pk, "write_off": "100.00"}]}
    assert Api(books, clerk).post("open-items/settle/", body, key=new_key()).status_code == 403
    owner = Api(books, make.owner_of(books))
    assert owner.post("open-items/settle/", body, key=new_key()).status_code == 201
    written = Settlement.of(books).get().pk
    assert (
        Api(books, clerk).post(f"settlements/{written}/undo/", {}, key=new_key()).status_code == 403
    )
    assert client.post(f"/c/{books.pk}/open-items/settlements/{written}/undo/").status_code == 403


def test_endpoints_list_settle_once_and_undo(books):
    api = Api(books, make.owner_of(books))
    item = invoice(books, "100.00")
    found = api.get("open-items/?on=2026-04-30").json()
    assert (found["total"], [r["open"] for r in found["results"]]) == ("100.00", ["100.00"])
    assert api.get("open-items/?side=payables").json()["results"] == []
    aged = api.get("open-items/ageing/?on=2026-04-30").json()
    assert aged["results"][0]["buckets"] == ["0.00", "100.00", "0.00", "0.00", "0.00"]
    body = {"date": "2026-03-09", "parts": [{"item": item.pk, "paid": "60.00"}],
            "money": {"account": "1020", "amount": "60.00"}}  # fmt: skip
    plan = api.post("open-items/preview/", body).json()["lines"]
    assert [(p["account"], p["debit"], p["credit"]) for p in plan] == [
        ("1020", "60.00", "0.00"), ("1100", "0.00", "60.00"),
    ]  # fmt: skip
    key = new_key()
    first, again = (api.post("open-items/settle/", body, key=key) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    shown = api.get(f"open-items/{item.pk}/").json()
    assert (shown["open_amount"], len(shown["settlements"])) == ("40.00", 1)
    problem(api.post("open-items/settle/", body, key=new_key()), 409, "items.more_than_open")
    number = shown["settlements"][0]["id"]
    path = f"settlements/{number}/undo/"
    assert api.post(path, {"date": "2026-03-31"}, key=new_key()).status_code == 201
    problem(api.post(path, {"date": "2026-03-31"}, key=new_key()), 409, "items.already_undone")
    other = invoice(company())
    body["parts"][0]["item"] = other.pk
    open_companies([books.pk])
    assert api.post("open-items/settle/", body, key=new_key()).status_code in {400, 422}
    open_companies([books.pk, other.company_id])  # for what is proven at the commit
