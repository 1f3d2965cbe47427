"""Open items at the desk and on the phone: taken over, settled with a discount, undone, netted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.test_contacts import add, unique

pytestmark = pytest.mark.e2e

HERE = "/c/2/open-items/"
HEAD = "Art;Name;Rechnungsnummer;Datum;Fällig am;Betrag;Skonto;Skonto bis\n"


def take_over(watched, name):
    """An invoice with a discount, and a credit note."""
    page = watched.goto(HERE + "import/")
    rows = (f"Debitor;{name};R-1;01.12.2025;31.12.2025;1’000.00;2;31.12.2099\n"
            f"Debitor;{name};G-1;05.12.2025;05.12.2025;-150.00;;\n")  # fmt: skip
    page.set_input_files("input[type=file]", {"name": "offen.csv", "mimeType": "text/csv",
                                              "buffer": (HEAD + rows).encode()})  # fmt: skip
    page.fill("#first-date", "01.01.2026")
    page.click("main form button.primary")
    expect(page.locator("#effects tbody tr")).to_have_count(1)
    expect(page.locator("#effects .badge.good")).to_have_count(1)
    page.click("button[name=confirm]")
    page.wait_for_url(re.compile(r"/open-items/receivables/$"))


def opened_item(watched, name, document):
    page = watched.goto(f"{HERE}receivables/?party={name}")
    page.locator("tbody tr").filter(has_text=document).locator("a").first.click()
    page.wait_for_url(re.compile(r"/open-items/\d+/$"))
    return page


def open_of(page):
    return page.locator("dl.facts dd b").inner_text()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_item_is_settled_with_a_discount_undone_and_netted(opened, size):
    watched, name = opened(size), unique("Seeblick")
    add(watched.goto("/c/2/contacts/add/"), name)
    take_over(watched, name)
    page = opened_item(watched, name, "R-1")
    page.on("dialog", lambda dialog: dialog.accept())

    # the discount stands in the form; the preview says what would be posted
    assert (page.input_value("#id_paid"), page.input_value("#id_discount")) == ("980.00", "20.00")
    page.select_option("#id_account", label="1020 Bankguthaben")
    page.click("button[value=preview]")
    expect(page.locator("#plan tbody tr")).to_have_count(4)
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    page.click("button[value=settle]")
    expect(page.locator(".badge.good")).to_have_count(1)
    expect(page.locator("tbody tr")).to_have_count(2)

    # undone, all of it is open again
    page.locator("tbody tr").first.get_by_role("button").click()
    expect(page.locator("tbody tr")).to_have_count(4)
    assert open_of(page) == "CHF 1’000.00"

    # netted with the credit note, the rest stays open
    page.check("input[name=with]")
    page.locator("form[action$='/net/'] button").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    assert open_of(page) == "CHF 850.00"

    # the account has it all, and leads back to the item
    page.locator("a.button[href*='/parties/']").click()
    page.fill("#from", "01.01.2026")
    page.press("#from", "Enter")
    expect(page.locator("tfoot .balance")).to_have_text("850.00")
    page.locator("tbody a").first.click()
    page.wait_for_url(re.compile(r"/open-items/\d+/$"))


def test_a_faulty_file_names_its_rows_and_another_day_is_shown_before_it_counts(opened):
    watched, name = opened(), unique("Bergblick")
    add(watched.goto("/c/2/contacts/add/"), name)
    page = watched.goto(HERE + "import/")

    def upload(rows):
        page.set_input_files("input[type=file]", {"name": "x.csv", "mimeType": "text/csv",
                                                  "buffer": (HEAD + rows).encode()})  # fmt: skip
        page.locator("main form").last.locator("button.primary").click()

    upload(
        f"Debitor;{name};R-9;01.12.2025;31.12.2025;1,5;;\nDebitor;Niemand;R-8;x;31.12.2025;5;;\n"
    )
    expect(page.locator(".note.error li")).to_have_count(3)
    expect(page.locator("button[name=confirm]")).to_have_count(0)
    upload(f"Debitor;{name};R-9;01.12.2025;31.12.2025;70.00;;\n")
    page.select_option("#again-contra", "balance")
    page.click("button[name=confirm]")  # shown first: the books do not hold this sum
    expect(page.locator("#effects b")).to_contain_text("70.00")
    expect(page.locator(".note.warning")).to_have_count(1)
    page.select_option("#again-contra", "")
    page.click("button[name=check]")
    expect(page.locator("#effects .badge.good")).to_have_count(1)
    page.click("button[name=confirm]")
    page.wait_for_url(re.compile(r"/open-items/receivables/$"))
    page = opened_item(watched, name, "R-9")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#undo-take-over")
    expect(page.locator(".badge.good")).to_have_count(1)
