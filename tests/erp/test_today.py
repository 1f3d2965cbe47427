"""What a phone offers first, and what it needs to know to keep Rappen among its apps."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.access.gate import access_to
from erp.cockpit.today import tiles
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
