"""Inviting, and what comes of a link: once, for one address, for 72 hours, by the same rules."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from erp.access.gate import operating
from erp.access.models import Invitation, Membership, User
from erp.access.permissions import ready_rights
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.users import EmailTaken, NotAnEmail, WeakPassword
from erp.audit.models import AuditEvent
from erp.cockpit import invitations
from erp.cockpit.invitations import (
    AlreadyMember,
    NoRoleChosen,
    accept,
    accept_as_new,
    found,
    invite,
    resend,
)
from erp.cockpit.inviting import (
    AlreadyInvited,
    ForSomebodyElse,
    InvitationGone,
    TooManyInvitations,
    TooManyOpen,
)
from erp.cockpit.members import grant, remove_member, withdraw
from erp.cockpit.roles import MoreThanYouHave, NoSuchRole, change_role, delete_role
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.access.people import PASSWORD, last_token, own_role, signed_in, somebody
from tests.erp.client import Api, problem
from tests.erp.sign_in import people

EMAIL = "bea.neu@example.ch"


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Do something, and let what follows a commit happen."""

    def do(act, *args, **more):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **more)

    return do


@pytest.fixture
def issued(company, anna):
    return invite(company=company, email=EMAIL, roles=["sales", "assistant"], by=anna)


def codes(company, user):
    held = Membership.of(company).filter(user=user).select_related("role")
    return {member.role.code for member in held}


def later(**span):
    return clock.at(clock.now() + dt.timedelta(**span))


def page(token, client=None):
    return (client or people.browser()).get(f"/invitation/{token}/")


def typed(token, client=None, *, name="Bea Neu", password=PASSWORD, again=None):
    return (client or people.browser()).post(
        f"/invitation/{token}/",
        {"name": name, "password1": password, "password2": again or password},
    )


# Inviting


def test_an_invitation_keeps_only_the_digest_of_its_token(company, anna, issued):
    row = Invitation.of(company).get()
    assert row.digest == hashlib.sha256(issued.token.encode()).hexdigest()
    assert len(issued.token) >= 43
    assert (row.email, row.roles, row.by, row.language) == (
        EMAIL,
        ["sales", "assistant"],
        anna,
        "de",
    )
    assert row.expires_at - row.created_at == dt.timedelta(hours=72)
    told = AuditEvent.of(company).get(action="invitation.send")
    assert told.details == {"email": EMAIL, "roles": ["sales", "assistant"]}
    assert SecurityEvent.objects.filter(user=anna, kind="invited").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM erp_invitation i")
        kept = " ".join(row for (row,) in cursor.fetchall())
        cursor.execute("SELECT string_agg(details::text, ' ') FROM erp_auditevent")
        kept += cursor.fetchone()[0]
    assert issued.token not in kept


def test_what_cannot_be_an_invitation_is_refused(company, anna):
    for email in ("", "x", "a@b", f"{'x' * 250}@example.ch", "a\x00@example.ch"):
        with pytest.raises(NotAnEmail):
            invite(company=company, email=email, roles=["sales"], by=anna)
    with pytest.raises(NoRoleChosen):
        invite(company=company, email=EMAIL, roles=[], by=anna)
    with pytest.raises(NoSuchRole):
        invite(company=company, email=EMAIL, roles=["king"], by=anna)
    with pytest.raises(AlreadyMember):
        invite(company=company, email=anna.email.upper(), roles=["sales"], by=anna)
    invite(company=company, email=EMAIL, roles=["sales"], by=anna)
    with pytest.raises(AlreadyInvited):
        invite(company=company, email=f" {EMAIL.upper()} ", roles=["sales"], by=anna)


def test_an_expired_invitation_makes_way_for_a_new_one(company, anna, issued):
    with later(hours=73):
        again = invite(company=company, email=EMAIL, roles=["sales"], by=anna)
        with pytest.raises(InvitationGone):
            found(issued.token)
        assert found(again.token) == again.invitation


def test_nobody_invites_somebody_stronger(company):
    bea = somebody(company, "members.change", "members.read", *ready_rights("approver"))
    for roles in (["owner"], ["sales", "bookkeeper"]):
        with pytest.raises(MoreThanYouHave):
            invite(company=company, email=EMAIL, roles=roles, by=bea)
    assert invite(company=company, email=EMAIL, roles=["approver"], by=bea)


def test_an_answer_does_not_tell_whether_somebody_signs_in_here(company, anna, sent):
    known, browse = make.user(), signed_in(anna)
    path = f"/c/{company.pk}/settings/access/"
    answers = []
    for email in (known.email, EMAIL):
        body = {"do": "invite", "email": email, "language": "fr", "roles": ["sales"]}
        posted = sent(browse.post, path, body)
        shown = browse.get(path).content.decode().replace(email, "…")
        told = Api(company, anna).get("invitations/").json()["results"]
        answers.append((posted.status_code, posted["Location"], len(told)))
        assert "…" in shown
        invitations.withdraw(Invitation.of(company).get(email=email, withdrawn_at=None), by=anna)
    assert answers[0] == answers[1]
    api = [
        sent(
            Api(company, anna).post,
            "invitations/",
            {"email": e, "roles": ["sales"]},
            key="k" * 9 + e[0],
        )
        for e in (known.email, EMAIL)
    ]
    assert [a.status_code for a in api] == [201, 201]
    assert {frozenset(a.json()) for a in api} == {frozenset(api[0].json())}
    assert [m.to for m in mail.outbox] == [[known.email], [EMAIL], [known.email], [EMAIL]]


def test_the_mail_says_who_invites_whereto_and_how_long(company, anna, sent):
    body = {"do": "invite", "email": EMAIL, "language": "en", "roles": ["sales"]}
    sent(signed_in(anna).post, f"/c/{company.pk}/settings/access/", body)
    (message,) = mail.outbox
    assert message.to == [EMAIL] and company.name in message.subject
    assert anna.name in message.body and company.name in message.body and "72" in message.body
    assert f"http://testserver/invitation/{last_token()}/" in message.body
    assert page(last_token()).status_code == 200


def test_a_forged_host_makes_no_link(company, anna, sent):
    body = {"do": "invite", "email": EMAIL, "language": "en", "roles": ["sales"]}
    answer = sent(signed_in(anna).post, f"/c/{company.pk}/settings/access/", body,
                  HTTP_HOST="evil.example")  # fmt: skip
    assert answer.status_code == 400
    assert not mail.outbox and not Invitation.of(company).exists()


def test_there_is_a_most_of_open_invitations(company, anna, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_OPEN", 3)
    for n in range(3):
        last = invite(company=company, email=f"x{n}@example.ch", roles=["sales"], by=anna)
    with pytest.raises(TooManyOpen):
        invite(company=company, email=EMAIL, roles=["sales"], by=anna)
    invitations.withdraw(last.invitation, by=anna)
    invite(company=company, email=EMAIL, roles=["sales"], by=anna)


def test_one_person_sends_twenty_an_hour_wherever(company, anna):
    other = make.company(by=anna)
    for n in range(19):
        where = other if n % 2 else company
        open_companies([where.pk])
        sent = invite(company=where, email=f"x{n}@example.ch", roles=["sales"], by=anna)
    resend(sent.invitation, by=anna)
    for act in (lambda: resend(sent.invitation, by=anna),
                lambda: invite(company=sent.invitation.company, email=EMAIL, roles=["sales"], by=anna)):  # fmt: skip
        with pytest.raises(TooManyInvitations):
            act()
    with later(minutes=61):
        resend(sent.invitation, by=anna)


def test_the_limit_holds_for_two_companies_at_the_same_moment(committed_db):
    """Each company is held by its own act, so it is the sender's row that makes one wait."""
    with transaction.atomic():
        anna = make.user()
        companies = [make.company(by=anna) for _ in range(4)]
        for _ in range(19):
            note(anna, Kind.INVITED)
    answers, barrier = [], threading.Barrier(4)

    def send(company):
        barrier.wait(20)
        try:
            with operating(str(company.pk)) as access:
                invite(company=access.company, email=f"x-{company.pk}@example.ch",
                       roles=["sales"], by=anna)  # fmt: skip
                time.sleep(0.2)  # the others look while this is not yet there
            answers.append("sent")
        except TooManyInvitations:
            answers.append("refused")
        connection.close()

    threads = [threading.Thread(target=send, args=[company]) for company in companies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["refused"] * 3 + ["sent"]
    assert SecurityEvent.objects.filter(user=anna, kind="invited").count() == 20


def test_sent_again_the_old_link_is_dead(company, anna, issued):
    bea = make.user()
    grant(company=company, user=bea, role="owner", by=anna)
    with later(hours=71):
        again = resend(issued.invitation, by=bea)
    assert again.token != issued.token
    with pytest.raises(InvitationGone):
        found(issued.token)
    with later(hours=100):
        assert found(again.token).by == bea
    told = AuditEvent.of(company).get(action="invitation.resend").details
    assert told["by"] == [anna.email, bea.email] and told["email"] == EMAIL


def test_only_who_could_give_the_roles_sends_them_again(company, issued):
    cleo = somebody(company, "members.change", "members.read")
    with pytest.raises(MoreThanYouHave):
        resend(issued.invitation, by=cleo)
    assert found(issued.token)


def test_withdrawn_and_accepted_are_the_end(company, anna, issued):
    invitations.withdraw(issued.invitation, by=anna)
    for act in (resend, invitations.withdraw):
        with pytest.raises(InvitationGone):
            act(issued.invitation, by=anna)
    with pytest.raises(InvitationGone):
        accept_as_new(issued.token, name="Bea", password=PASSWORD)
    assert AuditEvent.of(company).filter(action="invitation.withdraw").count() == 1


# Joining as somebody new


def test_somebody_new_joins_and_signs_in_afterwards(company, anna, issued):
    client = people.browser()
    shown = page(issued.token, client)
    text = shown.content.decode()
    assert shown.status_code == 200 and shown["Cache-Control"] == "no-store"
    assert company.name in text and anna.name in text and EMAIL in text
    assert not User.objects.filter(email=EMAIL).exists()  # looking accepts nothing

    done = typed(issued.token, client)
    assert (done.status_code, done["Location"]) == (302, "/accounts/login/")
    bea = User.objects.get(email=EMAIL)
    assert (bea.name, bea.language, bea.is_operator) == ("Bea Neu", "de", False)
    assert codes(company, bea) == {"sales", "assistant"}
    assert client.get("/").status_code == 302  # nobody is signed in yet
    assert people.type_password(client, bea, PASSWORD)["Location"] != "/accounts/login/"
    assert client.get(f"/c/{company.pk}/")["Location"] == "/accounts/2fa/"  # a factor comes first

    accepted = AuditEvent.of(company).get(action="invitation.accept")
    assert accepted.by == bea and accepted.details["by"] == anna.email
    given = AuditEvent.of(company).filter(action="member.grant", subject_id=bea.pk)
    assert {event.by for event in given} == {anna} and given.count() == 2
    assert SecurityEvent.objects.filter(user=bea, kind="joined").count() == 1


def test_looking_at_a_link_accepts_nothing(company, issued):
    for _ in range(3):
        client = people.browser()
        assert client.head(f"/invitation/{issued.token}/").status_code == 200
        assert page(issued.token, client).status_code == 200
    assert Invitation.of(company).get().accepted_at is None


def test_a_link_works_once(company, issued):
    assert typed(issued.token).status_code == 302
    again = typed(issued.token, name="Mallory")
    assert again.status_code == 404
    assert page(issued.token).status_code == 404
    assert User.objects.filter(email=EMAIL).count() == 1


@pytest.mark.parametrize(("password", "again"), [
    ("kurz", None), (PASSWORD, "etwas anderes ganz"), ("Passwort1234", None), ("", ""),
])  # fmt: skip
def test_a_password_that_will_not_do_joins_nobody(company, issued, password, again):
    answer = typed(issued.token, password=password, again=again)
    assert answer.status_code == 422 and "errorlist" in answer.content.decode()
    assert not User.objects.filter(email=EMAIL).exists()
    assert page(issued.token).status_code == 200  # it is still open


def test_the_name_of_the_company_is_no_password(anna):
    company = make.company(by=anna, name="Zwetschgenbaum Handels AG")
    issued = invite(company=company, email=EMAIL, roles=["sales"], by=anna)
    with pytest.raises(WeakPassword) as refusal:
        accept_as_new(issued.token, name="Bea", password="Zwetschgenbaum-Handels-2026")
    assert refusal.value.place == "password1"


def test_a_name_is_asked_for(company, issued):
    assert typed(issued.token, name="  ").status_code == 422


def test_two_who_accept_at_the_same_moment_are_one(committed_db):
    with transaction.atomic():
        company = make.company()
        email = f"gleich-{company.pk}@example.ch"
        issued = invite(company=company, email=email, roles=["sales"], by=make.owner_of(company))
    answers, barrier = [], threading.Barrier(4)

    def join(nth):
        client = people.browser()
        barrier.wait(20)
        answers.append(typed(issued.token, client, name=f"Bea {nth}").status_code)
        connection.close()

    threads = [threading.Thread(target=join, args=[nth]) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404, 404, 404]
    with operating(str(company.pk)):
        assert Membership.of(company).filter(user__email=email).count() == 1


# Joining as somebody who signs in here already


def test_somebody_with_an_account_signs_in_first_and_accepts_by_a_click(company, anna):
    bea = make.user()
    issued = invite(company=company, email=bea.email, roles=["sales"], by=anna)
    stranger = page(issued.token).content.decode()
    assert (
        "password1" not in stranger
        and f"/accounts/login/?next=/invitation/{issued.token}/" in stranger
    )
    assert typed(issued.token)["Location"] == f"/invitation/{issued.token}/"  # no second account
    assert codes(company, bea) == set()
    client = signed_in(bea)
    assert page(issued.token, client).status_code == 200 and codes(company, bea) == set()
    assert client.post(f"/invitation/{issued.token}/")["Location"] == "/"
    assert codes(company, bea) == {"sales"}
    assert client.get(f"/c/{company.pk}/").status_code == 200
    bea.refresh_from_db()
    assert bea.check_password("ein-gutes-Kennwort-2026")


def test_a_link_is_bound_to_its_address(company, issued):
    mallory = make.user()
    client = signed_in(mallory)
    shown = page(issued.token, client).content.decode()
    assert EMAIL not in shown and mallory.email in shown
    client.post(
        f"/invitation/{issued.token}/", {"name": "x", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert codes(company, mallory) == set() and not User.objects.filter(email=EMAIL).exists()
    with pytest.raises(ForSomebodyElse):
        accept(issued.token, user=mallory)
    assert found(issued.token)


def test_without_a_second_factor_nobody_accepts(company, anna):
    bea = make.user(factor=False)
    issued = invite(company=company, email=bea.email, roles=["sales"], by=anna)
    client = signed_in(bea)
    assert client.post(f"/invitation/{issued.token}/")["Location"] == "/accounts/2fa/"
    assert codes(company, bea) == set()


def test_whose_account_came_in_between_accepts_by_signing_in(company, issued):
    make.user()
    User.objects.create_user(EMAIL, PASSWORD)
    with pytest.raises(EmailTaken):
        accept_as_new(issued.token, name="Bea", password=PASSWORD)
    assert page(issued.token).status_code == 200


# Links that lead nowhere


def ends(company, anna, issued):
    """What may become of an invitation, each under its name."""
    role = own_role(company, "Lager", "company.read")

    def expired():
        return later(hours=72)

    def withdrawn():
        invitations.withdraw(issued.invitation, by=anna)

    def accepted():
        accept_as_new(issued.token, name="Bea", password=PASSWORD)

    def sender_gone():
        bea = make.user()
        grant(company=company, user=bea, role="owner", by=anna)
        remove_member(company=company, user=anna, by=bea)

    def sender_locked_out():
        User.objects.filter(pk=anna.pk).update(is_active=False)

    def sender_weaker():
        bea = make.user()
        for user, code in ((bea, "owner"), (anna, "assistant"), (anna, role.code)):
            grant(company=company, user=user, role=code, by=anna)
        withdraw(company=company, user=anna, role="owner", by=bea)

    return {f.__name__: f for f in (expired, withdrawn, accepted, sender_gone, sender_locked_out,
                                    sender_weaker)}  # fmt: skip


@pytest.mark.parametrize("end", ["expired", "withdrawn", "accepted", "sender_gone",
                                 "sender_locked_out", "sender_weaker"])  # fmt: skip
def test_every_link_that_leads_nowhere_is_answered_alike(company, anna, issued, end):
    guess = page("A" * 43, client := people.browser())
    assert guess.status_code == 404
    ended = ends(company, anna, issued)[end]() or clock.at(clock.now())
    members = Membership.of(company).count()
    with ended:
        answers = [page(issued.token), typed(issued.token), typed("A" * 43), page("x")]
    texts = {without_secrets(a) for a in [guess, *answers]}
    assert [a.status_code for a in answers] == [404] * 4 and len(texts) == 1
    assert client and Membership.of(company).count() == members


def without_secrets(answer):
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_it_holds_to_the_last_second(company, issued):
    with later(hours=71, minutes=59):
        assert page(issued.token).status_code == 200
    with later(hours=72, seconds=1):
        assert page(issued.token).status_code == 404


def test_a_role_that_grew_beyond_its_sender_is_not_given(company, anna):
    """The sender's rights are looked at again on acceptance, against what the role is by then."""
    role = own_role(company, "Lager", "company.read")
    cleo = somebody(company, "members.read", "members.change", "company.read")
    issued = invite(company=company, email=EMAIL, roles=[role.code], by=cleo)
    change_role(role, permissions=["company.read", "ledger.post"], by=anna)
    with pytest.raises(InvitationGone):
        accept_as_new(issued.token, name="Bea", password=PASSWORD)
    change_role(role, permissions=["company.read"], by=anna)
    assert accept_as_new(issued.token, name="Bea", password=PASSWORD)


def test_who_may_no_longer_let_people_in_has_not_invited_either(company, anna):
    cleo = somebody(company, "members.read", "members.change", *ready_rights("approver"))
    mine = Membership.of(company).get(user=cleo).role
    issued = invite(company=company, email=EMAIL, roles=["approver"], by=cleo)
    change_role(mine, permissions=["members.read", *ready_rights("approver")], by=anna)
    assert page(issued.token).status_code == 404


@pytest.mark.parametrize("kind", [Kind.PASSWORD_CHANGED, Kind.FACTOR_REMOVED])
def test_what_was_sent_before_an_account_was_taken_back_is_void(company, anna, api, issued, kind):
    """AUT-9: whoever had got into the account loses the invitations they sent from it."""
    assert page(issued.token).status_code == 200
    with later(minutes=1):
        note(anna, kind)
    assert page(issued.token).status_code == 404
    with pytest.raises(InvitationGone):
        accept_as_new(issued.token, name="Bea", password=PASSWORD)
    browse, path = signed_in(anna), f"/c/{company.pk}/settings/access/"
    ((row, _names, stands),) = browse.get(path).context["invitations"]
    assert (row.is_open, stands) == (True, False)
    (told,) = api.get("invitations/").json()["results"]
    assert (told["is_open"], told["stands"]) == (True, False)
    with later(minutes=2):
        again = resend(issued.invitation, by=anna)
        assert found(again.token) == row
        assert api.get("invitations/").json()["results"][0]["stands"] is True


def test_who_must_change_the_password_first_has_invited_nobody(company, anna, issued):
    """A thief invites from the stolen account; its owner says that it was not them."""
    User.objects.filter(pk=anna.pk).update(password_breached_at=clock.now())
    assert page(issued.token).status_code == 404
    with pytest.raises(InvitationGone):
        accept_as_new(issued.token, name="Bea", password=PASSWORD)


def test_other_events_of_the_sender_change_nothing(company, anna, issued):
    with later(minutes=1):
        for kind in (Kind.FACTOR_ADDED, Kind.CODE_USED, Kind.SIGNED_IN, Kind.REFUSED):
            note(anna, kind)
        note(make.user(), Kind.PASSWORD_CHANGED)
    assert found(issued.token)


def test_a_password_changed_on_the_page_voids_what_was_sent(company, anna, issued):
    client = people.browser()
    people.sign_in(client, anna)
    told = {"oldpassword": people.PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/change/", told).status_code == 302
    assert page(issued.token).status_code == 404


def test_a_sender_who_is_locked_out_invites_nobody(company, anna, issued):
    grant(company=company, user=make.user(), role="owner", by=anna)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert page(issued.token).status_code == 404


def test_an_expired_invitation_to_a_role_that_is_gone_is_not_sent_again(company, anna):
    role = own_role(company, "Lager", "company.read")
    issued = invite(company=company, email=EMAIL, roles=[role.code], by=anna)
    with later(hours=80):
        delete_role(role, by=anna)
        with pytest.raises(NoSuchRole):
            resend(issued.invitation, by=anna)


def test_tokens_are_not_guessed_by_digest_nor_by_parts(company, issued):
    row = Invitation.of(company).get()
    for guess in (
        row.digest,
        issued.token[:-1],
        issued.token + "A",
        issued.token.swapcase(),
        "%",
        "'",
    ):
        assert page(guess).status_code == 404, guess


# Foreign companies


def test_invitations_of_another_company_are_not_there(company, anna, issued):
    other = make.company()
    boss = make.owner_of(other)
    foreign = Api(other, boss)
    path = f"invitations/{issued.invitation.pk}/"
    for answer in (foreign.get(path), foreign.delete(path, HTTP_IF_MATCH="*"),
                   foreign.post(f"{path}resend/", {}, key="aaaaaaaa")):  # fmt: skip
        problem(answer, 404)
    answer = signed_in(boss).post(f"/c/{other.pk}/settings/access/",
                                  {"do": "take_back", "invitation": issued.invitation.pk})  # fmt: skip
    assert answer.status_code == 404
    open_companies([other.pk])
    assert not Invitation.of(other).exists()
    open_companies([])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM erp_invitation")
        assert cursor.fetchone() == (0,)
    open_companies([company.pk])
    assert Invitation.of(company).get().is_open


def test_a_link_opens_its_own_company_and_no_other(company, anna, issued):
    other = make.company()
    user = accept_as_new(issued.token, name="Bea", password=PASSWORD)
    open_companies([other.pk])
    assert codes(other, user) == set()
    open_companies([company.pk])
    assert codes(company, user) == {"sales", "assistant"}


# Endpoints and pages


def test_invitations_by_the_endpoints(api, company, anna, sent):
    body = {"email": EMAIL.upper(), "roles": ["sales"], "language": "it"}
    made = sent(api.post, "invitations/", body, key="aaaaaaaa")
    told = made.json()
    assert made.status_code == 201, told
    assert (told["email"], told["roles"], told["language"], told["by"], told["is_open"]) == (
        EMAIL, ["sales"], "it", anna.email, True,
    )  # fmt: skip
    assert not {"token", "digest"} & set(told)
    again = sent(api.post, "invitations/", body, key="aaaaaaaa")
    assert again.json() == told and len(mail.outbox) == 1
    problem(api.post("invitations/", body), 400)
    problem(api.post("invitations/", body, key="bbbbbbbb"), 409, "access.already_invited")
    problem(api.post("invitations/", {**body, "roles": []}, key="cccccccc"), 400)
    problem(api.post("invitations/", {**body, "by": 1}, key="cccccccc"), 400)
    first = last_token()
    path = f"invitations/{told['id']}/"
    assert sent(api.post, f"{path}resend/", {}, key="dddddddd").status_code == 201
    assert len(mail.outbox) == 2 and page(first).status_code == 404
    assert page(last_token()).status_code == 200
    problem(api.delete(path), 428)
    assert api.delete(path, **api.read(path)[1]).status_code == 204
    problem(api.get(path), 404)
    assert page(last_token()).status_code == 404
    assert api.get("invitations/").json()["results"] == []


def test_invitations_on_the_page(company, anna, sent):
    browse, path = signed_in(anna), f"/c/{company.pk}/settings/access/"
    body = {"do": "invite", "email": EMAIL, "language": "de", "roles": ["sales", "payroll"]}
    assert browse.post(path, {**body, "roles": []}).status_code == 422
    assert browse.post(path, {**body, "email": "x"}).status_code == 422
    assert sent(browse.post, path, body).status_code == 302
    row = Invitation.of(company).get()
    assert EMAIL in browse.get(path).content.decode()
    first = last_token()
    assert sent(browse.post, path, {"do": "resend", "invitation": row.pk}).status_code == 302
    assert page(first).status_code == 404 and page(last_token()).status_code == 200
    assert browse.post(path, {"do": "take_back", "invitation": row.pk}).status_code == 302
    assert page(last_token()).status_code == 404
    assert EMAIL not in browse.get(path).content.decode().replace("%40", "@")


def test_a_mail_server_that_is_away_loses_no_invitation(company, anna, sent, monkeypatch):
    def away(*_args, **_more):
        raise OSError("no route to host")

    monkeypatch.setattr("erp.access.sign_in.adapter.AccountAdapter.send_mail", away)
    body = {"do": "invite", "email": EMAIL, "language": "de", "roles": ["sales"]}
    assert sent(signed_in(anna).post, f"/c/{company.pk}/settings/access/", body).status_code == 302
    assert Invitation.of(company).get().is_open


def test_nobody_signs_up_without_an_invitation(db):
    answer = Client().post("/accounts/signup/", {"email": EMAIL, "password1": PASSWORD})
    assert not User.objects.filter(email=EMAIL).exists() and answer.status_code in {200, 403}
    assert Client().get("/invitation/").status_code == 404
