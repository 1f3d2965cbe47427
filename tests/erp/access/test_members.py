"""Giving and taking roles: by the rule, one owner at least, and at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from erp.access.gate import access_to, operating
from erp.access.models import Invitation, Membership
from erp.access.permissions import ready_rights
from erp.access.tokens.models import AppToken
from erp.audit.models import AuditEvent
from erp.cockpit.invitations import invite
from erp.cockpit.members import (
    LastOwner,
    NotAMember,
    grant,
    member_named,
    remove_member,
    withdraw,
)
from erp.cockpit.roles import MoreThanYouHave, NoSuchRole
from erp.cockpit.tokens import create_token
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import own_role, signed_in, somebody
from tests.erp.client import Api, problem

ANY = {"HTTP_IF_MATCH": "*"}


def codes(company, user):
    held = Membership.of(company).filter(user=user).select_related("role")
    return {member.role.code for member in held}


def owners(company):
    return Membership.of(company).filter(role__code="owner").count()


def test_somebody_holds_several_roles(company, anna):
    bea = make.user()
    for role in ("assistant", "sales", "sales"):
        grant(company=company, user=bea, role=role, by=anna)
    assert codes(company, bea) == {"assistant", "sales"}
    withdraw(company=company, user=bea, role="sales", by=anna)
    withdraw(company=company, user=bea, role="sales", by=anna)  # twice is once
    assert codes(company, bea) == {"assistant"}
    with pytest.raises(NoSuchRole):
        grant(company=company, user=bea, role="king", by=anna)


def test_a_person_is_removed_with_all_roles_and_invitations(company, anna):
    bea = make.user()
    invite(company=company, email=bea.email, roles=["owner"], by=anna)
    for role in ("assistant", "sales"):
        grant(company=company, user=bea, role=role, by=anna)
    remove_member(company=company, user=bea, by=anna)
    assert codes(company, bea) == set()
    assert Invitation.of(company).get(email=bea.email).withdrawn_at
    told = AuditEvent.of(company).filter(action="member.remove").get()
    assert (told.subject_id, told.details) == (bea.pk, {"roles": [["assistant", "sales"], []]})
    with pytest.raises(NotAMember):
        remove_member(company=company, user=bea, by=anna)


def test_the_last_owner_stays(company, anna):
    for act in (
        lambda: withdraw(company=company, user=anna, role="owner", by=anna),
        lambda: remove_member(company=company, user=anna, by=anna),
    ):
        with pytest.raises(LastOwner):
            act()
    bea = make.user()
    grant(company=company, user=bea, role="owner", by=anna)
    withdraw(company=company, user=anna, role="owner", by=anna)
    with pytest.raises(LastOwner):
        remove_member(company=company, user=bea, by=bea)


def test_an_owner_who_cannot_sign_in_is_none(company, anna):
    bea = make.user()
    grant(company=company, user=bea, role="owner", by=anna)
    bea.is_active = False
    bea.save()
    with pytest.raises(LastOwner):
        withdraw(company=company, user=anna, role="owner", by=anna)
    remove_member(company=company, user=bea, by=anna)
    assert owners(company) == 1


@pytest.mark.parametrize("how", ["act", "endpoint", "page"])
def test_of_owners_who_leave_at_the_same_moment_one_stays(committed_db, how):
    with transaction.atomic():
        company = make.company()
        people = [make.owner_of(company), *(make.user() for _ in range(3))]
        for user in people[1:]:
            grant(company=company, user=user, role="owner", by=people[0])
        ids = {m.user_id: m.pk for m in Membership.of(company).filter(role__code="owner")}
    outcomes, barrier = [], threading.Barrier(len(people))

    def leave(user):
        api, browse = Api(company, user), signed_in(user)
        barrier.wait(20)
        try:
            if how == "endpoint":
                outcomes.append(api.delete(f"members/{ids[user.pk]}/person/", **ANY).status_code)
            elif how == "page":
                outcomes.append(browse.post(
                    f"/c/{company.pk}/settings/access/",
                    {"do": "withdraw", "user": user.pk, "role": "owner"},
                ).status_code)  # fmt: skip
            else:
                with transaction.atomic():
                    open_companies([company.pk])
                    withdraw(company=company, user=user, role="owner", by=user)
                outcomes.append(204)
        except LastOwner:
            outcomes.append(409)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = {"act": 409, "endpoint": 409, "page": 422}[how]
    assert sorted(outcomes, reverse=True)[0] == refused and outcomes.count(refused) == 1, outcomes
    with operating(str(company.pk)):
        assert owners(company) == 1


def test_of_two_owners_who_remove_each_other_one_stays(committed_db):
    with transaction.atomic():
        company = make.company()
        anna, bea = make.owner_of(company), make.user()
        grant(company=company, user=bea, role="owner", by=anna)
    outcomes, barrier = [], threading.Barrier(2)

    def remove(by, user):
        barrier.wait(20)
        try:
            with transaction.atomic():
                open_companies([company.pk])
                remove_member(company=company, user=user, by=by)
            outcomes.append("done")
        except (LastOwner, MoreThanYouHave) as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in ((anna, bea), (bea, anna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["access.last_owner", "done"]
    with operating(str(company.pk)):
        assert owners(company) == 1


# Nobody gives, or takes, more than they have


@pytest.mark.parametrize("role", ["owner", "bookkeeper", "fiduciary"])
def test_nobody_gives_a_role_that_can_do_more(company, role):
    bea, cleo = somebody(company, "members.read", "members.change", "ledger.read"), make.user()
    for user in (cleo, bea):
        with pytest.raises(MoreThanYouHave):
            grant(company=company, user=user, role=role, by=bea)
    grant(company=company, user=cleo, role=own_role(company, "L", "ledger.read").code, by=bea)


def test_nobody_takes_a_role_they_could_not_give_but_their_own(company, anna):
    bea, cleo = somebody(company, "members.change"), make.user()
    grant(company=company, user=cleo, role="bookkeeper", by=anna)
    with pytest.raises(MoreThanYouHave):
        withdraw(company=company, user=cleo, role="bookkeeper", by=bea)
    with pytest.raises(MoreThanYouHave):
        remove_member(company=company, user=cleo, by=bea)
    remove_member(company=company, user=cleo, by=cleo)
    assert codes(company, cleo) == set()


def test_escalation_by_the_endpoints_is_refused_and_writes_nothing(company, anna):
    bea = somebody(company, "members.read", "members.change", "ledger.read")
    mine, api = Membership.of(company).get(user=bea).role, Api(company, bea)
    before = list(Membership.of(company).order_by("pk").values_list("user", "role"))
    problem(api.post("members/", {"email": bea.email, "role": "owner"}), 422,
            "access.more_than_you_have")  # fmt: skip
    problem(api.post("members/", {"email": anna.email, "role": "bookkeeper"}), 422,
            "access.more_than_you_have")  # fmt: skip
    wanted = {"permissions": ["members.read", "members.change", "ledger.read", "ledger.post"]}
    problem(api.patch(f"roles/{mine.code}/", wanted, **ANY), 422, "access.more_than_you_have")
    problem(api.post("roles/", {"name": "Neu", "permissions": ["ledger.post"]}), 422,
            "access.more_than_you_have")  # fmt: skip
    problem(api.patch("roles/owner/", {"permissions": []}, **ANY), 409, "access.ready_made_role")
    problem(api.delete("roles/owner/", **ANY), 409, "access.ready_made_role")
    problem(api.post("invitations/", {"email": "x@example.ch", "roles": ["owner"]}, key="a" * 8),
            422, "access.more_than_you_have")  # fmt: skip
    boss = Membership.of(company).get(user=anna)
    problem(api.delete(f"members/{boss.pk}/", **ANY), 409, "access.last_owner")
    assert list(Membership.of(company).order_by("pk").values_list("user", "role")) == before
    mine.refresh_from_db()
    assert mine.rights == {"members.read", "members.change", "ledger.read"}
    assert not Invitation.of(company).exists()


# Endpoints


def test_roles_by_the_endpoints(api, company, anna):
    made = api.post("roles/", {"name": "Lager", "permissions": ["ledger.read"]})
    told = made.json()
    assert made.status_code == 201
    assert told == {"code": "lager", "name": "Lager", "ready": False,
                    "permissions": ["ledger.read"]}  # fmt: skip
    problem(api.post("roles/", {"name": "lager", "permissions": []}), 422,
            "access.role_name_taken")  # fmt: skip
    read, version = api.read("roles/lager/")
    assert read == told
    problem(api.patch("roles/lager/", {"name": "x"}), 428)
    done = api.patch("roles/lager/", {"permissions": ["ledger.read", "company.read"]}, **version)
    assert done.json()["permissions"] == ["company.read", "ledger.read"]
    problem(api.delete("roles/lager/", **version), 412)
    problem(api.patch("roles/lager/", {"permissions": ["x"]}, **ANY), 400)
    problem(api.patch("roles/lager/", {"code": "owner"}, **ANY), 400)
    bea = make.user()
    grant(company=company, user=bea, role="lager", by=anna)
    problem(api.delete("roles/lager/", **ANY), 409, "access.role_in_use")
    withdraw(company=company, user=bea, role="lager", by=anna)
    assert api.delete("roles/lager/", **ANY).status_code == 204
    problem(api.get("roles/lager/"), 404)


def test_a_person_is_removed_by_the_endpoint(api, company, anna):
    bea = make.user()
    for role in ("assistant", "sales"):
        grant(company=company, user=bea, role=role, by=anna)
    one = Membership.of(company).filter(user=bea).first()
    path = f"members/{one.pk}/person/"
    problem(api.delete(path), 428)
    assert api.delete(path, **api.read(f"members/{one.pk}/")[1]).status_code == 204
    problem(Api(company, bea).get("members/"), 404)
    problem(api.delete(path, **ANY), 404)


@pytest.mark.parametrize(("method", "path", "body"), [
    ("post", "roles/", {"name": "x", "permissions": []}),
    ("patch", "roles/lager/", {"name": "y"}),
    ("delete", "roles/lager/", None),
    ("post", "invitations/", {"email": "x@example.ch", "roles": ["sales"]}),
    ("post", "invitations/{invitation}/resend/", {}),
    ("delete", "invitations/{invitation}/", None),
    ("post", "members/", {"email": "x@example.ch", "role": "sales"}),
    ("delete", "members/{member}/", None),
    ("delete", "members/{member}/person/", None),
])  # fmt: skip
def test_changes_of_access_want_a_fresh_second_factor(api, company, anna, method, path, body):
    """SES-3"""
    own_role(company, "Lager", "company.read")
    invitation = invite(company=company, email="cleo@example.ch", roles=["sales"], by=anna)
    place = path.format(invitation=invitation.invitation.pk, member=Membership.of(company).get().pk)
    session = api.client.session
    session["account_authentication_methods"] = []
    session.save()
    headers = {"HTTP_IF_MATCH": "*"} if method != "post" else {"key": "aaaaaaaa"}
    send = getattr(api, method)
    answer = send(place, body, **headers) if body is not None else send(place, **headers)
    assert answer.status_code in {401, 403}
    assert problem(answer, answer.status_code)["code"] != "permission_denied"


# Pages


def test_the_page_shows_each_person_once(company, anna):
    bea = make.user(factor=False)
    for role in ("assistant", "sales"):
        grant(company=company, user=bea, role=role, by=anna)
    page = signed_in(anna).get(f"/c/{company.pk}/settings/access/").content.decode()
    assert page.count(bea.email) == 1
    assert "Verkauf" in page or "Sales" in page


def test_roles_are_given_and_taken_on_the_page(company, anna):
    bea, path = make.user(), f"/c/{company.pk}/settings/access/"
    grant(company=company, user=bea, role="assistant", by=anna)
    browse = signed_in(anna)
    for do, role in (("grant", "sales"), ("withdraw", "assistant")):
        assert browse.post(path, {"do": do, "user": bea.pk, "role": role}).status_code == 302
    assert codes(company, bea) == {"sales"}
    assert browse.post(path, {"do": "remove", "user": bea.pk}).status_code == 302
    assert codes(company, bea) == set()
    assert browse.post(path, {"do": "grant", "user": bea.pk, "role": "sales"}).status_code == 404
    assert browse.post(path, {"do": "remove", "user": anna.pk}).status_code == 422
    assert browse.post(path, {"do": "anything"}).status_code == 404
    assert owners(company) == 1


def test_a_role_withdrawn_on_the_page_is_gone_with_the_next_request(company, anna):
    bea = make.user()
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    theirs, journal = signed_in(bea), f"/c/{company.pk}/ledger/journal/"
    assert theirs.get(journal).status_code == 200
    signed_in(anna).post(f"/c/{company.pk}/settings/access/",
                         {"do": "withdraw", "user": bea.pk, "role": "bookkeeper"})  # fmt: skip
    assert theirs.get(journal).status_code == 404


def test_who_leaves_is_led_out(company, anna):
    bea = make.user()
    grant(company=company, user=bea, role="owner", by=anna)
    answer = signed_in(bea).post(f"/c/{company.pk}/settings/access/",
                                 {"do": "remove", "user": bea.pk})  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_a_page_offers_only_what_one_may_give(company):
    bea = somebody(company, "members.read", "members.change", *ready_rights("approver"))
    page = signed_in(bea).get(f"/c/{company.pk}/settings/access/").content.decode()
    offered = page[page.index('name="roles"') :]
    assert 'value="approver"' in offered and 'value="sales"' not in offered
    assert 'value="owner"' not in page and 'value="bookkeeper"' not in page


def test_a_member_is_found_by_an_address_and_nobody_else_is(company, anna):
    assert member_named(company, f" {anna.email.upper()} ") == anna
    for email in (make.user().email, "niemand@example.ch"):
        with pytest.raises(NotAMember):
            member_named(company, email)


@pytest.mark.parametrize("way", ["remove", "withdraw"])
def test_with_the_last_role_go_tokens_and_do_not_come_back(company, anna, way):
    bea = make.user()
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    kept = make_token(company, anna, name="mine")
    lost = make_token(company, bea, name="hers")
    if way == "remove":
        remove_member(company=company, user=bea, by=anna)
    else:
        withdraw(company=company, user=bea, role="bookkeeper", by=anna)
    grant(company=company, user=bea, role="bookkeeper", by=anna)
    open_tokens = AppToken.of(company).filter(revoked_at=None)
    assert list(open_tokens.values_list("pk", flat=True)) == [kept]
    assert AppToken.of(company).get(pk=lost).revoked_by == anna


def make_token(company, user, *, name):
    access = access_to(company.pk, user=user)
    return create_token(access, name=name, scopes=["ledger.read"], days=9)[0].pk
