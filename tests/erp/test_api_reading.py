"""Reading: versions of everything, 304 for what is known, and only the fields that are shown."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.erp.client import places, problem

PERSON = {
    "kind": "person", "last_name": "Muster", "first_name": "Anna",
    "addresses": [{"street": "Dorfstrasse", "postcode": "3550", "town": "Langnau"}],
}  # fmt: skip


@pytest.fixture
def anna_muster(api):
    return api.post("contacts/", PERSON, key="aaaaaaaa").json()


def test_what_is_known_is_not_sent_again(api, company, anna_muster):
    for path in ("contacts/", f"contacts/{anna_muster['id']}/", "accounts/", "open-items/",
                 "reports/balance-sheet/"):  # fmt: skip
        first = api.get(path)
        known = api.client.get(api.start + path, HTTP_IF_NONE_MATCH=f'"x", {first["ETag"]}')
        assert (known.status_code, known.content, known["ETag"]) == (304, b"", first["ETag"]), path
        assert api.client.head(api.start + path)["ETag"] == first["ETag"]
        assert api.client.get(api.start + path, HTTP_IF_NONE_MATCH='"x"').json() == first.json()
    known = api.get("contacts/")["ETag"]
    api.patch(f"contacts/{anna_muster['id']}/", {"notes": "Neu"}, HTTP_IF_MATCH="*")
    assert api.client.get(api.start + "contacts/", HTTP_IF_NONE_MATCH=known).status_code == 200
    assert api.client.get("/api/v1/companies/")["ETag"]
    problem(Client().get(api.start + "contacts/", HTTP_IF_NONE_MATCH=known), 401)


def test_fields_are_told_as_they_are_wanted(api, anna_muster):
    wanted = "id,last_name,addresses.town"
    town = [{"town": "Langnau"}]
    shown = {"id": anna_muster["id"], "last_name": "Muster", "addresses": town}
    assert api.get("contacts/", fields=wanted).json()["results"] == [shown]
    one = api.get(f"contacts/{anna_muster['id']}/", fields=wanted)
    assert one.json() == shown
    whole = api.get(f"contacts/{anna_muster['id']}/")
    assert one["ETag"].startswith("W/") and not whole["ETag"].startswith("W/")
    address = f"contacts/{anna_muster['id']}/"
    problem(api.patch(address, {"notes": "Neu"}, HTTP_IF_MATCH=one["ETag"]), 412)
    assert api.patch(address + "?fields=id", {"notes": "Neu"}, HTTP_IF_MATCH="*").json()["notes"]
    name = next(iter(api.get("reports/balance-sheet/").json()))
    assert set(api.get("reports/balance-sheet/", fields=name).json()) == {name}
    assert set(api.get("accounts/", fields="number").json()[0]) == {"number"}


@pytest.mark.parametrize(
    ("path", "fields", "unknown"),
    [
        ("contacts/", "id,colour", "colour"), ("contacts/", "addresses.colour", "addresses.colour"),
        ("contacts/", "id.town", "id.town"), ("contacts/", "addresses..town", "addresses..town"),
        ("contacts/", "id,,", ""), ("reports/balance-sheet/", "colour", "colour"),
        ("contacts/", "notes.__class__", "notes.__class__"), ("contacts/", "a.b.c.d.e", "a.b.c.d.e"),
    ],
)  # fmt: skip
def test_fields_that_there_are_not_are_refused(api, path, fields, unknown):
    told = problem(api.get(path, fields=fields), 400, "invalid")
    assert places(told) == [("fields", "unknown")]
    assert f"“{unknown}”" in told["detail"] or f"«{unknown}»" in told["detail"]


def test_what_is_not_shown_is_not_looked_up(api, company, anna_muster):
    make.rent(company)

    def asked(path, **query):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert api.get(path, **query).status_code == 200
        return len(seen)

    assert asked("contacts/") - asked("contacts/", fields="id,last_name") == 4
    assert asked("contacts/", fields="id,groups") - asked("contacts/", fields="id") == 1
    assert asked("journal-entries/") - asked("journal-entries/", fields="id,text") >= 1
