"""A contact's page tells what it owes, its latest documents, and what was agreed with it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.receivables import contact_panels
from accounting.receivables.sending import send
from accounting.terms.models import CustomerTerms
from contacts import panels
from erp.access.gate import access_to
from erp.core import clock
from tests import make
from tests.accounting.receivables.sales import company, customer, issued

pytestmark = pytest.mark.django_db
KEYS = ["debtor-account", "sales-documents", "customer"]


@pytest.fixture
def books(db):
    return company()


@pytest.fixture
def huber(books):
    return customer(books, communications=[{"kind": "mail", "value": "a@example.ch"}])


def shown(books, contact, *granted):
    user = make.user(company=books, granted=granted) if granted else make.owner_of(books)
    access = access_to(books.pk, user=user)
    return {one.key: one.content for one in panels.panels_of(access, contact)}


def test_all_three_stand_on_the_page(books, huber):
    anna = make.owner_of(books)
    today = clock.today()
    issued(books, huber, date=dt.date(2026, 1, 5))
    send(issued(books, huber, date=today, kind="offer", subject="Umbau"), by=anna)
    issued(books, huber, date=today)
    CustomerTerms.unscoped.create(
        company=books, contact=huber, delivery="print", discount_percent=5
    )
    client = Client()
    client.force_login(anna)
    text = client.get(reverse("contact", args=[books.pk, huber.pk])).content.decode()
    assert all(f'id="panel-{key}"' in text for key in KEYS)
    found = shown(books, huber)
    assert "2’162.00" in found["debtor-account"] and "1’081.00" in found["debtor-account"]
    assert reverse("open-party", args=[books.pk, huber.pk]) in found["debtor-account"]
    for said in ("RE-2026-00001", "RE-2026-00002", "AN-2026-00001", "Umbau"):
        assert said in found["sales-documents"]
    assert reverse("customer-terms", args=[books.pk, huber.pk]) in found["customer"]


def test_only_the_latest_documents_are_shown_at_the_same_cost(books, huber):
    access = access_to(books.pk, user=make.owner_of(books))
    issued(books, huber)
    with CaptureQueriesContext(connection) as few:
        contact_panels.latest(access, huber)
    for _nth in range(6):
        issued(books, huber)
    with CaptureQueriesContext(connection) as many:
        text = contact_panels.latest(access, huber)
    assert text.count("<tr>") == contact_panels.LATEST and len(many) == len(few)


def test_nothing_to_tell_and_nobody_to_tell(books, huber):
    assert not set(KEYS) & set(shown(books, huber))
    issued(books, huber)
    CustomerTerms.unscoped.create(company=books, contact=huber)
    assert set(KEYS) <= set(shown(books, huber))
    assert not set(KEYS) & set(shown(books, huber, "contacts.read"))
    assert set(shown(books, huber, "open_items.read")) == {"debtor-account"}
