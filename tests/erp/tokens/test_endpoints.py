"""``…/app-tokens/``: what a company sees of its tokens, and how they are made and ended."""

from __future__ import annotations

import pytest

from erp.access.tokens.models import AppToken
from erp.audit.models import AuditEvent
from tests import make
from tests.erp.client import Api, places, problem
from tests.erp.tokens.program import Program, token_of

pytestmark = pytest.mark.django_db
WANTED = {"name": "Kasse", "scopes": ["ledger.read", "ledger.post"], "days": 90}


def test_a_token_is_made_shown_once_listed_and_revoked(api, company, anna):
    made = api.post("app-tokens/", WANTED)
    assert made.status_code == 201, made.json()
    secret = made.json()["token"]
    program = Program(company, secret)
    assert program.get("accounts/").status_code == 200
    (listed,) = api.get("app-tokens/").json()["results"]
    assert secret not in str(listed) and "digest" not in listed and "token" not in listed
    assert (listed["user"], listed["name"], listed["prefix"]) == (anna.email, "Kasse", secret[:13])
    assert listed["scopes"] == ["ledger.read", "ledger.post"]
    assert listed["last_used_at"] and listed["revoked_at"] is None

    told, version = api.read(f"app-tokens/{listed['id']}/")
    assert told == listed
    AppToken.of(company).update(last_used_at=None)  # use is no change of the token
    assert api.delete(f"app-tokens/{listed['id']}/", **version).status_code == 204
    problem(program.get("accounts/"), 401, "token_refused")
    told = api.get(f"app-tokens/{listed['id']}/").json()
    assert told["revoked_at"] and told["revoked_by"] == anna.email
    problem(api.delete(f"app-tokens/{listed['id']}/", **version), 412)
    acts = AuditEvent.of(company).filter(subject="apptoken").order_by("pk")
    assert [(e.action, e.details["name"]) for e in acts] == [
        ("token.create", "Kasse"), ("token.revoke", "Kasse")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, [("name", "required"), ("scopes", "required"), ("days", "required")]),
        ({**WANTED, "days": 367}, 400, [("days", "max_value")]),
        ({**WANTED, "days": 0}, 400, [("days", "min_value")]),
        ({**WANTED, "user": "x"}, 400, [("user", "unknown_field")]),
        ({**WANTED, "scopes": []}, 422, [("scopes", "tokens.no_scope")]),
        ({**WANTED, "scopes": ["x"]}, 422, [("scopes", "tokens.unknown_scope")]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(api, body, status, told):
    answer = problem(api.post("app-tokens/", body), status)
    assert {place for place, _code in places(answer)} == {place for place, _code in told}
    if status == 422:
        assert places(answer) == told


def test_more_than_ones_own_rights_are_refused(company):
    beat = make.user(company=company, granted=["company.read", "ledger.read"])
    answer = Api(company, beat).post("app-tokens/", WANTED)
    assert places(problem(answer, 422)) == [("scopes", "tokens.not_yours")]
    made = Api(company, beat).post("app-tokens/", {**WANTED, "scopes": ["ledger.read"]})
    assert made.status_code == 201
    problem(Api(company, beat).get("app-tokens/"), 403)  # others' are not theirs to see


def test_another_companys_tokens_are_not_there(api, company):
    other = make.company()
    theirs, _secret = token_of(make.owner_of(other), other, "ledger.read")
    assert api.get("app-tokens/").json()["results"] == []
    problem(api.get(f"app-tokens/{theirs.pk}/"), 404)
    problem(api.delete(f"app-tokens/{theirs.pk}/", HTTP_IF_MATCH="*"), 404)
