"""Endpoints of a company: its own data, VAT, who has access, and who did what."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounting.ledger.models import Account, CostCentre, FiscalYear
from erp.access.models import Membership
from erp.audit.models import AuditEvent
from erp.companies.models import Company, Module
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import Api, changed, places, problem
from vat.codes.models import VatCode, VatSettings

ANY = {"HTTP_IF_MATCH": "*"}
NEW = {
    "name": "Bäckerei Muster", "short_name": "baeckerei-muster", "legal_form": "sole",
    "uid": "CHE-123.456.788", "town": "Bern", "language": "de", "currency": "CHF",
    "vat_method": "effective", "year_start": "2026-07-01", "year_end": "2027-06-30",
}  # fmt: skip


def picture(width=1):
    """A real picture, of its own content for each width."""
    out = io.BytesIO()
    Image.new("RGB", (width, 1)).save(out, "PNG")
    return out.getvalue()


def send(user, method, path, body=None):
    client = Client()
    client.force_login(user)
    return client.generic(method, f"/api/v1/{path}", body or "", content_type="application/json")


# Companies


@pytest.fixture
def found(db):
    """Takes on a company for a user who has none yet."""
    user = make.user(is_operator=True)

    def take_on(**values):
        return send(user, "POST", "companies/", json.dumps(changed(NEW, **values)))

    take_on.user = user
    return take_on


def test_a_company_is_taken_on_with_chart_codes_and_first_year(found):
    answer = found()
    told = answer.json()
    assert answer.status_code == 201, told
    assert (told["name"], told["uid"], told["town"]) == ("Bäckerei Muster", "CHE123456788", "Bern")
    api = Api(Company.objects.get(pk=told["id"]), found.user)
    assert api.read("")[0] == told and api.get("")["ETag"] == answer["ETag"]
    listed = send(found.user, "GET", "companies/").json()["results"]
    assert listed == [told]
    assert [(y["start"], y["end"]) for y in api.get("fiscal-years/").json()] == [
        ("2026-07-01", "2027-06-30")
    ]  # fmt: skip
    assert len(api.get("accounts/").json()) > 100 and len(api.get("vat-codes/").json()) > 20
    assert [m["role"] for m in api.get("members/").json()["results"]] == ["owner"]
    settings = api.get("vat-settings/").json()
    assert [(s["valid_from"], s["method"]) for s in settings] == [("2026-07-01", "effective")]


def test_a_new_company_uses_all_modules_or_those_that_are_named(found):
    assert found().json()["modules"] == Module.values
    some = found(short_name="andere", modules=["payables", "ledger"]).json()
    assert some["modules"] == ["ledger", "payables"]
    problem(found(short_name="dritte", modules=["games"]), 400)


def test_the_page_asks_which_modules_a_new_company_uses(found):
    client = Client()
    client.force_login(found.user)
    page = client.get("/companies/add/").content.decode()
    assert page.count('name="modules"') == len(Module.values) == page.count("checked")
    typed = {name: value for name, value in NEW.items() if not name.startswith("year")} | {
        "year_start": "01.07.2026", "year_end": "30.06.2027", "modules": ["ledger", "vat"],
    }  # fmt: skip
    answer = client.post("/companies/add/", typed)
    assert answer.status_code == 302
    company = Company.objects.get(pk=int(answer["Location"].split("/")[2]))
    assert company.modules == ["ledger", "vat"]


def test_the_same_company_sent_twice_is_one(found):
    assert found().status_code == 201
    problem(found(), 422, "companies.short_name_taken")
    assert len(send(found.user, "GET", "companies/").json()["results"]) == 1


@pytest.mark.parametrize(
    ("values", "status", "place"),
    [
        ({"uid": "CHE-123.456.789"}, 422, "uid"),
        ({"year_end": "2026-06-30"}, 422, "year_end"),
        ({"year_end": "2030-06-30"}, 422, "year_end"),
        ({"short_name": "mit Leerschlag"}, 400, "short_name"),
        ({"legal_form": "gmbh"}, 400, "legal_form"),
        ({"currency": "USD"}, 400, "currency"),
        ({"name": ""}, 400, "name"),
        ({"year_start": "9999-01-01"}, 400, "year_start"),
        ({"created_at": "2026-01-01"}, 400, "created_at"),
    ],
)
def test_a_company_that_cannot_be_is_not_taken_on(found, values, status, place):
    told = problem(found(**values), status)
    assert [field for field, _code in places(told)] == [place]
    assert send(found.user, "GET", "companies/").json()["results"] == []


def test_only_operators_take_on_companies(db):
    user = make.user()
    problem(send(user, "POST", "companies/", json.dumps(NEW)), 403, "permission_denied")
    assert send(user, "GET", "companies/").json()["results"] == []
    told = Client().post("/api/v1/companies/", NEW, content_type="application/json")
    assert told.status_code in {401, 403}


def test_a_companys_data_is_changed_as_it_was_read(api, company, anna):
    before, version = api.read("")
    problem(api.patch("", {"town": "Bern"}), 428)
    done = api.patch("", {"town": "Bern", "uid": "CHE-123.456.788 MWST",
                          "modules": ["vat", "ledger"]}, **version)  # fmt: skip
    assert done.json() == {**before, "town": "Bern", "uid": "CHE123456788",
                           "modules": ["ledger", "vat"]}  # fmt: skip
    event = AuditEvent.of(company).filter(action="company.change").get()
    assert event.by == anna and set(event.details) == {"town", "uid", "modules"}
    assert event.details["town"] == ["", "Bern"]
    problem(api.patch("", {"town": "Basel"}, **version), 412)
    for wrong, status, place in (
        ({"uid": "CHE-1"}, 422, "uid"), ({"name": ""}, 400, "name"),
        ({"country": "Schweiz"}, 400, "country"), ({"modules": ["games"]}, 400, "modules"),
        ({"short_name": "neu"}, 400, "short_name"), ({"currency": "EUR"}, 400, "currency"),
    ):  # fmt: skip
        told = problem(api.patch("", wrong, **ANY), status)
        assert [field for field, _code in places(told)] == [place]
    assert api.get("").json() == done.json()
    assert api.patch("", {"town": "Bern"}, **ANY).status_code == 200
    assert AuditEvent.of(company).filter(action="company.change").count() == 1  # nothing changed
    problem(api.get("bank-accounts/"), 403)  # the module is off


def test_the_settings_page_changes_the_same_and_tells_the_same(company, anna):
    client = Client()
    client.force_login(anna)
    typed = {"name": company.name, "uid": "CHE-123.456.788", "street": "", "house_number": "",
             "postcode": "3000", "town": "Bern", "country": "CH", "language": "fr",
             "modules": ["ledger", "vat", "banking", "costs"]}  # fmt: skip
    address = f"/c/{company.pk}/settings/"
    assert client.post(address, typed).status_code == 302
    event = AuditEvent.of(company).filter(action="company.change").get()
    assert set(event.details) == {"uid", "postcode", "town", "language", "modules"}
    assert client.post(address, {**typed, "uid": "CHE-1"}).status_code == 422
    logo = SimpleUploadedFile("logo.svg", b"<svg>")
    assert client.post(address, {**typed, "town": "Basel", "logo": logo}).status_code == 422
    company.refresh_from_db()
    assert (company.town, company.uid, company.logo_digest) == ("Bern", "CHE123456788", "")


def test_a_logo_is_put_in_place(api, company):
    _before, version = api.read("")
    problem(api.upload("logo/", picture(), method="put"), 428)
    done = api.upload("logo/", picture(), name="logo.png", method="put", **version)
    assert done.status_code == 200 and len(done.json()["logo_digest"]) == 64
    assert api.get("")["ETag"] == done["ETag"] != version["HTTP_IF_MATCH"]
    problem(api.upload("logo/", picture(2), method="put", **version), 412)
    for content in (b"<svg>", b"%PDF-1.7", picture() + b"x" * (1 << 20)):
        problem(api.upload("logo/", content, method="put", **ANY), 422, "documents.not_a_logo")
    assert api.get("").json() == done.json()


def test_who_only_sees_the_settings_changes_none(company):
    bea = Api(company, make.user(company=company, granted=["company.read", "vat.read"]))
    problem(bea.patch("", {"town": "Bern"}, **ANY), 403)
    problem(bea.upload("logo/", picture(), method="put", **ANY), 403)
    problem(bea.patch("vat-codes/UN/", {"active": False}, **ANY), 403)
    problem(bea.post("vat-settings/", {}), 403)
    problem(bea.get("members/"), 403)
    problem(bea.get("roles/"), 403)
    problem(bea.get("audit-events/"), 403)
    company.refresh_from_db()
    assert company.town == "" and VatCode.of(company).get(code="UN").active


# VAT


def test_vat_settings_hold_from_a_day_on(api, company):
    body = {"valid_from": "2027-01-01", "method": "net", "basis": "received", "interval": "half"}
    answer = api.post("vat-settings/", body)
    assert (answer.status_code, {n: answer.json()[n] for n in body}) == (201, body)
    again = api.post("vat-settings/", changed(body, method="flat"))  # replaces
    assert again.json() == {**answer.json(), "method": "flat"}
    assert [s["valid_from"] for s in api.get("vat-settings/").json()] == [
        "2027-01-01", "2026-01-01"
    ]  # fmt: skip
    problem(api.post("vat-settings/", changed(body, valid_from="2027-02-01")), 422,
            "vat.changes_at_new_year")  # fmt: skip
    told = problem(api.post("vat-settings/", {"method": "best", "rate": "8.1"}), 400)
    assert {field for field, _code in places(told)} == {
        "valid_from", "method", "basis", "interval", "rate"
    }  # fmt: skip
    assert VatSettings.of(company).count() == 2


def test_a_vat_code_is_offered_no_longer_and_again(api, company):
    told, version = api.read("vat-codes/UX/")
    problem(api.patch("vat-codes/UX/", {"active": False}), 428)
    done = api.patch("vat-codes/UX/", {"active": False}, **version)
    assert done.json() == {**told, "active": False}
    problem(api.patch("vat-codes/UX/", {"active": True}, **version), 412)
    assert places(problem(api.patch("vat-codes/UX/", {"code": "U2"}, **ANY), 400)) == [
        ("code", "unknown")
    ]  # fmt: skip
    problem(api.patch("vat-codes/QQ/", {"active": True}, **ANY), 404)
    assert not VatCode.of(company).get(code="UX").active
    event = AuditEvent.of(company).get(action="vat.change_code")
    assert event.details == {"code": "UX", "active": [True, False]}
    assert api.patch("vat-codes/UX/", {"active": True}, **ANY).json() == told


# Members


def test_somebody_is_let_in_and_out(api, company, anna):
    bea = make.user()
    make.grant(company=company, user=bea, role="assistant", by=anna)
    body = {"email": bea.email.upper(), "role": "bookkeeper"}
    answer = api.post("members/", body)
    told = answer.json()
    assert answer.status_code == 201
    assert told == {"id": told["id"], "email": bea.email, "name": bea.name, "role": "bookkeeper"}
    assert api.post("members/", body).json() == told  # twice is once
    assert [m["email"] for m in api.get("members/").json()["results"]] == [
        anna.email, bea.email, bea.email
    ]  # fmt: skip
    make.withdraw(company=company, user=bea, role="assistant", by=anna)
    assert Api(company, bea).get("accounts/").status_code == 200
    path = f"members/{told['id']}/"
    problem(api.delete(path), 428)
    problem(api.delete(path, HTTP_IF_MATCH='"0"'), 412)
    assert api.delete(path, **api.read(path)[1]).status_code == 204
    problem(Api(company, bea).get("accounts/"), 404)
    problem(api.delete(path, **ANY), 404)
    assert [e["action"] for e in api.get("audit-events/").json()["results"]][:4] == [
        "member.withdraw", "member.withdraw", "member.grant", "member.grant"
    ]  # fmt: skip


def test_nobody_unknown_is_let_in_and_the_last_owner_not_out(api, company):
    """Whoever is no member is to be invited, and nobody learns who else signs in here."""
    answers = [
        problem(api.post("members/", {"email": email, "role": "owner"}), 422, "access.not_a_member")
        for email in ("niemand@example.ch", make.user().email)
    ]
    assert len({a["detail"].replace(a["errors"][0]["values"]["email"], "") for a in answers}) == 1
    told = problem(api.post("members/", {"email": "x", "role": "king"}), 400)
    assert places(told) == [("email", "invalid"), ("role", "unknown")]
    owner = api.get("members/").json()["results"][0]
    problem(api.delete(f"members/{owner['id']}/", **ANY), 409, "access.last_owner")
    assert Membership.of(company).count() == 1


def test_roles_are_told_with_their_rights(api):
    roles = {r["code"]: r["permissions"] for r in api.get("roles/").json()}
    assert set(roles) == {"owner", "bookkeeper", "fiduciary", "assistant", "sales", "payroll",
                          "approver", "auditor", "employee"}  # fmt: skip
    assert "ledger.draft" in roles["assistant"] and "ledger.post" not in roles["assistant"]


def test_members_of_another_company_are_not_there(api, company, anna):
    other = make.company()
    theirs = Membership.of(other).get()
    open_companies([company.pk])
    problem(api.get(f"members/{theirs.pk}/"), 404)
    problem(api.delete(f"members/{theirs.pk}/", **ANY), 404)
    stranger = Api(other, anna)
    for path in ("", "members/", "roles/", "audit-events/", "vat-settings/", "vat-codes/UN/"):
        problem(stranger.get(path), 404)
    for path in ("", "vat-codes/UN/"):
        problem(stranger.patch(path, {"active": False}, **ANY), 404)
    problem(stranger.post("members/", {"email": anna.email, "role": "owner"}), 404)
    problem(stranger.post("vat-settings/", {}), 404)
    problem(stranger.upload("logo/", picture(), method="put", **ANY), 404)
    open_companies([other.pk])
    assert Membership.of(other).count() == 1


def test_a_right_to_see_members_gives_none_away(company):
    bea = make.user(company=company, granted=["members.read"])
    api, mine = Api(company, bea), Membership.of(company).get(user=bea)
    assert api.get("members/").status_code == api.get("roles/").status_code == 200
    problem(api.post("members/", {"email": bea.email, "role": "owner"}), 403)
    problem(api.delete(f"members/{mine.pk}/", **ANY), 403)
    assert Membership.of(company).filter(user=bea).get() == mine


# The trail


def test_the_trail_is_read_newest_first_page_by_page(api, company, anna):
    for n in range(5):
        api.post("cost-centres/", {"number": str(n), "name_de": "x"})
    first = api.get("audit-events/", page_size="3").json()
    second = api.client.get(first["next"]).json()
    events = first["results"] + second["results"]
    assert [e["details"].get("number") for e in events[:5]] == ["4", "3", "2", "1", "0"]
    assert events[0]["by"] == anna.email and events[0]["action"] == "cost_unit.add"
    assert events[0]["description"] and events[0]["description"] != events[0]["action"]
    newest = CostCentre.of(company).get(number="4")
    assert (events[0]["subject"], events[0]["subject_id"]) == ("costcentre", newest.pk)
    for answer in (api.post("audit-events/", {}), api.delete("audit-events/")):
        problem(answer, 405)


def test_what_was_taken_on_is_whole(found):
    """Chart and year belong to the new company, and to nobody else."""
    company = Company.objects.get(pk=found().json()["id"])
    assert Account.of(company).exists()
    assert FiscalYear.of(company).get().start == dt.date(2026, 7, 1)
