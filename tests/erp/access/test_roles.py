"""What roles grant, who may change them, and when it holds."""

from __future__ import annotations

import pytest

from erp.access.giving import rights_of
from erp.access.models import Membership, Role
from erp.access.permissions import GROUPS, READY_ROLES, Permission, grouped, in_order
from erp.audit.models import AuditEvent
from erp.cockpit import firms
from erp.cockpit.invitations import invite
from erp.cockpit.members import grant
from erp.cockpit.roles import (
    MoreThanYouHave,
    ReadyMade,
    RoleInUse,
    RoleNameMissing,
    RoleNameTaken,
    TooManyRoles,
    change_role,
    delete_role,
    make_role,
)
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import own_role, signed_in, somebody

ALL = frozenset(Permission.values)


def last(company, action):
    return AuditEvent.of(company).filter(action=action).latest("pk")


def test_every_permission_stands_in_a_group_that_has_a_name():
    assert {p.group for p in Permission} == set(GROUPS)
    assert [p for _label, group in grouped() for p in group] == list(Permission)


def test_a_company_starts_with_the_ready_made_roles(company):
    roles = {role.code: role for role in Role.of(company)}
    assert set(roles) == {ready.code for ready in READY_ROLES} and len(roles) == 9
    assert all(role.ready for role in roles.values())
    assert roles["owner"].rights == ALL
    assert {"ledger.draft", "ledger.draft_all"} <= roles["bookkeeper"].rights
    assert roles["assistant"].rights & {"ledger.draft", "ledger.draft_all"} == {"ledger.draft"}
    for code in ("sales", "payroll", "approver"):
        assert roles[code].rights and roles[code].rights < ALL
    assert roles["employee"].rights == {"payroll.own", "hours.own", "expenses.own"}
    verbs = {right.partition(".")[2] for right in roles["auditor"].rights}
    assert verbs == {"read", "export"}


def test_the_owner_holds_whatever_there_is_and_ready_roles_grow(company, anna):
    """What a role held when the company was founded is not what counts."""
    Role.of(company).update(permissions=[])
    assert rights_of(anna, company) == ALL
    assert signed_in(anna).get(f"/c/{company.pk}/ledger/journal/").status_code == 200


def test_a_role_of_ones_own_is_made_changed_and_deleted(company, anna):
    role = make_role(company=company, name="  Lager  Süd ", by=anna,
                     permissions=["ledger.read", "company.read", "ledger.read"])  # fmt: skip
    assert (role.code, role.name, role.ready) == ("lager-sud", "Lager Süd", False)
    assert role.permissions == ["company.read", "ledger.read"]
    assert last(company, "role.add").details["permissions"] == ["company.read", "ledger.read"]
    changed = change_role(role, name="Lager", permissions=["company.read"], by=anna)
    assert (changed.code, changed.name, changed.rights) == ("lager-sud", "Lager", {"company.read"})
    assert last(company, "role.change").details == {
        "name": ["Lager Süd", "Lager"],
        "permissions": [["company.read", "ledger.read"], ["company.read"]],
    }
    count = AuditEvent.of(company).count()
    change_role(changed, name="Lager", permissions=["company.read"], by=anna)
    assert AuditEvent.of(company).count() == count  # nothing changed
    delete_role(changed, by=anna)
    assert last(company, "role.delete").details["name"] == "Lager"
    assert not Role.of(company).filter(code="lager-sud").exists()


def test_names_are_ones_own_and_codes_never_those_of_ready_roles(company, anna):
    owner = Role.of(company).get(code="owner")
    with pytest.raises(RoleNameMissing):
        own_role(company, " ")
    with pytest.raises(RoleNameTaken):
        own_role(company, owner.name.upper())
    role = own_role(company, "Öwner")
    assert role.code == "owner-2" and role.rights == frozenset()
    with pytest.raises(RoleNameTaken):
        change_role(role, name=owner.name, by=anna)
    assert own_role(company, "日本").code == "role"
    with pytest.raises(ValueError, match="no such"):
        own_role(company, "Falsch", "no such right")


def test_there_is_a_most_of_own_roles(company, monkeypatch):
    monkeypatch.setattr("erp.cockpit.roles.MOST", 2)
    own_role(company, "a")
    own_role(company, "b")
    with pytest.raises(TooManyRoles):
        own_role(company, "c")


@pytest.mark.parametrize("code", [ready.code for ready in READY_ROLES])
def test_ready_roles_stay_as_they_are(company, anna, code):
    role = Role.of(company).get(code=code)
    with pytest.raises(ReadyMade):
        change_role(role, permissions=["company.read"], by=anna)
    with pytest.raises(ReadyMade):
        change_role(role, name="Anders", by=anna)
    with pytest.raises(ReadyMade):
        delete_role(role, by=anna)


def test_a_role_that_somebody_has_or_is_invited_to_stays(company, anna):
    role = own_role(company, "Lager", "company.read")
    bea = make.user()
    grant(company=company, user=bea, role=role.code, by=anna)
    with pytest.raises(RoleInUse):
        delete_role(role, by=anna)
    Membership.of(company).filter(user=bea).delete()
    invite(company=company, email="cleo@example.ch", roles=[role.code], by=anna)
    with pytest.raises(RoleInUse) as refusal:
        delete_role(role, by=anna)
    assert refusal.value.values == {"role": "Lager", "people": 0, "invitations": 1}


def test_a_role_of_a_mandate_stays_even_when_it_has_ended(company, anna):
    role = own_role(company, "Steuern", "company.read")
    firm = firms.found_firm(name="Arnold AG", manager=anna, by=make.user(is_operator=True))
    open_companies([company.pk])
    mandate = firms.give_mandate(company=company, firm_code=firm.code, role=role.code, by=anna)
    for _ in ("running", "ended"):
        with pytest.raises(RoleInUse):
            delete_role(role, by=anna)
        if mandate.ended_at is None:
            mandate = firms.end_mandate(mandate, by=anna)


# Nobody gives more than they have


def test_nobody_makes_a_role_that_can_do_more_than_they(company):
    bea = somebody(company, "members.change", "ledger.read")
    with pytest.raises(MoreThanYouHave):
        own_role(company, "Stark", "ledger.read", "ledger.post", by=bea)
    assert own_role(company, "Schwach", "ledger.read", by=bea).rights == {"ledger.read"}


def test_nobody_raises_themselves_by_changing_a_role_they_hold(company):
    bea = somebody(company, "members.change", "ledger.read")
    mine = Membership.of(company).get(user=bea).role
    for more in (["ledger.post"], Permission.values):
        with pytest.raises(MoreThanYouHave) as refusal:
            change_role(mine, permissions=["members.change", "ledger.read", *more], by=bea)
    assert "ledger.read" not in str(refusal.value)
    assert rights_of(bea, company) == {"members.change", "ledger.read"}


def test_nobody_takes_from_a_role_what_they_have_not(company, anna):
    strong = own_role(company, "Stark", "ledger.read", "ledger.post")
    bea = somebody(company, "members.change", "ledger.read")
    with pytest.raises(MoreThanYouHave):
        change_role(strong, permissions=["ledger.read"], by=bea)
    kept = change_role(strong, name="Stärker", permissions=["ledger.post"], by=bea)
    assert kept.rights == {"ledger.post"}


def test_several_roles_add_up_for_what_one_may_give(company, anna):
    bea = somebody(company, "members.change")
    grant(company=company, user=bea, role="auditor", by=anna)
    assert own_role(company, "Blick", "ledger.read", "members.change", by=bea)
    company.modules = []  # a module switched off hides, and takes no right to give it
    company.save()
    assert own_role(company, "Blick 2", "ledger.read", by=bea)


def test_somebody_locked_out_gives_nothing(company, anna):
    anna.is_active = False
    anna.save()
    with pytest.raises(MoreThanYouHave):
        own_role(company, "Lager", "company.read", by=anna)


# What changes holds with the next request


def test_a_change_of_a_role_holds_with_the_next_request(company, anna):
    role = own_role(company, "Lager", "ledger.read", "company.read")
    bea = make.user()
    grant(company=company, user=bea, role=role.code, by=anna)
    theirs, journal = signed_in(bea), f"/c/{company.pk}/ledger/journal/"
    entries = f"/api/v1/companies/{company.pk}/journal-entries/"
    assert theirs.get(journal).status_code == theirs.get(entries).status_code == 200
    path = f"/c/{company.pk}/settings/roles/{role.code}/"
    sent = {"name": "Lager", "permissions": ["company.read"]}
    assert signed_in(anna).post(path, sent).status_code == 302
    assert theirs.get(journal).status_code == theirs.get(entries).status_code == 403
    sent = {"name": "Lager", "permissions": ["company.read", "ledger.read"]}
    assert signed_in(anna).post(path, sent).status_code == 302
    assert theirs.get(journal).status_code == 200


# Pages


def test_the_pages_of_roles(company, anna):
    browse, start = signed_in(anna), f"/c/{company.pk}/settings/roles/"
    page = browse.get(start).content.decode()
    assert "Buchhaltung" in page and f"{start}bookkeeper/" in page
    ready = browse.get(f"{start}bookkeeper/").content.decode()
    boxes = ready.count('type="checkbox"')
    assert boxes == len(Permission) == ready.count("disabled")
    answer = browse.post(start, {"name": "Buchhaltung 2", "source": "bookkeeper"})
    assert answer["Location"] == f"{start}buchhaltung-2/"
    made = Role.of(company).get(code="buchhaltung-2")
    assert made.rights == Role.of(company).get(code="bookkeeper").rights
    own = browse.get(answer["Location"]).content.decode()
    assert own.count("disabled") == 0 and own.count(" checked") == len(made.rights)
    assert browse.post(start, {"name": "Buchhaltung 2", "source": "owner"}).status_code == 422
    assert browse.post(f"{start}bookkeeper/", {"name": "x"}).status_code == 422
    assert browse.post(answer["Location"], {"delete": "1"}).status_code == 302
    assert browse.get(answer["Location"]).status_code == 404


def test_ticks_one_may_not_change_stay_and_forged_ones_are_refused(company, anna):
    strong = own_role(company, "Stark", "ledger.post", "company.read")
    bea = somebody(company, "members.read", "members.change", "company.read", "audit.read")
    browse, path = signed_in(bea), f"/c/{company.pk}/settings/roles/{strong.code}/"
    page = browse.get(path).content.decode()
    assert page.count("disabled") == len(Permission) - 4
    assert browse.post(path, {"name": "Stark", "permissions": ["audit.read"]}).status_code == 302
    strong.refresh_from_db()
    assert strong.rights == {"ledger.post", "audit.read"}
    forged = {"name": "Stark", "permissions": ["audit.read", "ledger.reverse"]}
    assert browse.post(path, forged).status_code == 422
    assert browse.post(path, {"name": "Stark", "permissions": ["x"]}).status_code == 422
    strong.refresh_from_db()
    assert strong.rights == {"ledger.post", "audit.read"}


def test_a_copy_takes_along_no_more_than_one_has(company):
    bea = somebody(company, "members.read", "members.change", "ledger.read")
    answer = signed_in(bea).post(
        f"/c/{company.pk}/settings/roles/", {"name": "Wie Inhaber", "source": "owner"}
    )
    assert answer.status_code == 302
    copy = Role.of(company).get(name="Wie Inhaber")
    assert copy.rights == {"members.read", "members.change", "ledger.read"}


def test_who_may_only_look_changes_no_role(company):
    role = own_role(company, "Lager", "company.read")
    browse = signed_in(somebody(company, "members.read", "company.read"))
    for path in (
        f"/c/{company.pk}/settings/roles/",
        f"/c/{company.pk}/settings/roles/{role.code}/",
    ):
        assert browse.get(path).status_code == 200
        assert browse.post(path, {"name": "x", "source": role.code}).status_code == 403
    assert '<button class="primary"' not in browse.get(path).content.decode()


def test_roles_of_another_company_are_not_there(company, anna):
    other = make.company()
    theirs = own_role(other, "Fremd", "company.read")
    open_companies([company.pk])
    browse = signed_in(anna)
    assert browse.get(f"/c/{company.pk}/settings/roles/{theirs.code}/").status_code == 404
    assert (
        browse.post(f"/c/{company.pk}/settings/roles/{theirs.code}/", {"delete": "1"}).status_code
        == 404
    )
    open_companies([other.pk])
    assert Role.of(other).filter(pk=theirs.pk).exists()


def test_the_order_of_the_catalogue_is_kept():
    assert in_order(["vat.read", "company.read", "vat.read"]) == ["company.read", "vat.read"]
