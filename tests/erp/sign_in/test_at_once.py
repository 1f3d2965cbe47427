"""The same from many hands at the same moment: one of them gets in, and one factor stays."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY as WHOSE
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY as RECORDS
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client, RequestFactory

from erp.access.sign_in.backend import FACTORS
from erp.access.sign_in.models import PhoneGrant
from tests import make
from tests.erp.sign_in.people import PASSWORD, browser, code, is_in, type_code, type_password
from tests.erp.sign_in.test_factors import app as send_by_phone


def sent_at_once(user, told, hands):
    """How many of the hands are in afterwards."""
    clients = [browser() for _ in range(hands)]
    for client in clients:
        type_password(client, user)
    barrier = threading.Barrier(hands)

    def send(client):
        barrier.wait(10)
        type_code(client, told)
        connection.close()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(is_in(client) for client in clients)


def test_a_code_sent_many_times_at_once_opens_once(committed_db):
    assert sent_at_once(make.user(), code(), hands=6) == 1


def test_a_recovery_code_sent_many_times_at_once_opens_once(committed_db):
    anna = make.user()
    told, *_rest = RecoveryCodes.activate(anna).get_unused_codes()
    assert sent_at_once(anna, told, hands=4) == 1


# Both of the last factors


def test_two_last_factors_removed_at_once_leave_one(committed_db):
    """Each removal sees the other factor while both wait: the second one in looks again."""
    anna = make.user()
    key = Authenticator.objects.create(
        user=anna, type="webauthn", data={"name": "Key", "credential": {}}
    )
    told = RecoveryCodes.activate(anna).get_unused_codes()
    phones = [phone_of(anna, told[nth]) for nth in range(2)]
    statuses = at_once([
        lambda: app(*phones[0], "account/authenticators/totp", None, "delete"),
        lambda: app(*phones[1], "account/authenticators/webauthn", {"authenticators": [key.pk]},
                    "delete"),
    ])  # fmt: skip
    assert statuses.count(200) == 1 and set(statuses) <= {200, 409, 401, 410}  # or signed out
    left = Authenticator.objects.filter(user=anna, type__in=FACTORS)
    assert left.count() == 1


def test_the_second_removal_waits_for_the_first(committed_db):
    """The same with two connections in hand: who comes second does not even look before."""
    anna = make.user()
    key = Authenticator.objects.create(
        user=anna, type="webauthn", data={"name": "Key", "credential": {}}
    )
    outcome = []

    def remove_second():
        with context.request_context(asked):
            try:
                Authenticator.objects.get(user=anna, type="totp").delete()
                outcome.append("removed")
            except ImmediateHttpResponse:
                outcome.append("kept")
        connection.close()

    asked = RequestFactory().post("/")
    asked.allauth = SimpleNamespace(headless=SimpleNamespace(client="browser"))
    asked.session, asked.user = Client().session, anna
    second = threading.Thread(target=remove_second)
    with context.request_context(asked), transaction.atomic():
        key.delete()
        second.start()
        second.join(1)
        assert second.is_alive() and not outcome
    second.join(10)
    assert outcome == ["kept"]
    assert Authenticator.objects.filter(user=anna, type="totp").exists()


# A refresh token


def test_a_refresh_token_sent_at_once_from_many_hands_is_good_once(committed_db):
    anna = make.user()
    _client, _session, meta = signed_in(anna, RecoveryCodes.activate(anna).get_unused_codes()[0])
    body = {"refresh_token": meta["refresh_token"]}
    send = [lambda: app(browser(), "", "tokens/refresh", body) for _ in range(5)]
    assert sorted(at_once(send)) == [200, 409, 409, 409, 409]
    grant = PhoneGrant.objects.get(user=anna)
    assert grant.ended_at is None
    assert [one.session_key for one in UserSession.objects.filter(user=anna)] == [grant.session_key]


def test_a_refresh_and_a_new_password_at_once_leave_no_way_in(committed_db):
    for _ in range(3):
        anna = make.user()
        _client, _session, meta = signed_in(
            anna, RecoveryCodes.activate(anna).get_unused_codes()[0]
        )
        body = {"refresh_token": meta["refresh_token"]}
        here = browser()
        here.force_login(anna)
        new = "vier-Wolken-tragen-einen-Amboss"
        typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        at_once([
            lambda body=body: app(browser(), "", "tokens/refresh", body),
            lambda here=here, typed=typed: here.post("/accounts/password/change/", typed),
        ])  # fmt: skip
        grant = PhoneGrant.objects.get(user=anna)
        assert grant.ended_at is not None
        opened = Client().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=grant.session_key)
        assert opened.status_code in {401, 403}


def signed_in(user, told):
    """A phone, its session, and what it was told."""
    client = browser()
    first = app(client, "", "auth/login", {"email": user.email, "password": PASSWORD}).json()
    done = app(client, first["meta"]["session_token"], "auth/2fa/authenticate", {"code": told})
    meta = done.json()["meta"]
    return client, meta["access_token"], meta


def phone_of(user, told):
    """A phone that has confirmed just now."""
    client, token, _meta = signed_in(user, told)
    session = SessionStore(token)
    session[RECORDS] = [{"method": "mfa", "at": time.time(), "reauthenticated": True}]
    session[WHOSE] = str(user.pk)
    session.save()
    return client, token


def app(client, token, path, body, method="post"):
    return send_by_phone(client, path, body, token, method=method)


def at_once(acts):
    """Do things at the same moment; the statuses."""
    barrier, statuses = threading.Barrier(len(acts)), []

    def run(act):
        barrier.wait(10)
        statuses.append(act().status_code)
        connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses
