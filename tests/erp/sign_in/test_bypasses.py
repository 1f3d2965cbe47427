"""Ways around the sign-in that once were open: by phone with a leaked password, by endless guessing."""

from __future__ import annotations

import json
import time

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory

from erp.access.sign_in import limits
from erp.access.sign_in.adapter import AccountAdapter
from erp.access.sign_in.devices import device_of
from erp.access.sign_in.models import KnownDevice, MissedSignIns, SecurityEvent
from erp.core import mailing
from tests import make
from tests.erp.sign_in.people import (
    PASSWORD,
    browser,
    code,
    sign_in,
    type_code,
    type_password,
)
from tests.erp.sign_in.test_factors import app
from tests.erp.sign_in.test_sessions import recovery_code

pytestmark = pytest.mark.django_db
NEW = "vier-Wolken-tragen-einen-Amboss"


@pytest.fixture(autouse=True)
def fresh_limits():
    """Limits begin anew, and no window of theirs ends in the midst of a test on a busy machine."""
    cache.clear()
    with time_machine.travel(time.time(), tick=False):
        yield
    cache.clear()


@pytest.fixture
def anna():
    return make.user()


def phone(user, client):
    """A phone that has signed in and confirmed; its token."""
    told = app(client, "auth/login", {"email": user.email, "password": PASSWORD}).json()
    token = told["meta"]["session_token"]
    told = app(client, "auth/2fa/authenticate", {"code": recovery_code(user)}, token).json()
    token = told["meta"].get("session_token", token)
    told = app(client, "auth/2fa/reauthenticate", {"code": code()}, token).json()
    return told["meta"].get("session_token", token)


# A password that leaked


@pytest.mark.parametrize("factor", [True, False])
def test_a_phone_with_a_leaked_password_changes_nothing_but_it(factor):
    anna, client = make.user(factor=factor), browser()
    if factor:
        token = phone(anna, client)
    else:
        told = app(client, "auth/login", {"email": anna.email, "password": PASSWORD}).json()
        token = told["meta"]["session_token"]
    type(anna).objects.filter(pk=anna.pk).update(password_breached_at="2026-01-01T00:00:00Z")
    for method, path in (
        ("get", "auth/sessions"), ("delete", "auth/sessions"), ("get", "account/authenticators"),
        ("get", "account/authenticators/totp"), ("post", "account/authenticators/totp"),
        ("get", "account/authenticators/webauthn"),
        ("get", "account/authenticators/recovery-codes"),
        ("post", "account/authenticators/recovery-codes"),
    ):  # fmt: skip
        answer = app(client, path, None if method == "get" else {}, token, method=method)
        assert (answer.status_code, answer.json()["code"]) == (403, "password_breached"), path
    assert app(client, "auth/session", token=token, method="get").status_code == 200
    body = {"current_password": PASSWORD, "new_password": NEW}
    done = app(client, "account/password/change", body, token)
    assert done.status_code == 200
    token = done.json()["meta"]["session_token"]
    answer = app(client, "account/authenticators", token=token, method="get")
    assert answer.status_code == 200


# Asking who is there


def test_a_mail_is_written_beside_the_answer(anna, monkeypatch):
    """So that asking for a new password takes no longer where there is somebody to write to."""
    waiting = []
    monkeypatch.setattr(mailing, "send", waiting.append)
    monkeypatch.setattr(AccountAdapter, "render_mail", lambda *_more: written.append(1))
    written = []
    told = browser().post("/accounts/password/reset/", {"email": anna.email})
    assert told.status_code == 302 and (len(waiting), written) == (1, [])
    waiting[0]()
    assert written == [1]


# Guessing


def test_guesses_of_codes_count_like_guesses_of_passwords(anna):
    client = browser()
    type_password(client, anna)
    for _ in range(3):
        type_code(client, "000000" if code() != "000000" else "111111")
    assert MissedSignIns.objects.get().count == 3
    MissedSignIns.objects.update(count=limits.MOST_IN_A_ROW)
    assert type_password(browser(), anna).status_code == 200  # not even the right one is heard
    assert SecurityEvent.objects.filter(user=anna, kind="limited").exists()


def test_an_address_that_misses_is_not_made_good_by_a_code(anna):
    client, inside = browser(), browser()
    inside.defaults["REMOTE_ADDR"] = client.defaults["REMOTE_ADDR"]
    victims = [make.user() for _ in range(8)]
    for nth in range(19):
        type_password(client, victims[nth % 8], "falsch-falsch-falsch")
    assert sign_in(inside, anna, told=recovery_code(anna))["Location"] == "/"
    for user in victims:
        type_password(client, user, "falsch-falsch-falsch")
    assert SecurityEvent.objects.filter(user__in=victims, kind="refused").count() == 20


def test_a_device_from_which_somebody_guesses_is_known_no_more(anna, monkeypatch):
    monkeypatch.setattr(limits, "MOST_IN_A_ROW", 4)
    mine = browser()
    sign_in(mine, anna, told=recovery_code(anna))
    mine.post("/accounts/logout/")
    thief = browser()
    thief.cookies["rappen_device"] = mine.cookies["rappen_device"].value
    for _ in range(3):
        type_password(thief, anna, "falsch-falsch-falsch")
    assert KnownDevice.objects.filter(user=anna).exists()
    type_password(thief, anna, "falsch-falsch-falsch")
    assert not KnownDevice.objects.filter(user=anna).exists()
    cache.clear()
    assert type_password(thief, anna).status_code == 200


def test_signing_in_forgets_the_misses_of_the_device(anna, monkeypatch):
    monkeypatch.setattr(limits, "MOST_IN_A_ROW", 4)
    mine = browser()
    sign_in(mine, anna, told=recovery_code(anna))
    for _ in range(3):
        mine.post("/accounts/logout/")
        type_password(mine, anna, "falsch-falsch-falsch")
        type_password(mine, anna, "falsch-falsch-falsch")
        type_password(mine, anna)
        type_code(mine, recovery_code(anna))
        assert MissedSignIns.objects.count() == 0
        cache.clear()
    assert KnownDevice.objects.filter(user=anna).count() == 1


def test_a_token_left_in_a_shared_browser_is_worth_nothing_for_the_next_person(anna):
    """Who signs in there first, and notes the cookie, gets no limit of their own for the next."""
    mallory, shared = make.user(), browser()
    sign_in(shared, mallory, told=recovery_code(mallory))
    planted = shared.cookies["rappen_device"].value
    shared.post("/accounts/logout/")
    sign_in(shared, anna, told=recovery_code(anna))
    both = shared.cookies["rappen_device"].value
    elsewhere = RequestFactory().post("/")
    for cookie, known in ((planted, [mallory]), (both, [mallory, anna])):
        elsewhere.COOKIES["rappen_device"] = cookie
        for user in (mallory, anna):
            assert (device_of(elsewhere, email=user.email) is not None) == (user in known)
            assert limits.account_key(elsewhere, user.email).endswith("stranger") != (user in known)


def test_two_people_who_share_a_browser_are_both_known_there(anna):
    beat, shared = make.user(), browser()
    for user in (anna, beat, anna, beat):
        sign_in(shared, user, told=recovery_code(user))
        shared.post("/accounts/logout/")
    digests = KnownDevice.objects.values_list("user", "digest")
    assert (
        len({user for user, _digest in digests}) == len({digest for _user, digest in digests}) == 2
    )
    assert SecurityEvent.objects.filter(kind="new_device").count() == 2


def test_a_device_keeps_tokens_of_few_people_and_none_that_are_made_up(anna):
    shared = browser()
    shared.cookies["rappen_device"] = ".".join(["x" * 43] * 5 + ["y" * 10])
    for user in [make.user() for _ in range(9)]:
        sign_in(shared, user, told=recovery_code(user))
        shared.post("/accounts/logout/")
    kept = shared.cookies["rappen_device"].value.split(".")
    assert len(kept) == 8 and "x" * 43 not in kept


def test_an_address_of_the_old_kind_is_one_however_the_server_writes_it():
    """Limits count the new kind by its first half, in which all of the old kind are one."""
    adapter = AccountAdapter()
    asked = [RequestFactory(REMOTE_ADDR=f"::ffff:192.0.2.{nth}").get("/") for nth in (1, 2)]
    assert [adapter.get_client_ip(one) for one in asked] == ["192.0.2.1", "192.0.2.2"]
    new = RequestFactory(REMOTE_ADDR="2001:db8::1").get("/")
    assert adapter.get_client_ip(new) == "2001:db8::1"


@pytest.mark.parametrize("path", ["accounts/login/", "_allauth/app/v1/auth/login"])
def test_who_goes_past_a_proxy_is_told_so_and_not_heard(anna, settings, path):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    client = browser(HTTP_X_FORWARDED_FOR="203.0.113.9")
    typed = {"login": anna.email, "email": anna.email, "password": PASSWORD}
    sent = typed if path.startswith("accounts") else json.dumps(typed)
    kind = {} if path.startswith("accounts") else {"content_type": "application/json"}
    answer = client.post(f"/{path}", sent, **kind)
    assert answer.status_code == 400 and b"X-Forwarded-For" in answer.content
    assert not SecurityEvent.objects.filter(user=anna).exists()
    client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 10.0.0.2"
    assert client.post(f"/{path}", sent, **kind).status_code in {302, 401}


# What is noted


def test_asking_for_a_new_password_is_noted_for_those_who_exist(anna):
    for email in (anna.email, "niemand@example.org"):
        told = browser().post("/accounts/password/reset/", {"email": email})
        assert (told.status_code, told["Location"]) == (302, "/accounts/password/reset/done/")
    assert list(SecurityEvent.objects.values_list("user", "kind")) == [(anna.pk, "password_asked")]


def test_asking_for_a_new_password_is_noted_beside_the_answer(anna, monkeypatch):
    beside = []
    monkeypatch.setattr(mailing, "beside", beside.append)
    browser().post("/accounts/password/reset/", {"email": anna.email})
    assert len(beside) == 1 and not SecurityEvent.objects.exists()
    beside[0]()
    assert SecurityEvent.objects.get().kind == "password_asked"


def test_a_refused_confirmation_is_noted(anna):
    client = browser()
    sign_in(client, anna, told=recovery_code(anna))
    client.post("/accounts/2fa/reauthenticate/", {"code": "x"})
    assert SecurityEvent.objects.filter(user=anna, kind="confirm_refused").count() == 1
    beat, client = make.user(factor=False), browser()
    sign_in(client, beat)
    client.post("/accounts/reauthenticate/", {"password": "falsch-falsch-falsch"})
    assert SecurityEvent.objects.filter(user=beat, kind="confirm_refused").count() == 1
