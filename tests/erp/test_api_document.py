"""The OpenAPI document: drawn up once, named by rooms, with examples; and the page to read it on."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter

import pytest
from django.test import Client
from django.urls import get_resolver
from jsonschema import Draft202012Validator
from rest_framework import serializers

from erp.api import document as documents
from erp.api.examples import WRITTEN
from erp.api.inputs import Input
from erp.api.naming import LONGEST
from tests import make
from tests.erp.test_routes import flat

ADDRESS = "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def document():
    return Client().get(ADDRESS).json()


def operations(document):
    for methods in document["paths"].values():
        yield from methods.values()


def test_the_document_is_drawn_up_once_for_all_who_ask(document, monkeypatch):
    monkeypatch.setattr(documents, "_draw", None)  # would raise
    first = Client().get(ADDRESS)
    assert first["Cache-Control"] == "no-cache" and "Accept-Language" in first["Vary"]
    again = Client().get(ADDRESS, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    zipped = Client().get(ADDRESS, HTTP_ACCEPT_ENCODING="gzip")
    assert zipped["Content-Encoding"] == "gzip" and zipped["ETag"] != first["ETag"]
    assert json.loads(gzip.decompress(zipped.content)) == document
    assert len(zipped.content) < 330_000
    assert Client().post(ADDRESS).status_code == 405


def test_what_wants_the_etag_that_was_read_says_so(document):
    """Changes by PUT, PATCH and DELETE by themselves; of settings that are changed by POST, these."""
    for address in ("payroll-settings/change/", "wage-delivery-settings/change/"):
        asked = document["paths"][f"/api/v1/companies/{{company}}/{address}"]["post"]["parameters"]
        assert "If-Match" in {one["name"] for one in asked}, address


def test_operations_are_named_by_room_and_address(document):
    told = list(operations(document))
    names = [one["operationId"] for one in told]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)
    assert {"contacts_list", "contacts_create", "sales_documents_issue", "journal_entries_reverse",
            "company_retrieve", "open_items_settle", "payroll_runs_approve"} <= set(names)  # fmt: skip
    assert {tuple(one["tags"]) for one in told} >= {
        ("contacts",), ("ledger",), ("receivables",), ("payables",), ("banking",), ("company",),
        ("vat-returns",), ("payroll-runs",), ("reference",),
    }  # fmt: skip
    assert max(Counter(one["tags"][0] for one in told).values()) < 120


def test_no_act_of_an_endpoint_has_the_name_of_a_method():
    """It would be asked for under every address of the endpoint, and be told as allowed there."""
    methods = {"get", "post", "put", "patch", "delete", "options", "trace"}
    found = set()
    for _prefix, pattern in flat(get_resolver().url_patterns):
        actions = getattr(pattern.callback, "actions", None) or {}
        found |= {
            (pattern.callback.cls, name)
            for name in actions.values()
            if name in methods - {"options"}
        }
    assert not found


def test_options_lead_to_the_document(company, api):
    for path in ("/api/v1/batch/", f"{api.start}batch/", "/api/v1/companies/"):
        answer = api.client.options(path, "{}", content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"document": "/api/v1/openapi.json"}), (
            path
        )


class Row(Input):
    name = serializers.CharField()


class Rows(Input):
    rows = Row(many=True, allow_null=True)


def test_a_list_that_may_be_null_has_no_rows_that_are():
    assert Rows(data={"rows": None}).is_valid() and Rows(data={"rows": [{"name": "a"}]}).is_valid()
    assert not Rows(data={"rows": [None]}).is_valid()


def test_every_operation_says_in_a_line_what_it_does(document):
    for one in operations(document):
        assert 4 < len(one["summary"]) <= LONGEST, one
        assert "``/" not in one["summary"] and "…/" not in one["summary"], one


def test_every_operation_tells_when_one_has_to_wait(document):
    for one in operations(document):
        assert "Retry-After" in one["responses"]["429"]["headers"]


def test_every_example_is_as_its_schema_says(document):
    count, components = 0, {"components": document["components"]}
    for one in operations(document):
        bodies = [("request", one.get("requestBody", {})), *one["responses"].items()]
        for where, body in bodies:
            told = body.get("content", {}).get("application/json", {})
            if "schema" not in told:
                continue
            faults = Draft202012Validator({**told["schema"], **components}).iter_errors(
                told["example"]
            )
            assert [fault.message for fault in faults] == [], (one["operationId"], where)
            count += 1
    assert count > 600


def test_every_written_example_belongs_to_an_operation(document):
    assert set(WRITTEN) <= {one["operationId"] for one in operations(document)}


def test_the_page_of_endpoints_is_for_people_who_are_signed_in(db):
    stranger = Client().get("/api/v1/docs/")
    assert stranger.status_code == 302 and "/accounts/login/" in stranger["Location"]
    company = make.company()
    client = Client()
    client.force_login(make.owner_of(company))
    page = client.get("/api/v1/docs/")
    text = page.content.decode()
    assert page.status_code == 200 and 'data-document="/api/v1/openapi.json"' in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]* src=)|https?://(?!testserver)", text)
    for address in re.findall(r'(?:src|href)="(/static/drf[^"]+)"', text):
        assert client.get(address).status_code == 200
