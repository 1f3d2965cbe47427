"""Phones that stay signed in: refresh tokens, each of them good once (SES-1, SES-2)."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from erp.access.sign_in import ending, grants, rechecking, sessions
from erp.access.sign_in.models import KnownDevice, PhoneGrant, SecurityEvent
from erp.access.sign_in.stepup import is_fresh
from erp.cockpit.security import end_sessions, overview
from tests import make
from tests.erp.sign_in.people import PASSWORD, browser, is_in
from tests.erp.sign_in.test_factors import app

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)
NEW = "vier-Wolken-tragen-einen-Amboss"


@pytest.fixture(autouse=True)
def moment():
    """The time, which stands still until a test moves it on."""
    cache.clear()
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller
    cache.clear()


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


@dataclass
class Phone:
    """What somebody's phone keeps."""

    client: Client
    session: str
    token: str

    def status(self):
        """What the phone is told when it works."""
        return Client().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=self.session).status_code

    def send(self, token=None):
        return app(self.client, "tokens/refresh", {"refresh_token": token or self.token})

    def refresh(self, token=None):
        """Send a token, and keep what comes back; the status."""
        answer = self.send(token)
        if answer.status_code == 200:
            data = answer.json()["data"]
            self.session, self.token = data["access_token"], data["refresh_token"]
        return answer.status_code


def phone_of(user, client=None):
    client = client or browser()
    codes = RecoveryCodes.activate(user).get_unused_codes()
    told = app(client, "auth/login", {"email": user.email, "password": PASSWORD}).json()
    assert "refresh_token" not in told["meta"]  # not before the second factor
    token = told["meta"]["session_token"]
    meta = app(client, "auth/2fa/authenticate", {"code": codes[0]}, token).json()["meta"]
    assert meta["access_token"] == meta.get("session_token", token)
    return Phone(client, meta["access_token"], meta["refresh_token"])


@pytest.fixture
def phone(anna):
    return phone_of(anna)


def grant_of(phone):
    """As it is kept now."""
    family = hashlib.sha256(phone.token[:28].encode()).hexdigest()
    return PhoneGrant.objects.get(family=family)


def kinds(user):
    return list(SecurityEvent.objects.filter(user=user).values_list("kind", flat=True))


# Going on


def test_a_phone_goes_on_for_weeks_without_a_code(anna, phone, moment):
    assert phone.status() == 200
    for _ in range(20):
        moment.shift(dt.timedelta(days=3))
        assert phone.status() in {401, 403}
        before = phone.token
        assert phone.refresh() == 200 and phone.token != before
        assert phone.status() == 200
    assert UserSession.objects.filter(user=anna).count() == 1


def test_a_phones_session_ends_after_an_hour_whatever_it_does(phone, moment):
    for minutes in (25, 25, 9):
        moment.shift(dt.timedelta(minutes=minutes))
        assert phone.status() == 200
    moment.shift(dt.timedelta(minutes=2))
    assert phone.status() in {401, 403}
    assert phone.refresh() == 200 and phone.status() == 200


@pytest.mark.parametrize(("days", "status"), [([29], 200), ([31], 400), ([29, 29, 29, 2], 200),
                                              ([29, 29, 29, 4], 400)])  # fmt: skip
def test_it_ends_after_a_month_of_nothing_and_after_a_quarter(phone, moment, days, status):
    *before, last = days
    for some in before:
        moment.shift(dt.timedelta(days=some))
        assert phone.refresh() == 200
    moment.shift(dt.timedelta(days=last))
    assert phone.refresh() == status


def test_only_digests_are_kept_and_a_refreshed_session_has_used_no_factor(phone, moment):
    first = phone.token
    moment.shift(dt.timedelta(hours=2))
    phone.refresh()
    kept = str(PhoneGrant.objects.values().get())
    for token in (first, phone.token):
        assert len(token) == 6 + 22 + 43 and token not in kept and token[28:] not in kept
    session = Session.objects.get(session_key=phone.session).get_decoded()
    assert not is_fresh(session) and not is_fresh(session, by="password")
    asked = app(phone.client, "account/authenticators/totp", token=phone.session, method="delete")
    assert asked.status_code == 401


def test_a_refreshed_phone_confirms_with_the_factor_when_asked(anna, phone, moment):
    moment.shift(dt.timedelta(hours=2))
    phone.refresh()
    told = RecoveryCodes.activate(anna).get_unused_codes()[0]
    meta = app(phone.client, "auth/2fa/reauthenticate", {"code": told}, phone.session).json()[
        "meta"
    ]
    assert is_fresh(Session.objects.get(session_key=meta["session_token"]).get_decoded())
    assert not Session.objects.filter(session_key=phone.session).exists()


def test_the_next_session_takes_the_place_of_the_one_before(anna, phone):
    before = phone.session
    assert phone.refresh() == 200
    assert not Session.objects.filter(session_key=before).exists()
    assert [one.session_key for one in UserSession.objects.filter(user=anna)] == [phone.session]


def test_the_session_that_has_just_ended_may_come_along(phone, moment):
    moment.shift(dt.timedelta(hours=2))
    body = {"refresh_token": phone.token}
    assert app(phone.client, "tokens/refresh", body, phone.session).status_code == 200


def test_confirming_with_the_factor_keeps_the_phone_signed_in(anna, phone):
    told = RecoveryCodes.activate(anna).get_unused_codes()[0]
    meta = app(phone.client, "auth/2fa/reauthenticate", {"code": told}, phone.session).json()[
        "meta"
    ]
    renamed, phone.session = meta["session_token"], meta["session_token"]
    assert grant_of(phone).session_key == renamed
    assert phone.refresh() == 200 and not Session.objects.filter(session_key=renamed).exists()


def test_who_has_no_second_factor_yet_gets_no_refresh_token():
    anna, client = make.user(factor=False), browser()
    told = app(client, "auth/login", {"email": anna.email, "password": PASSWORD})
    assert told.status_code == 200 and "refresh_token" not in told.json()["meta"]
    assert not PhoneGrant.objects.exists()


def test_a_browser_gets_no_refresh_token(anna):
    client = browser()
    client.force_login(anna)
    assert is_in(client) and not PhoneGrant.objects.exists()


# Twice


def test_a_used_token_that_comes_again_ends_the_family(anna, phone):
    thief = Phone(browser(), "", phone.token)
    assert phone.refresh() == 200 and phone.status() == 200
    mail.outbox.clear()
    assert thief.refresh() == 400
    assert phone.status() in {401, 403} and phone.refresh() == 400
    assert grant_of(phone).ended_by == "twice"
    assert kinds(anna).count("phone_twice") == 1
    assert [m.to for m in mail.outbox] == [[anna.email]]
    assert "Firefox, Linux" in mail.outbox[0].body and "Mozilla" not in mail.outbox[0].body


def test_a_thief_who_is_faster_is_out_with_the_phones_next_step(anna, phone):
    thief = Phone(browser(), "", phone.token)
    assert thief.refresh() == 200 and thief.status() == 200
    assert phone.refresh() == 400
    assert thief.status() in {401, 403} and thief.refresh() == 400
    assert "phone_twice" in kinds(anna)


def test_a_token_of_long_ago_ends_the_family_too(phone, moment):
    first = phone.token
    for _ in range(3):
        moment.shift(dt.timedelta(hours=2))
        assert phone.refresh() == 200
    assert phone.send(first).status_code == 400
    assert phone.refresh() == 400


@pytest.mark.parametrize("silence", [6, 60, 29 * 60])
def test_an_answer_that_a_tunnel_swallowed_is_given_again(phone, moment, silence):
    lost = phone.send().json()["data"]
    moment.shift(dt.timedelta(seconds=silence))
    assert phone.refresh() == 200 and phone.token != lost["refresh_token"]
    assert phone.status() == 200 and phone.refresh() == 200
    assert not Session.objects.filter(session_key=lost["access_token"]).exists()


def test_an_answer_may_be_lost_more_than_once(phone, moment):
    phone.send()
    for _ in range(3):
        moment.shift(dt.timedelta(seconds=20))
        phone.send()
    moment.shift(dt.timedelta(seconds=20))
    assert phone.refresh() == 200 and phone.status() == 200


def test_what_a_lost_answer_held_is_worth_nothing_once_there_is_another(anna, phone, moment):
    lost = phone.send().json()["data"]["refresh_token"]
    moment.shift(dt.timedelta(seconds=20))
    assert phone.refresh() == 200
    assert phone.send(lost).status_code == 400
    assert phone.status() in {401, 403} and "phone_twice" in kinds(anna)


def test_a_thief_who_repeats_a_token_in_time_does_not_go_on_unseen(anna, phone, moment):
    """The phone has its answer, but has not worked with it yet."""
    thief = Phone(browser(), "", phone.token)
    assert phone.refresh() == 200
    moment.shift(dt.timedelta(seconds=20))
    assert thief.refresh() == 200
    assert phone.status() in {401, 403}  # so it takes its token
    assert phone.refresh() == 400
    assert thief.status() in {401, 403} and thief.refresh() == 400
    assert "phone_twice" in kinds(anna)


def test_an_answer_that_comes_too_late_is_given_no_more(phone, moment):
    phone.send()
    moment.shift(dt.timedelta(minutes=31))
    assert phone.refresh() == 400 and grant_of(phone).ended_by == "twice"


def test_a_phone_in_a_hurry_waits_for_its_first_answer(phone):
    hurry = Phone(phone.client, "", phone.token)
    assert phone.refresh() == 200
    answer = hurry.send()
    assert answer.status_code == 409 and answer["Retry-After"] == "5"
    assert phone.status() == 200 and phone.refresh() == 200


@pytest.mark.parametrize("token", ["", "x", "phone_" + "x" * 65, "phone_é\x00", "phone_\ud800"])
def test_a_made_up_token_opens_nothing(phone, token):
    assert app(phone.client, "tokens/refresh", {"refresh_token": token}).status_code == 400
    assert phone.refresh() == 200


def test_refreshing_has_a_limit_that_ends_nothing(phone):
    statuses = [phone.refresh() for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    cache.clear()
    assert phone.refresh() == 200


def test_an_address_refreshes_sixty_times_a_minute(phone):
    for nth in range(60):
        assert phone.send(f"phone_{nth:022}{'x' * 43}").status_code == 400
    assert phone.send().status_code == 429


# Ending (SES-2)


def change_password(user, phone):
    client = browser()
    client.force_login(user)
    body = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", body).status_code == 302


def change_password_silently(user, phone):
    user.set_password(NEW)
    user.save()


def add_factor(user, phone):
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "x", "credential": {}})


def flag(user, phone):
    user.password_breached_at = START
    user.save()


def find_in_leak(user, phone):
    rechecking.is_common = lambda _password: True
    try:
        rechecking.look_again(user, PASSWORD)
    finally:
        rechecking.is_common = is_common


is_common = rechecking.is_common


def deactivate(user, phone):
    user.is_active = False
    user.save()


def remove_factors(user, phone):
    call_command("remove_factors", user.email, verbosity=0)


def forget_device(user, phone):
    ending.forget(KnownDevice.objects.get(user=user))


def lose_device(user, phone):
    KnownDevice.objects.filter(user=user).delete()


def sign_out(user, phone):
    app(phone.client, "auth/session", token=phone.session, method="delete")


def sign_in_again(user, phone):
    phone_of(user, phone.client)


def end_by_phone(user, phone):
    """As one phone ends another's session."""
    other = phone_of(user)
    listed = app(other.client, "auth/sessions", token=other.session, method="get").json()["data"]
    (theirs,) = [one["id"] for one in listed if not one["is_current"]]
    app(other.client, "auth/sessions", {"sessions": [theirs]}, other.session, method="delete")


@pytest.mark.parametrize(("happens", "why"), [
    (change_password, "changed"), (change_password_silently, "changed"), (add_factor, "changed"),
    (flag, "breached"), (find_in_leak, "breached"), (deactivate, "inactive"),
    (remove_factors, "signed_out"), (forget_device, "device"), (lose_device, "device"),
    (sign_out, "signed_out"), (sign_in_again, "replaced"), (end_by_phone, "signed_out"),
])  # fmt: skip
def test_what_signs_a_phone_out(anna, phone, happens, why):
    happens(anna, phone)
    assert phone.refresh() == 400
    assert grant_of(phone).ended_by == why
    assert "phone_twice" not in kinds(anna)


@pytest.mark.parametrize("happens", [change_password, remove_factors, forget_device, sign_out,
                                     sign_in_again, end_by_phone])  # fmt: skip
def test_a_phone_that_is_signed_out_has_no_session_either(anna, phone, happens):
    happens(anna, phone)
    assert not Session.objects.filter(session_key=phone.session).exists()
    assert phone.status() in {401, 403}


def test_a_phone_that_changes_the_password_goes_on_for_its_hour(anna, phone, moment):
    body = {"current_password": PASSWORD, "new_password": NEW}
    answer = app(phone.client, "account/password/change", body, phone.session)
    assert answer.status_code == 200
    phone.session = answer.json()["meta"].get("session_token", phone.session)
    assert phone.status() == 200 and phone.refresh() == 400
    moment.shift(dt.timedelta(minutes=61))
    assert phone.status() in {401, 403}


def test_one_sees_ones_phones_and_signs_them_out(anna, phone, moment):
    moment.shift(dt.timedelta(hours=2))  # its session is over, but it would begin another
    here, stranger = browser(), browser()
    here.force_login(anna)
    stranger.force_login(make.user())
    (shown,) = here.get("/account/").context["phones"]
    assert b'name="phone"' in here.get("/account/").content
    assert stranger.post("/account/", {"phone": shown.pk}).status_code == 404
    assert here.post("/account/", {"phone": shown.pk}).status_code == 302
    assert phone.refresh() == 400 and "sessions_ended" in kinds(anna)
    assert not here.get("/account/").context["phones"]


def test_ending_a_phones_session_signs_the_phone_out(anna, phone):
    here = browser()
    here.force_login(anna)
    theirs = UserSession.objects.get(user=anna, session_key=phone.session)
    here.post("/account/", {"session": theirs.pk})
    assert phone.status() in {401, 403} and phone.refresh() == 400


def test_all_others_are_signed_out_and_who_says_so_stays(anna, phone):
    here = browser()
    here.force_login(anna)
    other = phone_of(anna)
    here.post("/account/", {"others": "1"})
    assert is_in(here) and (phone.refresh(), other.refresh()) == (400, 400)
    assert SecurityEvent.objects.get(user=anna, kind="sessions_ended").details == {"count": 2}


def test_a_company_counts_phones_and_signs_them_out(company, anna, phone, moment):
    (seen,) = [one for one in overview(company, asking=anna).people if one.user == anna]
    assert seen.phones == 1
    moment.shift(dt.timedelta(hours=2))
    sessions.drop(phone.session)
    page = browser()
    page.force_login(anna)
    assert b'name="do" value="end"' in page.get(f"/c/{company.pk}/settings/security/").content
    assert end_sessions(company=company, user=anna, by=anna) == 1
    assert phone.refresh() == 400
    (seen,) = [one for one in overview(company, asking=anna).people if one.user == anna]
    assert seen.phones == 0


def test_the_number_of_queries_does_not_grow_with_phones(anna, django_assert_num_queries):
    client = browser()
    client.force_login(anna)

    def queries():
        with django_assert_num_queries(1000, exact=False) as asked:
            client.get("/account/")
        return len(asked)

    def add(count):
        for nth in range(count):
            device = KnownDevice.objects.create(
                user=anna, digest=f"{PhoneGrant.objects.count()}-{nth}", first_seen_at=START,
                last_seen_at=START,
            )  # fmt: skip
            session = Client().session
            session.save()
            grants.begin(user=anna, device=device, session=session)

    add(1)
    client.get("/account/")
    first = queries()
    add(5)
    assert queries() == first


# A session that is over


def test_a_phones_session_that_is_over_is_gone_though_the_request_was_refused(
    company, phone, moment
):
    """The refusal rolls its transaction back, but not that the session is over."""
    moment.shift(dt.timedelta(minutes=61))
    refused = Client().get(f"/api/v1/companies/{company.pk}/journal-entries/",
                           HTTP_X_SESSION_TOKEN=phone.session)  # fmt: skip
    assert refused.status_code in {401, 403}
    assert not Session.objects.filter(session_key=phone.session).exists()
