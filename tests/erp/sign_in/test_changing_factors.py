"""Changing second factors: what follows once it is committed."""

from __future__ import annotations

import base64
import math
import time

import pytest
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import CommandError, call_command

from erp.access.sign_in.stepup import is_fresh
from tests import make
from tests.erp.sign_in.people import PASSWORD, address, browser, code, is_in, sign_in
from tests.erp.sign_in.test_bypasses import phone
from tests.erp.sign_in.test_factors import app, kinds
from tests.erp.sign_in.test_sessions import recovery_code


def passkeys(user, count):
    return [
        Authenticator.objects.create(
            user=user, type="webauthn", data={"name": f"Key {nth}", "credential": {}}
        )
        for nth in range(count)
    ]


def confirmed(client):
    """Let a signed-in browser have used its factor just now."""
    session = client.session
    session[RECORDS] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session[WHOSE] = session["_auth_user_id"]
    session.save()


def test_setting_up_an_app_opens_everything_and_gives_recovery_codes(committed_db):
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)  # the password was typed just now, and is not asked for again
    page = client.get("/accounts/2fa/totp/activate/")
    seed = page.context["form"].secret
    assert len(base64.b32decode(seed)) == 20  # 160 bits
    assert client.post("/accounts/2fa/totp/activate/", {"code": "12345"}).status_code == 200
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(seed)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10 and all(math.log2(10) * len(c) >= 64 for c in codes)
    assert is_in(client)
    assert is_fresh(client.session)  # the app was used, nobody need confirm for the first steps
    again = client.get("/accounts/2fa/recovery-codes/")
    assert again.status_code == 302 or codes[0] not in again.content.decode()
    assert kinds(anna)[-2:] == ["codes_made", "factor_added"] or kinds(anna)[-2:] == [
        "factor_added",
        "codes_made",
    ]


def test_a_password_typed_long_ago_does_not_set_up_a_factor(committed_db):
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)
    session = client.session
    session[RECORDS] = [{**one, "at": time.time() - 301} for one in session[RECORDS]]
    session.save()
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200


def test_a_password_is_not_enough_to_add_a_second_factor(committed_db):
    anna, client = make.user(), browser()
    sign_in(client, anna)
    session = client.session
    session[RECORDS] = [{"method": "password", "at": time.time()}]
    session.save()
    asked = client.get("/accounts/2fa/webauthn/add/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/")


def test_a_new_factor_ends_all_other_sessions(committed_db):
    anna = make.user()
    here, there = browser(), browser()
    sign_in(here, anna)
    there.force_login(anna)
    UserSession.objects.create(
        user=anna, ip=address(), user_agent="Phone", session_key=there.session.session_key
    )
    here.post("/accounts/2fa/reauthenticate/", {"code": recovery_code(anna)})
    assert here.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
    assert is_in(here) and not is_in(there)


def test_an_operator_helps_who_lost_everything(committed_db):
    anna, client = make.user(), browser()
    sign_in(client, anna, told=recovery_code(anna))
    mail.outbox = []
    call_command("remove_factors", anna.email, verbosity=0)
    assert not Authenticator.objects.filter(user=anna).exists() and not is_in(client)
    assert [m.to for m in mail.outbox] == [[anna.email]]
    assert kinds(anna)[-1] == "factor_removed"
    again = browser()
    sign_in(again, anna)
    assert again.get("/")["Location"] == "/accounts/2fa/"
    with pytest.raises(CommandError):
        call_command("remove_factors", "niemand@example.org")


# The last factor


def test_a_phone_cannot_remove_the_last_factor_either(committed_db):
    anna, client = make.user(), browser()
    token = phone(anna, client)
    answer = app(client, "account/authenticators/totp", token=token, method="delete")
    assert answer.status_code == 409 and answer.json()["errors"]
    assert Authenticator.objects.filter(user=anna, type="totp").exists()


def test_passkeys_removed_together_leave_one(committed_db):
    anna, client = make.user(), browser()
    token = phone(anna, client)
    keys = passkeys(anna, 2)
    assert (
        app(client, "account/authenticators/totp", token=token, method="delete").status_code == 200
    )
    body = {"authenticators": [key.pk for key in keys]}
    answer = app(client, "account/authenticators/webauthn", body, token, method="delete")
    assert answer.status_code == 409
    assert Authenticator.objects.filter(user=anna, type="webauthn").count() == 1


def test_a_page_does_not_remove_the_last_passkey(committed_db):
    anna, client = make.user(factor=False), browser()
    first, last = passkeys(anna, 2)
    client.force_login(anna)
    confirmed(client)
    for key in (first, last):
        answer = client.post(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/")
        assert answer.status_code == 302
    assert answer["Location"] == "/accounts/2fa/"
    assert list(Authenticator.objects.filter(user=anna)) == [last]
