"""The entrance: the companies of whoever signed in, a page of them, found by name."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from erp.cockpit import views
from erp.cockpit.members import grant
from erp.core.tenancy import open_companies
from tests import make

pytestmark = pytest.mark.django_db


def test_of_many_companies_a_page_is_shown_and_all_are_found(monkeypatch):
    monkeypatch.setattr(views, "COMPANIES_AT_ONCE", 2)
    anna, client = make.user(), Client()
    client.force_login(anna)

    def joined(name, town=""):
        company = make.company()
        company.name, company.town = name, town
        company.save(update_fields=["name", "town"])
        grant(company=company, user=anna, role="owner", by=make.owner_of(company))
        return company

    def shown(query=""):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(f"/{query}").content.decode()
        return [name for name in ("Amsel", "Buche", "Chur AG") if f">{name}</a>" in answer], len(
            asked
        )

    joined("Buche")
    few = shown()
    joined("Amsel", "Olten")
    last = joined("Chur AG")
    assert few[0] == ["Buche"]
    many = shown()
    assert many == (["Amsel", "Buche"], few[1])
    assert shown("?page=2")[0] == ["Chur AG"]
    assert shown("?q=olt")[0] == ["Amsel"] and shown(f"?q={last.pk}")[0] == ["Chur AG"]
    assert shown("?q=nobody")[0] == []
    other = make.company()
    open_companies([other.pk])
    assert shown(f"?q={other.pk}")[0] == []
