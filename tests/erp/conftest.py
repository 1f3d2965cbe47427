"""A company and its owner's client of the endpoints."""

from __future__ import annotations

import pytest

from tests import make
from tests.erp.client import Api


@pytest.fixture
def company(db):
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@pytest.fixture
def api(company, anna):
    return Api(company, anna)
