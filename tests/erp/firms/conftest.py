"""A fiduciary, its lead and a company that may give it a mandate."""

from __future__ import annotations

import pytest

from erp.cockpit import firms
from erp.companies.models import Module
from erp.core.tenancy import open_companies
from tests import make


@pytest.fixture
def operator(db):
    return make.user(is_operator=True)


@pytest.fixture
def lead(db):
    return make.user()


@pytest.fixture
def firm(lead, operator):
    return firms.found_firm(name="Treuhand Arnold AG", manager=lead, by=operator)


@pytest.fixture
def company(db):
    return make.company(modules=Module.values)


@pytest.fixture
def owner(company):
    return make.owner_of(company)


@pytest.fixture
def mandate(company, owner, firm):
    open_companies([company.pk])
    return firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=owner)


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Do something, and let what follows a commit happen."""

    def do(act, *args, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **more)

    return do
