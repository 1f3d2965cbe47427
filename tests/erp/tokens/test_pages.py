"""Tokens on pages: one's own, and a company's."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from erp.access.sign_in.events import Kind
from erp.access.sign_in.models import SecurityEvent
from erp.access.tokens.models import AppToken
from erp.core import clock
from erp.core.tenancy import open_companies
from tests import make
from tests.erp.sign_in.people import browser, code
from tests.erp.tokens.program import Program, token_of

pytestmark = pytest.mark.django_db
OWN = "/account/tokens/"


@pytest.fixture
def beat(company):
    return make.user(company=company, granted=["ledger.read", "vat.read"])


def signed_in(user, *, ago=0):
    client = browser()
    with clock.at(clock.now() - dt.timedelta(minutes=ago)):
        client.force_login(user)
    return client


def wanted(company, *scopes, **more):
    return {"company": company.pk, "name": "Kasse", "days": 30, "scopes": scopes, **more}


def secret_in(answer):
    (found,) = re.findall(r'value="(rappen_[\w-]{43})"', answer.content.decode())
    return found


def test_one_chooses_among_the_rights_one_has_in_the_company(company, beat):
    offered = signed_in(beat).get(OWN).content.decode()
    assert re.findall(r'name="scopes" value="([^"]+)"', offered) == ["ledger.read", "vat.read"]


def test_a_token_is_made_and_shown_once(company, beat):
    client = signed_in(beat)
    answer = client.post(OWN, wanted(company, "ledger.read"))
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    secret = secret_in(answer)
    assert Program(company, secret).get("accounts/").status_code == 200
    later = client.get(OWN).content.decode()
    assert secret not in later and secret[:13] in later and "Kasse" in later
    assert SecurityEvent.objects.filter(user=beat, kind=Kind.TOKEN_MADE).count() == 1


def test_making_a_token_wants_the_second_factor_and_then_goes_on(company, beat):
    """AUT-12, SES-3"""
    client = signed_in(beat, ago=6)
    assert client.get(OWN).status_code == 200
    asked = client.post(OWN, wanted(company, "ledger.read"))
    assert asked.status_code == 302 and "/2fa/reauthenticate/" in asked["Location"]
    assert not AppToken.of(company).exists()
    done = client.post("/accounts/2fa/reauthenticate/", {"code": code(), "next": OWN})
    assert Program(company, secret_in(done)).get("accounts/").status_code == 200


@pytest.mark.parametrize(
    "more", [{"scopes": ["ledger.post"]}, {"scopes": []}, {"days": 367}, {"days": 0}, {"name": ""}]
)
def test_what_cannot_be_is_refused(company, beat, more):
    answer = signed_in(beat).post(OWN, wanted(company, "ledger.read") | more)
    assert answer.status_code == 422 and "rappen_" not in answer.content.decode()
    assert not AppToken.of(company).exists()


def test_a_company_that_is_not_open_to_one_is_missing(company, beat):
    other = make.company()
    client = signed_in(beat)
    assert client.get(OWN, {"company": other.pk}).status_code == 404
    assert client.get(OWN, {"company": "x"}).status_code == 404
    assert client.post(OWN, wanted(other, "ledger.read")).status_code == 404
    assert client.post(OWN, {"name": "x"}).status_code == 404


def test_one_sees_and_revokes_ones_own_tokens_in_all_companies(company, anna, beat):
    other = make.company(by=anna)
    open_companies([company.pk, other.pk])
    here, there = (
        token_of(anna, company, "vat.read"),
        token_of(anna, other, "vat.read", name="Laden"),
    )
    theirs, _secret = token_of(beat, company, "vat.read", name="Fremdes")
    client = signed_in(anna, ago=10)  # to end something needs no second factor
    shown = client.get(OWN).content.decode()
    assert here[0].prefix in shown and there[0].prefix in shown and "Fremdes" not in shown
    assert client.post(OWN, {"revoke": theirs.pk}).status_code == 404
    assert client.post(OWN, {"revoke": there[0].pk}).status_code == 302
    assert Program(other, there[1]).get("vat-codes/").status_code == 401
    assert Program(company, here[1]).get("vat-codes/").status_code == 200


def test_somebody_without_a_company_is_told_so():
    assert signed_in(make.user()).get(OWN).status_code == 200


def test_who_gives_access_sees_all_tokens_and_revokes_them(company, anna, beat):
    token, secret = token_of(beat, company, "ledger.read")
    page = f"/c/{company.pk}/settings/tokens/"
    client = signed_in(anna)
    shown = client.get(page).content.decode()
    assert beat.name in shown and token.prefix in shown and "ledger.read" in shown
    assert token.digest not in shown and secret not in shown
    assert client.post(page, {"revoke": token.pk}).status_code == 302
    assert Program(company, secret).get("accounts/").status_code == 401
    open_companies([company.pk])
    token.refresh_from_db()
    assert token.revoked_by == anna
    assert signed_in(beat).get(page).status_code == 403
    assert "reauthenticate" in signed_in(anna, ago=6).post(page, {"revoke": token.pk})["Location"]
    assert client.post(page, {"revoke": "999999"}).status_code == 404
