"""Mails that did and did not get out, and their texts, in a real browser."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE

pytestmark = pytest.mark.e2e

SHOTS = os.environ.get("RAPPEN_SHOTS")
WRITE = """
import datetime as dt
from erp.access.gate import operating
from erp.core import clock
from erp.documents import storing
from erp.mails.models import OutgoingMail
from erp.mails import sending
from erp.mails.queueing import queue
sending.put = lambda *told, **more: False
with operating("3") as access:
    file = storing.store(company=access.company, name="r.pdf", content=b"%PDF-1.7 x", by=access.user)
    for nth, (state, more) in enumerate([
        ("sent", {"sent_at": clock.now(), "tries": 1, "last_error": "250 2.0.0 Ok: queued as 4711"}),
        ("refused", {"tries": 1, "fault": "recipient",
                     "last_error": "buchhaltung@kunde.example: 550 5.1.1 User unknown"}),
        ("queued", {"tries": 2, "fault": "away", "next_try_at": clock.now() + dt.timedelta(hours=1)}),
        ("unclear", {"tries": 1, "fault": "cut_off", "last_error": "SMTPServerDisconnected"}),
    ]):
        mail = queue(
            company=access.company, by=access.user, kind="test-invoice", language="de",
            to=["buchhaltung@kunde.example"], cc=["chef@kunde.example"] if nth == 1 else [],
            reply_to="debitoren@alpenholz.example", subject=f"Rechnung 2026-{nth + 17} von Alpenholz AG",
            body="Guten Tag\\n\\nAnbei erhalten Sie unsere Rechnung.\\n\\nFreundliche Grüsse\\nAlpenholz AG",
            files=[(file, f"Rechnung 2026-{nth + 17}.pdf")],
        )
        OutgoingMail.of(access.company).filter(pk=mail.pk).update(state=state, **more)
"""


@pytest.fixture(scope="module", autouse=True)
def mails(site):
    site.manage("shell", "-c", WRITE, RAPPEN_MAIL_KINDS="tests.erp.mails.kinds")


def look(page, name):
    """Nothing wider than the screen, nothing that axe minds; a picture if one is wanted."""
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, size)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size(WIDE)


def test_an_unclear_mail_is_sent_again_after_a_question(wide):
    page = wide.goto("/c/3/mails/")
    expect(page.locator("tbody tr")).to_have_count(4)
    look(page, "mails")
    page.select_option("#state", "unclear")
    page.click("form:has(#state) > button")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    row.locator("form button").click()
    assert len(asked) == 1
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Rechnung 2026-20")
    look(page, "mail")
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".head form button").click()
    expect(page.locator(".note.success")).to_be_visible()


def test_a_text_is_previewed_and_saved(wide):
    page = wide.goto("/c/3/settings/mail-texts/")
    look(page, "mail-texts")
    page.locator("a[href$='/test-invoice/de/']").click()
    page.fill("#id_subject", "Ihre Rechnung {number}")
    page.click("button[name=preview]")
    expect(page.locator("section[lang=de] h2")).to_have_text("Ihre Rechnung 2026-17")
    look(page, "mail-text")
    page.fill("#id_body", "{nummer}")
    page.click("button[name=save]")
    expect(page.locator("#id_body_error")).to_contain_text("{nummer}")
    page.fill("#id_body", "{greeting}\n\n{company}")
    page.click("button[name=save]")
    expect(page.locator(".note.success")).to_be_visible()
    page.click("button[name=reset]")
    expect(page.locator("#id_subject")).to_have_value("Rechnung {number} von {company}")
