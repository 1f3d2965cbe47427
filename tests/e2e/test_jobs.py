"""A long import, an export and a cancelled job, in a real browser beside a real worker."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, ROOT

pytestmark = pytest.mark.e2e

IMPORT, JOURNAL = "/c/3/ledger/import/", "/c/3/ledger/journal/"
ENTRIES = 11_000
MINUTE = 60_000  # milliseconds
SHOTS = os.environ.get("RAPPEN_SHOTS")


def journal(entries, *, bad=None):
    lines = [f"{'31.13.2026' if nth == bad else '31.03.2026'};Beitrag {nth};1000;6800;{nth % 90 + 1}.00"
             for nth in range(entries)]  # fmt: skip
    return ("Datum;Buchungstext;Soll;Haben;Betrag\n" + "\n".join(lines) + "\n").encode()


class Worker:
    """A Celery worker that can be held, so that there is time to look."""

    def __init__(self) -> None:
        self.log = Path(os.environ["RAPPEN_VAR"]) / "worker.log"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).with_name("celery")), "-A", "erp", "worker",
                 "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"],
                cwd=ROOT, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def tell(self, sign: signal.Signals) -> None:
        os.killpg(self.process.pid, sign)

    def stop(self) -> None:
        self.tell(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def worker(site):
    found = Worker()
    yield found
    found.stop()
    assert "Traceback" not in found.log.read_text(), found.log.read_text()


def upload(page, content, *, name="journal.csv"):
    """Choose a large file, look at its beginning, and let it be posted in the background."""
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.locator("form:has(input[type=file]) button.primary").click()
    seen(page, f"import-{page.viewport_size['width']}")
    page.locator("button[name=confirm]").click()
    page.wait_for_url(re.compile(r"/c/3/jobs/\d+/$"))


def seen(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def percent(page):
    return int(page.locator(".job progress").get_attribute("value") or 0)


def moving(page):
    return page.locator(".job progress[value]:not([value='0'])")


def state(page, kind):
    return page.locator(f".job .badge.{kind}").first


def test_an_import_shows_how_far_it_is_and_its_journal_is_exported(wide, worker):
    page = wide.goto(IMPORT)
    upload(page, journal(ENTRIES))
    page.evaluate("window.sameLoad = true")
    expect(moving(page)).to_have_count(1, timeout=MINUTE)
    worker.tell(signal.SIGSTOP)
    before = percent(page)
    seen(page, "job-running-wide")
    assert 0 < before < 100
    assert not Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    worker.tell(signal.SIGCONT)
    expect(state(page, "good")).to_be_visible(timeout=MINUTE)
    assert percent(page) == 100 and page.evaluate("window.sameLoad")
    expect(page.locator("[role=status][id^=job-said]")).not_to_be_empty()
    expect(page.locator(".job-message")).to_contain_text(str(ENTRIES))
    seen(page, "job-done-wide")

    page = wide.goto(JOURNAL)
    page.locator("a[href*='format=xlsx']").click()
    seen(page, "journal-offer-wide")
    page.locator("form:has([name=form]) button.primary").click()
    page.wait_for_url(re.compile(r"/c/3/jobs/\d+/$"))
    expect(page.locator("[id^=job-file]")).to_be_visible(timeout=2 * MINUTE)
    with page.expect_download() as taken:
        page.locator("[id^=job-file]").click()
    assert taken.value.suggested_filename == "tv-seedorf-journal.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes()), read_only=True)
    texts = [row[5] for row in book.worksheets[0].iter_rows(min_row=5, values_only=True)]
    assert sum(text is not None and text.startswith("Beitrag ") for text in texts) == 2 * ENTRIES
    seen(wide.goto("/c/3/jobs/"), "jobs-wide")


def test_a_job_is_cancelled_while_it_runs_and_has_posted_nothing(opened, worker, site):
    phone = opened(NARROW)
    before = site.manage("trial_balance", "--company", "tv-seedorf", "--until", "2026-12-31")
    page = phone.goto(IMPORT)
    upload(page, journal(60_000, bad=59_999))  # long enough to be held while it runs
    expect(moving(page)).to_have_count(1, timeout=MINUTE)
    worker.tell(signal.SIGSTOP)
    seen(page, "job-running-narrow")
    page.locator("[id^=job-cancel]").click()
    expect(page.locator("[id^=job-cancel]")).to_have_count(0)
    worker.tell(signal.SIGCONT)
    expect(page.locator(".job .badge.warn")).to_have_count(0, timeout=MINUTE)
    expect(page.locator("[id^=job-file]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen(page, "job-cancelled-narrow")
    assert (
        site.manage("trial_balance", "--company", "tv-seedorf", "--until", "2026-12-31") == before
    )
    seen(phone.goto("/c/3/jobs/"), "jobs-narrow")


def test_a_faulty_file_names_its_rows_in_the_page(opened, worker):
    phone = opened(NARROW)
    page = phone.goto(IMPORT)
    upload(page, journal(9_000, bad=8_500))
    expect(page.locator(".job .note.error")).to_be_visible(timeout=MINUTE)
    expect(page.locator(".job-log li")).to_have_count(1)
    expect(page.locator(".job-log li")).to_contain_text("8502")
    expect(page.locator(".job-message")).to_contain_text("9000")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    seen(page, "job-failed-narrow")
