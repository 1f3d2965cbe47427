"""Signing in with a real browser: a passkey from a virtual authenticator, an app, and codes."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import NARROW, WIDE, code_of
from tests.examples import one_of_today

pytestmark = pytest.mark.e2e
PASSWORD = "vier-Wolken-tragen-einen-Amboss"


@pytest.fixture
def new(browser, site):
    """A person who has never signed in, at a browser of their own that has a passkey chip."""
    made = []

    def begin(email, viewport=WIDE):
        site.manage("add_user", email, "--name", "Anna Beispiel", "--company", "alpenholz",
                    RAPPEN_USER_PASSWORD=PASSWORD)  # fmt: skip
        context = browser.new_context(viewport=viewport, locale="de-CH")
        context.set_default_timeout(8000)
        made.append(context)
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda m: m.type == "error" and faults.append(m.text))
        page.faults = faults
        return page

    yield begin
    for context in made:
        context.close()


def chip(page):
    """A virtual authenticator that confirms the person by itself."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True,
               "automaticPresenceSimulation": True}  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def type_password(page, site, email):
    page.goto(site.url + "/accounts/login/")
    page.fill("#id_login", email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page):
    page.click("details.menu summary")
    page.click("details.menu form[action='/accounts/logout/'] button")
    page.wait_for_url("**/accounts/login/**")


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def is_accessible(page):
    results = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    return [(v["id"], v["nodes"][0]["html"][:90]) for v in results.response["violations"]]


def test_a_passkey_is_set_up_and_signs_in_without_a_password(new, site):
    page = new("passkey@rappen.example")
    chip(page)
    type_password(page, site, "passkey@rappen.example")
    page.wait_for_url("**/accounts/2fa/")
    page.goto(site.url + "/c/1/ledger/journal/")
    page.wait_for_url("**/accounts/2fa/")  # nothing else opens before
    page.click("a[href='/accounts/2fa/webauthn/add/']")
    page.wait_for_selector("#mfa_webauthn_add")
    assert page.is_checked("input[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("ol.codes")
    codes = page.locator("ol.codes code").all_inner_texts()
    assert len(codes) == 10 and all(re.fullmatch(r"(\d{5} ){3}\d{5}", code) for code in codes)
    page.click("a.primary")
    page.wait_for_selector("table a[href='/c/1/']")
    sign_out(page)
    page.click("#passkey_login")
    page.wait_for_selector("table a[href='/c/1/']")
    sign_out(page)
    type_password(page, site, "passkey@rappen.example")  # and as the second factor
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_selector("table a[href='/c/1/']")
    sign_out(page)
    type_password(page, site, "passkey@rappen.example")  # and a recovery code, when it is lost
    page.fill("#id_code", codes[0])
    page.keyboard.press("Enter")
    page.wait_for_selector("table a[href='/c/1/']")
    assert not page.faults


def test_a_refused_passkey_is_told_in_the_page(new, site):
    page = new("refused@rappen.example")
    session, found = chip(page)
    session.send("WebAuthn.setUserVerified",
                 {"authenticatorId": found["authenticatorId"], "isUserVerified": False})  # fmt: skip
    page.goto(site.url + "/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_selector(".passkey-error")
    assert not page.faults


@pytest.mark.parametrize("viewport", one_of_today([WIDE, NARROW]))
def test_an_app_is_set_up_and_each_page_fits_and_is_accessible(new, site, viewport):
    email = f"app{viewport['width']}@rappen.example"
    page = new(email, viewport)
    seen = []

    def look(name):
        seen.append((name, fits(page), is_accessible(page)))

    page.goto(site.url + "/accounts/login/")
    look("sign in")
    page.goto(site.url + "/accounts/password/reset/")
    look("reset")
    type_password(page, site, email)
    page.wait_for_url("**/accounts/2fa/")
    look("factors")
    page.goto(site.url + "/accounts/reauthenticate/?next=/accounts/2fa/totp/activate/")
    look("is it you")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#secret")
    look("set up an app")
    seed = page.input_value("#secret")
    page.fill("#id_code", code_of(seed))
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.codes")
    look("codes")
    page.click("a.primary")
    for address in (
        "/account/",
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/password/change/",
    ):
        page.goto(site.url + address)
        look(address)
    sign_out(page)
    type_password(page, site, email)
    page.wait_for_selector("#id_code")
    look("second step")
    assert [one for one in seen if not one[1] or one[2]] == []
    assert not page.faults
