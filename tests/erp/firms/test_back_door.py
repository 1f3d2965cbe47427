"""AUZ-5: nobody turns a mandate into something that outlives it."""

from __future__ import annotations

import datetime as dt

import pytest

from erp.access.firms.models import FirmStaff
from erp.access.gate import access_to
from erp.access.models import Membership
from erp.access.support.models import SupportConsent
from erp.access.tokens.models import AppToken
from erp.audit.models import AuditEvent
from erp.cockpit import firms, invitations, staffing
from erp.cockpit.inviting import InvitationGone
from erp.cockpit.members import grant
from erp.cockpit.roles import OwnFirm, change_role
from erp.cockpit.support import allow_support
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import own_role, signed_in
from tests.erp.client import Api, new_key, problem
from tests.erp.tokens.program import program_of

pytestmark = pytest.mark.django_db
EMAIL = "bea.neu@example.ch"


@pytest.fixture
def mandate(company, owner, firm):
    """The whole company in the hands of the fiduciary's lead, as some companies want it."""
    open_companies([company.pk])
    return firms.give_mandate(company=company, firm_code=firm.code, role="owner", by=owner)


@pytest.fixture
def colleague(firm, lead):
    return make.staff(firm, lead, "accountant")


def last(company, action):
    return AuditEvent.of(company).filter(action=action).latest("pk").details


def test_neither_oneself_nor_a_colleague_becomes_a_member(company, lead, colleague, mandate):
    open_companies([company.pk])
    for person in (lead, colleague):
        with pytest.raises(OwnFirm):
            grant(company=company, user=person, role="auditor", by=lead)
        with pytest.raises(OwnFirm) as refusal:
            invitations.invite(company=company, email=person.email, roles=["auditor"], by=lead)
        assert refusal.value.place == "email"
    assert Membership.of(company).count() == 1
    assert not AuditEvent.of(company).filter(action="invitation.send").exists()


def test_pages_and_endpoints_refuse_it(company, lead, colleague, mandate):
    body = {"do": "invite", "email": colleague.email, "language": "de", "roles": ["auditor"]}
    answer = signed_in(lead).post(f"/c/{company.pk}/settings/access/", body)
    assert answer.status_code == 422
    told = str(OwnFirm(user=colleague, firm="Treuhand Arnold AG"))
    assert answer.context["form"].errors["email"] == [told]
    api = Api(company, lead)
    sent = {"email": lead.email, "roles": ["auditor"]}
    problem(api.post("invitations/", sent, key=new_key()), 422, "access.own_firm")
    other = api.post("mandates/", {"firm_code": "XXXX", "role": "auditor"})
    problem(other, 422, "firms.only_by_the_company")
    answer = signed_in(lead).post(
        f"/c/{company.pk}/settings/mandates/", {"firm_code": "XXXX", "role": "auditor"}
    )
    assert answer.status_code == 422
    assert not answer.context["gives"]
    told = str(firms.OnlyByTheCompany(company=company))
    assert answer.context["form"].errors["firm_code"] == [told]


def test_a_weak_role_of_ones_own_does_not_open_the_back_door(company, owner, lead, mandate):
    """What counts is the right to give by a role of one's own, not that there is some role."""
    open_companies([company.pk])
    grant(company=company, user=lead, role="assistant", by=owner)
    with pytest.raises(OwnFirm):
        grant(company=company, user=lead, role="owner", by=lead)
    with pytest.raises(firms.OnlyByTheCompany):
        firms.give_mandate(company=company, firm_code="XXXX", role="auditor", by=lead)
    grant(company=company, user=lead, role="owner", by=owner)
    grant(company=company, user=lead, role="auditor", by=lead)  # an owner now by the company's will


def test_a_role_that_a_colleague_has_does_not_grow_by_mandate(
    company, owner, lead, colleague, mandate
):
    open_companies([company.pk])
    role = own_role(company, "Lager", "company.read")
    grant(company=company, user=colleague, role=role.code, by=owner)
    with pytest.raises(OwnFirm):
        change_role(role, permissions=["company.read", "ledger.post"], by=lead)
    change_role(role, name="Lager Süd", by=lead)
    change_role(role, permissions=["company.read", "ledger.post"], by=owner)
    change_role(role, permissions=["ledger.post"], by=lead)  # less is no back door


def test_an_invitation_is_void_once_the_invited_works_for_the_same_firm(
    company, firm, lead, mandate
):
    open_companies([company.pk])
    bea = make.user()
    issued = invitations.invite(company=company, email=bea.email, roles=["auditor"], by=lead)
    assert invitations.found(issued.token)
    from erp.cockpit import staffing

    joined = staffing.invite_staff(firm, email=bea.email, team_role="reviewer", by=lead)
    staffing.accept(joined.token, user=bea)
    with pytest.raises(InvitationGone):
        invitations.accept(issued.token, user=bea)
    open_companies([company.pk])
    assert not Membership.of(company).filter(user=bea).exists()


def test_what_others_are_given_stays_and_names_the_fiduciary(company, owner, firm, lead, mandate):
    open_companies([company.pk])
    bea = make.user()
    issued = invitations.invite(company=company, email=bea.email, roles=["auditor"], by=lead)
    assert last(company, "invitation.send")["through"] == "Treuhand Arnold AG"
    invitations.accept(issued.token, user=bea)
    assert last(company, "member.grant") == {"role": "auditor", "through": "Treuhand Arnold AG"}
    grant(company=company, user=bea, role="sales", by=owner)
    assert last(company, "member.grant") == {"role": "sales"}
    firms.end_mandate(mandate, by=owner)
    assert access_to(company.pk, user=bea).may("audit.read")
    page = signed_in(owner).get(f"/c/{company.pk}/history/user/{bea.pk}/").content.decode()
    assert "Treuhand Arnold AG" in page


def test_with_the_mandate_end_invitations_tokens_and_support(
    company, owner, lead, colleague, mandate
):
    program = program_of(lead, company, "ledger.read", "members.change")
    kept = program_of(owner, company, "ledger.read")
    open_companies([company.pk])
    issued = invitations.invite(company=company, email=EMAIL, roles=["auditor"], by=lead)
    allow_support(company=company, reason="Abschluss", hours=48, by=lead)
    waiting = invitations.unfinished(company)
    assert len(invitations.standing(company, waiting)) == 1
    assert program.get("accounts/").status_code == 200
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)

    with pytest.raises(InvitationGone):
        invitations.accept_as_new(issued.token, name="Bea", password="vier-Kamele-am-Waldrand")
    problem(program.get("accounts/"), 401)
    assert kept.get("accounts/").status_code == 200
    open_companies([company.pk])
    assert invitations.standing(company, waiting) == frozenset()
    assert not SupportConsent.running().filter(company=company).exists()
    ended = AppToken.of(company).exclude(revoked_at=None).get()
    assert (ended.user, ended.revoked_by) == (lead, owner)
    acts = AuditEvent.of(company).order_by("-pk").values_list("action", flat=True)
    assert set(acts[:3]) == {"mandate.end", "token.revoke", "support.end"}


def test_tokens_and_support_stay_with_those_who_have_another_way_in(
    company, owner, lead, mandate, operator
):
    second = firms.found_firm(name="Zweite", manager=lead, by=operator)
    open_companies([company.pk])
    firms.give_mandate(company=company, firm_code=second.code, role="fiduciary", by=owner)
    program = program_of(lead, company, "ledger.read", "members.change")
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)
    assert program.get("accounts/").status_code == 200
    problem(program.get("app-tokens/"), 403)  # no longer granted by what is left


def test_a_new_mandate_brings_no_old_token_back(company, owner, firm, lead, mandate):
    program = program_of(lead, company, "ledger.read")
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)
    firms.give_mandate(company=company, firm_code=firm.code, role="owner", by=owner)
    problem(program.get("accounts/"), 401)


def test_owners_see_on_their_page_which_invitations_no_longer_stand(company, owner, lead, mandate):
    open_companies([company.pk])
    issued = invitations.invite(company=company, email=EMAIL, roles=["auditor"], by=lead)
    firms.end_mandate(mandate, by=owner)
    client, path = signed_in(owner), f"/c/{company.pk}/settings/access/"
    ((shown, _names, stands),) = client.get(path).context["invitations"]
    assert (shown, stands) == (issued.invitation, False)
    (told,) = Api(company, owner).get("invitations/").json()["results"]
    assert (told["is_open"], told["stands"]) == (True, False)
    answer = client.post(path, {"do": "resend", "invitation": shown.pk})
    assert answer.status_code == 302
    ((_shown, _names, stands),) = client.get(path).context["invitations"]
    assert stands


def test_lists_of_invitations_cost_the_same_for_many(
    company, owner, lead, colleague, mandate, django_assert_num_queries
):
    open_companies([company.pk])
    counts = []
    for n in range(3):
        invitations.invite(company=company, email=f"x{n}@example.ch", roles=["sales"], by=lead)
        invitations.invite(company=company, email=f"y{n}@example.ch", roles=["sales"], by=owner)
        waiting = list(invitations.unfinished(company))
        with django_assert_num_queries(6):
            counts.append(len(invitations.standing(company, waiting)))
    assert counts == [2, 4, 6]
    assert waiting[0].expires_at - waiting[0].created_at == dt.timedelta(hours=72)


def test_with_who_leaves_the_firm_their_tokens_and_support_end(
    company, firm, owner, lead, colleague, mandate
):
    """Neither comes back when they work for the firm again."""
    program, kept = (
        program_of(colleague, company, "ledger.read"),
        program_of(lead, company, "ledger.read"),
    )
    staffing.set_staff(firm, user=colleague, team_role="lead", by=lead)
    open_companies([company.pk])
    allow_support(company=company, reason="Abschluss", hours=48, by=colleague)
    staffing.remove_staff(firm, user=colleague, by=lead)
    open_companies([company.pk])
    assert not SupportConsent.running().filter(company=company).exists()
    assert AppToken.of(company).exclude(revoked_at=None).get().user == colleague
    FirmStaff.objects.create(firm=firm, user=colleague, team_role="accountant", since=clock.now())
    problem(program.get("accounts/"), 401)
    assert kept.get("accounts/").status_code == 200


def test_a_role_of_their_own_keeps_the_tokens_of_who_leaves(
    company, firm, owner, lead, colleague, mandate
):
    program = program_of(colleague, company, "ledger.read")
    open_companies([company.pk])
    grant(company=company, user=colleague, role="bookkeeper", by=owner)
    staffing.remove_staff(firm, user=colleague, by=lead)
    assert program.get("accounts/").status_code == 200
