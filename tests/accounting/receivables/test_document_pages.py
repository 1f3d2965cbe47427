"""Pages of documents: the list, the mask, one document and what is done with it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounting.receivables import drafting, errors, issuing, masks, panels, queries
from accounting.receivables.masks import CustomerMissing
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.queries import State
from accounting.terms.models import CustomerTerms, PaymentTerms
from erp.core import clock
from tests import make
from tests.accounting.open_items.books import money
from tests.accounting.receivables.sales import (
    MARCH_1,
    MARCH_9,
    company,
    customer,
    draft,
    issued,
    item,
    product,
)

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def books():
    with clock.at(dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)):
        yield company()


@pytest.fixture
def huber(books):
    return customer(books)


@pytest.fixture
def desk(books):
    return desk_of(make.owner_of(books))


def desk_of(user):
    client = Client()
    client.force_login(user)
    return client


def clerk(books, *granted):
    return desk_of(make.user(company=books, granted=list(granted)))


def at(books, name, *more):
    return reverse(name, args=[books.pk, *more])


def sent(contact, *lines, **more):
    """What the mask's script sends."""
    told = {"kind": "invoice", "contact": str(contact.pk), "date": "2026-03-01"}
    return {"document": json.dumps({**told, **more, "lines": lines or (LINE,)})}


LINE = {"kind": "item", "text": "Beratung", "price": "1000", "account": "3400", "vat_code": "UN"}


# --- the list -----------------------------------------------------------------------------------
def counted(act):
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_the_list_costs_the_same_at_any_size(books, huber, desk):
    """What the gate asks is not counted: it is that of any page, such as the start of the manual."""
    for query in ("", "?kind=invoice&order=-total", "?kind=invoice&status=open&q=huber", "?order=name"):
        page = at(books, "sales-documents") + query
        issued(books, huber)
        desk.get(page)
        few = counted(lambda page=page: desk.get(page))
        for _nth in range(6):
            issued(books, huber), draft(books, huber), issued(books, huber, kind="offer")
        assert counted(lambda page=page: desk.get(page)) == few
    with CaptureQueriesContext(connection) as found:
        desk.get(page)
    own = [q["sql"] for q in found if '"accounting_' in q["sql"] or '"contacts_' in q["sql"]]
    assert len(own) <= 8, own
