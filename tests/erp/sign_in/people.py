"""People who sign in through the pages, from addresses of their own."""

from __future__ import annotations

import itertools
import os

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from erp.core import clock
from tests import make

PASSWORD = "ein-gutes-Kennwort-2026"
_addresses = itertools.count(1)


def address():
    """An address nobody else in this run comes from, so that limits are one's own."""
    nth = next(_addresses)
    return f"10.{os.getpid() % 250}.{nth // 250}.{nth % 250}"


def browser(**more):
    return Client(
        REMOTE_ADDR=address(), HTTP_USER_AGENT="Mozilla/5.0 (X11; Linux) Firefox/140.0", **more
    )


def code(seed=make.SEED, *, ahead=0):
    """The code of an authenticator app, ``ahead`` steps of 30 seconds from now."""
    now = int(clock.now().timestamp())
    return format_hotp_value(hotp_value(seed, now // 30 + ahead))


def german(text):
    """A text of the program as somebody reads it whose language is German."""
    with translation.override("de"):
        return gettext(text)


def type_password(client, user, password=PASSWORD):
    return client.post("/accounts/login/", {"login": user.email, "password": password})


def type_code(client, told):
    return client.post("/accounts/2fa/authenticate/", {"code": told})


def sign_in(client, user, password=PASSWORD, *, told=None):
    """All the way in; the answer of the last page."""
    answer = type_password(client, user, password)
    if answer.status_code != 302 or answer["Location"] != "/accounts/2fa/authenticate/":
        return answer
    if told is not None:
        return type_code(client, told)
    typed = code()
    answer = type_code(client, typed)
    if answer.status_code == 200 and typed != code():  # it went out of date on the way
        answer = type_code(client, code())
    return answer


def is_in(client):
    """Whether pages open."""
    return client.get("/").status_code == 200
