"""Files in pieces are for whoever may use an endpoint that takes a file, and each sees their own."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import resolve

from erp.access.models import Membership, Role
from erp.api.endpoints import CompanyViewSet
from erp.api.uploads import TAKING
from erp.companies.models import Module
from tests import make
from tests.erp.client import Api, new_key, problem
from tests.erp.uploads.test_tus import TUS, begun, piece
from tests.payroll.employees import books as people
from tests.payroll.expenses import books as expenses

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db, settings, tmp_path):
    settings.RAPPEN_VAR = tmp_path
    return make.company(modules=Module.values)


@pytest.fixture
def employee(company):
    """Somebody with the role of the portal alone."""
    from payroll.delivery.signing_in import link

    person, role = make.user(), Role.of(company).get(code="employee")
    Membership.unscoped.create(company=company, user=person, role=role)
    link(people.hire(company), email=person.email, by=make.owner_of(company))
    return Api(company, person)


def test_an_employee_photographs_a_receipt_on_a_poor_line(company, employee):
    expenses.kind(company, wage_type=None)
    body = {"title": "Bern", "lines": [{"kind": "MAHL", "day": "2026-03-02", "paid": "32.50"}]}
    made = employee.post("my-expenses/", body, key=new_key())
    assert made.status_code == 201, made.content
    content = expenses.PDF
    pk = begun(employee, len(content)).json()["id"]
    assert piece(employee, pk, content[:20], 0).status_code == 204
    head = employee.client.head(f"{employee.start}uploads/{pk}/", **TUS)
    assert (head.status_code, head["Upload-Offset"]) == (200, "20")
    assert piece(employee, pk, content[20:], 20).status_code == 204
    place = f"my-expenses/{made.json()['id']}/lines/1/receipt/"
    kept = employee.post(place, {"upload": pk}, key=new_key())
    assert kept.status_code == 201, kept.content
    assert employee.client.get(employee.start + place).content == content
    assert employee.client.delete(f"{employee.start}uploads/{pk}/", **TUS).status_code == 204


def test_each_sees_their_own_uploads_alone(company, employee):
    owner = Api(company, make.owner_of(company))
    pk, theirs = begun(employee, 10).json()["id"], begun(owner, 10).json()["id"]
    assert [one["id"] for one in employee.get("uploads/").json()["results"]] == [pk]
    assert [one["id"] for one in owner.get("uploads/").json()["results"]] == [theirs]
    problem(employee.get(f"uploads/{theirs}/"), 404)
    problem(piece(employee, theirs, b"x", 0), 404)
    problem(owner.client.delete(f"{owner.start}uploads/{pk}/", **TUS), 404)
    body = {"title": "Bern", "lines": [{"kind": "MAHL", "day": "2026-03-02", "paid": "32.50"}]}
    expenses.kind(company, wage_type=None)
    claim = employee.post("my-expenses/", body, key=new_key()).json()["id"]
    answer = employee.post(f"my-expenses/{claim}/lines/1/receipt/", {"upload": theirs})
    problem(answer, 400, "uploads.unknown")


def test_who_may_hand_in_no_file_sends_none(company):
    reader = Api(company, make.user(company=company, granted=["ledger.read", "payroll.own"]))
    problem(reader.get("uploads/"), 403)
    answer = reader.post("uploads/", b"", content_type="application/offset+octet-stream",
                         HTTP_UPLOAD_LENGTH="10", **TUS)  # fmt: skip
    problem(answer, 403)
    stranger = Api(company, make.user())
    problem(stranger.get("uploads/"), 404)


@pytest.mark.parametrize("right", sorted(TAKING))
def test_each_right_to_hand_in_a_file_opens_it(company, right):
    assert begun(Api(company, make.user(company=company, granted=[right])), 10).json()["id"]


def test_the_rights_are_those_of_all_endpoints_that_take_a_file():
    document = Client().get("/api/v1/openapi.json").json()
    found = set()
    for address, methods in document["paths"].items():
        for method, told in methods.items():
            if "multipart/form-data" not in told.get("requestBody", {}).get("content", {}):
                continue
            match = resolve(re.sub(r"\{\w+\}", "1", address.replace("{check}", "drafts")))
            view = match.func.cls
            if issubclass(view, CompanyViewSet):
                found.add(view.permissions[match.func.actions[method]])
    assert found == TAKING
