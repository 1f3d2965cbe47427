"""A token from the page to the program and back, and support access as a client sees it."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.e2e


def answered(site, token):
    request = urllib.request.Request(
        f"{site.url}/api/v1/companies/", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return [one["id"] for one in json.load(answer)["results"]]
    except urllib.error.HTTPError as refusal:
        return refusal.code


def shot(page, name):
    if folder := os.environ.get("RAPPEN_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_token_is_made_used_and_revoked(wide, site):
    page = wide.goto("/account/tokens/")
    page.select_option("#company", "2")
    page.wait_for_url("**/account/tokens/?company=2")
    page.fill("#id_name", "Kasse")
    page.check("input[name=scopes][value='ledger.read']")
    page.click("button.primary")
    secret = page.input_value("#token")
    shot(page, "token-made")
    assert answered(site, secret) == [2]
    page.goto(site.url + "/account/tokens/")
    assert secret not in page.content()
    shot(page, "tokens")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button[name=revoke]")
    page.wait_for_selector(".note.success")
    assert answered(site, secret) == 401


def test_support_access_is_allowed_and_ended(wide, site):
    page = wide.goto("/c/2/settings/support/")
    page.fill("#id_reason", "Saldo Bank")
    page.click("button.primary")
    page.wait_for_selector("button[name=end]")
    shot(page, "support")
    page = wide.goto("/c/2/settings/")
    assert "note warning" in page.content()
    wide.goto("/c/2/settings/support/").click("button[name=end]")
    page.wait_for_selector("#id_reason")
