"""Where no page and no endpoint answers: a program is told as by any endpoint, a person in words."""

from __future__ import annotations

import pytest
from django.test import Client

from erp.api import document
from tests.erp.client import problem


@pytest.mark.parametrize("address", ["nothing/", "companies/1/nothing/", "companies/x/"])
def test_an_address_that_there_is_not(db, address):
    told = problem(Client().get(f"/api/v1/{address}"), 404, "not_found")
    assert told["errors"] == []
    page = Client().get("/nothing/")
    assert page.status_code == 404 and page["Content-Type"].startswith("text/html")


def test_a_fault_of_ours(db, monkeypatch):
    monkeypatch.setattr(document, "drawn_in", None)  # raises
    answer = Client(raise_request_exception=False).get("/api/v1/openapi.json")
    problem(answer, 500, "error")
