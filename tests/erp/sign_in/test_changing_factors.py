"""Changing second factors: what follows once it is committed."""

from __future__ import annotations

import base64
import math

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.management import CommandError, call_command

from tests import make
from tests.erp.sign_in.people import PASSWORD, address, browser, code, is_in, sign_in
from tests.erp.sign_in.test_factors import kinds
from tests.erp.sign_in.test_sessions import recovery_code


def test_setting_up_an_app_opens_everything_and_gives_recovery_codes(committed_db):
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)
    asked = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    seed = page.context["form"].secret
    assert len(base64.b32decode(seed)) == 20  # 160 bits
    assert client.post("/accounts/2fa/totp/activate/", {"code": "12345"}).status_code == 200
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(seed)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10 and all(math.log2(10) * len(c) >= 64 for c in codes)
    assert is_in(client)
    again = client.get("/accounts/2fa/recovery-codes/")
    assert again.status_code == 302 or codes[0] not in again.content.decode()
    assert kinds(anna)[-2:] == ["codes_made", "factor_added"] or kinds(anna)[-2:] == [
        "factor_added",
        "codes_made",
    ]


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
