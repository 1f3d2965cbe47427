"""Mandates: a fiduciary's staff work in a client's books as far as both sides let them, and no longer."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounting.ledger.models import JournalEntry
from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.gate import NobodyToActFor, access_to, companies_of, operating
from erp.access.permissions import Permission, ready_rights
from erp.audit.models import AuditEvent
from erp.cockpit import firms, staffing
from erp.cockpit.members import grant
from erp.cockpit.roles import MoreThanYouHave
from erp.core import clock
from erp.core.tenancy import open_companies, set_local
from tests import make
from tests.erp.client import Api, problem
from tests.erp.test_api import RENT
from tests.erp.test_routes import addresses, fill

pytestmark = pytest.mark.django_db


def staff(firm, lead, team_role, **more):
    return make.staff(firm, lead, team_role, **more)


def status(user, company, path="ledger/journal/"):
    client = Client()
    client.force_login(user)
    return client.get(f"/c/{company.pk}/{path}").status_code


@pytest.mark.parametrize(
    ("team_role", "wanted"),
    [
        ("lead", ready_rights("fiduciary")),
        ("accountant", ready_rights("fiduciary") & ready_rights("bookkeeper")),
        ("assistant", ready_rights("fiduciary") & ready_rights("assistant")),
        ("reviewer", ready_rights("fiduciary") & ready_rights("auditor")),
    ],
)
def test_staff_get_what_the_mandate_and_their_team_role_both_grant(
    company, firm, lead, mandate, team_role, wanted
):
    user = staff(firm, lead, team_role)
    assert access_to(company.pk, user=user).granted == wanted
    assert wanted < set(Permission.values)
    assert [c.pk for c in companies_of(user)] == [company.pk]


def test_a_role_of_ones_own_adds_to_the_mandate(company, owner, firm, lead, mandate):
    user = staff(firm, lead, "reviewer")
    assert not access_to(company.pk, user=user).may("ledger.post")
    open_companies([company.pk])
    grant(company=company, user=user, role="bookkeeper", by=owner)
    assert access_to(company.pk, user=user).may("ledger.post")


def test_without_a_mandate_a_client_does_not_exist(company, firm, lead):
    user = staff(firm, lead, "lead")
    assert status(user, company) == 404
    assert companies_of(user) == []


def test_ending_a_mandate_cuts_everything_at_once(company, owner, firm, lead, mandate):
    """AUZ-5: the next request of every session and phone finds nothing."""
    user = staff(firm, lead, "lead")
    client, api = Client(), Api(company, user)
    client.force_login(user)
    assert client.get(f"/c/{company.pk}/ledger/journal/").status_code == 200
    assert api.get("accounts/").status_code == 200
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)
    for start, pattern in addresses():
        if "\\." in str(pattern.pattern):
            continue
        for method in ("get", "post"):
            told = getattr(client, method)(fill(pattern, company.pk)).status_code
            assert told == 404, (start, pattern.name, method)
    assert companies_of(user) == []
    assert str(company.name) not in client.get("/").content.decode()


def test_leaving_the_firm_closes_every_client_at_once(company, firm, lead, mandate):
    user = staff(firm, lead, "accountant")
    assert status(user, company) == 200
    staffing.remove_staff(firm, user=user, by=lead)
    assert status(user, company) == 404


def test_a_change_of_the_team_role_holds_with_the_next_request(company, firm, lead, mandate):
    user = staff(firm, lead, "accountant")
    assert status(user, company, "ledger/import/") == 200
    staffing.set_staff(firm, user=user, team_role="reviewer", by=lead)
    assert status(user, company, "ledger/import/") == 403
    assert status(user, company) == 200


def test_a_mandate_of_one_client_opens_no_other(company, owner, firm, lead, mandate):
    other = make.company()
    user = staff(firm, lead, "lead")
    assert status(user, other) == 404
    assert access_to(company.pk, user=user).company == company


def test_the_client_sees_who_has_access_and_what_they_did(company, owner, firm, lead, mandate):
    user = staff(firm, lead, "accountant")
    done = Api(company, user).enter(RENT)
    assert done.status_code == 201, done.content
    page = Client()
    page.force_login(owner)
    shown = page.get(f"/c/{company.pk}/settings/mandates/")
    ((told, team),) = shown.context["mandates"]
    assert told == mandate
    seen = {one.user: last for one, last in team}
    assert seen[lead] is None and seen[user] is not None
    trail = page.get(f"/c/{company.pk}/settings/audit/?by={user.pk}").content.decode()
    assert str(user) in trail
    open_companies([company.pk])
    assert AuditEvent.of(company).filter(by=user, action="entry.post").exists()
    assert JournalEntry.of(company).get().created_by == user


def test_what_was_done_stays_readable_after_the_mandate(company, owner, firm, lead, mandate):
    user = staff(firm, lead, "accountant")
    Api(company, user).enter(RENT)
    open_companies([company.pk])
    firms.end_mandate(mandate, by=owner)
    page = Client()
    page.force_login(owner)
    assert str(user) in page.get(f"/c/{company.pk}/settings/audit/").content.decode()


# Who may do what with a mandate


def test_nobody_gives_a_mandate_more_than_they_have(company, firm):
    clerk = make.user(company=company, granted=["members.read", "members.change", "ledger.read"])
    with pytest.raises(MoreThanYouHave):
        firms.give_mandate(company=company, firm_code=firm.code, role="fiduciary", by=clerk)
    assert not Mandate.of(company).exists()


def test_a_fiduciary_cannot_raise_itself(company, firm, lead, mandate):
    """The mandate's role may not even give access; and a lead holds no more than the mandate."""
    client = Client()
    client.force_login(lead)
    address = f"/c/{company.pk}/settings/mandates/"
    assert client.post(address, {"firm_code": firm.code, "role": "owner"}).status_code == 403
    assert not access_to(company.pk, user=lead).may("members.change")


@pytest.mark.parametrize("code", ["GIBTESNICHT", "", "x" * 12])
def test_an_unknown_code_is_refused(company, owner, code):
    with pytest.raises(firms.UnknownFirm):
        firms.give_mandate(company=company, firm_code=code, role="auditor", by=owner)


def test_a_mandate_is_given_once_and_ended_once(company, owner, firm, mandate):
    with pytest.raises(firms.MandateThere):
        firms.give_mandate(company=company, firm_code=firm.code.lower(), role="auditor", by=owner)
    firms.end_mandate(mandate, by=owner)
    with pytest.raises(firms.MandateEnded):
        firms.end_mandate(mandate, by=owner)
    again = firms.give_mandate(company=company, firm_code=firm.code, role="auditor", by=owner)
    assert again != mandate
    told = AuditEvent.of(company).filter(action__startswith="mandate.").order_by("pk")
    assert [e.action for e in told] == ["mandate.give", "mandate.end", "mandate.give"]


def test_the_database_lets_no_ended_mandate_come_back(company, owner, mandate):
    firms.end_mandate(mandate, by=owner)
    with pytest.raises(DatabaseError), transaction.atomic():
        Mandate.of(company).filter(pk=mandate.pk).update(ended_at=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE erp_mandate SET firm_id = firm_id WHERE id = %s", [mandate.pk])


# The firm itself


def test_only_who_manages_the_firm_changes_its_staff(firm, lead):
    user = staff(firm, lead, "accountant")
    with pytest.raises(staffing.NotInFirm):
        staffing.set_staff(firm, user=user, team_role="lead", by=user)
    stranger = make.user()
    with pytest.raises(staffing.NotInFirm):
        staffing.remove_staff(firm, user=lead, by=stranger)
    client = Client()
    client.force_login(user)
    assert client.get(f"/firms/{firm.pk}/").status_code == 200
    assert (
        client.post(f"/firms/{firm.pk}/", {"email": user.email, "team_role": "lead"}).status_code
        == 404
    )


def test_the_last_manager_stays(firm, lead):
    with pytest.raises(staffing.LastManager):
        staffing.remove_staff(firm, user=lead, by=lead)
    with pytest.raises(staffing.LastManager):
        staffing.set_staff(firm, user=lead, team_role="lead", is_manager=False, by=lead)
    other = staff(firm, lead, "lead", is_manager=True)
    staffing.remove_staff(firm, user=lead, by=other)
    assert [one.user for one in firm.staff.all()] == [other]


def test_who_does_not_work_for_a_firm_does_not_see_it(firm, lead, company, owner):
    outsider = make.user()
    client = Client()
    client.force_login(outsider)
    assert client.get(f"/firms/{firm.pk}/").status_code == 404
    with transaction.atomic():
        set_local("rappen.user", str(outsider.pk))
        open_companies([])
        assert not Firm.objects.exists() and not FirmStaff.objects.exists()
        open_companies([company.pk])
        assert not Firm.objects.exists()  # no mandate here
    with pytest.raises(DatabaseError), transaction.atomic():
        set_local("rappen.user", str(outsider.pk))
        FirmStaff.objects.create(firm=firm, user=outsider, team_role="lead", since=clock.now())


def test_a_client_sees_its_own_fiduciary_and_no_other(company, owner, firm, mandate, operator):
    other = firms.found_firm(name="Andere", manager=make.user(), by=operator)
    with transaction.atomic():
        set_local("rappen.user", str(owner.pk))
        open_companies([company.pk])
        assert list(Firm.objects.all()) == [firm] and other not in Firm.objects.all()


def test_the_database_lets_no_client_take_people_out_of_a_firm(company, owner, firm, mandate):
    with transaction.atomic():
        set_local("rappen.user", str(owner.pk))
        open_companies([company.pk])
        assert FirmStaff.objects.filter(firm=firm).exists()
        assert FirmStaff.objects.filter(firm=firm).delete()[0] == 0
        assert FirmStaff.objects.filter(firm=firm).exists()


def test_staff_of_two_firms_see_each_with_its_own_clients(
    company, owner, firm, lead, mandate, operator
):
    second = firms.found_firm(name="Zweite", manager=lead, by=operator)
    other = make.company()
    open_companies([other.pk])
    firms.give_mandate(
        company=other, firm_code=second.code, role="auditor", by=make.owner_of(other)
    )
    assert {c.pk for c in companies_of(lead)} == {company.pk, other.pk}
    assert access_to(company.pk, user=lead).may("ledger.post")
    assert not access_to(other.pk, user=lead).may("ledger.post")


def test_the_endpoints_give_show_and_end_a_mandate(company, owner, firm, lead):
    api = Api(company, owner)
    made = api.post("mandates/", {"firm_code": firm.code, "role": "fiduciary"})
    assert made.status_code == 201, made.content
    assert made.json() | {"id": 0, "given_at": ""} == {
        "id": 0, "firm": "Treuhand Arnold AG", "role": "fiduciary", "given_by": owner.email,
        "given_at": "", "ended_at": None,
    }  # fmt: skip
    assert status(lead, company) == 200
    problem(api.post("mandates/", {"firm_code": firm.code, "role": "auditor"}), 409)
    problem(api.post("mandates/", {"firm_code": "XXXX", "role": "auditor"}), 422)
    _told, version = api.read(f"mandates/{made.json()['id']}/")
    assert api.delete(f"mandates/{made.json()['id']}/", **version).status_code == 204
    assert status(lead, company) == 404
    _told, version = api.read(f"mandates/{made.json()['id']}/")
    problem(api.delete(f"mandates/{made.json()['id']}/", **version), 409)


def test_a_mandate_wants_the_second_factor(company, owner, firm):
    client = Client()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(owner)
    answer = client.post(
        f"/c/{company.pk}/settings/mandates/", {"firm_code": firm.code, "role": "auditor"}
    )
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


def test_the_command_takes_on_a_fiduciary(operator, lead, capsys):
    call_command("add_firm", "Treuhand Müller", "--manager", lead.email)
    code = capsys.readouterr().out.strip()
    set_local("rappen.user", str(lead.pk))
    assert Firm.objects.get(code=code).staff.get().user == lead
    with pytest.raises(CommandError):
        call_command("add_firm", "X", "--manager", "niemand@example.org")


def test_an_operators_command_needs_a_member_all_the_same(company, lead, firm, mandate):
    with pytest.raises(NobodyToActFor), operating(str(company.pk), by=lead.email):
        pass
