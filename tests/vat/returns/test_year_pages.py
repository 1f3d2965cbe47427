"""Pages and endpoints of a year of VAT."""

from __future__ import annotations

import pytest
from django.test import Client

from accounting.ledger.models import FiscalYear
from tests import make
from tests.accounting.open_items import books as items
from tests.erp.client import Api
from tests.vat.returns.books import YEAR, purchase, sale
from vat.returns import filing
from vat.returns.models import VatReturn
from vat.returns.queries import reporting

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    company = items.company(uid="CHE107787577")
    sale(company, "1081.00", "UN")
    purchase(company, "540.50", "MN")
    return company


def page_of(company, *granted):
    client = Client()
    client.force_login(make.user(company=company, granted=list(granted)))
    return client, f"/c/{company.pk}/vat/reconciliation/"


def test_the_reconciliation_is_shown_and_taken_along(company):
    client, address = page_of(company, "company.read", "vat.read", "ledger.export")

    shown = client.get(address).content.decode()
    for text in ("1’000.00", "40.50", "/ledger/accounts/3200/?from=2026-01-01"):  # noqa: RUF001
        assert text in shown
    for form, begin in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        assert client.get(address, {"format": form}).content.startswith(begin)


def test_taking_it_along_needs_the_right(company):
    client, address = page_of(company, "company.read", "vat.read")
    assert client.get(address).status_code == 200
    assert client.get(address, {"format": "pdf"}).status_code == 403
    assert client.post(address, {}).status_code == 403
    assert page_of(company, "company.read")[0].get(address).status_code == 403


def test_the_reconciliation_return_is_begun_once_all_periods_are_filed(company):
    client, address = page_of(company, "company.read", "vat.read", "vat.file")
    year = FiscalYear.of(company).get()

    refused = client.post(address, {"year": year.pk}, follow=True)
    assert VatReturn.of(company).count() == 0 and refused.status_code == 200

    for period in reporting(company, YEAR[1]):
        filing.filed_elsewhere(company=company, start=period.start, by=make.owner_of(company))
    client.post(address, {"year": year.pk})
    one = VatReturn.of(company).get(kind=VatReturn.Kind.RECONCILIATION)
    assert f"/vat/returns/{one.pk}/" in client.get(address, {"year": year.pk}).content.decode()


def test_programs_get_the_same(company):
    api = Api(company, make.user(company=company, granted=["vat.read"]))

    told = api.get("vat-reconciliation/", start="2026-01-01", end="2026-12-31").json()

    assert told["due"] == "2027-06-29" and not told["is_complete"]
    assert told["turnover"]["rest"] == told["input_tax"]["rest"] == "0.00"
    (row,) = told["turnover"]["accounts"]
    assert (row["account"], row["by_code"]) == ("3200", {"UN": "1000.00"})
    assert api.get("vat-reconciliation/", start="2026-01-01", end="2029-12-31").status_code == 400
    assert api.get("vat-reconciliation/", start="2009-01-01", end="2009-12-31").status_code == 400


def test_both_methods_stand_side_by_side(company):
    client, address = page_of(company, "company.read", "vat.read")
    address = address.replace("reconciliation", "what-if")

    bare = client.get(address).content.decode()
    assert "40.50" in bare and 'name="rate_3200"' in bare
    typed = client.get(address, {"rate_3200": "2.1"}).content.decode()
    assert "22.70" in typed and "17.80" in typed  # 1'081.00 at 2.1 %; 40.50 less it
    odd = client.get(address, {"rate_3200": "4.0"})
    assert odd.status_code == 200 and "4.0" in odd.content.decode()
    assert page_of(company, "company.read")[0].get(address).status_code == 403


def test_programs_compare_methods(company):
    api = Api(company, make.user(company=company, granted=["vat.read"]))
    year = {"start": "2026-01-01", "end": "2026-12-31"}

    told = api.get("vat-what-if/", **year, rates="3200:2.1").json()
    assert (told["effective"]["payable"], told["net"]["payable"]) == ("40.50", "22.70")
    assert told["difference"] == "-17.80" and told["is_allowed"]
    refused = api.get("vat-what-if/", **year, rates="3200")
    assert refused.status_code == 422 and "vat.bad_typed_rate" in refused.content.decode()
