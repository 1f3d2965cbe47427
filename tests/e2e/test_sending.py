"""A document is mailed, and many go out as their customers want, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_mails import look

pytestmark = pytest.mark.e2e

WRITE = """
import datetime as dt
from decimal import Decimal
from accounting.receivables import drafting, issuing
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.models import CustomerTerms
from contacts import saving
from erp.access.gate import operating
from erp.companies.models import Company
with operating("3") as access:
    company, by = access.company, access.user
    if "receivables" not in company.modules:
        company.modules = [*company.modules, "receivables"]
        company.save()
    made = []
    for nth, (name, mails) in enumerate([
        ("Berghotel Sonnenhof AG", ["buchhaltung@sonnenhof.example"]),
        ("Gemeinde Tamins", []),
        ("Schreinerei Caflisch GmbH", []),
    ]):
        contact = saving.add_contact(
            company=company, by=by, kind="organisation", name=name,
            addresses=[{"kind": "main", "street": "Dorfstrasse", "house_number": "3",
                        "postcode": "7015", "town": "Tamins"}],
            communications=[{"kind": "mail", "value": one} for one in mails],
        )
        if nth == 1:
            CustomerTerms.unscoped.create(company=company, contact=contact, delivery="print",
                                          discount_percent=Decimal(5))
        offer = TypedDocument(
            kind="offer", contact=contact.pk, date=dt.date(2026, 3, 1), subject="Dachstuhl Haus Egli",
            lines=(TypedItem(text="Abbund", price=Decimal("1250.00"), account="3200"),),
        )
        document = issuing.issue(drafting.save(company=company, typed=offer, by=by), by=by)
        made.append((document.pk, contact.pk))
    print("MADE", *(pk for pair in made for pk in pair))
"""


@pytest.fixture(scope="module")
def made(site):
    """The ids of three offers, and of their customers."""
    told = site.manage("shell", "-c", WRITE).rpartition("MADE")[2].split()
    ids = [int(one) for one in told]
    return ids[::2], ids[1::2]


def test_an_offer_is_mailed_as_proposed(wide, made):
    page = wide.goto(f"/c/3/receivables/documents/{made[0][0]}/send/")
    expect(page.locator("#id_to")).to_have_value("buchhaltung@sonnenhof.example")
    expect(page.locator("#id_body")).to_have_value(re.compile("1’"))
    look(page, "send")
    page.fill("#id_to", "kein")
    page.click("form.panel button.primary")
    expect(page.locator("#id_to_error")).to_contain_text("kein")
    page.fill("#id_to", "buchhaltung@sonnenhof.example, chef@sonnenhof.example")
    page.click("form.panel button.primary")
    expect(page.locator(".note.success")).to_contain_text("chef@sonnenhof.example")
    expect(page.locator(".mail-state tbody tr")).to_have_count(1)
    look(page, "sent")


def test_many_are_looked_at_and_set_off(wide, made):
    page = wide.goto(
        "/c/3/receivables/documents/send/?" + "&".join(f"document={pk}" for pk in made[0])
    )
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.locator("tbody .badge.bad")).to_have_count(1)
    look(page, "send-many")
    page.click("form:has(table) button.primary")
    expect(page.locator("h1")).to_be_visible()
    assert "/jobs/" in page.url


def test_the_contact_tells_its_documents_and_terms(wide, made):
    page = wide.goto(f"/c/3/contacts/{made[1][1]}/")
    expect(page.locator("#panel-sales-documents tbody tr")).to_have_count(1)
    expect(page.locator("#panel-customer")).to_be_visible()
    look(page, "contact-panels")
