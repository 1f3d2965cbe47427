"""A company that pays wages, with its owner's page and client of the endpoints."""

from __future__ import annotations

import pytest
from django.test import Client

from erp.companies.models import Module
from payroll.wage_types.founding import found_types
from tests import make
from tests.erp.client import Api


@pytest.fixture
def company(db):
    new = make.company(modules=Module.values)
    found_types(company=new, by=make.owner_of(new))
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
    client.start = f"/c/{company.pk}/payroll/"
    return client
