"""Endpoints of returns: the figures of the page, and the way from draft to posted."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from erp.documents.storing import content_of
from tests import make
from tests.accounting.open_items import books as items
from tests.erp.client import Api, new_key, problem
from tests.vat.returns.books import D, day, purchase, sale, settled_by
from vat.returns.models import TaxOffice, VatReturn

pytestmark = pytest.mark.django_db
HERE = "vat-returns/2026-01-01/"


@pytest.fixture(autouse=True)
def may():
    with time_machine.travel(dt.datetime(2026, 5, 20, 9), tick=True):
        yield


@pytest.fixture
def books():
    company = items.company(uid="CHE116281710")
    sale(company, "1081.00", "UN")
    purchase(company, "540.50", "MN")
    return company


@pytest.fixture
def api(books):
    return Api(books, make.owner_of(books))


def accepted(api, path=HERE):
    found = api.get(path).json()["form"]["findings"]
    return {"accepted": [one["code"] for one in found if not one["is_error"]]}


def test_a_return_tells_its_form_and_what_it_is_made_of(api):
    told = api.get(HERE).json()
    assert (told["key"], told["kind"], told["state"]) == ("2026-01-01", "first", "open")
    assert (told["due_date"], told["payable"]) == ("2026-05-30", None)
    form = told["form"]
    assert form["totals"] == {"289": "0.00", "299": "1000.00", "399": "81.00", "479": "40.50",
                              "500": "40.50", "510": "0.00"}  # fmt: skip
    assert form["supplies"] == [{"box": "303", "activity": "", "name": "", "rate": "8.10",
                                 "turnover": "1000.00", "tax": "81.00"}]  # fmt: skip
    assert (form["payable"], form["booked"], form["difference"]) == ("40.50", "40.50", "0.00")
    un = next(one for one in form["sums"] if one["code"] == "UN")
    assert (un["net"], un["tax"]) == ("-1000.00", "-81.00")  # as in the ledger
    assert un["boxes"] == {"200": "1000.00", "303": "1000.00"}


def test_the_list_tells_all_periods(api, books):
    rows = api.get("vat-returns/").json()
    assert [row["key"] for row in rows] == ["2026-04-01", "2026-01-01"]


def test_from_draft_to_posted_and_back(api, books):
    begun = api.post("vat-returns/", {"start": "2026-01-01"}, key=new_key())
    assert (begun.status_code, begun.json()["state"]) == (201, "draft")
    _told, version = api.read(HERE)
    noted = api.patch(HERE, {"note_280": "Boden"}, **version)
    assert noted.json()["note_280"] == "Boden"
    checked = api.post(f"{HERE}check/", accepted(api))
    assert checked.json()["state"] == "checked", checked.json()
    key = new_key()
    filed = api.post(f"{HERE}file/", {}, key=key)
    assert (filed.json()["state"], filed.json()["payable"]) == ("filed", "40.50")
    assert api.post(f"{HERE}file/", {}, key=key).json() == filed.json()  # once
    problem(api.post(f"{HERE}file/", {}, key=new_key()), 409, "vat.filed_already")
    one = VatReturn.of(books).get()
    assert api.get(f"{HERE}xml/").content == content_of(one.xml)
    assert api.get(f"{HERE}pdf/").content == content_of(one.pdf)
    settled = api.post(f"{HERE}settle/", {"date": "2026-03-31"}, key=new_key())
    assert settled.json()["state"] == "settled" and settled.json()["entry"]
    undone = api.post(f"{HERE}unsettle/", {"date": "2026-03-31"}, key=new_key())
    assert undone.json()["state"] == "filed"
    sale(books, "108.10", "UN", date=day(3))
    corrected = api.post(f"{HERE}correct/", {}, key=new_key())
    told = corrected.json()
    assert (corrected.status_code, told["kind"]) == (201, "correction")
    assert told["form"]["payable"] == "48.60"
    _told, version = api.read(f"vat-returns/{told['key']}/")
    assert api.delete(f"vat-returns/{told['key']}/", **version).status_code == 204


def test_entries_are_told_page_by_page(api, books):
    for nth in range(1, 102):
        sale(books, "10.81", "UN", date=day(3, 1 + nth % 28))
    first = api.get(f"{HERE}entries/", code="UN", rate="8.10", box="303").json()
    rest = api.get(
        f"{HERE}entries/", code="UN", rate="8.10", box="303", after=first["after"]
    ).json()
    rows = first["results"] + rest["results"]
    assert (len(first["results"]), len(rows), rest["after"]) == (100, 102, "")
    assert sum(D(row["net"]) for row in rows) == D(first["total"]) == D("2010.00")
    assert rows[-1]["so_far"] == rest["total"] == "2010.00"
    problem(api.get(f"{HERE}entries/", code="XX"), 404)


def test_what_is_in_the_way_is_told(api, books):
    problem(
        api.post("vat-returns/", {"start": "2026-02-01"}, key=new_key()), 422, "vat.no_such_period"
    )
    problem(api.post("vat-returns/reconcile/", {"start": "2026-01-01", "end": "2026-12-31"},
                     key=new_key()), 409, "vat.periods_open")  # fmt: skip
    settled_by(books, valid_from=dt.date(2025, 10, 1))
    done = api.post("vat-returns/filed-elsewhere/", {"start": "2025-10-01"}, key=new_key())
    assert done.json()["elsewhere"] and done.json()["form"] is None


def test_the_tax_office(api, books):
    assert api.get("tax-office/").json() == {"contact": None, "differences": False}
    contact, _party = items.contact(books, "ESTV")
    assert api.post("tax-office/", {"contact": contact.pk}).json()["contact"] == contact.pk
    assert api.post("tax-office/", {"differences": True}).json()["contact"] == contact.pk
    assert api.post("tax-office/", {"contact": 10**9}).status_code == 400
    assert TaxOffice.of(books).get().differences
