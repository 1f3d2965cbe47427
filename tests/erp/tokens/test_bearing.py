"""A token is presented: what it opens, when it is refused, and what is noted of it."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from allauth.mfa.models import Authenticator
from django.db import DatabaseError, connection, transaction
from django.test import Client

from erp.access.sign_in.events import Kind
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens import bearing
from erp.access.tokens.models import AppToken
from erp.audit.models import AuditEvent
from erp.cockpit.tokens import revoke_token
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.client import new_key, problem
from tests.erp.sign_in.people import address
from tests.erp.test_api import RENT
from tests.erp.tokens.program import Program, program_of, token_of

pytestmark = pytest.mark.django_db
NEVER_MADE = "rappen_" + "A" * 43


def refused(program):
    """The one answer to all that is not good."""
    answer = program.get("accounts/")
    told = problem(answer, 401, "token_refused")
    assert answer["WWW-Authenticate"] == "Bearer"
    del told["request_id"]
    return told


def refusals_of(user):
    found = SecurityEvent.objects.filter(user=user, kind=Kind.TOKEN_REFUSED)
    return [event.details["reason"] for event in found.order_by("pk")]


def test_a_program_works_in_the_name_of_its_owner(company, anna):
    program = program_of(anna, company, "ledger.read", "ledger.post")
    key = new_key()
    made = program.post("journal-entries/", RENT, key=key)
    assert made.status_code == 201, made.json()
    again = program.post("journal-entries/", RENT, key=key)
    assert (again.json(), again["Idempotency-Replayed"]) == (made.json(), "true")
    event = AuditEvent.of(company).filter(action="entry.post").get()
    assert (event.by, event.via, event.agent) == (anna, "token", "nightly-import/1.0")


def test_the_token_is_256_bits_and_only_its_digest_is_kept(company, anna):
    token, secret = token_of(anna, company, "ledger.read")
    assert secret.startswith("rappen_") and len(secret) == len("rappen_") + 43
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    with connection.cursor() as cursor:
        for table in ("erp_apptoken", "erp_auditevent", "erp_securityevent"):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{secret}%"])
            assert cursor.fetchone() == (0,), table
    assert token.prefix == secret[:13]


def test_tokens_are_compared_by_their_digest_in_constant_time(company, anna, monkeypatch):
    """What is looked up is the digest, and what is found is compared once more, whole."""
    compared = []
    monkeypatch.setattr(bearing.hmac, "compare_digest", lambda a, b: not compared.append((a, b)))
    token, secret = token_of(anna, company, "ledger.read")
    assert Program(company, secret).get("accounts/").status_code == 200
    assert compared == [(token.digest, hashlib.sha256(secret.encode()).hexdigest())]


def test_unknown_and_known_tokens_cost_the_same_queries(
    company, anna, rf, django_assert_num_queries
):
    token, secret = token_of(anna, company, "ledger.read")
    bearing.bearer_of(rf.get("/"), secret)  # notes its use
    for presented in (secret, NEVER_MADE, "x", ""):
        with django_assert_num_queries(2):
            bearing.bearer_of(rf.get("/"), presented)
    assert token.pk


def test_every_reason_gets_the_same_answer(company, anna):
    unknown = refused(Program(company, NEVER_MADE))
    assert unknown == refused(Program(company, "")) == refused(Program(company, "x y"))

    revoked, secret = token_of(anna, company, "ledger.read")
    revoke_token(revoked, by=anna)
    assert refused(Program(company, secret)) == unknown

    program = program_of(anna, company, "ledger.read", days=1)
    with clock.at(clock.now() + dt.timedelta(days=1, seconds=1)):
        assert refused(program) == unknown
    assert refusals_of(anna) == ["revoked", "expired"]


@pytest.mark.parametrize("reason", ["inactive", "password_breached", "factor_missing"])
def test_whoever_could_not_sign_in_has_no_program_either(company, anna, reason):
    """AUT-12: every way in keeps the same rules."""
    program = program_of(anna, company, "ledger.read")
    assert program.get("accounts/").status_code == 200
    if reason == "inactive":
        anna.is_active = False
    elif reason == "password_breached":
        anna.password_breached_at = clock.now()
    else:
        Authenticator.objects.filter(user=anna).delete()
    anna.save()
    assert refused(program) == refused(Program(company, NEVER_MADE))
    assert refusals_of(anna) == [reason]


def test_revoking_and_expiring_act_on_the_next_request(company, anna):
    token, secret = token_of(anna, company, "ledger.read", days=1)
    program = Program(company, secret)
    with clock.at(token.expires_at - dt.timedelta(seconds=1)):
        assert program.get("accounts/").status_code == 200
    with clock.at(token.expires_at):
        refused(program)
    assert program.get("accounts/").status_code == 200
    revoke_token(token, by=anna)
    refused(program)


def test_use_is_noted_once_a_minute(company, anna):
    token, secret = token_of(anna, company, "ledger.read")
    program = Program(company, secret)
    seen, start = [], clock.now()
    for seconds in (0, 59, 60, 100, 121):
        with clock.at(start + dt.timedelta(seconds=seconds)):
            program.get("accounts/")
        open_companies([company.pk])
        token.refresh_from_db()
        seen.append((token.last_used_at - start).total_seconds())
    assert seen == [0, 0, 60, 60, 121]
    assert token.last_address == program.client.defaults["REMOTE_ADDR"]


def test_a_refused_token_is_told_to_its_owner_once_an_hour(company, anna):
    token, secret = token_of(anna, company, "ledger.read")
    revoke_token(token, by=anna)
    program = Program(company, secret)
    for _ in range(4):
        refused(program)
    assert refusals_of(anna) == ["revoked"]
    event = SecurityEvent.objects.get(user=anna, kind=Kind.TOKEN_REFUSED)
    assert event.details == {"token": token.pk, "company": company.pk, "reason": "revoked"}
    assert event.address == program.client.defaults["REMOTE_ADDR"]


def test_refused_tokens_are_limited_per_address_and_good_ones_still_pass(company, anna):
    here = address()
    stranger = Program(company, NEVER_MADE)
    good = program_of(anna, company, "ledger.read")
    for program in (stranger, good):
        program.client.defaults["REMOTE_ADDR"] = here
    for _ in range(30):
        refused(stranger)
    answer = stranger.get("accounts/")
    problem(answer, 429, "throttled")
    assert answer["Retry-After"] == "60"
    assert good.get("accounts/").status_code == 200
    refused(Program(company, NEVER_MADE))  # from elsewhere


@pytest.mark.parametrize("place", ["token", "access_token", "Authorization", "authorization"])
def test_a_token_in_the_address_is_none(company, anna, place):
    secret = token_of(anna, company, "ledger.read")[1]
    for told in (secret, f"Bearer {secret}"):
        answer = Client().get(f"/api/v1/companies/{company.pk}/accounts/", {place: told})
        problem(answer, 401, "not_authenticated")


def test_pages_and_the_sign_in_of_phones_do_not_know_tokens(company, anna):
    client = program_of(anna, company, *make_all(anna, company)).client
    for path in ("/", f"/c/{company.pk}/", "/account/", "/account/tokens/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"][:16]) == (302, "/accounts/login/"), path
    session = client.get("/_allauth/app/v1/auth/session")
    assert (session.status_code, session.json()["meta"]["is_authenticated"]) == (401, False)
    assert client.get("/_allauth/app/v1/account/authenticators").status_code == 401


def test_a_token_wins_over_a_session_and_is_judged_alone(company, anna):
    client = Client(REMOTE_ADDR=address())
    client.force_login(anna)
    secret = token_of(anna, company, "vat.read")[1]
    accounts = f"/api/v1/companies/{company.pk}/accounts/"
    assert client.get(accounts).status_code == 200
    problem(client.get(accounts, HTTP_AUTHORIZATION=f"Bearer {secret}"), 403)
    problem(client.get(accounts, HTTP_AUTHORIZATION=f"Bearer {NEVER_MADE}"), 401)
    assert client.get(accounts, HTTP_AUTHORIZATION="Basic YTpi").status_code == 200  # no token
    assert client.get(f"/c/{company.pk}/", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 200


def test_what_a_session_does_with_another_header_is_no_tokens_deed(api, company):
    api.post("cost-centres/", {"number": "7", "name_de": "x"}, HTTP_AUTHORIZATION="Basic YTpi")
    assert AuditEvent.of(company).filter(action="cost_unit.add").get().via == "api"


def test_a_token_stays_as_it_was_made(company, anna):
    token, _secret = token_of(anna, company, "vat.read")
    mine = AppToken.of(company).filter(pk=token.pk)
    for column, value in {
        "scopes": ["ledger.post"], "digest": "0" * 64, "user": make.user().pk, "name": "x",
        "expires_at": token.expires_at + dt.timedelta(days=9),
    }.items():  # fmt: skip
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            mine.update(**{column: value})
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        mine.delete()
    revoke_token(token, by=anna)
    with pytest.raises(DatabaseError, match="stays ended"), transaction.atomic():
        mine.update(revoked_at=None)


@pytest.mark.parametrize("days", [0, 367])
def test_the_database_too_knows_how_long_a_token_lasts(company, anna, days):
    now = clock.now()
    with pytest.raises(DatabaseError, match="token_lasts"), transaction.atomic():
        AppToken.unscoped.create(
            company=company, user=anna, name="x", digest="0" * 64, prefix="rappen_", scopes=[],
            created_at=now, expires_at=now + dt.timedelta(days=days),
        )  # fmt: skip


def test_tokens_are_seen_from_inside_and_by_their_owner_alone(company, anna):
    token, _secret = token_of(anna, company, "vat.read")
    beat = make.owner_of(make.company())
    for person, seen in ((beat, 0), (anna, 1)):
        open_companies([])
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('rappen.user', %s, true)", [str(person.pk)])
        assert AppToken.unscoped.filter(pk=token.pk).count() == seen
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        AppToken.unscoped.filter(pk=token.pk).update(last_address="x")


def make_all(user, company):
    from erp.access.gate import access_to

    return access_to(company.pk, user=user).granted
