"""Imports with a preview, periods that lock."""

from __future__ import annotations

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


def test_a_cost_centre_is_changed(wide):
    page = wide.goto("/c/1/ledger/cost-centres/")
    page.locator("tr", has_text="Werkstatt").locator("a").click()
    page.locator("form", has=page.locator("[name=id]")).locator("[name=name_de]").fill(
        "Schreinerei"
    )
    page.locator("form", has=page.locator("[name=id]")).locator("button").click()
    expect(page.locator("tr", has_text="20")).to_contain_text("Schreinerei")
