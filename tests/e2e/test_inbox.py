"""Suppliers' bills: dropped, photographed, read while one looks, and set aside by keys."""

from __future__ import annotations

import base64
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.accounting.payables.capture import papers
from tests.e2e.conftest import NARROW
from tests.e2e.test_jobs import Worker, seen

pytestmark = pytest.mark.e2e

INBOX = "/c/1/payables/inbox/"
BUYS = """
from erp.access.gate import operating
with operating("alpenholz") as access:
    access.company.modules = sorted({*access.company.modules, "payables"})
    access.company.save()
"""


@pytest.fixture(scope="module", autouse=True)
def buys(site):
    site.manage("shell", "-c", BUYS)
    worker = Worker()
    yield
    worker.stop()


@pytest.fixture
def phone(opened):
    return opened(NARROW, has_touch=True, is_mobile=True)


def violations(page):
    return [
        (v["id"], [n["html"][:120] for n in v["nodes"]])
        for v in Axe().run(page).response["violations"]
    ]


def dropped(page, *files):
    """Files let go over the page, as from a folder."""
    told = [[name, base64.b64encode(content).decode()] for name, content in files]
    page.evaluate(
        """(files) => {
          const data = new DataTransfer();
          for (const [name, content] of files)
            data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name));
          for (const kind of ["dragenter", "dragover", "drop"])
            document.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        told,
    )


def test_bills_are_dropped_read_and_looked_at(wide):
    page = wide.goto(INBOX)
    before = page.locator("#inbox-list tbody tr").count()
    dropped(page, ("holz.pdf", papers.pages(papers.pdf(), papers.blank())), ("nichts.pdf", papers.blank()),
            ("film.gif", b"GIF89a"))  # fmt: skip
    expect(page.locator("#came li")).to_have_count(3)
    expect(page.locator("#came li.bad")).to_have_count(1)
    expect(page.locator("#inbox-list tbody tr")).to_have_count(before + 2)
    row = page.locator("#inbox-list tbody tr", has_text="Müller Holzbau AG")
    expect(row).to_contain_text("1’949.75")
    assert violations(page) == []
    seen(page, "inbox-inbox")
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/inbox/\d+/$"))
    picture = page.locator(".original-pages img").first
    expect(picture).to_be_visible()
    page.wait_for_function("document.querySelector('.original-pages img').naturalWidth === 1400")
    assert violations(page) == []
    seen(page, "inbox-document")
    whole = picture.bounding_box()["width"]
    page.keyboard.press("+")
    assert picture.bounding_box()["width"] > whole
    page.keyboard.press("0")
    page.keyboard.press("PageDown")
    expect(page.locator("[data-shown]")).to_have_text("2")
    page.keyboard.press("PageUp")
    page.keyboard.press("r")
    assert "rotate(90deg)" in picture.get_attribute("style")
    seen(page, "inbox-turned")


def test_what_is_no_bill_is_set_aside_with_two_keys_and_a_word(wide):
    page = wide.goto(INBOX)
    dropped(page, ("lieferschein.pdf", papers.blank(3)))
    expect(page.locator("#inbox-list")).to_contain_text("lieferschein.pdf")
    page.get_by_role("link", name="lieferschein.pdf").last.click()
    page.wait_for_url(re.compile(r"/inbox/\d+/$"))
    page.keyboard.press("x")
    page.fill("#reason", "Lieferschein")
    page.keyboard.press("Enter")
    expect(page.locator(".note.success")).to_contain_text("lieferschein.pdf")
    wide.goto(INBOX + "?view=aside")
    expect(page.locator("#inbox-list")).to_contain_text("Lieferschein")


def test_on_a_phone(phone):
    page = phone.goto(INBOX)
    photo = papers.scanned(
        papers.photographed(papers.picture(dpi=300), 0.1, (1500, 2000)), quality=70
    )
    page.set_input_files(
        "#photos", {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    expect(page.locator("#came li")).to_have_count(1)
    row = page.locator("#inbox-list tbody tr", has_text="IMG_1.jpg")
    expect(row).to_contain_text("Müller Holzbau AG")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    seen(page, "inbox-phone")
    assert violations(page) == []
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/inbox/\d+/$"))
    page.wait_for_function("document.querySelector('.original-pages img').naturalWidth > 0")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    seen(page, "inbox-phone-document")
    assert violations(page) == []
