"""Step-up: sensitive acts want the second factor used within five minutes."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client

from accounting.ledger.models import Period
from erp.access.models import Invitation
from erp.core import clock
from erp.urls import endpoints, pages
from tests import make
from tests.erp.client import Api, problem
from tests.erp.sign_in.people import browser, code, is_in, sign_in
from tests.erp.sign_in.test_sessions import recovery_code
from tests.erp.test_routes import flat, view_class

INVITE = {"do": "invite", "email": "beat@example.org", "roles": ["bookkeeper"], "language": "de"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def owner(company):
    return make.owner_of(company)


def test_what_is_sensitive_says_so():
    """SES-3, as far as there is something of it yet."""
    told = {pattern.name for _p, pattern in flat(pages) if view_class(pattern).step_up}
    assert {"bank-accounts", "period-lock", "members", "roles"} <= told
    acts = {
        (pattern.name, act) for _p, pattern in flat(endpoints)
        for act in view_class(pattern).step_up & set(pattern.callback.actions.values())
    }  # fmt: skip
    assert {("bank-accounts-list", "create"), ("bank-accounts-detail", "partial_update"),
            ("members-list", "create"), ("members-detail", "destroy"),
            ("periods-detail", "partial_update")} <= acts  # fmt: skip


def test_a_page_asks_for_the_factor_and_then_goes_on_with_what_was_sent(company, owner):
    client = browser()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(owner)
    address = f"/c/{company.pk}/settings/access/"
    assert client.get(address).status_code == 200  # looking is not sensitive
    asked = client.post(address, INVITE)
    assert asked.status_code == 302 and asked["Location"].startswith(
        "/accounts/2fa/reauthenticate/"
    )
    assert not Invitation.of(company).exists()
    page = client.get(asked["Location"])
    assert page.status_code == 200
    done = client.post("/accounts/2fa/reauthenticate/", {"code": code(), "next": address})
    assert done.status_code == 302
    assert Invitation.of(company).get().email == INVITE["email"]


def test_a_session_that_confirmed_gets_a_new_name_and_stays_in_the_list(owner):
    client = browser()
    sign_in(client, owner, told=recovery_code(owner))
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/2fa/reauthenticate/", {"code": code(), "next": "/"})
    after = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != before and is_in(client)
    stranger = browser()
    stranger.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not is_in(stranger)
    assert [one.session_key for one in UserSession.objects.filter(user=owner)] == [after]


def test_a_password_alone_confirms_nothing(company, owner):
    client = browser()
    with clock.at(clock.now() - dt.timedelta(minutes=6)):
        client.force_login(owner)
    client.post("/accounts/reauthenticate/", {"password": "ein-gutes-Kennwort-2026"})
    answer = client.post(f"/c/{company.pk}/settings/access/", INVITE)
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


@pytest.mark.parametrize(("minutes", "status"), [(4, 412), (6, 403), (-6, 401)])
def test_an_endpoint_says_that_it_wants_the_factor(company, owner, minutes, status):
    """Whoever is fresh comes as far as the missing If-Match; a clock set back revives nobody."""
    with clock.at(clock.now() - dt.timedelta(minutes=minutes)):
        api = Api(company, owner)
    period = Period.of(company).first()
    with clock.at(clock.now()):
        answer = api.patch(f"periods/{period.pk}/", {"lock": "locked"}, HTTP_IF_MATCH='"0"')
    told = problem(answer, status)
    assert status == 412 or told["code"] in {"step_up_needed", "not_authenticated"}


def test_signing_in_with_the_factor_is_fresh_enough(company, owner):
    client = browser()
    sign_in(client, owner, told=recovery_code(owner))
    answer = client.post(f"/c/{company.pk}/settings/access/", {**INVITE, "email": "x"})
    assert answer.status_code == 422  # refused for what it says, not for who says it


def test_who_gives_access_needs_a_second_way_in(company):
    """AUT-6: an app alone is one phone; recovery codes or a passkey beside it make two ways."""
    anna, client = make.owner_of(company), Client()
    client.force_login(anna)
    address = f"/c/{company.pk}/settings/access/"
    invites = {"do": "invite", "email": "neu@example.ch", "roles": ["auditor"], "language": "de"}
    assert client.post(address, invites)["Location"] == address
    codes = Authenticator.objects.get(user=anna, type="recovery_codes")
    for told in codes.wrap().get_unused_codes():
        assert codes.wrap().validate_code(told)
    assert client.post(address, invites)["Location"] == "/accounts/2fa/"
    api = Api(company, anna)
    problem(api.post("roles/", {"name": "X", "permissions": []}), 403, "second_way_needed")
    assert client.get(address).status_code == 200  # looking needs no second way
    Authenticator.objects.create(user=anna, type="webauthn", data={"name": "Key", "credential": {}})
    client.force_login(anna)
    again = client.post(address, invites | {"email": "neuer@example.ch"})
    assert again["Location"] == address
