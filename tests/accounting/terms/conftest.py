"""A company with debtors and creditors, its pages, and contacts."""

from __future__ import annotations

import pytest
from django.test import Client

from contacts import saving
from erp.companies.models import Module
from tests import make
from tests.erp.client import Api


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


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
def add(company, anna):
    def new(name, **more):
        return saving.add_contact(company=company, by=anna, kind="organisation", name=name, **more)

    return new
