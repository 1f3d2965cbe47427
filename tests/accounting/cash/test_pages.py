"""Pages and endpoints of cash books."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.cash.models import CashBook, CashCount
from accounting.ledger.models import EntryVoucher, JournalEntry
from accounting.open_items.models import OpenItem
from tests import make
from tests.accounting.cash.books import MARCH_9, cash_book, enter
from tests.accounting.open_items import books as items
from tests.erp.client import Api, new_key, problem

pytestmark = pytest.mark.django_db
MARCH = "from=2026-03-01&until=2026-03-31"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def company():
    return items.company()


@pytest.fixture
def book(company):
    return cash_book(company)


@pytest.fixture
def desk(company):
    client = Client()
    client.force_login(make.owner_of(company))
    return client


def row(**more):
    return {"date": "2026-03-01", "text": "Barverkauf", "receipt": "108.10", "account": "3200",
            "vat_code": "UN", "once": "k", "parts": [], **more}  # fmt: skip


def test_a_row_is_entered_once_with_its_voucher_and_the_page_shows_it(desk, company, book):
    page = f"/c/{company.pk}/cash/{book.pk}/"
    sent = {"entry": json.dumps(row()), "voucher_file": SimpleUploadedFile("quittung.pdf", PDF)}
    first = desk.post(page, sent).json()
    assert (first["voucher"], desk.post(page, {"entry": json.dumps(row())}).json()["id"]) == (
        "K-1", first["id"])  # fmt: skip
    assert EntryVoucher.of(company).filter(entry_id=first["id"]).count() == 1
    shown = desk.get(f"{page}?{MARCH}").content.decode()
    assert shown.count("108.10") >= 2 and "K-1" in shown and 'id="cash-entry"' in shown
    refused = desk.post(page, {"entry": json.dumps(row(receipt="", payment="200.00", once="m"))})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "cash.below_zero"
    split = row(receipt="", payment="50.00", account="4200", vat_code="", once="n",
                parts=[{"amount": "20.00", "account": "6500"}])  # fmt: skip
    entry = JournalEntry.of(company).get(
        pk=desk.post(page, {"entry": json.dumps(split)}).json()["id"]
    )
    assert items.lines_of(entry) == [("1000", -50), ("4200", 30), ("6500", 20)]
    undone = desk.post(f"{page}entries/{entry.pk}/undo/")
    assert undone.status_code == 302 and entry.reversals.exists()


@pytest.mark.parametrize("by", ["rows", "days", "months"])
def test_a_long_book_costs_no_more_and_is_a_file(desk, company, book, by):
    page = f"/c/{company.pk}/cash/{book.pk}/?{MARCH}&by={by}"
    enter(book, "1.00")
    desk.get(page)
    with CaptureQueriesContext(connection) as few:
        assert desk.get(page).status_code == 200
    for _nth in range(5):
        enter(book, "10.00", date=MARCH_9)
    with CaptureQueriesContext(connection) as many:
        assert desk.get(page).status_code == 200
    assert len(many) == len(few)
    for form in ("csv", "xlsx", "pdf"):
        assert desk.get(f"{page}&format={form}").status_code == 200
    told = desk.get(f"{page}&format=csv").content.decode()
    assert "51.00" in told


def test_books_are_added_and_changed_by_form(desk, company):
    account = make.account(company, "1000").pk
    typed = {"name": "Kasse", "kind": "cash", "account": account, "kept_from": "01.01.2026",
             "prefix": "K"}  # fmt: skip
    added = desk.post(f"/c/{company.pk}/cash/", typed)
    book = CashBook.of(company).get()
    assert added["Location"] == f"/c/{company.pk}/cash/{book.pk}/"
    assert desk.post(f"/c/{company.pk}/cash/", typed).status_code == 422
    assert desk.get(f"/c/{company.pk}/cash/").status_code == 200
    edit = f"/c/{company.pk}/cash/{book.pk}/edit/"
    assert desk.get(edit).status_code == 200
    assert desk.post(edit, {**typed, "name": "Laden", "is_closed": "on"}).status_code == 302
    assert CashBook.of(company).get().is_closed


def test_transfers_cards_counts_and_items_have_their_pages(desk, company, book):
    page = f"/c/{company.pk}/cash/{book.pk}/"
    for path in ("transfer/", "card/", "count/", "receivables/", "payables/"):
        assert desk.get(page + path).status_code == 200, path
    told = {"date": "2026-03-01", "way": "in", "amount": "200.00", "key": "t"}
    for _twice in range(2):
        assert desk.post(page + "transfer/", told).status_code == 302
    assert JournalEntry.of(company).count() == 1
    counted = {"date": "2026-03-09", "n100.00": "1", "n50.00": "1", "books_difference": "on"}
    assert desk.post(page + "count/", counted).status_code == 302
    count = CashCount.of(company).get()
    assert (count.difference, count.entry is not None) == (Decimal("-50.00"), True)
    assert desk.get(f"{page}counts/{count.pk}/?format=pdf")["Content-Type"] == "application/pdf"
    assert desk.post(page + "count/", {**counted, "counted": "5"}).status_code == 422
    item = items.invoice(company, "100.00", party=items.HUBER)
    pay = f"{page}receivables/?party=Huber+AG"
    wish = {"date": "2026-03-09", "account": book.account_id, "amount": "100.00",
            f"paid-{item.pk}": "100.00", "key": "p", "do": "settle"}  # fmt: skip
    assert "1000" in desk.get(pay).content.decode()
    assert desk.post(pay, wish).status_code == 302
    assert OpenItem.of(company).get().open_amount == 0
    entry = JournalEntry.of(company).get(source="items", voucher="K-3")
    assert desk.post(f"{page}entries/{entry.pk}/undo/").status_code == 302
    assert OpenItem.of(company).get().open_amount == 100
    card = cash_book(company, account="1099", kind="card", name="Visa", prefix="V")
    enter(card, "-20.00")
    due = {"until": "2026-03-09", "amount": "20.00", "date": "2026-03-31", "key": "c"}
    assert desk.post(f"/c/{company.pk}/cash/{card.pk}/card/", due).status_code == 302


def test_who_only_looks_enters_nothing(company, book):
    reader = Client()
    reader.force_login(make.user(company=company, granted=["cash.read"]))
    page = f"/c/{company.pk}/cash/{book.pk}/"
    assert 'id="cash-entry"' not in reader.get(page).content.decode()
    assert reader.post(page, {"entry": json.dumps(row())}).status_code == 403
    assert reader.get(page + "?format=csv").status_code == 403
    clerk = Client()
    clerk.force_login(make.user(company=company, granted=["cash.read", "cash.post"]))
    assert clerk.post(page, {"entry": json.dumps(row())}).status_code == 200
    assert clerk.get(page + "receivables/").status_code == 403  # settling is a right of its own


def test_programs_keep_a_book(company):
    api = Api(company, make.owner_of(company))
    made = api.post("cash-books/", {"name": "Kasse", "account": "1000", "kept_from": "2026-01-01",
                                    "prefix": "K-"})  # fmt: skip
    assert made.status_code == 201 and made.json()["currency"] == "CHF"
    path = f"cash-books/{made.json()['id']}/"
    body = {"date": "2026-03-01", "text": "Verkauf", "amount": "108.10",
            "shares": [{"account": "3200", "amount": "108.10", "vat_code": "UN"}]}  # fmt: skip
    key = new_key()
    first, again = (api.post(f"{path}enter/", body, key=key) for _ in range(2))
    assert (first.status_code, first.json(), first.json()["voucher"]) == (201, again.json(), "K-1")
    taken = {**body, "amount": "-200.00", "shares": [{"account": "4200", "amount": "200.00"}]}
    problem(api.post(f"{path}enter/", taken, key=new_key()), 409, "cash.below_zero")
    moved = api.post(f"{path}transfer/", {"date": "2026-03-05", "amount": "-8.10"}, key=new_key())
    assert moved.status_code == 201
    told = {"date": "2026-03-09", "pieces": [{"value": "100.00", "pieces": 1}]}
    counted = api.post(f"{path}count/", told, key=new_key()).json()
    assert (counted["difference"], counted["entry"]) == ("0.00", None)
    span = {"since": "2026-03-01", "until": "2026-03-31"}
    shown = api.get(f"{path}rows/", **span).json()
    assert (shown["opening"], shown["closing"], len(shown["rows"])) == ("0.00", "100.00", 2)
    days = api.get(f"{path}sums/", **span).json()
    assert [(one["start"], one["balance"]) for one in days] == [
        ("2026-03-01", "108.10"), ("2026-03-05", "100.00")]  # fmt: skip
    assert len(api.get(f"{path}counts/").json()["results"]) == 1
    item = items.invoice(company, "50.00")
    paid = {"date": "2026-03-09", "parts": [{"item": item.pk, "paid": "50.00"}],
            "money": {"account": "1000", "amount": "50.00"}}  # fmt: skip
    settled = api.post(f"{path}settle/", paid, key=new_key())
    assert settled.status_code == 201
    problem(api.post(f"{path}settle/", {**paid, "money": {"account": "1020", "amount": "50.00"}},
                     key=new_key()), 400)  # fmt: skip
    undone = api.post(f"{path}undo/", {"entry": settled.json()["entry"]}, key=new_key())
    assert undone.status_code == 201 and OpenItem.of(company).get().open_amount == 50
    _book, version = api.read(path)
    assert api.patch(path, {"name": "Laden"}, **version).json()["name"] == "Laden"
    problem(api.patch(path, {"name": "x"}, **version), 412)
    problem(api.post(f"{path}settle-card/", {"date": "2026-03-09", "until": "2026-03-09",
                                             "amount": "1.00"}, key=new_key()), 409,
            "cash.not_a_card")  # fmt: skip
