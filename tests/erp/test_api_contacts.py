"""``…/contacts/`` and what belongs to them, for programs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from tests import make
from tests.erp.client import Api, new_key, places, problem

pytestmark = pytest.mark.django_db
BODY = {
    "kind": "organisation", "name": "Muster AG", "language": "fr", "uid": "CHE-107.810.911",
    "addresses": [{"kind": "main", "street": "Rue", "postcode": "1096", "town": "Cully"}],
    "communications": [{"kind": "phone", "value": "021 799 00 00"}],
    "bank_accounts": [{"iban": "CH93 0076 2011 6238 5295 7"}],
}  # fmt: skip


def add(api, **more):
    answer = api.post("contacts/", BODY | more, key=new_key())
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_contact_is_added_read_and_changed(api):
    told = add(api)
    assert (told["number"], told["uid"]) == (1001, "CHE107810911")
    assert told["communications"][0]["value"] == "+41217990000"
    assert told["addresses"][0]["canton"] == "VD"
    read, version = api.read(f"contacts/{told['id']}/")
    assert read == told
    body = {"name": "Muster SA", "communications": [
        {"id": told["communications"][0]["id"], "kind": "phone", "value": "021 799 00 01"},
        {"kind": "mail", "value": "a@example.ch"},
    ]}  # fmt: skip
    changed = api.patch(f"contacts/{told['id']}/", body, **version)
    assert changed.status_code == 200, changed.content
    assert (
        changed.json()["name"] == "Muster SA" and changed.json()["addresses"] == told["addresses"]
    )
    assert [c["value"] for c in changed.json()["communications"]] == [
        "+41217990001",
        "a@example.ch",
    ]
    problem(api.patch(f"contacts/{told['id']}/", body, **version), 412)
    problem(api.patch(f"contacts/{told['id']}/", body), 428)


def test_the_same_key_adds_one_contact(api, company):
    key = new_key()
    first, again = (api.post("contacts/", BODY, key=key) for _ in range(2))
    assert first.json() == again.json() and Contact.of(company).count() == 1
    problem(api.post("contacts/", BODY), 400)


def test_numbers_are_no_text_and_no_yes_or_no(api):
    told = problem(api.post("contacts/", BODY | {"name": 0, "notes": 1.5}, key=new_key()), 400)
    assert {place for place, _code in places(told)} == {"name", "notes"}
    task = {"contact": add(api)["id"], "kind": "task", "text": "Anrufen"}
    told = problem(api.post("contact-activities/", task | {"done": 0}, key=new_key()), 400)
    assert [place for place, _code in places(told)] == ["done"]
    assert api.post("contact-activities/", task | {"done": False}, key=new_key()).status_code == 201


def test_faults_name_their_places(api):
    bad = {"addresses": [{"postcode": "109", "town": "Cully"}], "uid": "CHE1",
           "communications": [{"kind": "phone", "value": "1"}]}  # fmt: skip
    told = problem(api.post("contacts/", BODY | bad, key=new_key()), 422)
    assert set(places(told)) == {
        ("uid", "identifiers.not_a_uid"), ("addresses[0].postcode", "contacts.bad_postcode"),
        ("communications[0].value", "contacts.not_a_phone"),
    }  # fmt: skip
    problem(api.post("contacts/", BODY | {"colour": "red"}, key=new_key()), 400)


def test_lists_are_filtered_ordered_and_cost_the_same(api):
    for nth in range(5):
        add(api, name=f"Firma {nth}", uid="")
    with CaptureQueriesContext(connection) as few:
        found = api.get("contacts/", order="-number", page_size=2).json()
    assert [c["number"] for c in found["results"]] == [1005, 1004]
    with CaptureQueriesContext(connection) as many:
        found = api.get("contacts/", order="-number", page_size=5).json()
    assert len(many) == len(few)
    assert [c["number"] for c in api.get("contacts/", q="1004").json()["results"]] == [1004]
    problem(api.get("contacts/", order="notes"), 400)


def test_archived_merged_deleted(api):
    keep, gone = add(api, uid=""), add(api, name="Muster Sàrl", uid="")
    found = api.get("contact-duplicates/", name="muster", postcode="1096").json()
    assert {one["contact"]["id"] for one in found} == {keep["id"], gone["id"]}
    merged = api.post(f"contacts/{gone['id']}/merge/", {"into": keep["id"]}, key=new_key())
    assert merged.status_code == 200 and merged.json()["id"] == keep["id"]
    assert api.get(f"contacts/{gone['id']}/").json()["merged_into"] == keep["id"]
    problem(
        api.post(f"contacts/{gone['id']}/restore/", {}), 422 if False else 409, "contacts.merged"
    )
    assert api.post(f"contacts/{keep['id']}/archive/", {}).json()["archived_at"]
    assert api.get("contacts/").json()["results"] == []
    assert len(api.get("contacts/", archived="true").json()["results"]) == 1
    _told, version = api.read(f"contacts/{keep['id']}/")
    problem(api.delete(f"contacts/{keep['id']}/", **version), 409, "contacts.in_use")
    other = add(api, name="Weg", uid="")
    _told, version = api.read(f"contacts/{other['id']}/")
    assert api.delete(f"contacts/{other['id']}/", **version).status_code == 204


def test_groups_own_fields_activities_persons_and_files(api, anna):
    group = api.post("contact-groups/", {"code": "kunden", "name_de": "Kunden"}).json()
    field = api.post(
        "own-fields/", {"subject": "contact", "code": "seit", "kind": "date", "name_de": "Seit"}
    ).json()
    told = add(api, groups=["kunden"], own_values={"seit": "2020-02-01"}, uid="")
    assert told["groups"] == ["kunden"] and told["own_values"] == {"seit": "2020-02-01"}
    _told, version = api.read(f"own-fields/{field['id']}/")
    problem(api.patch(f"own-fields/{field['id']}/", {"kind": "text"}, **version), 409,
            "fields.has_values")  # fmt: skip
    for value, count in (("1.2.2020", 1), ("2020-02-02", 0), ("kein Tag", 0)):
        assert len(api.get("contacts/", own=f"seit:{value}").json()["results"]) == count
    problem(api.get("contacts/", own="seit"), 400)
    _told, version = api.read(f"contact-groups/{group['id']}/")
    assert api.delete(f"contact-groups/{group['id']}/", **version).status_code == 204
    made = api.post("contact-activities/", {"contact": told["id"], "kind": "task", "text": "Anrufen",
                                            "due_on": "2026-01-05", "assignee": anna.email}, key=new_key())  # fmt: skip
    assert made.status_code == 201, made.content
    assert [a["text"] for a in api.get("contact-activities/", due="true").json()["results"]] == [
        "Anrufen"
    ]
    _told, version = api.read(f"contact-activities/{made.json()['id']}/")
    done = api.patch(f"contact-activities/{made.json()['id']}/", {"done": True}, **version)
    assert (
        done.json()["done_at"]
        and api.get("contact-activities/", open="true").json()["results"] == []
    )
    person = add(api, kind="person", name="", last_name="Muster", uid="")
    row = api.post("contact-persons/", {"organisation": told["id"], "person": person["id"]})
    assert row.status_code == 201 and row.json()["person"]["id"] == person["id"]
    file = api.upload("contact-files/", b"%PDF-1.4 x", name="a.pdf", contact=told["id"])
    assert file.status_code == 201, file.content
    assert api.get(f"contact-files/{file.json()['id']}/").content == b"%PDF-1.4 x"


def test_files_are_looked_at_and_imported(api, company):
    content = b"Firma;Telefon\nA AG;041 870 00 00\nB AG;1\n"
    told = problem(api.upload("contact-imports/", content, dry_run="true"), 422)
    assert [e["code"] for e in told["errors"]] == ["import.bad_row"]
    looked = api.upload("contact-imports/", content, dry_run="true", only_good="true").json()
    assert (looked["new"], looked["bad"], len(looked["faults"])) == (1, 1, 1)
    assert not Contact.of(company).exists()
    done = api.upload("contact-imports/", content, key=new_key(), only_good="true")
    assert done.status_code == 201 and Contact.of(company).get().name == "A AG"


def test_who_may_only_read_changes_nothing(company):
    bea = Api(company, make.user(company=company, granted=["contacts.read"]))
    assert bea.get("contacts/").status_code == 200
    problem(bea.post("contacts/", BODY, key=new_key()), 403)
    problem(bea.post("contact-groups/", {"code": "x", "name_de": "X"}), 403)


def test_rows_of_nobody_and_of_others_are_refused_all_at_once(api):
    mail = {"kind": "mail", "value": "a@example.ch"}
    one = api.post("contacts/", {"kind": "organisation", "name": "A AG", "communications": [mail]},
                   key=new_key()).json()  # fmt: skip
    other = api.post("contacts/", {"kind": "organisation", "name": "B AG", "communications": [mail]},
                     key=new_key()).json()  # fmt: skip
    theirs = other["communications"][0]["id"]
    told = {
        "communications": [mail | {"id": theirs}, {**mail, "id": 10**9, "value": "b@example.ch"}]
    }
    refused = problem(api.patch(f"contacts/{one['id']}/", told, HTTP_IF_MATCH="*"), 400)
    assert places(refused) == [("communications[0].id", "contacts.unknown_row"),
                               ("communications[1].id", "contacts.unknown_row")]  # fmt: skip
    assert [row["values"]["value"] for row in refused["errors"]] == [str(theirs), str(10**9)]
    new = {"kind": "organisation", "name": "C AG", "addresses": [
        {"id": 5, "street": "Rue", "postcode": "1096", "town": "Cully"}]}  # fmt: skip
    refused = problem(api.post("contacts/", new, key=new_key()), 400)
    assert places(refused) == [("addresses[0].id", "contacts.unknown_row")]
