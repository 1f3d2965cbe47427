"""How safe a company is: whose accounts, which events, what to fix first, and who may act on it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import READY_ROLES
from erp.access.sign_in import sessions
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens.models import AppToken
from erp.audit.models import AccessLogEntry, AuditEvent
from erp.cockpit import security
from erp.cockpit.members import NotAMember, remove_member, withdraw
from erp.cockpit.security import end_sessions, overview
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import Api, problem
from tests.erp.leaks.conftest import person

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def company(db):
    return make.company(by=person("fritz"))


@pytest.fixture
def anna(company):
    """The owner."""
    return make.owner_of(company)


def member(company, alias, role="bookkeeper", **more):
    return person(alias, company=company, role=role, **more)


def seen(company):
    return overview(company, asking=make.owner_of(company))


def fixes(company):
    return {fix.code: fix for fix in seen(company).fixes}


def guarded(company, user):
    (found,) = [one for one in seen(company).people if one.user == user]
    return found


def signed_in(user, *, at=None, seen_at=None):
    """A session of a person that goes on since ``at``."""
    store = SessionStore()
    store.create()
    moment = clock.now()
    return UserSession.objects.create(
        user=user, ip="192.0.2.7", user_agent="Firefox/140.0", session_key=store.session_key,
        created_at=at or moment, last_seen_at=seen_at or moment,
    )  # fmt: skip


def token(company, user, **more):
    values = {"name": "Kasse", "digest": "0" * 64, "prefix": "rappen_abcdef", "scopes": [],
              "created_at": clock.now() - 10 * DAY, "expires_at": clock.now() + 80 * DAY}  # fmt: skip
    return AppToken.unscoped.create(company=company, user=user, **(values | more))


def event(user, kind="signed_in", *, ago=dt.timedelta(), **details):
    return SecurityEvent.objects.create(
        user=user, kind=kind, at=clock.now() - ago, address="192.0.2.7", details=details
    )


def finding(company, alias="anna", breach="Adobe", **more):
    return LeakFinding.unscoped.create(
        company=company, domain="alpenholz.ch", alias=alias, breach=breach, found_at=clock.now(),
        state="told", **more,
    )  # fmt: skip


# --- members


def test_members_with_their_factors_sessions_and_tokens(company, anna):
    bea = member(company, "bea")
    Authenticator.objects.filter(user=bea).delete()
    Authenticator.objects.create(user=anna, type="webauthn", data={})
    signed_in(anna)
    signed_in(anna, seen_at=clock.now() - dt.timedelta(hours=2))  # idle: over
    signed_in(anna, at=clock.now() - dt.timedelta(hours=13))  # too long: over
    gone = signed_in(anna)
    Session.objects.filter(session_key=gone.session_key).delete()
    token(company, bea)
    token(company, bea, revoked_at=clock.now())
    token(company, bea, expires_at=clock.now() - DAY, created_at=clock.now() - 9 * DAY)
    owner, keeper = guarded(company, anna), guarded(company, bea)
    assert (owner.factor, owner.factors, len(owner.sessions), owner.tokens) == ("passkey", 2, 1, 0)
    assert (keeper.factor, keeper.factors, len(keeper.sessions), keeper.tokens) == ("none", 0, 0, 1)
    assert (owner.is_owner, keeper.is_owner) == (True, False)


def test_each_member_is_one_row_whatever_the_roles(company, anna):
    bea = member(company, "bea")
    make.grant(company=company, user=bea, role="auditor", by=anna)
    assert len(seen(company).people) == 2
    assert len(guarded(company, bea).roles) == 2


def test_nobody_of_another_company_is_shown(company):
    stranger = person("ursina")
    other = make.company(by=stranger)
    event(stranger)
    token(other, stranger)
    finding(other, "ursina")
    MailDomain.unscoped.create(
        company=other, domain="fremd.ch", added_by=stranger, added_at=clock.now()
    )
    open_companies([company.pk])
    client = Client()
    client.force_login(make.owner_of(company))
    text = client.get(f"/c/{company.pk}/settings/security/").content.decode()
    told = client.get(f"/api/v1/companies/{company.pk}/security/").content.decode()
    for hidden in ("ursina", "Ursina", "fremd.ch"):
        assert hidden not in text and hidden not in told


# --- events


def test_events_are_of_members_and_of_lately(company, anna):
    bea = member(company, "bea")
    mine = [event(anna), event(bea, "refused")]
    event(person("stranger"))
    event(anna, ago=31 * DAY)
    assert [one.pk for one in seen(company).events] == [one.pk for one in reversed(mine)]


def test_nothing_from_before_somebody_became_a_member(company, anna):
    bea = person("bea")
    with clock.at(NOW - 3 * DAY):
        before = event(bea)
    with clock.at(NOW - 2 * DAY):
        make.grant(company=company, user=bea, role="assistant", by=anna)
    with clock.at(NOW - DAY):
        since = event(bea)
        make.grant(company=company, user=bea, role="auditor", by=anna)
        withdraw(company=company, user=bea, role="assistant", by=anna)
    with clock.at(NOW):
        shown = {one.pk for one in seen(company).events}
        assert since.pk in shown and before.pk not in shown
        remove_member(company=company, user=bea, by=anna)
        assert since.pk not in {one.pk for one in seen(company).events}
        make.grant(company=company, user=bea, role="auditor", by=anna)
        assert since.pk not in {one.pk for one in seen(company).events}


def test_where_the_trail_does_not_know_it_all_of_lately_is_shown(company):
    """A membership from before there was a trail."""
    old = make.user(company=company, granted=[])
    one = event(old, ago=20 * DAY)
    assert one.pk in {shown.pk for shown in seen(company).events}


def test_what_names_another_company_is_not_shown(company, anna):
    other = make.company(by=anna)
    open_companies([company.pk])
    theirs = event(anna, "token_made", token=1, company=other.pk)
    ours = event(anna, "token_made", token=2, company=company.pk)
    shown = {one.pk for one in seen(company).events}
    assert ours.pk in shown and theirs.pk not in shown


def test_what_somebody_may_not_elsewhere_is_not_shown(company, anna):
    clerk = make.user(company=company, granted=["company.read"])
    other = make.company()
    role = Role.unscoped.create(company=other, code="x", name="X", permissions=["company.read"])
    Membership.unscoped.create(company=other, user=clerk, role=role)
    client = Client()
    client.force_login(clerk)
    for where in (other, company):
        assert client.get(f"/c/{where.pk}/settings/audit/").status_code == 403
    open_companies([company.pk])
    (shown,) = [one for one in seen(company).events if one.kind == "denied"]
    assert shown.details["path"] == f"/c/{company.pk}/settings/audit/"


def test_nobody_floods_the_events_with_what_they_may_not(company, anna):
    clerk = make.user(company=company, granted=["company.read"])
    client = Client()
    client.force_login(clerk)
    for record in range(1, 6):
        assert client.get(f"/c/{company.pk}/history/user/{record}/").status_code == 403
    assert SecurityEvent.objects.filter(user=clerk, kind="denied").count() == 1


# --- what to fix


def test_a_sound_company_has_nothing_to_fix(company, anna):
    Authenticator.objects.create(user=anna, type="webauthn", data={})
    other = member(company, "ota", role="owner")
    Authenticator.objects.create(user=other, type="webauthn", data={})
    assert fixes(company) == {}


def test_each_thing_to_fix_is_found_and_the_heaviest_comes_first(company, anna, settings):
    settings.LEAKS_KEY = "x"
    bea, cyrill = member(company, "bea"), member(company, "cyrill", domain="bluewin.ch")
    Authenticator.objects.filter(user=bea).delete()
    User.objects.filter(pk=cyrill.pk).update(password_breached_at=clock.now())
    signed_in(bea, at=clock.now() - dt.timedelta(hours=9))
    token(company, bea, created_at=clock.now() - 100 * DAY, name="Alt")
    token(company, bea, expires_at=clock.now() + 300 * DAY, name="Lang")
    finding(company), finding(company, breach="LinkedIn"), finding(company, "info")
    Invitation.unscoped.create(
        company=company, email="neu@alpenholz.ch", roles=["auditor"], language="de", digest="x",
        by=anna, created_at=clock.now(), expires_at=clock.now() + DAY,
    )  # fmt: skip
    for _nth in range(10):
        event(bea, "refused")
    found = seen(company).fixes
    assert [(fix.code, fix.count, fix.who) for fix in found] == [
        ("attacks", 10, ("Bea",)),
        ("breached_passwords", 1, ("Cyrill",)),
        ("no_factor", 1, ("Bea",)),
        ("one_factor", 1, ("Fritz",)),
        ("one_owner", 1, ("Fritz",)),
        ("leaks", 2, ("anna@alpenholz.ch", "info@alpenholz.ch")),
        ("unused_tokens", 1, ("Alt (Bea)",)),
        ("old_sessions", 1, ("Bea",)),
        ("lasting_tokens", 1, ("Lang (Bea)",)),
        ("free_mail", 1, ("Cyrill",)),
        ("no_domain", 1, ()),
        ("open_invitations", 1, ("neu@alpenholz.ch",)),
    ]
    start = f"/c/{company.pk}/settings"
    assert [fix.address(company) for fix in found] == [
        f"{start}/security/#events", f"{start}/security/#people", f"{start}/access/",
        "/accounts/2fa/", f"{start}/access/", f"{start}/security/#leaks", f"{start}/tokens/",
        f"{start}/security/#people", f"{start}/tokens/", f"{start}/access/",
        f"{start}/security/#domains", f"{start}/access/",
    ]  # fmt: skip
    MailDomain.unscoped.create(company=company, domain="alpenholz.ch", added_by=anna,
                               added_at=clock.now(), state="refused", problem="no_member")  # fmt: skip
    assert fixes(company)["refused_domains"].who == ("alpenholz.ch",)
    assert "no_domain" not in fixes(company)


@pytest.mark.parametrize(("each", "people", "attacked"), [
    (9, 1, False), (10, 1, True), (9, 2, False), (7, 3, True), (1, 19, False), (1, 21, False),
    (2, 21, True),
])  # fmt: skip
def test_many_refused_sign_ins_are_an_attack(company, each, people, attacked):
    for nth in range(people):
        user = make.user(company=company, granted=[])
        for _again in range(each):
            event(user, "factor_refused" if nth % 2 else "limited")
        event(user, "refused", ago=dt.timedelta(hours=25))
    assert ("attacks" in fixes(company)) is attacked


def test_the_owners_factor_is_fixed_where_owners_have_their_account(company, anna):
    keeper = member(company, "bea")
    fix = next(f for f in overview(company, asking=keeper).fixes if f.code == "one_factor")
    assert fix.address(company).endswith("/security/#people")


# --- the page


@pytest.fixture
def page(company, anna):
    client = Client()
    client.force_login(anna)
    address = f"/c/{company.pk}/settings/security/"
    return client, address


def test_the_page_shows_it_and_notes_who_looked(company, anna, page):
    client, address = page
    finding(company, "anna", breach_date=dt.date(2013, 10, 4))
    event(anna, "refused")
    text = re.sub(r"\s+", " ", client.get(address).content.decode())
    for shown in ("anna@alpenholz.ch", "Adobe", "04.10.2013", "1.00", "fritz@alpenholz.ch"):
        assert shown in text
    note = AccessLogEntry.of(company).get()
    assert (note.kind, note.subject, note.count, note.by) == ("list", "user", 1, anna)


@pytest.mark.parametrize("role", [role.code for role in READY_ROLES])
def test_owners_change_and_fiduciaries_and_auditors_read(company, role):
    someone = member(company, "egon", role=role)
    client = Client()
    client.force_login(someone)
    address = f"/c/{company.pk}/settings/security/"
    reads, changes = role in {"owner", "fiduciary", "auditor"}, role == "owner"
    answer = client.get(address)
    assert answer.status_code == (200 if reads else 403)
    assert client.post(address, {"do": "nothing"}).status_code == (404 if changes else 403)
    if reads:
        assert (b"<form" in answer.content.partition(b"<main ")[2]) is changes


def test_links_lead_only_where_one_may_go(company):
    token(company, make.owner_of(company), created_at=clock.now() - 100 * DAY)
    client = Client()
    client.force_login(member(company, "egon", role="auditor"))
    text = client.get(f"/c/{company.pk}/settings/security/").content.decode()
    assert "seit 90 Tagen nicht benutzt" in text and "/settings/tokens/" not in text


def test_sessions_of_a_member_are_ended_everywhere(company, anna, page):
    client, address = page
    bea = member(company, "bea")
    elsewhere = Client()
    elsewhere.force_login(bea)
    UserSession.objects.create(user=bea, ip="192.0.2.7", user_agent="x",
                               session_key=elsewhere.session.session_key)  # fmt: skip
    assert elsewhere.get("/").status_code == 200
    answer = client.post(address, {"do": "end", "user": bea.pk})
    assert answer.status_code == 302
    assert elsewhere.get("/").status_code == 302
    assert not UserSession.objects.filter(user=bea).exists()
    note = SecurityEvent.objects.get(user=bea, kind="sessions_ended")
    assert note.details == {"count": 1, "company": company.pk}
    act = AuditEvent.of(company).get(action="member.end_sessions")
    assert (act.subject_id, act.by, act.details) == (bea.pk, anna, {"count": 1})


def test_ones_own_session_stays(company, anna, page):
    client, address = page
    UserSession.objects.create(user=anna, ip="192.0.2.7", user_agent="x",
                               session_key=client.session.session_key)  # fmt: skip
    signed_in(anna)
    client.post(address, {"do": "end", "user": anna.pk})
    assert client.get(address).status_code == 200
    assert UserSession.objects.filter(user=anna).count() == 1


def test_sessions_of_people_who_are_no_members_are_out_of_reach(company, anna, page):
    client, address = page
    stranger = person("ursina")
    signed_in(stranger)
    assert client.post(address, {"do": "end", "user": stranger.pk}).status_code == 404
    with pytest.raises(NotAMember):
        end_sessions(company=company, user=stranger, by=anna)
    assert UserSession.objects.filter(user=stranger).count() == 1


@pytest.mark.parametrize("told", [
    {"do": "end", "user": "1"}, {"do": "watch", "domain": "x.ch"}, {"do": "remove", "domain": "1"},
    {"do": "settle", "address": "a@b.ch"},
])  # fmt: skip
def test_each_act_wants_the_second_factor_again(company, page, told):
    client, address = page
    later = clock.now() + dt.timedelta(minutes=6)
    with clock.at(later):
        session = client.session
        session[sessions.SEEN] = int(later.timestamp())
        session.save()
        answer = client.post(address, told)
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


def test_domains_are_watched_and_no_longer(company, page):
    client, address = page
    assert client.post(address, {"do": "watch", "domain": "Alpenholz.ch"}).status_code == 302
    domain = MailDomain.of(company).get()
    assert (
        domain.domain == "alpenholz.ch" and "alpenholz.ch" in client.get(address).content.decode()
    )
    assert client.post(address, {"do": "remove", "domain": domain.pk}).status_code == 302
    assert not MailDomain.of(company).exists()


@pytest.mark.parametrize("typed", ["bluewin.ch", "fremd.ch", "x", ""])
def test_what_cannot_be_watched_is_told_beside_the_field(company, page, typed):
    client, address = page
    answer = client.post(address, {"do": "watch", "domain": typed})
    assert answer.status_code == 422 and b'class="error"' in answer.content
    assert not MailDomain.of(company).exists()


def test_all_findings_of_an_address_are_settled_at_once(company, page):
    client, address = page
    finding(company), finding(company, breach="LinkedIn"), finding(company, "info")
    client.post(address, {"do": "settle", "address": "anna@alpenholz.ch"})
    states = LeakFinding.of(company).values_list("alias", "state").distinct()
    assert set(states) == {("anna", "settled"), ("info", "told")}


def test_many_findings_are_shown_in_part(company, page, monkeypatch):
    monkeypatch.setattr(security, "MOST_FINDINGS", 2)
    for nth in range(3):
        finding(company, f"p{nth}")
    client, address = page
    text = client.get(address).content.decode()
    assert "p1@" in text and "p2@" not in text.partition('id="leaks"')[2]
    assert "Es gibt noch mehr" in text


def queries_of(company, anna, address):
    client = Client()
    client.force_login(anna)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("address", ["/c/{}/settings/security/", "/api/v1/companies/{}/security/"])
def test_the_number_of_queries_does_not_grow_with_the_members(company, anna, address):
    address = address.format(company.pk)
    before = queries_of(company, anna, address)
    for nth in range(12):
        user = member(company, f"p{nth}", role="owner" if nth % 2 else "auditor")
        signed_in(user), token(company, user), event(user), event(user, "refused")
        finding(company, f"p{nth}", user=user)
    after = queries_of(company, anna, address)
    assert before == after
    assert after <= 26, after  # those of signing in and of the gate included


def test_the_overview_itself_takes_thirteen_queries(company, anna, django_assert_num_queries):
    for nth in range(5):
        user = member(company, f"p{nth}")
        signed_in(user), token(company, user), event(user)
    with django_assert_num_queries(13):
        overview(company, asking=anna)


def test_people_with_private_addresses_get_advice_on_their_account(company):
    for domain, advised in (("bluewin.ch", True), ("alpenholz.ch", False)):
        client = Client()
        client.force_login(member(company, "rat", domain=domain))
        assert (b"haveibeenpwned.com" in client.get("/account/").content) is advised


# --- endpoints


@pytest.fixture
def api(company, anna):
    return Api(company, anna)


def test_everything_of_the_page_is_told(company, anna, api):
    finding(company, user=anna)
    event(anna, "refused")
    told = api.get("security/").json()
    assert set(told) == {"fixes", "members", "by_mandate", "events", "watching", "domains", "figures",
                         "findings"}  # fmt: skip
    assert told["figures"] == {"accounts": 1, "domains": 1, "mean": "1.00", "maximum": 1}
    (one,) = told["members"]
    assert (one["email"], one["factor"], one["sessions"]) == ("fritz@alpenholz.ch", "app", 0)
    assert told["findings"][0]["user"] == "fritz@alpenholz.ch"
    assert [fix["code"] for fix in told["fixes"]] == ["one_factor", "one_owner", "leaks"]
    assert told["watching"] is False


def test_domains_by_the_interface(company, api):
    made = api.post("mail-domains/", {"domain": "alpenholz.ch"})
    assert made.status_code == 201 and made.json()["state"] == "unverified"
    again = api.post("mail-domains/", {"domain": "alpenholz.ch"})
    assert problem(again, 409)["errors"][0]["code"] == "leaks.already_watched"
    problem(api.post("mail-domains/", {"domain": "gmail.com"}), 422)
    path = f"mail-domains/{made.json()['id']}/"
    _shown, version = api.read(path)
    assert api.delete(path, **version).status_code == 204
    assert api.get("mail-domains/").json()["results"] == []


def test_findings_by_the_interface(company, api):
    one, _other = finding(company), finding(company, "info")
    assert len(api.get("leak-findings/").json()["results"]) == 2
    path = f"leak-findings/{one.pk}/"
    _shown, version = api.read(path)
    problem(api.patch(path, {"state": "new"}, **version), 400)
    problem(api.patch(path, {}, **version), 400)
    assert api.patch(path, {"state": "settled"}, **version).json()["state"] == "settled"
    assert len(api.get("leak-findings/", state="told").json()["results"]) == 1
    kinds = AccessLogEntry.of(company).filter(subject="leakfinding").values_list("kind", flat=True)
    assert set(kinds) == {"list", "read"}


def test_sessions_are_ended_by_the_interface(company, anna, api):
    bea = member(company, "bea")
    signed_in(bea), signed_in(bea)
    assert api.post("security/end-sessions/", {"email": bea.email}).json() == {"ended": 2}
    problem(api.post("security/end-sessions/", {"email": "niemand@fremd.ch"}), 422)


def test_another_companys_findings_and_domains_are_missing(company, api):
    other = make.company()
    theirs = finding(other)
    domain = MailDomain.unscoped.create(company=other, domain="fremd.ch", added_at=clock.now(),
                                        added_by=make.owner_of(other))  # fmt: skip
    open_companies([company.pk])
    for path in (f"leak-findings/{theirs.pk}/", f"mail-domains/{domain.pk}/"):
        problem(api.get(path), 404)
    problem(api.patch(f"leak-findings/{theirs.pk}/", {"state": "settled"}, HTTP_IF_MATCH="*"), 404)
    problem(api.delete(f"mail-domains/{domain.pk}/", HTTP_IF_MATCH="*"), 404)
    assert api.get("leak-findings/").json()["results"] == []
