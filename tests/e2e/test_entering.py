"""The entry mask, by keyboard alone."""

from __future__ import annotations

import json
import time
from decimal import Decimal

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

COMPANY = "sonnenegg"
MASK = "/c/2/ledger/post/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF"


def balance(site, account, until="2026-12-31"):
    told = json.loads(site.manage("trial_balance", "--company", COMPANY, "--until", until))
    found = [row["closing"] for row in told["rows"] if row["account"] == account]
    return Decimal(found[0]) if found else Decimal(0)


def said(page):
    page.wait_for_selector("#said:not([hidden])")
    return page.inner_text("#said")


def typed(page, *keys):
    """What a bookkeeper types: texts, and names of keys in brackets."""
    for key in keys:
        if key.startswith("[") and key.endswith("]"):
            page.keyboard.press(key[1:-1])
        else:
            page.keyboard.type(key)


def filled(page, **values):
    for name, value in values.items():
        page.fill(f"#{name}", value)


def test_ten_simple_entries_without_the_mouse(wide, site):
    """An entry that was booked before takes few keys: its text brings accounts and code along."""
    before = balance(site, "6500")
    page = wide.goto(MASK)
    page.evaluate("window.keys = 0; document.addEventListener('keydown', () => { window.keys++; })")
    typed(page, "3.11.", "[Enter]", "[Enter]", "Büromaterial", "[Enter]", "[Enter]",
          "6500", "[Enter]", "1000", "[Enter]", "12.50+7.50", "[Control+Enter]")  # fmt: skip
    page.wait_for_selector("#latest tr:first-child td:nth-child(3):text-is('Büromaterial')")
    first = page.evaluate("window.keys")
    for nth in range(9):
        expect(page.locator("#date")).to_be_focused()
        typed(page, "[Enter]", "[Enter]", "Büromaterial", "[Enter]", "[Enter]", "[Enter]",
              "[Enter]", str(10 + nth), "[Control+Enter]")  # fmt: skip
        row = page.locator("#latest tr").filter(has_text="Büromaterial")
        expect(row).to_have_count(nth + 2)
    assert (page.evaluate("window.keys") - first) / 9 <= 25
    # 20.00 and 10 + 11 + … + 18, each with 8.1 % taken out
    gross = [Decimal("20.00"), *(Decimal(10 + n) for n in range(9))]
    tax = [round(g * Decimal("8.1") / Decimal("108.1"), 2) for g in gross]
    assert balance(site, "6500") - before == sum(gross) - sum(tax)
    assert "sound" in site.manage("verify_ledger", "--company", COMPANY, "--format", "json")


def test_what_was_typed_outlives_the_session(wide):
    """Whoever comes back from a long telephone call signs in elsewhere, and saves here."""
    page = wide.goto(MASK)
    filled(page, date="3.11.2026", text="Nach dem Telefon", debit="6500", credit="1000", amount="5")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.focus("#amount")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#refusal:not([hidden])")
    assert "abgemeldet" in page.inner_text("#refusal")
    assert page.input_value("#text") == "Nach dem Telefon"
    page.context.add_cookies([one for one in cookies if "csrf" not in one["name"]])
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#latest tr:first-child td:nth-child(3):text-is('Nach dem Telefon')")
    wide.faults[:] = [fault for fault in wide.faults if "status of 403" not in fault]


def test_the_time_that_an_entry_concerns_unfolds_by_keyboard(wide):
    """Its next year is not open yet, so it is refused beside the field; folded away, the time says nothing."""
    page = wide.goto(MASK)
    filled(page, date="3.11.2026", text="Versicherung", debit="6300", credit="1000", amount="365")
    typed(page, "[Alt+z]")
    expect(page.locator("#concerns_from")).to_be_focused()
    typed(page, "1.11.2026", "[Enter]", "31.10.2027", "[Control+Enter]")
    page.wait_for_selector("#refusal:not([hidden])")
    assert "01.01.2027" in page.inner_text("#refusal")
    expect(page.locator("#concerns_until")).to_be_focused()
    typed(page, "[Alt+z]", "[Control+Enter]")
    page.wait_for_selector("#latest tr:first-child td:nth-child(3):text-is('Versicherung')")


def test_the_amount_calculates_and_the_date_completes(wide):
    page = wide.goto(MASK)
    typed(page, "15.3", "[Tab]")
    assert page.input_value("#date") == "15.03.2026"
    page.fill("#amount", "3*45.20+1'000")
    page.press("#amount", "Tab")
    assert page.input_value("#amount") == "1’135.60"
    page.fill("#amount", "zwölf")
    page.press("#amount", "Tab")
    assert page.get_attribute("#amount", "aria-invalid") == "true"


def test_an_account_is_found_by_its_name(wide):
    page = wide.goto(MASK)
    page.click("#debit")
    typed(page, "werbe")
    page.wait_for_selector("#debit + .combo-list li[aria-selected=true]")
    typed(page, "[Tab]")
    assert page.input_value("#debit") == "6600"
    assert page.inner_text("#debit-said")
    assert page.input_value("#vat_code") == "IN"


def test_a_code_chosen_by_hand_stays_when_fields_are_visited_again(wide):
    page = wide.goto(MASK)
    page.click("#debit")
    typed(page, "6500", "[Tab]")
    page.click("#vat_code")
    page.fill("#vat_code", "IR")
    typed(page, "[Tab]")
    page.click("#debit")
    typed(page, "[Tab]")
    assert page.input_value("#vat_code") == "IR"


def test_a_split_entry_closes_its_own_difference(wide, site):
    before = balance(site, "6000")
    page = wide.goto(MASK)
    page.select_option("#mode", "split")
    page.fill("#text", "Miete und Reinigung")
    page.click("#split tbody tr:nth-child(1) [name=account]")
    typed(page, "6000", "[Enter]", "800", "[Enter]", "[Enter]", "[Enter]", "[Enter]",
          "6040", "[Enter]", "200", "[Enter]", "[Enter]", "[Enter]", "[Enter]")  # fmt: skip
    page.wait_for_selector("#split tbody tr:nth-child(3)")
    assert page.input_value("#split tbody tr:nth-child(3) [name=credit]") == "1’000.00"
    typed(page, "1000", "[Enter]")
    assert page.inner_text("#difference") == "0.00"
    typed(page, "[Control+Enter]")
    assert "verbucht" in said(page)
    assert balance(site, "6000") - before == Decimal("800.00")


def test_a_refusal_names_the_remedy_and_keeps_what_was_typed(wide):
    page = wide.goto(MASK)
    filled(page, date="31.12.2019", text="Vorjahr", debit="6000", credit="1000", amount="20")
    typed(page, "[Control+Enter]")
    page.wait_for_selector("#refusal:not([hidden])")
    assert "Geschäftsjahr" in page.inner_text("#refusal")
    assert page.input_value("#amount").startswith("20")
    assert page.evaluate("document.activeElement.id") == "date"


def test_a_draft_keeps_its_vat_when_it_is_edited(wide, site):
    before = balance(site, "1171")
    page = wide.goto(MASK)
    filled(
        page, text="Entwurf mit Steuer", debit="6500", credit="1000", amount="108.10", vat_code="IN"
    )
    typed(page, "[Alt+d]")
    assert "Entwurf" in said(page)
    wide.goto("/c/2/ledger/drafts/")
    page.click("table.grid a")
    page.click("a.primary")
    page.wait_for_selector("#mask")
    assert page.input_value("#mode") == "simple"
    assert (page.input_value("#amount"), page.input_value("#vat_code")) == ("108.10", "IN")
    page.fill("#amount", "216.20")
    typed(page, "[Control+Enter]")
    assert "verbucht" in said(page)
    assert balance(site, "1171") - before == Decimal("16.20")


def test_repeating_the_last_entry(wide):
    page = wide.goto(MASK)
    filled(page, text="Parkgebühr", debit="6200", credit="1000", amount="8")
    typed(page, "[Control+Enter]")
    page.wait_for_selector("#latest tr:first-child td:nth-child(3):text-is('Parkgebühr')")
    typed(page, "[Alt+w]")
    assert page.input_value("#amount") == "8.00"
    typed(page, "[Control+Enter]")
    page.wait_for_selector("#latest tr:nth-child(2) td:nth-child(3):text-is('Parkgebühr')")


def with_voucher(page):
    """The mask with a voucher, whose viewer has taken the keyboard once, as it does when it is ready."""
    page.evaluate(
        "window.taken = new Promise((done) => {"
        " addEventListener('blur', () => setTimeout(done), { once: true }); setTimeout(done, 4000); })"
    )
    page.set_input_files("#voucher_file", {"name": "beleg.pdf", "mimeType": "application/pdf",
                                           "buffer": PDF})  # fmt: skip
    page.wait_for_selector("#viewer:not([hidden])")
    page.evaluate("window.taken")


def test_a_viewer_that_is_late_gives_the_keyboard_back(wide):
    """It takes it when it is ready; on a machine at work that is long after the voucher was chosen."""
    page = wide.goto(MASK)
    with_voucher(page)
    page.evaluate("const now = performance.now(); performance.now = () => now + 60000")
    page.focus("#text")
    typed(page, "Mit")
    page.evaluate("document.getElementById('viewer').focus()")
    expect(page.locator("#text")).to_be_focused()
    typed(page, "[End]", " Beleg")
    assert page.input_value("#text") == "Mit Beleg"


def stays_in_the_viewer(page, go):
    """Going there leads there: at the latest once the viewer has taken the keyboard itself and lost it.

    The viewer is a page of its own: with the keyboard there, this one's document has none.
    """
    end = time.monotonic() + 20
    while True:
        go()
        page.wait_for_timeout(300)  # as long as the mask may take to give the keyboard back
        if page.evaluate("document.activeElement.id") == "viewer":
            return
        assert time.monotonic() < end, page.evaluate("document.activeElement.id")


def test_whoever_goes_to_the_viewer_stays_there(wide):
    page = wide.goto(MASK)
    with_voucher(page)
    page.evaluate("const now = performance.now(); performance.now = () => now + 60000")

    def by_keyboard():
        page.focus("#voucher_file")
        typed(page, "[Tab]")

    def by_mouse():
        page.focus("#text")
        page.hover("#viewer")
        page.evaluate("document.getElementById('viewer').focus()")

    stays_in_the_viewer(page, by_keyboard)
    page.evaluate("document.getElementById('viewer').src = 'about:blank'")  # as a picture is
    stays_in_the_viewer(page, by_mouse)


def test_a_voucher_is_shown_beside_the_mask_and_kept_with_the_entry(wide):
    page = wide.goto(MASK)
    with_voucher(page)
    filled(page, text="Mit Beleg", debit="6500", credit="1000", amount="5")
    typed(page, "[Control+Enter]")
    said(page)
    page.click("#latest tr:first-child a")
    page.wait_for_url("**/ledger/entries/*/")
    link = page.get_attribute("aside a[href*=vouchers]", "href")
    kept = page.request.get(wide.site.url + link)
    assert kept.body() == PDF
    assert kept.headers["content-type"] == "application/pdf"


def test_an_entry_becomes_a_template_and_comes_back(wide):
    page = wide.goto(MASK)
    filled(
        page,
        text="Abo Fachzeitschrift",
        debit="6503",
        credit="1000",
        amount="102.60",
        vat_code="IR",
    )
    typed(page, "[Control+Enter]")
    said(page)
    page.click("#latest tr:first-child a")
    page.click("a[href*='recurring/add']")
    page.click("button.primary")
    page.wait_for_url("**/ledger/recurring/")
    page.click("a[href*='template=']")
    page.wait_for_selector("#mask")
    assert page.input_value("#text") == "Abo Fachzeitschrift"
    assert (page.input_value("#amount"), page.input_value("#vat_code")) == ("102.60", "IR")
