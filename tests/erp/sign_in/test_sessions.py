"""Sessions: how long they last, what ends them, and where one sees them."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core import mail
from django.test import Client

from erp.access.sign_in.models import KnownDevice, SecurityEvent
from erp.core import clock
from tests import make
from tests.erp.sign_in.people import PASSWORD, address, browser, code, german, is_in, sign_in
from tests.erp.sign_in.test_factors import app

pytestmark = pytest.mark.django_db
NEW_DEVICE = "Rappen: " + german("Signed in on a new device")
START = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def anna():
    return make.user()


def later(**told):
    return clock.at(START + dt.timedelta(**told))


def test_a_session_gets_a_new_name_when_somebody_signs_in(anna):
    """Fixation: what was known before is worth nothing afterwards."""
    client = browser()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": anna.email, "password": PASSWORD})
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    sign_in(client, anna)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    stranger = browser()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert is_in(client) and not is_in(stranger)


@pytest.mark.parametrize(
    ("used_at", "asked_at", "goes_on"),
    [
        ([], {"minutes": 29}, True), ([], {"minutes": 31}, False),
        ([{"minutes": 20 * n} for n in range(1, 36)], {"hours": 11, "minutes": 50}, True),
        ([{"minutes": 20 * n} for n in range(1, 36)], {"hours": 12, "minutes": 1}, False),
        ([{"hours": 30 * 24}], {"minutes": 5}, False),  # the clock goes back: nothing is revived
        ([], {"minutes": -5}, False),
    ],
)  # fmt: skip
def test_a_session_ends_after_half_an_hour_of_nothing_and_after_twelve(
    anna, used_at, asked_at, goes_on
):
    client = browser()
    with clock.at(START):
        client.force_login(anna)
        assert is_in(client)
    for moment in used_at:
        with later(**moment):
            is_in(client)
    with later(**asked_at):
        assert is_in(client) is goes_on


def test_an_open_page_that_asks_by_itself_keeps_nobody_signed_in(anna):
    client = browser()
    with clock.at(START):
        client.force_login(anna)
    for nth in range(1, 6):
        with later(minutes=5 * nth):
            client.get("/c/1/jobs/1/progress/")
    with later(minutes=31):
        assert not is_in(client)


def test_a_phones_session_ends_like_any(anna):
    client, told_code = browser(), code()
    with clock.at(START):
        told = app(client, "auth/login", {"email": anna.email, "password": PASSWORD}).json()
        token = told["meta"]["session_token"]
        told = app(client, "auth/2fa/authenticate", {"code": told_code}, token).json()
        token = told["meta"].get("session_token", token)

    def status():
        return Client().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=token).status_code

    with later(minutes=25):
        assert status() == 200
    with later(minutes=50):
        assert status() == 200
    with later(minutes=85):
        assert status() in {401, 403}


def test_signing_out_ends_the_session_on_the_server(anna):
    client = browser()
    sign_in(client, anna)
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.post("/accounts/logout/").status_code == 302
    stranger = browser()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert not is_in(client) and not is_in(stranger)
    assert SecurityEvent.objects.filter(user=anna, kind="signed_out").count() == 1


def test_one_sees_ones_sessions_and_ends_them(anna):
    here, there = browser(), browser()
    sign_in(here, anna)
    there.force_login(anna)
    UserSession.objects.create(
        user=anna, ip=address(), user_agent="Phone", session_key=there.session.session_key
    )
    page = here.get("/account/")
    assert [one.user_agent for one in page.context["sessions"]][
        -1:
    ] != [] and "Firefox, Linux" in page.content.decode()
    (other,) = [one for one in page.context["sessions"] if one.user_agent == "Phone"]
    assert is_in(there)
    here.post("/account/", {"session": other.pk})
    assert not is_in(there) and is_in(here)


def test_nobody_ends_another_persons_session(anna):
    beat, client = make.user(), browser()
    sign_in(client, beat)
    victim = browser()
    sign_in(victim, anna)
    theirs = UserSession.objects.get(user=anna)
    assert client.post("/account/", {"session": theirs.pk}).status_code == 404
    assert client.post("/account/", {"session": "x"}).status_code == 404
    assert is_in(victim)


def test_a_new_password_ends_all_other_sessions(anna):
    here, there = browser(), browser()
    sign_in(here, anna)
    there.force_login(anna)
    new = "vier-Wolken-tragen-einen-Amboss"
    answer = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert is_in(here) and not is_in(there)


def recovery_code(user):
    return RecoveryCodes.activate(user).get_unused_codes()[0]


def test_a_person_who_may_no_longer_sign_in_is_out_at_once(anna):
    client = browser()
    sign_in(client, anna)
    anna.is_active = False
    anna.save()
    assert not is_in(client)


# Devices


def test_a_device_one_does_not_know_is_told_by_mail_once(anna):
    first = browser()
    sign_in(first, anna, told=recovery_code(anna))
    mail.outbox.clear()
    codes = iter(RecoveryCodes.activate(anna).get_unused_codes())
    second = browser()
    sign_in(second, anna, told=next(codes))
    subjects = [m.subject for m in mail.outbox]
    assert subjects.count(NEW_DEVICE) == 1
    assert KnownDevice.objects.filter(user=anna).count() == 2
    second.post("/accounts/logout/")
    mail.outbox.clear()
    sign_in(second, anna, told=next(codes))  # the same device again
    assert NEW_DEVICE not in [m.subject for m in mail.outbox]
    assert KnownDevice.objects.filter(user=anna).count() == 2


def test_a_device_token_signs_nobody_in_and_is_not_stored(anna):
    client = browser()
    sign_in(client, anna)
    token = client.cookies[settings.DEVICE_COOKIE_NAME].value
    assert KnownDevice.objects.get(user=anna).digest != token
    stranger = browser()
    stranger.cookies[settings.DEVICE_COOKIE_NAME] = token
    assert not is_in(stranger)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Anna  Meier \n", "Anna Meier"), ("Zoë D’Arc", "Zoë D’Arc"), ("Zoë\u200b D’Arc", None),
     ("Anna\nMeier", None), ("", None), ("\x00", None), ("x" * 101, None), ("x" * 100, "x" * 100)],
)  # fmt: skip
def test_people_say_what_they_are_called(db, typed, kept):
    anna, client = make.user(), browser()
    client.force_login(anna)
    before = anna.name
    page = client.post("/account/", {"name": typed}, follow=True).content.decode()
    anna.refresh_from_db()
    assert anna.name == (before if kept is None else kept)
    assert ('class="note error"' in page) == (kept is None)
