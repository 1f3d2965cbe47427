"""A client sees who of its fiduciary has access, and both sides are told when it begins and ends."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from erp.audit.models import AccessLogEntry
from erp.cockpit import firms, staffing
from erp.cockpit.security import overview
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import signed_in
from tests.erp.client import Api

PATHS = ("settings/access/", "settings/security/")


def test_pages_of_access_and_security_name_the_staff(company, owner, firm, lead, mandate):
    bare = make.staff(firm, lead, "assistant", factor=False, last_login=clock.now())
    for path in PATHS:
        shown = signed_in(owner).get(f"/c/{company.pk}/{path}")
        told = [(one.user, str(one.firm), one.team_role, one.has_factor)
                for one in shown.context["staff"]]  # fmt: skip
        assert len(told) == 2 and set(told) == {(lead, "Treuhand Arnold AG", "lead", True),
                                                (bare, "Treuhand Arnold AG", "assistant", False)}  # fmt: skip
        assert bare.email in shown.content.decode()
    open_companies([company.pk])
    assert AccessLogEntry.of(company).latest("pk").count == 3


def test_the_endpoints_tell_the_same(company, owner, firm, lead, mandate):
    api = Api(company, owner)
    (told,) = api.get("members/by-mandate/").json()
    assert told == {"email": lead.email, "name": lead.name, "firm": "Treuhand Arnold AG",
                    "team_role": "lead", "is_active": True, "has_factor": True,
                    "last_sign_in": told["last_sign_in"]}  # fmt: skip
    assert api.get("security/").json()["by_mandate"] == [told]


def test_without_a_running_mandate_nobody_is_shown(company, owner, firm, lead, mandate, operator):
    other = firms.found_firm(name="Fernab Treuhand", manager=make.user(), by=operator)
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)
    assert Api(company, owner).get("members/by-mandate/").json() == []
    assert str(other) not in signed_in(owner).get(f"/c/{company.pk}/{PATHS[0]}").content.decode()


@pytest.mark.parametrize("path", [*PATHS, "settings/mandates/"])
def test_pages_cost_the_same_for_many(company, owner, firm, lead, mandate, path):
    client, counts = signed_in(owner), []
    for _ in range(3):
        make.staff(firm, lead)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/c/{company.pk}/{path}").status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts


def test_what_to_fix_counts_the_staff(company, owner, firm, lead, mandate):
    open_companies([company.pk])
    codes = [fix.code for fix in overview(company, asking=owner).fixes]
    assert "no_factor_of_staff" not in codes
    bare = make.staff(firm, lead, factor=False)
    caught = make.staff(firm, lead, password_breached_at=clock.now())
    open_companies([company.pk])
    fixes = {fix.code: fix for fix in overview(company, asking=owner).fixes}
    assert fixes["no_factor_of_staff"].who == (str(bare),)
    assert fixes["breached_passwords_of_staff"].who == (str(caught),)
    assert fixes["no_factor_of_staff"].address(company) == f"/c/{company.pk}/settings/mandates/"
    Authenticator.objects.filter(user=owner).delete()
    make.grant(company=company, user=bare, role="auditor", by=owner)
    fixes = {fix.code: fix for fix in overview(company, asking=owner).fixes}
    assert fixes["no_factor"].count == 2 and "no_factor_of_staff" not in fixes


def test_no_company_learns_that_its_member_invited_into_a_firm(company, owner, firm, lead, mandate):
    open_companies([company.pk])
    make.grant(company=company, user=lead, role="auditor", by=owner)
    staffing.invite_staff(firm, email="rita@example.ch", team_role="lead", by=lead)
    open_companies([company.pk])
    kinds = {event.kind for event in overview(company, asking=owner).events}
    assert "invited" not in kinds


# Mails


def test_owners_and_managers_are_told_of_beginning_and_end(company, owner, firm, lead, sent):
    second = make.user(language="fr")
    make.grant(company=company, user=second, role="owner", by=owner)
    make.grant(company=company, user=make.user(), role="bookkeeper", by=owner)
    make.grant(company=company, user=make.user(is_active=False), role="owner", by=owner)
    manager = make.staff(firm, lead, "accountant", is_manager=True)
    make.staff(firm, lead, "lead")
    everybody = sorted([owner.email, second.email, lead.email, manager.email])
    open_companies([company.pk])
    mandate = sent(firms.give_mandate, company=company, firm_code=firm.code, role="fiduciary",
                   by=owner)  # fmt: skip
    assert sorted(m.to[0] for m in mail.outbox) == everybody
    for message in mail.outbox:
        assert company.name in message.body and str(firm) in message.body
        assert str(owner) in message.body
    (french,) = [m for m in mail.outbox if m.to == [second.email]]
    with translation.override("fr"):
        assert gettext("Hello %(name)s") % {"name": second.name} in french.body
        assert str(mandate.role) in french.body
    mail.outbox.clear()
    sent(firms.end_mandate, mandate, by=owner)
    assert sorted(m.to[0] for m in mail.outbox) == everybody


def test_nobody_is_told_of_what_was_refused(company, owner, firm, mandate, sent):
    mail.outbox.clear()
    with pytest.raises(firms.MandateThere):
        sent(firms.give_mandate, company=company, firm_code=firm.code, role="auditor", by=owner)
    assert not mail.outbox


def test_who_owns_the_company_and_manages_the_firm_gets_one_mail(company, owner, operator, sent):
    firm = firms.found_firm(name="Eigene", manager=owner, by=operator)
    open_companies([company.pk])
    sent(firms.give_mandate, company=company, firm_code=firm.code, role="auditor", by=owner)
    assert [m.to for m in mail.outbox] == [[owner.email]]
