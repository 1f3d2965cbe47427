"""Seeds at rest: sealed for one person, wherever they lie (CRY-1)."""

from __future__ import annotations

import copy
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from erp.access.sign_in import sealing
from erp.core import vault
from tests import make
from tests.erp.sign_in.people import browser, code, is_in, sign_in
from tests.erp.sign_in.test_factors import app
from tests.erp.sign_in.test_sessions import recovery_code

pytestmark = pytest.mark.django_db
ROTATED = [("2027", bytes(range(32)))]


@pytest.fixture
def anna():
    return make.user()


@pytest.fixture
def mallory():
    return make.user()


def stored(user, kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data FROM mfa_authenticator WHERE user_id = %s AND type = %s", [user.pk, kind]
        )
        return json.loads(cursor.fetchone()[0])


def move(kind, *, source, target):
    """As somebody with the database in hand would do it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mfa_authenticator t SET data = s.data FROM mfa_authenticator s"
            " WHERE s.user_id = %s AND t.user_id = %s AND s.type = %s AND t.type = %s",
            [source.pk, target.pk, kind, kind],
        )
        assert cursor.rowcount == 1


def row_of(user, kind):
    return Authenticator.objects.get(user=user, type=kind)


@pytest.mark.parametrize("kind", ["totp", "recovery_codes"])
def test_a_seed_that_is_moved_to_somebody_elses_row_does_not_open(anna, mallory, kind):
    """Who knows the codes of their own row gets nobody else's account with them."""
    codes = [recovery_code(user) for user in (anna, mallory)]
    assert codes[0] != codes[1]
    move(kind, source=mallory, target=anna)
    told = code() if kind == "totp" else codes[1]
    with pytest.raises(vault.CannotOpen):
        row_of(anna, kind).wrap().validate_code(told)
    assert row_of(mallory, kind).wrap().validate_code(told)


def test_a_row_that_changes_hands_does_not_open(anna, mallory):
    Authenticator.objects.filter(user=anna).delete()
    Authenticator.objects.filter(user=mallory).update(user=anna)
    with pytest.raises(vault.CannotOpen):
        row_of(anna, "totp").wrap().validate_code(code())


def test_a_seed_does_not_open_as_one_of_the_other_kind(anna):
    recovery_code(anna)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mfa_authenticator t SET data = jsonb_build_object('seed', s.data->'secret',"
            " 'used_mask', 0) FROM mfa_authenticator s WHERE s.user_id = t.user_id"
            " AND t.user_id = %s AND s.type = 'totp' AND t.type = 'recovery_codes'",
            [anna.pk],
        )
    with pytest.raises(vault.CannotOpen):
        row_of(anna, "recovery_codes").wrap().get_unused_codes()


def test_what_is_stored_is_sealed_for_its_person_from_the_first(anna):
    recovery_code(anna)
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        sealed = stored(anna, kind)[name]
        place = f"mfa_authenticator.data.{name}:{anna.pk}"
        assert vault.unseal(sealed, place=place)
        with pytest.raises(vault.CannotOpen):
            vault.unseal(sealed, place="mfa_authenticator.data")


def test_a_text_that_belongs_to_no_row_opens_nowhere():
    loose = sealing.seal("seed")
    for text in (loose, str(loose)):
        with pytest.raises(vault.CannotOpen):
            sealing.unseal(text)


def test_rows_open_however_they_are_read(anna):
    recovery_code(anna)
    once = row_of(anna, "totp")
    once.refresh_from_db()
    deferred = Authenticator.objects.only("data").get(user=anna, type="totp")
    late = Authenticator.objects.defer("data").get(user=anna, type="totp")
    for row in (once, deferred, late, copy.deepcopy(once)):
        assert sealing.unseal(row.data["secret"]) == make.SEED


def test_sealing_anew_keeps_what_belongs_to_whom(anna, mallory):
    """What was moved stays shut, is told, and keeps nobody else's from being sealed anew."""
    told = recovery_code(anna)
    move("totp", source=mallory, target=anna)
    with (
        override_settings(FIELD_KEYS=[*ROTATED, *settings.FIELD_KEYS]),
        pytest.raises(CommandError, match=rf": {row_of(anna, 'totp').pk}\."),
    ):
        call_command("rotate_secrets", verbosity=0)
    with override_settings(FIELD_KEYS=ROTATED):
        assert row_of(anna, "recovery_codes").wrap().validate_code(told)
        assert row_of(mallory, "totp").wrap().validate_code(code())
        move("recovery_codes", source=anna, target=_with_codes(mallory))
        with pytest.raises(vault.CannotOpen):
            row_of(mallory, "recovery_codes").wrap().get_unused_codes()


def _with_codes(user):
    RecoveryCodes.activate(user)
    return user


# While it is set up


def session_row(key):
    """What the database holds of a session."""
    return Session.objects.get(session_key=key).get_decoded()


def test_a_seed_being_set_up_lies_sealed_in_the_session(mallory):
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)
    seed = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    key = client.session.session_key
    kept = session_row(key)
    assert seed not in json.dumps(kept)
    place = f"django_session.mfa.totp.secret:{anna.pk}"
    assert vault.unseal(kept["mfa.totp.secret"], place=place) == seed
    with pytest.raises(vault.CannotOpen):
        vault.unseal(kept["mfa.totp.secret"], place=place.replace(str(anna.pk), str(mallory.pk)))
    client.post("/accounts/2fa/totp/activate/", {"code": code(seed)})
    assert is_in(client) and "mfa.totp.secret" not in session_row(client.session.session_key)
    assert sealing.unseal(row_of(anna, "totp").data["secret"]) == seed


def test_a_seed_being_set_up_on_a_phone_lies_sealed_too():
    anna, client = make.user(factor=False), browser()
    body = {"email": anna.email, "password": "ein-gutes-Kennwort-2026"}
    token = app(client, "auth/login", body).json()["meta"]["session_token"]
    answer = app(client, "account/authenticators/totp", token=token, method="get")
    seed = answer.json()["meta"]["secret"]
    assert seed not in json.dumps(session_row(token))
    done = app(client, "account/authenticators/totp", {"code": code(seed)}, token)
    assert done.status_code == 200
    assert sealing.unseal(row_of(anna, "totp").data["secret"]) == seed


def test_a_seed_being_set_up_whose_key_is_gone_makes_room_for_a_new_one():
    anna, client = make.user(factor=False), browser()
    sign_in(client, anna)
    seed = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    with override_settings(FIELD_KEYS=ROTATED):
        again = client.post("/accounts/2fa/totp/activate/", {"code": code(seed)})
    assert again.status_code == 200 and again.context["form"].secret != seed
    assert not Authenticator.objects.filter(user=anna).exists()
