"""The main job: a statement comes in, is booked by keyboard, and shows in the balance sheet."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from erp.cockpit.demo import statement_xml
from tests.e2e.conftest import NARROW

pytestmark = pytest.mark.e2e

IBAN = "CH5604835012345678009"


def statement(opening, movements):
    """A camt.053 as a bank sends it: (day of November 2026, amount, party, text)."""
    return statement_xml(IBAN, Decimal(opening), dt.date(2026, 11, 1), movements)


NOVEMBER = statement("0.00", [
    (2, Decimal("5000.00"), "Café Zentral", "Lieferung"),
    (3, Decimal("-324.30"), "Swisscom (Schweiz) AG", "Telefon Oktober"),
    (4, Decimal("-1081.00"), "Mühle Grüninger", "Mehl"),
    (5, Decimal("-100.00"), "Diverse", "Porto und Büro"),
])  # fmt: skip


def upload(page, content):
    page.set_input_files("input[type=file]", {"name": "camt053.xml", "mimeType": "text/xml",
                                              "buffer": content})  # fmt: skip
    page.click("main button.primary")


def amounts(page, selector):
    return [
        Decimal(text.replace("’", "").replace("−", "-"))
        for text in page.locator(selector).all_inner_texts()
    ]


def test_from_a_statement_to_the_balance_sheet_and_down_to_the_entry(opened, site):
    """As the issue says it ends: import, book with the keyboard, read, follow down."""
    watched = opened()
    page = watched.goto("/c/2/banking/accounts/")
    page.fill("[name=name]", "Kontokorrent")
    page.fill("[name=iban]", "CH56 0483 5012 3456 7800 9")
    page.select_option("[name=account]", label="1020 Bankguthaben")
    page.click("main form button.primary")
    page.wait_for_selector("[data-agreement]")

    watched.goto("/c/2/banking/statements/")
    upload(page, NOVEMBER)
    page.wait_for_url("**/banking/transactions/")
    assert page.inner_text("#waiting") == "4"

    keys = page.keyboard
    expect(page.locator("tbody.movement [name=account]").first).to_be_focused()
    keys.type("3200")
    keys.press("Enter")
    for account, left in (("6510", 3), ("4200", 2)):
        expect(page.locator("#waiting")).to_have_text(str(left))
        expect(page.locator("tbody.movement [name=account]").first).to_be_focused()
        keys.type(account)
        keys.press("Enter")
    expect(page.locator("#waiting")).to_have_text("1")
    # the last one is split: 40.00 postage, the rest office material
    keys.type("6500")
    keys.press("Tab")
    keys.press("Alt++")
    keys.type("40")
    keys.press("Tab")
    keys.type("6513")
    assert "60.00" in page.inner_text("tr:first-child .said")
    keys.press("Enter")
    page.wait_for_selector("text=Alles ist verbucht")
    page.wait_for_selector("text=Buchhaltung und Auszug stimmen überein")

    watched.goto("/c/2/reports/balance-sheet/?until=2026-11-30")
    row = page.locator("tr.account", has_text="1020 Bankguthaben")
    assert row.locator("td.figure").first.inner_text() == "3’494.70"
    assets = amounts(page, "tr.grand td.figure")
    assert assets[0] == assets[1], "assets and liabilities differ"
    row.locator("td.figure a").first.click()
    page.wait_for_url("**/ledger/accounts/1020/**")
    assert page.locator("tfoot td.figure").last.inner_text() == "3’494.70"
    page.locator("tr", has_text="Mühle Grüninger").locator("a").first.click()
    page.wait_for_url("**/ledger/entries/*/")
    assert amounts(page, "table.grid tbody td:nth-child(6):not(:empty)") == [
        Decimal("1000.00"), Decimal("81.00"),
    ]  # fmt: skip

    # the same file once more changes nothing
    watched.goto("/c/2/banking/statements/")
    upload(page, NOVEMBER)
    page.wait_for_url("**/banking/transactions/")
    assert page.inner_text("#waiting") == "0"
    assert "0 neu, 4 bekannt" in page.inner_text("main")
    assert '"sound": true' in site.manage("verify_ledger", "--company", "2", "--format", "json")


#: Paid before in the demo, and again: its last account is proposed.
SUPPLIER = "Stadtwerke"


def proposed(page):
    row = page.locator("tbody.movement", has_text=SUPPLIER).first
    assert row.locator("[name=account]").input_value() == "6400"
    return row


def test_a_proposal_says_why_and_is_taken_by_one_key(wide):
    page = wide.goto("/c/1/banking/transactions/")
    waiting = int(page.inner_text("#waiting"))
    expect(page.locator("tbody.movement [name=account]").first).to_be_focused()
    row = proposed(page)
    assert re.search(r"Buchung \d+", row.locator(".said").first.inner_text())
    row.locator("[name=account]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_have_text(str(waiting - 1))
    page.wait_for_selector("#said:not([hidden])")
    wide.goto("/c/1/banking/transactions/")
    page.locator("section.panel tr", has_text=SUPPLIER).first.locator("button").click()
    page.wait_for_load_state()
    assert int(page.inner_text("#waiting")) == waiting


def test_a_statement_that_does_not_add_up_is_refused(opened):
    watched = opened()
    page = watched.goto("/c/1/banking/statements/")
    content = statement("10.00", [(2, Decimal("5.00"), "A", "B")])
    wrong = content.replace(IBAN.encode(), b"CH9300762011623852957").replace(
        b"<Amt Ccy='CHF'>15.00</Amt>", b"<Amt Ccy='CHF'>15.01</Amt>"
    )
    before = page.locator("tbody tr").count()
    upload(page, wrong)
    page.wait_for_selector(".error")
    assert "geht nicht auf" in page.inner_text("main") and "0.01" in page.inner_text("main")
    assert page.locator("table tbody tr").count() == before


def test_booking_works_on_a_phone(opened):
    page = opened(NARROW, has_touch=True).goto("/c/1/banking/transactions/")
    waiting = int(page.inner_text("#waiting"))
    proposed(page).locator("button.book").tap()
    expect(page.locator("#waiting")).to_have_text(str(waiting - 1))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
