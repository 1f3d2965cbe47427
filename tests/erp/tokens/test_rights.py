"""What a token may: its scopes, within its owner's rights of this moment, in one company."""

from __future__ import annotations

import pytest

from erp.access.gate import access_to
from erp.access.models import Membership, Role
from erp.access.permissions import Permission
from erp.access.tokens.models import AppToken
from erp.cockpit import firms
from erp.cockpit.tokens import (
    NoFactor,
    NoScope,
    NotYours,
    OnlyForMembers,
    TooLong,
    UnknownScope,
    create_token,
)
from erp.companies.models import Module
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import new_key, problem
from tests.erp.test_api import RENT
from tests.erp.tokens.program import Program, program_of, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db):
    """A company that uses everything, so that each right means something."""
    return make.company(modules=Module.values)


@pytest.fixture
def beat(company):
    return make.user(company=company, granted=["ledger.read", "ledger.post", "company.read"])


def role_of(user):
    return Role.unscoped.get(memberships__user=user)


def test_a_token_may_what_it_is_for_and_nothing_else(company, beat):
    program = program_of(beat, company, "ledger.read")
    assert program.get("accounts/").status_code == 200
    problem(program.post("journal-entries/", RENT, key=new_key()), 403, "permission_denied")
    problem(program.get(""), 403)


def test_a_token_never_has_more_rights_than_its_owner_has_now(company, beat):
    program = program_of(beat, company, "ledger.read", "ledger.post")
    assert program.post("journal-entries/", RENT, key=new_key()).status_code == 201
    role = role_of(beat)
    role.permissions = ["ledger.read"]
    role.save()
    assert program.get("accounts/").status_code == 200
    problem(program.post("journal-entries/", RENT, key=new_key()), 403)
    role.permissions = ["ledger.post"]
    role.save()
    problem(program.get("accounts/"), 403)
    company.modules = ["banking"]
    company.save()
    role.permissions = ["ledger.read"]
    role.save()
    problem(program.get("accounts/"), 403)


def test_rights_that_come_later_do_not_widen_a_token(company, beat):
    program = program_of(beat, company, "ledger.read")
    role = role_of(beat)
    role.permissions = sorted(Permission.values)
    role.save()
    problem(program.get("vat-codes/"), 403)


def test_leaving_a_company_makes_its_tokens_useless_at_once(company, beat):
    program = program_of(beat, company, "ledger.read")
    assert program.get("accounts/").status_code == 200
    Membership.of(company).filter(user=beat).delete()
    problem(program.get("accounts/"), 404)
    assert program.client.get("/api/v1/companies/").json()["results"] == []


def test_a_token_opens_its_own_company_and_no_other(company, anna):
    other = make.company(by=anna)
    open_companies([company.pk, other.pk])
    program = program_of(anna, company, *Permission.values)
    elsewhere, nowhere = (Program(c, "x") for c in (other, company))
    nowhere.start = "/api/v1/companies/987654/"
    elsewhere.client = nowhere.client = program.client
    told = []
    for one in (elsewhere, nowhere):
        for answer in (one.get("accounts/"), one.post("journal-entries/", RENT, key=new_key())):
            body = problem(answer, 404)
            del body["request_id"]
            told.append(body)
    assert told[0] == told[1] == told[2] == told[3]
    listed = program.client.get("/api/v1/companies/").json()["results"]
    assert [one["id"] for one in listed] == [company.pk]


def test_no_token_founds_a_company(company):
    operator = make.user(is_operator=True)
    make.grant(company=company, user=operator, role="owner", by=make.owner_of(company))
    program = program_of(operator, company, *Permission.values)
    answer = program.client.post("/api/v1/companies/", {}, content_type="application/json")
    problem(answer, 403, "permission_denied")


def test_what_wants_the_second_factor_is_not_for_programs(company, anna):
    program = program_of(anna, company, *Permission.values)
    for path, body in {
        "members/": {"email": anna.email, "role": "auditor"},
        "app-tokens/": {"name": "x", "scopes": ["ledger.read"], "days": 3},
        "support-consents/": {"reason": "x", "hours": 1},
        "bank-accounts/": {},
    }.items():
        problem(program.post(path, body), 403, "step_up_needed")
    token = AppToken.of(company).get()
    problem(program.delete(f"app-tokens/{token.pk}/", HTTP_IF_MATCH="*"), 403, "step_up_needed")


@pytest.mark.parametrize(
    ("scopes", "days", "refusal"),
    [
        (["ledger.lock"], 30, NotYours),
        (["ledger.read", "members.change"], 30, NotYours),
        (["ledger.raed"], 30, UnknownScope),
        ([], 30, NoScope),
        (["ledger.read"], 0, TooLong),
        (["ledger.read"], 367, TooLong),
        (["ledger.read"], -1, TooLong),
    ],
)
def test_what_no_token_can_be(company, beat, scopes, days, refusal):
    access = access_to(company.pk, user=beat)
    with pytest.raises(refusal):
        create_token(access, name="x", scopes=scopes, days=days)
    assert not AppToken.of(company).exists()


def test_without_a_second_factor_there_is_no_token(company):
    carl = make.user(company=company, granted=["ledger.read"], factor=False)
    with pytest.raises(NoFactor):
        token_of(carl, company, "ledger.read")


def test_support_makes_no_token(company, anna):
    from erp.cockpit.support import allow_support

    operator = make.user(is_operator=True)
    allow_support(company=company, reason="x", hours=1, by=anna)
    with pytest.raises(OnlyForMembers):
        token_of(operator, company, "ledger.read")


def test_a_token_of_an_operator_gives_no_support_access(company, anna):
    from erp.cockpit.support import allow_support

    operator = make.user(is_operator=True)
    make.grant(company=company, user=operator, role="auditor", by=anna)
    program = program_of(operator, company, "ledger.read")
    Membership.of(company).filter(user=operator).delete()
    allow_support(company=company, reason="x", hours=1, by=anna)
    problem(program.get("accounts/"), 404)


def test_ending_a_mandate_makes_the_tokens_of_the_firms_staff_useless(company, anna):
    """AUZ-5"""
    lead = make.user()
    firm = firms.found_firm(name="Treuhand", manager=lead, by=make.user(is_operator=True))
    open_companies([company.pk])
    given = firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=anna)
    program = program_of(lead, company, "ledger.read")
    assert program.get("accounts/").status_code == 200
    open_companies([company.pk])
    firms.end_mandate(given, by=anna)
    problem(program.get("accounts/"), 401)
