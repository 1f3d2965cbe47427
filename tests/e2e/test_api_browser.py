"""The page of the endpoints, under our own content policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE

pytestmark = pytest.mark.e2e


def test_endpoints_are_read_and_fit_the_screen(wide):
    """A refusal by the policy would be an error of the console."""
    page = wide.goto("/api/v1/docs/")
    expect(page.locator(".opblock-tag").first).to_be_visible(timeout=60_000)  # it draws all of them
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
