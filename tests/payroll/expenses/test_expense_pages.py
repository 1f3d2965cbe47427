"""Pages and endpoints of expenses: receipts from the camera, four eyes, and whose they are."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.payables.models import SupplierInvoice
from erp.uploads import receiving
from payroll.expenses import deciding
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseLine
from tests import make
from tests.accounting.payables import purchases
from tests.erp.client import Api, new_key, places, problem
from tests.payroll.expenses import books
from tests.payroll.expenses.books import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(company):
    return make.user(company=company, granted=["expenses.own"])


@pytest.fixture
def kind(company):
    return books.kind(company, needs_receipt=True)


def desk(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_claim_is_written_with_a_photograph_and_handed_in(company, worker, kind):
    page, start = desk(worker), f"/c/{company.pk}/expenses/"
    blank = page.get(f"{start}new/").content.decode()
    assert 'capture="environment"' in blank and 'name="kind-0"' in blank
    sent = {"title": "Kunde in Bern", "day-0": "02.03.2026", "kind-0": "MAHL", "paid-0": "32.50",
            "currency-0": "CHF", "do": "submit"}  # fmt: skip
    refused = page.post(f"{start}new/", sent)
    assert refused.status_code == 422 and not ExpenseClaim.of(company).exists()
    assert 'value="32.50"' in refused.content.decode()
    photo = SimpleUploadedFile("foto.jpg", b"\xff\xd8\xff\xe0 quittung")
    done = page.post(f"{start}new/", {**sent, "file-0": photo})
    claim = ExpenseClaim.of(company).get()
    assert done["Location"] == f"{start}{claim.pk}/" and claim.state == "submitted"
    line = ExpenseLine.of(company).get()
    assert page.get(f"{start}{claim.pk}/receipts/{line.pk}/")["Content-Type"] == "image/jpeg"
    assert page.post(f"{start}{claim.pk}/", {"do": "withdraw"}).status_code == 302
    edit = {**sent, "version": "3", "line-0": line.pk, "paid-0": "40", "do": "more"}
    assert page.post(f"{start}{claim.pk}/edit/", edit).status_code == 302
    now = ExpenseLine.of(company).get()
    assert (now.amount, now.file_id) == (40, line.file_id)
    stale = page.post(f"{start}{claim.pk}/edit/", edit)
    assert stale.status_code in {409, 422}
    bad = page.post(f"{start}new/", {**sent, "paid-0": "x"})
    assert bad.status_code == 422 and 'class="error"' in bad.content.decode()
    assert page.get(start).status_code == 200
    assert page.post(f"{start}{claim.pk}/", {"do": "delete"})["Location"] == start


def test_who_has_only_their_own_sees_nothing_of_others(company, anna, worker, kind):
    theirs = books.claim(company, anna, books.line(file=books.receipt(company, anna)))
    line = ExpenseLine.of(company).get()
    page, start = desk(worker), f"/c/{company.pk}/expenses/"
    for path in (f"{theirs.pk}/", f"{theirs.pk}/edit/", f"{theirs.pk}/receipts/{line.pk}/"):
        assert page.get(start + path).status_code == 404, path
    assert page.post(f"{start}{theirs.pk}/", {"do": "submit"}).status_code == 404
    for path in ("all/", f"all/{theirs.pk}/", f"all/{theirs.pk}/receipts/{line.pk}/", "kinds/"):
        assert page.get(start + path).status_code == 403, path
    api = Api(company, worker)
    assert api.get("my-expenses/").json()["results"] == []
    body, headers = {"title": "x", "lines": []}, {"HTTP_IF_MATCH": "*"}
    problem(api.get(f"my-expenses/{theirs.pk}/"), 404)
    problem(api.put(f"my-expenses/{theirs.pk}/", body, **headers), 404)
    problem(api.delete(f"my-expenses/{theirs.pk}/", **headers), 404)
    problem(api.post(f"my-expenses/{theirs.pk}/submit/", {}), 404)
    problem(api.get(f"my-expenses/{theirs.pk}/lines/1/receipt/"), 404)
    problem(api.get(f"my-expenses/{theirs.pk}/lines/1/receipt/picture/"), 404)
    problem(api.get(f"expense-claims/{theirs.pk}/lines/1/receipt/picture/"), 403)
    problem(api.upload(f"my-expenses/{theirs.pk}/lines/1/receipt/", PDF), 404)
    problem(api.get("expense-claims/"), 403)


def test_a_claim_goes_all_its_way_by_the_endpoints(company, anna, worker, kind, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    own, office, key = Api(company, worker), Api(company, anna), new_key()
    assert own.get("my-expenses/kinds/").json() == [
        {"code": "MAHL", "name": "Art MAHL", "unit": "", "needs_receipt": True, "rate": None}]  # fmt: skip
    body = {"title": "Bern", "lines": [{"kind": "MAHL", "day": "2026-03-02", "paid": "32.50"}]}
    made = own.post("my-expenses/", body, key=key)
    assert made.status_code == 201, made.content
    assert own.post("my-expenses/", body, key=key).json() == made.json()
    claim = made.json()
    bad = own.post("my-expenses/", {"title": "x", "lines": [{**body["lines"][0], "kind": "X"}]})
    assert places(problem(bad, 422)) == [("lines[0].kind", "expenses.unknown_kind")]
    problem(own.post(f"my-expenses/{claim['id']}/submit/", {}), 422, "expenses.receipt_missing")
    sent = own.upload(f"my-expenses/{claim['id']}/lines/1/receipt/", PDF, name="beleg.pdf")
    assert sent.status_code == 201 and sent.json()["lines"][0]["receipt"] is True, sent.content
    assert own.get(f"my-expenses/{claim['id']}/lines/1/receipt/").content == PDF
    other = PDF + b"% later\n"
    photo = receiving.begin(company=company, name="foto.pdf", size=len(other), by=worker)
    receiving.append(photo, io.BytesIO(other), offset=0)
    pieces = own.post(f"my-expenses/{claim['id']}/lines/1/receipt/", {"upload": photo.pk})
    assert pieces.status_code == 201, pieces.content
    assert own.get(f"my-expenses/{claim['id']}/lines/1/receipt/").content == other
    told, version = own.read(f"my-expenses/{claim['id']}/")
    line = {**body["lines"][0], "paid": "35.00", "line": told["lines"][0]["id"]}
    changed = own.put(f"my-expenses/{claim['id']}/", {"title": "Bern", "lines": [line]}, **version)
    assert (changed.json()["total"], changed.json()["lines"][0]["receipt"]) == ("35.00", True)
    assert own.post(f"my-expenses/{claim['id']}/submit/", {}).json()["state"] == "submitted"
    place = f"expense-claims/{claim['id']}/"
    assert office.get("expense-claims/", state="submitted").json()["results"][0]["total"] == "35.00"
    assert office.get(f"{place}lines/1/receipt/").content == other
    problem(office.post(f"{place}approve/", {}), 400)
    version = office.get(place).json()["version"]
    problem(office.post(f"{place}reject/", {"reason": " ", "version": version}), 400)
    for stale in (office.post(f"{place}approve/", {"version": version - 1}),
                  office.post(f"{place}reject/", {"reason": "x", "version": version - 1})):  # fmt: skip
        problem(stale, 409, "expenses.changed_meanwhile")
    assert office.post(f"{place}approve/", {"version": version}).json()["state"] == "approved"
    problem(office.post(f"{place}pay-with-wage/", {"month": "2026-03"}, key=new_key()), 422,
            "expenses.nobody_paid")  # fmt: skip
    contact = purchases.supplier(company)
    booked = office.post(
        f"{place}book/", {"date": "2026-03-31", "contact": contact.pk}, key=new_key()
    )
    assert booked.json()["bill"] == SupplierInvoice.of(company).get().pk, booked.content
    problem(office.post(f"{place}take-back/", {}, key=new_key()), 409, "expenses.bill_stands")


def test_kinds_and_rates_by_pages_and_endpoints(company, anna):
    page, start, api = desk(anna), f"/c/{company.pk}/expenses/kinds/", Api(company, anna)
    told = {"code": "KM", "name_de": "Kilometer", "unit": "km", "account": "5820"}
    assert page.post(start, {**told, "account": "x"}).status_code == 422
    assert page.post(start, told).status_code == 302
    kind = ExpenseKind.of(company).get()
    rate = {"do": "rate", "valid_from": "01.01.2026", "rate": "0.70"}
    assert page.post(f"{start}{kind.pk}/", rate).status_code == 302
    assert page.post(f"{start}{kind.pk}/", rate).status_code == 422
    shown = page.get(f"{start}{kind.pk}/").content.decode()
    assert "0.70" in shown and "Kilometer" in page.get(start).content.decode()
    assert (
        page.post(f"{start}{kind.pk}/", {**told, "do": "save", "name_de": "Auto"}).status_code
        == 302
    )
    assert ExpenseKind.of(company).get().name == "Auto"
    one = api.get("expense-rates/").json()["results"][0]
    assert (one["kind"], one["rate"]) == ("KM", "0.70")
    _told, version = api.read(f"expense-rates/{one['id']}/")
    assert api.delete(f"expense-rates/{one['id']}/", **version).status_code == 204
    added = api.post("expense-rates/", {"kind": "KM", "valid_from": "2026-01-01", "rate": "0.75"})
    assert added.status_code == 201
    made = api.post(
        "expense-kinds/", {"code": "B", "name_de": "B", "account": "5820", "vat_code": "IN"}
    )
    assert made.json()["vat_code"] == "IN"
    _told, version = api.read(f"expense-kinds/{made.json()['id']}/")
    assert api.patch(f"expense-kinds/{made.json()['id']}/", {"is_off": True}, **version).json()[
        "is_off"
    ]
    _told, version = api.read(f"expense-kinds/{made.json()['id']}/")
    assert api.delete(f"expense-kinds/{made.json()['id']}/", **version).status_code == 204
    assert page.post(f"{start}{kind.pk}/", {"do": "delete"}).status_code == 302


def test_the_office_approves_and_books_on_its_pages(company, anna, worker, kind):
    page, start = desk(anna), f"/c/{company.pk}/expenses/all/"
    claim = books.claim(company, worker, books.line(file=books.receipt(company, worker)))
    deciding.submit(claim, user=worker, by=worker)
    assert "Kunde in Bern" in page.get(start).content.decode()
    assert 'name="version" value="2"' in page.get(f"{start}{claim.pk}/").content.decode()
    assert page.post(f"{start}{claim.pk}/", {"do": "reject", "reason": ""}).status_code == 302
    for version in ("", "1", "2"):  # only the last is what was seen
        assert ExpenseClaim.of(company).get().state == "submitted"
        seen = {"do": "approve", "version": version}
        assert page.post(f"{start}{claim.pk}/", seen).status_code == 302
    assert ExpenseClaim.of(company).get().state == "approved"
    assert "SP-1" not in page.get(f"{start}{claim.pk}/").content.decode()
    contact = purchases.supplier(company)
    bill = {"do": "bill", "date": "31.03.2026", "contact": contact.number}
    assert page.post(f"{start}{claim.pk}/book/", bill).status_code == 302
    assert "SP-1" in page.get(f"{start}{claim.pk}/").content.decode()
    assert page.post(f"{start}{claim.pk}/book/", {"do": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["expenses/", "expenses/all/?state=-", "expenses/kinds/"])
def test_many_claims_cost_no_more_queries(company, anna, path):
    page, address = desk(anna), f"/c/{company.pk}/{path}"

    def add(first, last):
        for nth in range(first, last):
            books.kind(company, f"K{nth}")
            books.claim(company, anna, books.line(code=f"K{nth}"))

    add(0, 3)
    page.get(address)
    with CaptureQueriesContext(connection) as few:
        assert page.get(address).status_code == 200
    add(3, 15)
    with CaptureQueriesContext(connection) as many:
        assert page.get(address).status_code == 200
    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["my-expenses/", "expense-claims/", "expense-kinds/"])
def test_a_phone_asks_for_what_changed_since(company, anna, path):
    told = Api(company, anna).get(path, changed_since="")
    assert told.status_code == 200, told.content
    assert told.json()["cursor"] and told.json()["gone"] == []
