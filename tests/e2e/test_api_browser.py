"""The page of the endpoints: read and tried out as oneself, under our own content policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW

pytestmark = pytest.mark.e2e


def test_endpoints_are_read_and_tried_out_as_oneself(opened):
    """A refusal by the policy would be an error of the console."""
    page = opened().goto("/api/v1/docs/#/company/companies_list")
    place = page.locator("#operations-company-companies_list")
    expect(page.locator(".opblock-tag", has_text="contacts").first).to_be_visible()
    expect(place).to_contain_text("/api/v1/companies/")
    if place.locator(".opblock-body").count() == 0:
        place.locator("button").first.click()
    place.get_by_text("Try it out").click()
    place.get_by_text("Execute", exact=True).click()
    expect(place.locator(".live-responses-table")).to_contain_text('"id"')


def test_it_fits_a_narrow_screen(opened):
    page = opened(NARROW).goto("/api/v1/docs/")
    expect(page.locator(".opblock-tag").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path="/tmp/p1_docs_390.png")
