"""A fiduciary's staff come by invitation, and nobody learns who has an account (AUT-9, AUT-11)."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import threading

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.translation import gettext

from erp.access.firms.models import Firm, FirmInvitation, FirmStaff
from erp.access.gate import access_to
from erp.access.models import User
from erp.access.sign_in.events import Kind, note
from erp.access.sign_in.models import SecurityEvent
from erp.access.users import NotAnEmail
from erp.cockpit import firms, inviting, staffing
from erp.cockpit.inviting import (
    AlreadyInvited,
    ForSomebodyElse,
    InvitationGone,
    TooManyInvitations,
    TooManyOpen,
)
from erp.core import clock
from erp.core.tenancy import open_companies, set_local
from tests import make
from tests.erp.access.people import PASSWORD, signed_in
from tests.erp.sign_in import people

EMAIL = "rita.neu@example.ch"


@pytest.fixture
def issued(firm, lead):
    return staffing.invite_staff(firm, email=EMAIL, team_role="accountant", by=lead)


def later(**span):
    return clock.at(clock.now() + dt.timedelta(**span))


def last_token():
    (token,) = re.findall(r"http://testserver/invitation/firm/([\w-]+)/", mail.outbox[-1].body)
    return token


def body(email, **more):
    return {"do": "invite", "email": email, "language": "fr", "team_role": "accountant"} | more


def team(firm):
    set_local("rappen.firm", str(firm.pk))
    return {one.user.email: one.team_role for one in firm.staff.select_related("user")}


def test_somebody_new_joins_by_name_and_password(firm, lead, mandate, company, sent):
    client = signed_in(lead)
    assert sent(client.post, f"/firms/{firm.pk}/", body(EMAIL)).status_code == 302
    (message,) = mail.outbox
    assert message.to == [EMAIL] and str(firm) in message.subject and str(lead) in message.body
    token, stranger = last_token(), people.browser()
    shown = stranger.get(f"/invitation/firm/{token}/")
    assert shown.status_code == 200 and str(firm) in shown.content.decode()
    assert not User.objects.filter(email=EMAIL).exists()
    told = {"name": "Rita Neu", "password1": PASSWORD, "password2": PASSWORD}
    done = stranger.post(f"/invitation/firm/{token}/", told)
    assert (done.status_code, done["Location"]) == (302, "/accounts/login/")
    rita = User.objects.get(email=EMAIL)
    assert team(firm)[EMAIL] == "accountant"
    assert access_to(company.pk, user=rita).may("ledger.post")
    assert SecurityEvent.objects.get(user=rita, kind="joined").details == {"firm": firm.pk}
    assert stranger.get(f"/invitation/firm/{token}/").status_code == 404
    with pytest.raises(InvitationGone):
        staffing.accept_as_new(token, name="x", password=PASSWORD)


def test_somebody_who_signs_in_here_accepts_by_a_click(firm, lead, issued):
    rita = make.user()
    mine = staffing.invite_staff(firm, email=rita.email, team_role="reviewer", by=lead)
    path = f"/invitation/firm/{mine.token}/"
    stranger = people.browser().get(path).content.decode()
    assert "password1" not in stranger and f"/accounts/login/?next={path}" in stranger
    client = signed_in(rita)
    assert client.get(path).status_code == 200 and rita.email not in team(firm)
    assert client.post(path)["Location"] == "/"
    assert team(firm)[rita.email] == "reviewer"
    other = f"/invitation/firm/{issued.token}/"
    assert client.post(other)["Location"] == other  # for somebody else
    with pytest.raises(ForSomebodyElse):
        staffing.accept(issued.token, user=rita)


def test_an_answer_does_not_tell_whether_somebody_signs_in_here(firm, lead, sent):
    known, client, path = make.user(), signed_in(lead), f"/firms/{firm.pk}/"
    answers = []
    for email in (known.email, EMAIL):
        posted = sent(client.post, path, body(email))
        shown = client.get(path).content.decode()
        assert email in shown and (email not in team(firm))
        answers.append((posted.status_code, posted["Location"]))
        staffing.withdraw(FirmInvitation.objects.get(email=email), by=lead)
    assert answers[0] == answers[1]
    assert [m.to for m in mail.outbox] == [[known.email], [EMAIL]]


def test_only_the_digest_is_kept_and_the_link_lasts_72_hours(issued):
    row = issued.invitation
    assert row.digest == hashlib.sha256(issued.token.encode()).hexdigest()
    assert row.expires_at - row.created_at == dt.timedelta(hours=72)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM erp_firminvitation i")
        assert issued.token not in " ".join(row for (row,) in cursor.fetchall())
    with later(hours=71):
        assert staffing.found(issued.token) == row
    with later(hours=72, seconds=1), pytest.raises(InvitationGone):
        staffing.found(issued.token)


def test_links_of_a_company_and_of_a_firm_open_only_their_own_door(firm, issued):
    for path in (f"/invitation/{issued.token}/", f"/invitation/firm/{issued.invitation.digest}/",
                 "/invitation/firm/x/"):  # fmt: skip
        assert people.browser().get(path).status_code == 404


def test_what_cannot_be_an_invitation_is_refused(firm, lead, issued, monkeypatch):
    for email, refusal in (("x", NotAnEmail), (lead.email.upper(), staffing.AlreadyStaff),
                           (f" {EMAIL} ", AlreadyInvited)):  # fmt: skip
        with pytest.raises(refusal):
            staffing.invite_staff(firm, email=email, team_role="lead", by=lead)
    stranger = make.user()
    with pytest.raises(staffing.NotInFirm):
        staffing.invite_staff(firm, email="x@example.ch", team_role="lead", by=stranger)
    monkeypatch.setattr(staffing, "MOST_OPEN", 1)
    with pytest.raises(TooManyOpen):
        staffing.invite_staff(firm, email="x@example.ch", team_role="lead", by=lead)
    monkeypatch.setattr(inviting, "MOST_AN_HOUR", 1)
    with pytest.raises(TooManyInvitations):
        staffing.resend(issued.invitation, by=lead)
    with later(hours=73):
        staffing.invite_staff(firm, email=EMAIL, team_role="lead", by=lead)  # the old one made way


def test_sent_again_the_old_link_is_dead_and_withdrawn_is_the_end(firm, lead, sent):
    client, path = signed_in(lead), f"/firms/{firm.pk}/"
    sent(client.post, path, body(EMAIL))
    first, row = last_token(), FirmInvitation.objects.get()
    assert sent(client.post, path, {"do": "resend", "invitation": row.pk}).status_code == 302
    assert people.browser().get(f"/invitation/firm/{first}/").status_code == 404
    assert people.browser().get(f"/invitation/firm/{last_token()}/").status_code == 200
    assert client.post(path, {"do": "take_back", "invitation": row.pk}).status_code == 302
    assert people.browser().get(f"/invitation/firm/{last_token()}/").status_code == 404
    for act in (staffing.resend, staffing.withdraw):
        with pytest.raises(InvitationGone):
            act(row, by=lead)
    client.get(path)  # what was told is read
    assert EMAIL not in client.get(path).content.decode()


def test_an_invitation_falls_with_its_sender(firm, lead, issued):
    other = make.staff(firm, lead, "lead", is_manager=True)
    staffing.set_staff(firm, user=lead, team_role="lead", is_manager=False, by=other)
    with pytest.raises(InvitationGone):
        staffing.found(issued.token)
    again = staffing.resend(issued.invitation, by=other)
    assert staffing.found(again.token)
    with later(minutes=1):
        note(other, Kind.PASSWORD_CHANGED)
        with pytest.raises(InvitationGone):
            staffing.accept_as_new(again.token, name="Rita", password=PASSWORD)


def test_the_page_shows_what_no_longer_stands(firm, lead, issued):
    client = signed_in(lead)
    with later(minutes=1):
        note(lead, Kind.FACTOR_REMOVED, factor="totp")
    ((row, stands),) = client.get(f"/firms/{firm.pk}/").context["invitations"]
    assert (row, stands) == (issued.invitation, False)


def test_team_roles_are_changed_on_the_page(firm, lead):
    rita, client, path = make.staff(firm, lead, "assistant"), signed_in(lead), f"/firms/{firm.pk}/"
    told = {"do": "change", "user": rita.pk, "team_role": "lead", "is_manager": "on"}
    assert client.post(path, told).status_code == 302
    row = FirmStaff.objects.get(user=rita)
    assert (row.team_role, row.is_manager) == ("lead", True)
    assert client.post(path, {**told, "team_role": "king"}).status_code == 404
    assert client.post(path, {**told, "user": make.user().pk}).status_code == 404
    with pytest.raises(staffing.NotStaff):
        staffing.set_staff(firm, user=make.user(), team_role="lead", by=lead)
    assert client.post(path, {"do": "remove", "user": rita.pk}).status_code == 302
    assert rita.email not in team(firm)
    last = client.post(path, {"do": "remove", "user": lead.pk})
    assert last.status_code == 422


def test_staff_who_do_not_manage_see_no_invitations_and_change_nothing(firm, lead, issued):
    client, path = signed_in(make.staff(firm, lead, "lead")), f"/firms/{firm.pk}/"
    assert EMAIL not in client.get(path).content.decode()
    for told in (body("x@example.ch"), {"do": "take_back", "invitation": issued.invitation.pk}):
        assert client.post(path, told).status_code == 404


def test_changes_want_the_second_factor(firm, lead):
    client = Client()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(lead)
    answer = client.post(f"/firms/{firm.pk}/", body(EMAIL))
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


def test_the_database_shows_invitations_to_the_firm_alone(firm, lead, issued, company, owner):
    with transaction.atomic():
        set_local("rappen.user", str(owner.pk))
        set_local("rappen.firm", "")
        open_companies([company.pk])
        assert not FirmInvitation.objects.exists()
        assert FirmInvitation.objects.update(team_role="lead") == 0
    values = {f.attname: getattr(issued.invitation, f.attname) for f in FirmInvitation._meta.fields}
    with pytest.raises(DatabaseError), transaction.atomic():
        set_local("rappen.user", str(owner.pk))
        FirmInvitation.objects.create(**values | {"id": None, "email": owner.email})


def test_the_database_lets_no_lead_say_what_a_firm_may(firm, lead):
    with pytest.raises(DatabaseError), transaction.atomic():
        set_local("rappen.user", str(lead.pk))
        Firm.objects.filter(pk=firm.pk).update(may_found=True)


def test_the_mail_is_in_the_language_of_whoever_gets_it(firm, lead, sent):
    rita = make.user(language="it")
    sent(signed_in(lead).post, f"/firms/{firm.pk}/", body(rita.email))
    assert mail.outbox[-1].to == [rita.email]
    with translation.override("it"):
        assert gettext("Hello %(name)s") % {"name": rita.name} in mail.outbox[-1].body


def test_two_who_accept_at_the_same_moment_are_one(committed_db):
    with transaction.atomic():
        lead = make.user()
        firm = firms.found_firm(name="Drei", manager=lead, by=make.user(is_operator=True))
        rita = make.user()
        issued = staffing.invite_staff(firm, email=rita.email, team_role="lead", by=lead)
    answers, barrier = [], threading.Barrier(3)

    def join():
        client = signed_in(rita)
        barrier.wait(20)
        answers.append(client.post(f"/invitation/firm/{issued.token}/").status_code)
        connection.close()

    threads = [threading.Thread(target=join) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404, 404]
    with transaction.atomic():
        assert list(team(firm)).count(rita.email) == 1


def test_a_page_of_the_firm_costs_the_same_for_many(firm, lead):
    client, path, counts = signed_in(lead), f"/firms/{firm.pk}/", []
    for n in range(3):
        staffing.invite_staff(firm, email=f"x{n}@example.ch", team_role="lead", by=lead)
        make.staff(firm, lead)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1, counts
