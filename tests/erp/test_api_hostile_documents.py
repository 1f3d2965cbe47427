"""What odd or foreign requests about documents get: a refusal that says why, never a crash."""

from __future__ import annotations

import datetime as dt

import pytest

from accounting.receivables import drafting
from accounting.receivables.models import SalesDocument
from tests import make
from tests.accounting.receivables.sales import bank_account, customer, draft, issued, product
from tests.accounting.receivables.sales import company as selling
from tests.erp.client import Api, new_key

pytestmark = pytest.mark.django_db
MARCH_1 = dt.date(2026, 3, 1)


@pytest.fixture
def company(db):
    return selling()


@pytest.fixture
def api(company):
    return Api(company, make.owner_of(company))


@pytest.fixture
def huber(company):
    return customer(company)


def body(huber, line=(), **more):
    told = {"text": "Beratung", "price": "100.00", "quantity": "2", "account": "3400",
            "vat_code": "UN"}  # fmt: skip
    return {"kind": "invoice", "contact": huber.pk, "date": "2026-03-01",
            "lines": [told | dict(line)]} | more  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"line": {"price": "9999999999999.9999", "quantity": "9999999999999.9999"}},
        {"line": {"price": "-9999999999.9999", "quantity": "99999999999.9999"}},
        {"line": {"discount_amount": "9999999999999.99"}}, {"line": {"discount_percent": "9999999999"}},
        {"line": {"text": "x" * 4001}}, {"line": {"text": "\x00"}}, {"line": {"source": 10**18}},
        {"line": {"deposit": 1}}, {"line": {"supply_from": "1900-01-01"}},
        {"line": {"supply_until": "0001-01-01"}}, {"lines": []}, {"lines": [{}] * 501},
        {"exchange_rate": "0", "currency": "EUR"}, {"exchange_rate": "9999999999999.999999", "currency": "EUR"},
        {"discount_amount": "9999999999999.99"}, {"discount_percent": "9999999999999.00"},
        {"terms_discount": "9999999999999.00", "terms_discount_days": 1, "net_days": 5},
        {"instalments": [{"percent": "9999999999999.99", "days": 3}]},
        {"instalments": [{"percent": "100.00", "days": 3650}], "date": "2099-12-31"},
        {"is_deposit": True, "kind": "offer"}, {"kind": "pattern"}, {"currency": "xx"},
        {"own_values": {"nix": "1"}}, {"own_values": {"a": {"b": ["\x00"]}}}, {"customer_reference": "x\ny"},
        {"subject": "a\nb"},
        {"line": {"unit": "a\nb"}}, {"bank_account": 10**17}, {"person": 10**17}, {"contact": 10**17},
        {"discount_percent": "10.00", "discount_amount": "5.00"}, {"net_days": 3651},
        {"supply_from": "2026-03-05", "supply_until": "2026-03-01"}, {"valid_until": "1900-01-01"},
    ],
)  # fmt: skip
def test_nothing_crashes(api, company, huber, more):
    told = body(huber, **more)
    for path in ("sales-documents/preview/", "sales-documents/"):
        answer = api.post(path, told, key=new_key())
        assert answer.status_code < 500, answer.content
    answer = answer.json()
    if "id" in answer:
        went = api.post(f"sales-documents/{answer['id']}/issue/", {}, key=new_key())
        assert went.status_code < 500
        pdf = api.get(f"sales-documents/{answer['id']}/pdf/")
        assert pdf.status_code < 500


def test_ids_of_another_company_are_unknown(api, company, huber):
    mine = issued(company, huber, kind="order")
    other = selling()
    stranger = customer(other, "Fremd AG")
    product(other, "FREMD")
    bank = bank_account(
        other, iban="CH5604835012345678009", account="1024", currency="EUR", name="E"
    )
    foreign = issued(other, stranger, kind="order")
    (line,) = drafting.lines_of(foreign)
    for more in (
        {"contact": stranger.pk}, {"person": stranger.pk}, {"bank_account": bank.pk},
        {"line": {"source": line.pk}}, {"line": {"deposit": foreign.pk}}, {"line": {"product": "FREMD"}},
    ):  # fmt: skip
        answer = api.post("sales-documents/", body(huber, **more), key=new_key())
        wanted = 422 if "product" in more.get("line", {}) else 400  # a number, and ids
        assert answer.status_code == wanted, (more, answer.content)
    date = {"date": "2026-03-01"}
    for path, told in {
        "issue/": {}, "cancel/": date, "copy/": date, "derive/": date | {"kind": "invoice"},
        "deposit/": date | {"percent": "10.00", "text": "x"}, "credit/": date, "decide/": {"decision": "accepted"},
    }.items():  # fmt: skip
        assert (
            api.post(f"sales-documents/{foreign.pk}/{path}", told, key=new_key()).status_code == 404
        )
    for path in ("collect/", "issue-many/", "print-many/"):
        told = {"documents": [foreign.pk]} | (date if path == "collect/" else {})
        assert api.post(f"sales-documents/{path}", told, key=new_key()).status_code == 400
    told = date | {"kind": "invoice", "parts": [{"line": line.pk, "quantity": "1"}]}
    answer = api.post(f"sales-documents/{mine.pk}/derive/", told, key=new_key())
    assert answer.json()["code"] == "receivables.unknown_origin"


def test_a_quantity_of_the_other_sign_or_too_large(api, company, huber):
    invoice = issued(company, huber)
    order = issued(company, huber, kind="order")
    for one, path in ((invoice, "credit"), (order, "derive")):
        (line,) = drafting.lines_of(one)
        for quantity in ("-1", "9999999999999", "0.0001", "0"):
            told = {"date": "2026-03-09", "parts": [{"line": line.pk, "quantity": quantity}]}
            told |= {"kind": "invoice"} if path == "derive" else {}
            answer = api.post(f"sales-documents/{one.pk}/{path}/", told, key=new_key())
            assert answer.status_code < 500
            if answer.status_code == 201:
                went = api.post(f"sales-documents/{answer.json()['id']}/issue/", {}, key=new_key())
                assert went.status_code < 500


def test_the_same_key_does_it_once(api, company, huber):
    one = draft(company, huber)
    key = new_key()
    for _nth in range(2):
        assert api.post(f"sales-documents/{one.pk}/issue/", {}, key=key).status_code == 200
    assert api.post(f"sales-documents/{one.pk}/issue/", {}, key=new_key()).status_code == 409
    key = new_key()
    for _nth in range(2):
        assert (
            api.post(
                f"sales-documents/{one.pk}/cancel/", {"date": "2026-03-09"}, key=key
            ).status_code
            == 201
        )
    assert SalesDocument.of(company).count() == 2


def test_recurring_invoices_of_odd_days_and_shapes(api, company, huber):
    for more in (
        {"next_on": "1900-01-31"},
        {"next_on": "2099-12-31"},
        {"every": 61},
        {"until": "1999-01-01"},
        {"document": None},
        {"document": []},
        {"document": "x"},
        {"name": ""},
    ):
        told = {"name": "Miete", "next_on": "2026-03-31", "document": body(huber)} | more
        answer = api.post("recurring-invoices/", told, key=new_key())
        assert answer.status_code < 500
        if answer.status_code == 201:
            pk = answer.json()["id"]
            for act in ("skip", "bill"):
                assert (
                    api.post(
                        f"recurring-invoices/{pk}/{act}/", {"date": told["next_on"]}, key=new_key()
                    ).status_code
                    < 500
                )
            assert api.get("recurring-invoices/due/?on=2099-12-31").status_code == 200
            assert api.get(f"recurring-invoices/{pk}/").status_code == 200
            got = api.get(f"recurring-invoices/{pk}/")
            assert api.delete(f"recurring-invoices/{pk}/", etag=got["ETag"]).status_code < 500


def test_reports_over_odd_spans(api, company, huber):
    for path in ("turnover", "customers", "products", "months", "vat-journal", "habits"):
        for query in (
            "since=1900-01-01&until=1909-12-31",
            "since=2026-01-01&until=2026-12-31",
            "since=2099-01-01&until=2099-12-31",
            "",
        ):
            assert api.get(f"sales-reports/{path}/?{query}").status_code < 500
