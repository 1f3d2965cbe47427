"""Second factors: nobody works without one, each code opens once, and no seed lies open."""

from __future__ import annotations

import base64
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.management import call_command
from django.test import Client, override_settings

from erp.access.sign_in.models import SecurityEvent
from erp.core import vault
from erp.urls import pages
from tests import make
from tests.erp.sign_in.people import (
    PASSWORD,
    browser,
    code,
    german,
    is_in,
    sign_in,
    type_code,
    type_password,
)
from tests.erp.test_routes import fill, flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return make.user()


def kinds(user):
    return list(
        SecurityEvent.objects.filter(user=user).order_by("pk").values_list("kind", flat=True)
    )


def test_password_and_code_open_the_door(anna):
    client = browser()
    asked = type_password(client, anna)
    assert asked["Location"] == "/accounts/2fa/authenticate/" and not is_in(client)
    assert b'name="code"' in client.get("/accounts/2fa/authenticate/").content
    assert type_code(client, code())["Location"] == "/"
    assert is_in(client)
    assert kinds(anna) == ["signed_in", "new_device"]
    (event, _device) = SecurityEvent.objects.filter(user=anna).order_by("pk")
    assert event.details == {"used": ["password", "totp"]} and "Firefox" in event.agent


def test_a_wrong_code_does_not(anna):
    client = browser()
    type_password(client, anna)
    answer = type_code(client, "000000" if code() != "000000" else "111111")
    assert answer.status_code == 200 and b"errorlist" in answer.content and not is_in(client)
    assert kinds(anna) == ["factor_refused"]


def test_the_code_page_is_closed_to_whoever_typed_no_password(anna):
    assert browser().get("/accounts/2fa/authenticate/")["Location"] == "/accounts/login/"
    assert type_code(browser(), code())["Location"] == "/accounts/login/"


@pytest.mark.parametrize("ahead", [-1, 1, 2])
def test_a_code_of_another_time_is_refused(anna, ahead):
    client = browser()
    type_password(client, anna)
    assert type_code(client, code(ahead=ahead)).status_code == 200 and not is_in(client)


def test_a_code_opens_once(anna):
    told = code()
    assert sign_in(browser(), anna, told=told)["Location"] == "/"
    assert sign_in(browser(), anna, told=told).status_code == 200  # the form again


# Without one


def test_without_a_factor_only_the_pages_to_set_one_up_open():
    company = make.company(by=make.user(factor=False))
    owner, client = make.owner_of(company), browser()
    assert sign_in(client, owner)["Location"] == "/"
    for _prefix, pattern in flat(pages):
        answer = client.get(fill(pattern, company.pk))
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/"), pattern.name
    for address in ("/", "/companies/add/", "/account/", "/accounts/password/change/"):
        assert client.get(address)["Location"] == "/accounts/2fa/", address
    assert client.get("/accounts/2fa/").status_code == 200
    refused = client.get(f"/api/v1/companies/{company.pk}/accounts/")
    assert (refused.status_code, refused.json()["code"]) == (403, "mfa_required")
    assert client.get("/api/v1/companies/").json()["code"] == "mfa_required"


def test_the_last_factor_stays(anna):
    client = browser()
    sign_in(client, anna)
    client.post("/accounts/2fa/reauthenticate/", {"code": code(ahead=0)})
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert answer.status_code in {200, 302}
    assert Authenticator.objects.filter(user=anna, type="totp").exists()


def test_what_somebody_may_not_is_remembered_once_a_minute(anna):
    company = make.company()
    clerk = make.user(company=company, granted=["company.read"])
    client = browser()
    client.force_login(clerk)
    for _ in range(3):
        assert client.get(f"/c/{company.pk}/settings/audit/").status_code == 403
    client.get(f"/api/v1/companies/{company.pk}/audit-events/")
    events = SecurityEvent.objects.filter(user=clerk, kind="denied").order_by("pk")
    assert [e.details["path"] for e in events] == [
        f"/c/{company.pk}/settings/audit/", f"/api/v1/companies/{company.pk}/audit-events/"
    ]  # fmt: skip


# Recovery codes


def recovery_codes(user):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    return RecoveryCodes.activate(user).get_unused_codes()


def test_a_recovery_code_opens_once_and_is_told_by_mail(anna):
    first, second, *_more = recovery_codes(anna)
    client = browser()
    assert sign_in(client, anna, told=first)["Location"] == "/"
    assert [m.subject for m in mail.outbox] == ["Rappen: " + german("A recovery code was used")]
    assert "9" in str(SecurityEvent.objects.get(user=anna, kind="code_used").details)
    assert sign_in(browser(), anna, told=first).status_code == 200
    assert sign_in(browser(), anna, told=second)["Location"] == "/"


# At rest


def test_no_seed_lies_open_in_the_database(anna):
    recovery_codes(anna)
    for row in Authenticator.objects.filter(user=anna):
        stored = json.dumps(row.data)
        assert make.SEED not in stored and base64.b32decode(make.SEED).hex() not in stored
        sealed = row.data.get("secret") or row.data.get("seed")
        assert sealed.startswith("test:") and len(sealed) > 60


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-2] + "AA", lambda s: "gone" + s[4:], lambda s: s[:20]]
)
def test_a_sealed_seed_that_was_tampered_with_does_not_open(damage):
    sealed = vault.seal("seed", place="a.b:1")
    assert vault.unseal(sealed, place="a.b:1") == "seed"
    for bad, place in ((damage(sealed), "a.b:1"), (sealed, "a.b:2")):
        with pytest.raises(vault.CannotOpen):
            vault.unseal(bad, place=place)


def test_seeds_are_sealed_anew_under_a_new_key_and_codes_go_on(anna, settings):
    codes = recovery_codes(anna)
    old = settings.FIELD_KEYS
    with override_settings(FIELD_KEYS=[("2027", bytes(range(32))), *old]):
        call_command("rotate_secrets", verbosity=0)
        rows = Authenticator.objects.filter(user=anna)
        assert all((r.data.get("secret") or r.data["seed"]).startswith("2027:") for r in rows)
    with override_settings(FIELD_KEYS=[("2027", bytes(range(32)))]):  # the old key is gone
        assert sign_in(browser(), anna)["Location"] == "/"
        assert sign_in(browser(), anna, told=codes[0])["Location"] == "/"


# Phones


def app(client, path, body=None, token="", method="post"):
    headers = {"HTTP_X_SESSION_TOKEN": token} if token else {}
    send = getattr(client, method)
    if body is None:
        return send(f"/_allauth/app/v1/{path}", **headers)
    return send(
        f"/_allauth/app/v1/{path}", json.dumps(body), content_type="application/json", **headers
    )


def test_a_phone_signs_in_with_a_code_and_uses_the_endpoints():
    company = make.company()
    owner, client = make.owner_of(company), browser()
    first = app(client, "auth/login", {"email": owner.email, "password": PASSWORD})
    assert first.status_code == 401
    pending = [f["id"] for f in first.json()["data"]["flows"] if f.get("is_pending")]
    assert pending == ["mfa_authenticate"]
    token = first.json()["meta"]["session_token"]
    closed = Client().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=token)
    assert closed.status_code in {401, 403}
    second = app(client, "auth/2fa/authenticate", {"code": code()}, token)
    assert second.status_code == 200, second.content
    token = second.json()["meta"].get("session_token", token)
    answer = Client().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=token)
    assert answer.status_code == 200 and [c["id"] for c in answer.json()["results"]] == [company.pk]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "auth/signup"),
        ("get", "account/email"),
        ("post", "account/email"),
        ("post", "auth/code/request"),
    ],
)
def test_what_phones_do_not_need_is_not_offered(method, path):
    assert app(browser(), path, {} if method == "post" else None, method=method).status_code == 404
