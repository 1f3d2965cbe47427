"""A day on a phone: what is done every day fits the hand, at 390 pixels and at 360."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import NARROW

pytestmark = pytest.mark.e2e

#: Daily tasks that no other test opens at these widths.
DAILY = {
    "contacts": "/c/1/contacts/",
    "inbox": "/c/1/payables/inbox/",
    "bills": "/c/1/payables/invoices/",
    "bill": "/c/1/payables/invoices/13/",
    "we owe": "/c/1/open-items/payables/",
    "open item": "/c/1/open-items/1/",
    "payments": "/c/1/payments/",
    "reconcile": "/c/1/banking/reconcile/",
    "start": "/c/1/",
}
LIGHT = 100_000  # bytes of a page, as the browser parses it
FIRST = 250_000  # bytes that the first look at the start page fetches, with scripts and styles


def fits(page):
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider <= 0 or f"{page.url} is {wider} px wider than {page.viewport_size['width']} px"


def test_daily_tasks_fit_a_phone_and_are_light(opened):
    watched = opened(NARROW)
    page = watched.goto("/c/1/")
    page.wait_for_load_state("networkidle")
    fetched = page.evaluate(
        "performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
        ".reduce((sum, one) => sum + one.transferSize, 0)"
    )
    assert 0 < fetched < FIRST
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 740})
        for name, path in DAILY.items():
            watched.goto(path)
            assert fits(page) is True, name
            read = page.evaluate("performance.getEntriesByType('navigation')[0].decodedBodySize")
            assert read < LIGHT, (name, read)


def test_tiles_lead_to_the_tasks_of_the_day(opened):
    page = opened(NARROW).goto("/c/1/")
    tiles = page.locator("nav.today")
    assert tiles.locator("input[type=file][capture=environment]").count() == 1
    for path in ("payables/invoices/", "open-items/receivables/", "open-items/payables/",
                 "liquidity/", "contacts/"):  # fmt: skip
        assert tiles.locator(f"a[href*='/c/1/{path}']").first.is_visible(), path
    tiles.locator("a[href$='/open-items/receivables/']").click()
    page.wait_for_url("**/open-items/receivables/")
    page.click("button.lens")
    page.keyboard.type("huber")
    page.wait_for_selector(
        "dialog.palette li .soft:has-text('Kontakt'), dialog.palette li .soft:has-text('Adress')"
    )
    assert fits(page) is True


def test_somebody_is_called_and_a_bill_decided_with_the_thumb(opened):
    watched = opened(NARROW)
    page = watched.goto("/c/1/contacts/")
    call = page.locator(".contacts a[href^='tel:']").first.bounding_box()
    assert call["height"] >= 32 and call["x"] + call["width"] <= 390
    watched.goto("/c/1/payables/invoices/13/")
    button = page.locator("#submit-now").bounding_box()
    assert button["y"] + button["height"] <= NARROW["height"] and button["height"] >= 44
    page.mouse.wheel(0, 4000)
    assert page.locator("#submit-now").bounding_box()["y"] == button["y"]


def test_a_phone_may_keep_it_among_its_apps(opened, site):
    page = opened(NARROW).goto("/c/1/")
    told = page.request.get(site.url + page.get_attribute("link[rel=manifest]", "href")).json()
    for one in told["icons"]:
        assert page.request.get(site.url + one["src"]).headers["content-type"] == "image/png"
    assert page.context.new_cdp_session(page).send("Page.getAppManifest")["errors"] == []
