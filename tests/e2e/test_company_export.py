"""A company written into a file: asked for, made by a real worker, taken along; wide and narrow."""

from __future__ import annotations

import json
import os
import re
import zipfile

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.test_jobs import MINUTE, Worker
from tests.examples import one_of_today

pytestmark = pytest.mark.e2e

PAGE = "/c/2/settings/export/"
PASSPHRASE = "Nebelhorn Quitte Rangierlok Zimt"


@pytest.fixture(scope="module")
def worker(site):
    found = Worker()
    yield found
    found.stop()
    assert "Traceback" not in found.log.read_text(), found.log.read_text()


def shot(page, name):
    if folder := os.environ.get("RAPPEN_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


def fits(page):
    """Nothing is cut off, and nothing stands in the way of whoever does not see it."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("viewport", one_of_today([WIDE, NARROW]))
def test_an_owner_exports_the_company_and_takes_it_along(opened, worker, site, tmp_path, viewport):
    page = opened(viewport).goto(PAGE)
    shot(page, "export-asked")
    fits(page)
    page.fill("#id_passphrase", PASSPHRASE)
    page.fill("#id_again", "etwas ganz anderes als zuvor")
    page.click("form.panel button.primary")
    expect(page.locator("#id_again_error")).to_be_visible()
    assert page.input_value("#id_passphrase") == ""
    shot(page, "export-refused")
    page.fill("#id_passphrase", PASSPHRASE)
    page.fill("#id_again", PASSPHRASE)
    page.click("form.panel button.primary")
    page.wait_for_url(re.compile(r"/c/2/jobs/\d+/$"))
    expect(page.locator(".job .badge.good").first).to_be_visible(timeout=3 * MINUTE)
    shot(page, "export-job")
    page.goto(site.url + PAGE)
    shot(page, "export-made")
    fits(page)
    with page.expect_download() as taken:
        page.locator(".toolbar a.button").first.click()
    assert re.fullmatch(r".+-\d{4}-\d\d-\d\d-company\.zip", taken.value.suggested_filename)
    path = tmp_path / "company.zip"
    taken.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.testzip() is None
    assert manifest["format"] == "rappen-company-1" and manifest["sealing"]
    page.goto(site.url + PAGE)
    expect(page.locator(".badge.warn").first).to_contain_text("mitgenommen")
    shot(page, "export-taken")
