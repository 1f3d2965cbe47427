"""A password that leaks after it was chosen: found at the next sign-in, and changed before anything else."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.core import mail

from erp.access.passwords.building import build
from erp.access.sign_in.models import SecurityEvent
from erp.core import clock
from erp.urls import pages
from tests import make
from tests.erp.sign_in.people import PASSWORD, browser, code, is_in, sign_in, type_password
from tests.erp.sign_in.test_factors import app
from tests.erp.sign_in.test_sessions import recovery_code
from tests.erp.test_routes import fill, flat

pytestmark = pytest.mark.django_db
NEW = "vier-Wolken-tragen-einen-Amboss"


@pytest.fixture
def leak(tmp_path, settings):
    """Let passwords be in today's list of stolen ones."""

    def now(*passwords):
        lines = sorted(f"{hashlib.sha1(p.encode()).hexdigest().upper()}:7" for p in passwords)
        (tmp_path / "list.txt").write_text("\n".join(lines) + "\n")
        out = tmp_path / f"{len(list(tmp_path.iterdir()))}.pwn"
        build(tmp_path / "list.txt", out)
        settings.PWNED_FILE = str(out)

    return now


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


def test_nothing_but_changing_it_opens_then(company, owner, leak):
    leak(PASSWORD)
    client, there = browser(), browser()
    assert sign_in(client, owner, told=recovery_code(owner)).status_code == 302
    assert list(SecurityEvent.objects.filter(user=owner, kind="password_breached")) != []
    for _prefix, pattern in flat(pages):
        answer = client.get(fill(pattern, company.pk))
        assert answer["Location"] == "/accounts/password/change/", pattern.name
    assert client.get("/")["Location"] == "/accounts/password/change/"
    told = client.get(f"/api/v1/companies/{company.pk}/accounts/")
    assert (told.status_code, told.json()["code"]) == (403, "password_breached")
    assert not is_in(there)
    page = client.get("/accounts/password/change/")
    assert page.status_code == 200 and 'role="alert"' in page.content.decode()
    again = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/password/change/", again).status_code == 200  # it stays refused
    done = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", done).status_code == 302
    assert is_in(client)


def test_other_sessions_open_nothing_either(owner, leak):
    there = browser()
    there.force_login(owner)
    assert is_in(there)
    leak(PASSWORD)
    sign_in(browser(), owner)
    assert not is_in(there)


def test_a_phone_is_told_the_same(company, owner, leak):
    leak(PASSWORD)
    client = browser()
    told = app(client, "auth/login", {"email": owner.email, "password": PASSWORD}).json()
    token = told["meta"]["session_token"]
    told = app(client, "auth/2fa/authenticate", {"code": code()}, token).json()
    token = told["meta"].get("session_token", token)
    refused = browser().get("/api/v1/companies/", HTTP_X_SESSION_TOKEN=token)
    assert refused.json()["code"] == "password_breached"
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert app(client, "account/password/change", body, token).status_code == 200
    owner.refresh_from_db()
    assert owner.password_breached_at is None


def test_it_is_looked_at_again_once_a_day_where_the_list_could_tell(owner, leak, settings):
    moment = clock.now()
    settings.PWNED_FILE = ""
    sign_in(browser(), owner, told=recovery_code(owner))
    owner.refresh_from_db()
    assert owner.password_checked_at is None  # nobody could tell: next time again
    leak("etwas ganz anderes")
    sign_in(browser(), owner)
    owner.refresh_from_db()
    assert owner.password_checked_at is not None
    leak(PASSWORD)
    browser_now = browser()
    type_password(browser_now, owner)
    owner.refresh_from_db()
    assert owner.password_breached_at is None  # looked at today
    with clock.at(moment + dt.timedelta(days=1, minutes=1)):
        type_password(browser(), owner)
    owner.refresh_from_db()
    assert owner.password_breached_at is not None


def test_a_right_password_alone_tells_nobody_that_it_leaked(owner, leak):
    leak(PASSWORD)
    answer = type_password(browser(), owner)
    assert answer["Location"] == "/accounts/2fa/authenticate/"  # as for everybody
    assert not [m for m in mail.outbox if PASSWORD in m.body]


def test_without_a_second_factor_the_password_comes_first(leak):
    leak(PASSWORD)
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)
    assert client.get("/accounts/2fa/")["Location"] == "/accounts/password/change/"
    assert client.get("/accounts/password/change/").status_code == 200
    done = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", done).status_code == 302
    assert client.get("/")["Location"] == "/accounts/2fa/"


def test_blanks_that_came_along_when_pasting_are_no_part_of_it(owner):
    assert owner.check_password(f" {PASSWORD}\n") and not owner.check_password(PASSWORD[:-1])
