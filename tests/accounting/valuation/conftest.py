"""Books with euros held and owed, seen by their owner."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import make
from tests.accounting.open_items.books import invoice
from tests.accounting.valuation import books
from tests.erp.client import Api


@pytest.fixture
def company(db):
    new = books.company()
    invoice(new, "100.00", currency="EUR", base="95.00", account="1101", document="R-7")
    books.moved(new, "1024", "1000.00", "950.00")
    return new


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    client.start = f"/c/{company.pk}/"
    return client


@pytest.fixture
def euro(db):
    """A euro costs 0.90 at the year's end."""
    return books.rate("EUR", "0.90", books.DEC_31)
