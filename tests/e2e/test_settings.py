"""Imports with a preview, periods that lock, a company from nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def choose(page, name, content):
    page.set_input_files(
        "main input[type=file]",
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()},
    )
    page.locator("main form button.primary").last.click()


def test_a_journal_with_titles_of_its_own_is_assigned_checked_and_posted(wide, site):
    page = wide.goto("/c/2/ledger/import/")
    rows = "Tag;Was;Kto S;Kto H;CHF\n"
    choose(
        page,
        "alt.csv",
        rows + "15.01.2026;Zins;1020;6950;12.50\n16.01.2026;Spesen;6940;1020;3.00\n",
    )
    expect(page.locator("[role=alert]")).to_contain_text("keine Spalte")
    for name, title in (("date", "tag"), ("text", "was"), ("debit", "kto s"), ("credit", "kto h"),
                        ("amount", "chf")):  # fmt: skip
        page.select_option(f"#column-{name}", title)
    page.click("text=Noch einmal prüfen")
    expect(page.locator("main")).to_contain_text("2 Zeilen ergeben 2 Buchungen über 15.50")
    page.click("text=Alle buchen")
    page.wait_for_url("**/ledger/journal/")
    expect(page.locator("main")).to_contain_text("2 Buchungen sind verbucht")

    wide.goto("/c/2/ledger/import/")
    choose(page, "neu.csv", "Datum;Text;Soll;Haben;Betrag\n2026-01-17;Falsch;1020;9998;5.00\n")
    expect(page.locator("[role=alert]")).to_contain_text("Zeile 2, Spalte haben, «9998»")
    assert '"sound": true' in site.manage("verify_ledger", "--company", "2", "--format", "json")


def test_an_own_chart_is_previewed_and_imported(wide):
    page = wide.goto("/c/2/ledger/accounts/import/")
    choose(
        page, "konten.csv", "number;name_de;type\n1021;Zweite Bank;asset\n6000;Ladenmiete;expense\n"
    )
    expect(page.locator("main")).to_contain_text("1 Konten würden eröffnet, 1 geändert")
    page.click("main button[name=confirm]")
    page.wait_for_url("**/ledger/accounts/")
    expect(page.locator("tr", has_text="1021")).to_contain_text("Zweite Bank")
    expect(page.locator("tr", has_text="Ladenmiete")).to_be_visible()


def test_a_period_locks_and_opens_again_with_a_reason(wide):
    page = wide.goto("/c/3/ledger/years/")
    lock = page.locator("select[name=lock]").nth(11)
    lock.select_option("locked")
    page.wait_for_load_state()
    expect(page.locator("select[name=lock]").nth(11)).to_have_value("locked")
    page.once("dialog", lambda dialog: dialog.accept("Nachtrag der Revision"))
    page.locator("select[name=lock]").nth(11).select_option("open")
    page.wait_for_load_state()
    expect(page.locator("select[name=lock]").nth(11)).to_have_value("open")
    wide.goto("/c/3/settings/audit/")
    expect(page.locator("tbody tr").first).to_contain_text("Nachtrag der Revision")


def test_a_company_from_nothing_to_its_first_entry(wide):
    page = wide.goto("/companies/add/")
    page.fill("[name=name]", "Neu & Söhne GmbH")
    page.fill("[name=short_name]", "neu-soehne")
    page.select_option("[name=legal_form]", "llc")
    page.fill("[name=uid]", "CHE-123.456.789")
    page.click("button.primary")
    expect(page.locator("main")).to_contain_text("keine gültige UID")
    page.fill("[name=uid]", "CHE-123.456.788")
    page.fill("[name=year_start]", "1.7.2026")
    page.fill("[name=year_end]", "31.12.2027")
    page.click("button.primary")
    page.wait_for_url(re.compile(r"/c/\d+/$"))
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_selector("#mask")
    page.fill("#date", "1.8.2026")
    page.fill("#text", "Einlage Stammkapital")
    page.fill("#debit", "1020")
    page.fill("#credit", "2800")
    page.fill("#amount", "20000")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Buchung 1 ist verbucht")


def test_a_cost_centre_is_changed(wide):
    page = wide.goto("/c/1/ledger/cost-centres/")
    page.locator("tr", has_text="Werkstatt").locator("a").click()
    page.locator("form", has=page.locator("[name=id]")).locator("[name=name_de]").fill(
        "Schreinerei"
    )
    page.locator("form", has=page.locator("[name=id]")).locator("button").click()
    expect(page.locator("tr", has_text="20")).to_contain_text("Schreinerei")
