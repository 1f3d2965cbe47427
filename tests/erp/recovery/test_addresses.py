"""Signing in with another address: confirmed by the new one, told to the old one, taken back by it."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import transaction

from erp.access.addresses.models import AddressChange
from erp.access.gate import access_to
from erp.access.models import User
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens.models import AppToken
from erp.cockpit import addresses
from erp.cockpit.tokens import create_token
from erp.core import clock
from tests import make
from tests.erp.sign_in.people import browser, is_in, sign_in, type_password


@pytest.fixture
def anna(committed_db):
    return make.user()


@pytest.fixture
def client(anna):
    client = browser()
    sign_in(client, anna)
    mail.outbox.clear()
    return client


def new_of(user):
    return f"neu-{user.email}"


def ask(client, email):
    return client.post("/account/email/", {"email": email})


def link_to(email):
    [told] = [
        one for one in mail.outbox if one.to == [email] and "http" in one.body.split("Rappen\n")[0]
    ]
    return re.search(r"http://[^/]+(/\S+)", told.body)[1]


def test_the_whole_way_and_back(anna, client):
    old, new = anna.email, new_of(anna)
    elsewhere = browser()
    sign_in(elsewhere, anna)
    mail.outbox.clear()
    assert ask(client, new).status_code == 302
    assert sorted(one.to[0] for one in mail.outbox) == sorted([old, new])
    link = link_to(new)
    assert client.get(link).status_code == 200
    assert User.objects.get(pk=anna.pk).email == old  # scanners follow links
    mail.outbox.clear()
    client.post(link)
    assert User.objects.get(pk=anna.pk).email == new
    assert is_in(client) and not is_in(elsewhere)
    anna.refresh_from_db()
    assert type_password(browser(), anna)["Location"] == "/accounts/2fa/authenticate/"
    anna.email = old
    assert type_password(browser(), anna).status_code == 200
    assert client.post(link)["Location"] == "/account/"  # twice is once

    undo = link_to(old)
    stranger = browser()
    assert stranger.get(undo).status_code == 200
    assert User.objects.get(pk=anna.pk).email == new
    stranger.post(undo)
    anna.refresh_from_db()
    assert anna.email == old and anna.password_breached_at and not is_in(client)
    kinds = SecurityEvent.objects.filter(user=anna).values_list("kind", flat=True)
    assert list(kinds).count("email_changed") == 2


def test_an_address_of_somebody_else_is_answered_alike(anna, client):
    """AUT-11"""
    beat = make.user()
    free, taken = ask(client, new_of(anna)), ask(client, beat.email)
    assert (free.status_code, free["Location"]) == (taken.status_code, taken["Location"])
    told = [one for one in mail.outbox if one.to == [beat.email]]
    assert len(told) == 1 and anna.email not in told[0].body + told[0].subject
    assert "/account/email/" not in told[0].body


def test_an_address_that_was_taken_meanwhile_is_not_taken_twice(anna, client):
    new = new_of(anna)
    ask(client, new)
    link = link_to(new)
    User.objects.create_user(new, "ein-gutes-Kennwort-2026")
    client.post(link)
    assert User.objects.get(pk=anna.pk).email != new


def test_only_the_asker_confirms(anna, client):
    new = new_of(anna)
    ask(client, new)
    link = link_to(new)
    beat = make.user()
    other = browser()
    sign_in(other, beat)
    other.post(link)
    assert browser().post(link)["Location"].startswith("/accounts/login/")
    assert not User.objects.filter(email=new).exists()


@pytest.mark.parametrize(("way", "hours"), [("confirm", 1.01), ("back", 72.1)])
def test_links_go_out_of_date(anna, client, way, hours):
    old, new = anna.email, new_of(anna)
    ask(client, new)
    link, who = link_to(new), client
    if way == "back":
        mail.outbox.clear()
        client.post(link)
        link, who = link_to(old), browser()
    before = User.objects.get(pk=anna.pk).email
    with time_machine.travel(time.time() + hours * 3600, tick=False):
        if way == "confirm":
            with pytest.raises(addresses.LinkGone):
                addresses.confirm(link.rstrip("/").rpartition("/")[2], user=anna)
        else:
            who.post(link)
    assert User.objects.get(pk=anna.pk).email == before


def test_the_last_wish_counts(anna, client):
    first, second = new_of(anna), f"neuer-{anna.email}"
    ask(client, first)
    old_link = link_to(first)
    ask(client, second)
    client.post(old_link)
    assert not User.objects.filter(email=first).exists()
    client.post(link_to(second))
    assert User.objects.filter(email=second).exists()


def test_it_wants_the_factor_used_minutes_ago(anna, client):
    """SES-3"""
    with time_machine.travel(time.time() + 6 * 60, tick=False):
        assert "reauthenticate" in ask(client, new_of(anna))["Location"]
    assert not AddressChange.objects.filter(user=anna).exists()


@pytest.mark.parametrize("email", ["", "kein", "a@b", "x" * 250 + "@example.ch"])
def test_what_is_no_address_is_told(client, email):
    assert ask(client, email).status_code == 422


def test_the_same_address_and_too_many_are_told(anna, client):
    assert ask(client, anna.email.upper()).status_code == 422
    for nth in range(addresses.MOST_A_DAY):
        assert ask(client, f"{nth}-{anna.email}").status_code == 302
    assert ask(client, new_of(anna)).status_code == 422


def undone(anna, client, between):
    """A thief changes the address, does something more, and whoever reads the old mail ends it."""
    old, new = anna.email, new_of(anna)
    ask(client, new)
    client.post(link_to(new))
    undo = link_to(old)
    between()
    browser().post(undo)
    anna.refresh_from_db()
    assert anna.email == old


def age(anna):
    Authenticator.objects.filter(user=anna).update(created_at=clock.now() - dt.timedelta(days=9))


def set_up_key(anna):
    Authenticator.objects.create(user=anna, type=Authenticator.Type.WEBAUTHN, data={})


def factors(anna):
    found = Authenticator.objects.filter(user=anna).exclude(type="recovery_codes")
    return list(found.values_list("type", flat=True))


def test_a_factor_that_a_thief_set_up_goes_with_the_change(anna, client):
    """Else their passkey would sign in without any password, whatever the owner's new one is."""
    age(anna)
    undone(anna, client, lambda: set_up_key(anna))
    assert factors(anna) == ["totp"]


def test_the_only_factors_stay_however_young(anna, client):
    """An undo must not lead to an account that a new password alone opens."""
    undone(anna, client, lambda: set_up_key(anna))
    assert sorted(factors(anna)) == ["totp", "webauthn"]


def test_an_app_token_that_a_thief_made_goes_with_the_change(anna, client):
    with transaction.atomic():
        company = make.company(by=anna)

    def token(name):
        with transaction.atomic():
            create_token(
                access_to(company.pk, user=anna), name=name, scopes=["ledger.read"], days=99
            )

    with time_machine.travel(time.time() - 2 * 86400, tick=False):
        token("long before")
    undone(anna, client, lambda: token("of a thief"))
    with transaction.atomic():
        access_to(company.pk, user=anna)
        good = AppToken.of(company).filter(revoked_at=None).values_list("name", flat=True)
        assert list(good) == ["long before"]


def test_a_new_password_by_the_old_mailbox_is_void_with_the_address(anna, client):
    """AUT-9: bound to the address."""
    browser().post("/accounts/password/reset/", {"email": anna.email})
    reset = link_to(anna.email)
    mail.outbox.clear()
    new = new_of(anna)
    ask(client, new)
    client.post(link_to(new))
    assert browser().get(reset, follow=True).context["token_fail"] is True
