"""What a phone offers first, and what it needs to know to keep Rappen among its apps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from erp.access.gate import access_to
from erp.cockpit.shortcuts import PLACES
from erp.cockpit.today import tiles
from erp.companies.models import Module
from tests import make
from tests.accounting.open_items import books

pytestmark = pytest.mark.django_db


def test_tiles_tell_what_is_owed_and_what_waits_by_right():
    company = books.company()
    books.invoice(company, "1081.00")
    access = access_to(company.pk, user=make.owner_of(company))
    with CaptureQueriesContext(connection) as asked:
        found = tiles(access, on=dt.date(2026, 12, 31), liquidity=Decimal("-12.50"))
    assert len(asked) == 4
    told = {tile.url.split("/", 3)[3]: (tile.figure, tile.is_urgent) for tile in found}
    assert told == {
        "payables/inbox/": ("", False), "payables/invoices/#mine": ("0", False),
        "open-items/receivables/": ("1’081.00", True), "open-items/payables/": ("0.00", False),
        "liquidity/": ("\u221212.50", False), "contacts/": ("", False),
    }  # fmt: skip
    assert [tile.takes_photo for tile in found].count(True) == 1
    reader = make.user(company=company, granted=["company.read", "contacts.read"])
    found = tiles(access_to(company.pk, user=reader), on=dt.date(2026, 12, 31), liquidity=None)
    assert [tile.url for tile in found] == [f"/c/{company.pk}/contacts/"]


def test_the_manifest_is_open_to_anyone_and_names_icons_that_exist():
    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["display"], told["start_url"], told["scope"]) == ("standalone", "/", "/")
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize(
    ("language", "receipt"),
    [("de", "Beleg fotografieren"), ("fr", "Photographier une pièce"),
     ("it", "Fotografare un giustificativo"), ("en", "Photograph a receipt")],
)  # fmt: skip
def test_shortcuts_are_in_the_language_of_the_request_and_lead_somewhere(language, receipt):
    told = Client().get("/manifest.webmanifest", headers={"Accept-Language": language}).json()
    assert told["shortcuts"][0]["name"] == receipt
    assert [one["url"] for one in told["shortcuts"]] == [
        "/go/receipt/", "/go/hours/", "/go/owed/", "/go/search/"]  # fmt: skip
    for one in told["shortcuts"]:
        assert one["url"].split("/")[2] in PLACES
        (icon,) = one["icons"]
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as picture:
            assert picture.size == (192, 192)


@pytest.mark.parametrize(
    ("granted", "places"),
    [
        (["company.read", "payables.capture", "payables.read", "hours.own", "open_items.read"],
         {"receipt": "payables/inbox/", "hours": "hours/", "owed": "open-items/receivables/",
          "search": "#search"}),
        (["expenses.own"], {"receipt": "expenses/new/", "hours": "", "owed": "", "search": "#search"}),
    ],
)  # fmt: skip
def test_a_shortcut_leads_where_one_may_go(granted, places):
    company = make.company(modules=Module.values)
    page = Client()
    page.force_login(make.user(company=company, granted=granted))
    told = {what: page.get(f"/go/{what}/")["Location"] for what in places}
    assert told == {what: f"/c/{company.pk}/{place}" for what, place in places.items()}
    assert page.get(f"/go/hours/?company={company.pk}").status_code == 302
    assert page.get("/go/hours/?company=987654").status_code == 404
    assert page.get("/go/nowhere/").status_code == 404


def test_a_shortcut_asks_who_works_in_no_company_or_is_not_signed_in():
    page = Client()
    assert page.get("/go/hours/")["Location"].startswith("/accounts/login/")
    page.force_login(make.user())
    assert page.get("/go/hours/").status_code == 200
