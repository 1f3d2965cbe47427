"""Every way to set a password has the same rules."""

from __future__ import annotations

import io
import json
import logging

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from erp.access.models import User, UserManager
from erp.access.users import WeakPassword, create_user
from tests import make
from tests.erp.passwords.service import answers, knows, line, sha1

CURRENT = "ein-gutes-Kennwort-2026"  # of those that make.user makes
LEAKED = "vier Kühe kauen leise"
GOOD = "fünf Kühe kauen laut und lange"
BAD = {
    "zwölf minus": "password_too_short",
    "lang " * 60: "password_too_long",
    "Dragon2026!!": "password_common",
    "Rappen-Zürich-2026!": "password_context",
    LEAKED: "password_breached",
}
bad = pytest.mark.parametrize(("password", "code"), BAD.items(), ids=BAD.values())


@pytest.fixture(autouse=True)
def leaks(service):
    service.behaves = knows(line(LEAKED, 5))


def messages(password, user=None):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password, user)
    return refusal.value.messages


@bad
def test_the_only_validator_is_ours(password, code):
    with pytest.raises(ValidationError) as refusal:
        validate_password(password)
    assert [one.code for one in refusal.value.error_list] == [code]


@bad
def test_creating_a_user(db, password, code):
    with pytest.raises(WeakPassword) as refusal:
        create_user(email="neu@example.ch", password=password)
    assert messages(password)[0] in str(refusal.value)
    assert not User.objects.filter(email="neu@example.ch").exists()


def test_creating_a_user_with_a_good_one(db):
    assert create_user(email="neu@example.ch", password=GOOD).check_password(GOOD)


@bad
def test_add_user(db, monkeypatch, password, code):
    monkeypatch.setenv("RAPPEN_USER_PASSWORD", password)
    with pytest.raises(CommandError) as refusal:
        call_command("add_user", "neu@example.ch")
    assert messages(password)[0] in str(refusal.value)


@bad
def test_create_first_admin(db, monkeypatch, password, code):
    monkeypatch.setattr(UserManager, "exists", lambda self: False)
    monkeypatch.setenv("RAPPEN_ADMIN_EMAIL", "chefin@example.ch")
    monkeypatch.setenv("RAPPEN_ADMIN_PASSWORD", password)
    with pytest.raises(CommandError) as refusal:
        call_command("create_first_admin")
    assert messages(password)[0] in str(refusal.value)
    monkeypatch.setenv("RAPPEN_ADMIN_PASSWORD", GOOD)
    call_command("create_first_admin", stdout=io.StringIO())
    assert User.objects.get(email="chefin@example.ch").check_password(GOOD)


def reset_page(client, user):
    """What the link in the mail leads to."""
    link = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return client.get(link)["Location"]


@bad
def test_resetting_in_the_browser(db, password, code):
    anna, client = make.user(), Client()
    page = reset_page(client, anna)
    answer = client.post(page, {"password1": password, "password2": password})
    errors = answer.context["form"].errors.as_data()["password1"]
    assert [one.code for one in errors] == [code]
    anna.refresh_from_db()
    assert not anna.check_password(password)


def test_resetting_in_the_browser_with_a_good_one(db):
    anna, client = make.user(), Client()
    page = reset_page(client, anna)
    assert client.post(page, {"password1": GOOD, "password2": GOOD}).status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(GOOD)


def signed_in():
    """Somebody who has signed in by password and second factor, in a browser."""
    anna, client = make.user(), Client()
    client.force_login(anna)
    return anna, client


@bad
def test_changing_in_the_browser(db, password, code):
    anna, client = signed_in()
    answer = client.post(reverse("account_change_password"), change(password))
    errors = answer.context["form"].errors.as_data()["password1"]
    assert [one.code for one in errors] == [code]
    anna.refresh_from_db()
    assert not anna.check_password(password)


def change(password):
    return {"oldpassword": CURRENT, "password1": password, "password2": password}


def test_changing_in_the_browser_with_a_good_one(db):
    anna, client = signed_in()
    assert client.post(reverse("account_change_password"), change(GOOD)).status_code == 302
    anna.refresh_from_db()
    assert anna.check_password(GOOD)


def from_a_phone(path, body, session=None):
    headers = {"X-Session-Token": session} if session else {}
    return Client().post(
        f"/_allauth/app/v1/{path}", json.dumps(body), content_type="application/json",
        headers=headers,
    )  # fmt: skip


@bad
def test_changing_from_a_phone(db, password, code):
    anna, client = signed_in()
    body = {"current_password": CURRENT, "new_password": password}
    answer = from_a_phone("account/password/change", body, client.session.session_key)
    assert answer.status_code == 400
    assert [(e["param"], e["code"]) for e in answer.json()["errors"]] == [("new_password", code)]
    anna.refresh_from_db()
    assert not anna.check_password(password)


def test_changing_from_a_phone_with_a_good_one(db):
    anna, client = signed_in()
    body = {"current_password": CURRENT, "new_password": GOOD}
    answer = from_a_phone("account/password/change", body, client.session.session_key)
    assert answer.status_code == 200
    anna.refresh_from_db()
    assert anna.check_password(GOOD)


@bad
def test_resetting_from_a_phone(db, password, code):
    anna = make.user()
    key = f"{user_pk_to_url_str(anna)}-{default_token_generator.make_token(anna)}"
    answer = from_a_phone("auth/password/reset", {"key": key, "password": password})
    assert answer.status_code == 400
    assert [(e["param"], e["code"]) for e in answer.json()["errors"]] == [("password", code)]
    anna.refresh_from_db()
    assert not anna.check_password(password)


def test_a_persons_own_company_counts_on_every_path(db):
    company = make.company(name="Windmühlen Gantenbein AG")
    anna, client = make.owner_of(company), Client()
    client.force_login(anna)
    password = "Gantenbein-2026!"
    validate_password(password)
    resetting = Client()
    page = reset_page(resetting, anna)
    for answer in (
        resetting.post(page, {"password1": password, "password2": password}),
        client.post(reverse("account_change_password"), change(password)),
    ):
        (error,) = answer.context["form"].errors.as_data()["password1"]
        assert error.code == "password_context"
    body = {"current_password": CURRENT, "new_password": password}
    answer = from_a_phone("account/password/change", body, client.session.session_key)
    assert [one["code"] for one in answer.json()["errors"]] == ["password_context"]
    anna.refresh_from_db()
    assert not anna.check_password(password)


def test_what_is_set_is_in_no_log_and_in_no_cache(db, service, own_cache, caplog, capfd):
    """Neither the password nor its hash nor the five digits, whether it is taken or refused."""
    _anna, client = signed_in()
    with caplog.at_level(logging.DEBUG):
        for password in (LEAKED, GOOD):
            client.post(reverse("account_change_password"), change(password))
        service.behaves = answers(b"oops", status=500)
        create_user(email="neu@example.ch", password=GOOD)
    told = caplog.text + str(own_cache()) + "".join(capfd.readouterr())
    for password in (LEAKED, GOOD):
        digits = sha1(password).hex()
        for secret in (password, digits, digits[:5], digits[5:]):
            assert secret not in told and secret.upper() not in told
    assert len(service.received) == 3
