"""Postcodes, IBANs and exchange rates, looked up while somebody types."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.erp.rates import daily

pytestmark = pytest.mark.e2e
IBAN, UNKNOWN = "CH03 0070 0110 0001 2345 6", "CH4431999123000889012"


def test_a_postcode_brings_its_town_and_several_are_offered(wide):
    page = wide.goto("/c/2/settings/")
    page.fill("#id_town", "")
    page.fill("#id_postcode", "")
    page.locator("#id_postcode").press_sequentially("6460")
    expect(page.locator("#id_town")).to_have_value("Altdorf UR")

    page.fill("#id_town", "")
    page.fill("#id_postcode", "")
    page.locator("#id_postcode").press_sequentially("1096")
    choices = page.locator("[role=option]")
    expect(choices).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#id_town")).to_have_value("Villette (Lavaux)")

    page.fill("#id_town", "Eigener Ort")  # what somebody wrote stays
    page.fill("#id_postcode", "")
    page.locator("#id_postcode").press_sequentially("6460")
    page.keyboard.press("Escape")
    expect(page.locator("#id_town")).to_have_value("Eigener Ort")


def test_a_town_brings_its_postcode(wide):
    page = wide.goto("/c/2/settings/")
    page.fill("#id_town", "")
    page.locator("#id_town").press_sequentially("gurtn")
    page.locator("[role=option]").first.click()
    expect(page.locator("#id_town")).to_have_value("Gurtnellen")
    assert page.locator("#id_postcode").input_value().isdigit()


def test_an_iban_tells_its_bank_at_once(wide):
    page = wide.goto("/c/1/banking/accounts/")
    said = page.locator("#id_iban ~ .said")
    page.fill("#id_iban", IBAN)
    expect(said).to_contain_text("Zürcher Kantonalbank")
    expect(said).to_contain_text("ZKBKCHZZ80A")
    page.fill("#id_iban", UNKNOWN)
    expect(said).not_to_contain_text("Zürcher")
    page.fill("#id_iban", IBAN.replace("6", "5"))
    expect(page.locator("#id_iban")).to_have_attribute("aria-invalid", "true")


def test_a_foreign_amount_is_converted_by_the_rate_of_the_day(wide, site, tmp_path):
    file = tmp_path / "rates.xml"
    file.write_bytes(daily("03.06.2026", "04.06.2026", EUR="0.92526"))
    site.manage("reference_update", "bazg-daily", "--file", str(file))
    page = wide.goto("/c/1/ledger/post/")
    page.fill("#date", "4.6.2026")
    page.locator("#date").blur()
    page.fill("#debit", "1024")
    page.locator("#debit").blur()
    expect(page.locator("#rate-said")).to_contain_text("0.92526")
    expect(page.locator("#rate-said")).to_contain_text("03.06.2026")
    page.fill("#amount_foreign", "1000")
    page.locator("#amount_foreign").blur()
    expect(page.locator("#amount")).to_have_value("925.26")
    page.fill("#amount", "930")  # the bank's own rate stays
    page.locator("#amount").blur()
    page.fill("#amount_foreign", "1000.00")
    page.locator("#amount_foreign").blur()
    expect(page.locator("#amount")).to_have_value("930.00")
    page.fill("#date", "4.6.2020")
    page.locator("#date").blur()
    expect(page.locator("#rate-said")).to_contain_text("04.06.2020")


def test_amounts_are_converted_exactly(wide):
    page = wide.goto("/c/1/ledger/post/")
    for typed, rate, expected in (
        ("1000", "0.92526", "92526"), ("0.01", "0.5", "1"), ("-0.01", "0.5", "-1"), ("3", "1", "300"),
        ("9999999999999.99", "0.002611", "2611000000000"), ("abc", "1", None),
    ):  # fmt: skip
        got = page.evaluate(
            "async ([a, r]) => { const m = await import('/static/erp/js/rates.js');"
            " const v = m.convertedText(a, r); return v === null ? null : String(v); }",
            [typed, rate],
        )
        assert got == expected, typed


def test_an_operator_takes_in_a_file_and_sees_what_came_of_it(wide):
    page = wide.goto("/reference/bazg-daily/")
    page.set_input_files(
        "#id_file",
        {"name": "kurse.xml", "mimeType": "text/xml",
         "buffer": daily("02.06.2026", "03.06.2026", EUR="0.93000")},
    )  # fmt: skip
    page.click("main form button.primary")
    expect(page.locator("main")).to_contain_text("02.06.2026")
    expect(page.locator("tr", has_text="kurse.xml").first).to_contain_text(
        "In Kraft", ignore_case=True
    )

    page.set_input_files(
        "#id_file", {"name": "seite.xml", "mimeType": "text/xml", "buffer": b"<html>Wartung</html>"}
    )
    page.click("main form button.primary")
    expect(page.locator("main form .error, main .note.error").first).to_be_visible()
    expect(page.locator("tr", has_text="seite.xml")).to_contain_text("abgelehnt", ignore_case=True)


def held(page, address):
    """Questions to an address wait until ``let_go`` is called, as on a slow line."""
    waiting, is_slow = [], [True]
    page.route(address, lambda route: waiting.append(route) if any(is_slow) else route.continue_())

    def let_go():
        is_slow.clear()
        for route in waiting:
            route.continue_()
        page.wait_for_load_state("networkidle")
        page.evaluate("() => new Promise((done) => setTimeout(done, 100))")

    return let_go


def test_a_late_answer_does_not_overwrite_what_somebody_typed_meanwhile(wide):
    page = wide.goto("/c/2/settings/")
    page.fill("#id_town", "")
    page.fill("#id_postcode", "")
    let_go = held(page, "**/reference/localities/**")
    page.locator("#id_postcode").press_sequentially("6460")
    page.fill("#id_town", "Eigener Ort")
    let_go()
    expect(page.locator("#id_town")).to_have_value("Eigener Ort")


def test_tab_takes_no_choice_of_what_stood_there_before(wide):
    page = wide.goto("/c/2/settings/")
    page.fill("#id_town", "Eigener Ort")
    page.fill("#id_postcode", "")
    page.locator("#id_postcode").press_sequentially("30")
    expect(page.locator("[role=option]").first).to_be_visible()
    let_go = held(page, "**/reference/localities/**")
    page.locator("#id_postcode").press_sequentially("08")
    page.keyboard.press("Tab")
    let_go()
    expect(page.locator("#id_postcode")).to_have_value("3008")
    expect(page.locator("#id_town")).to_have_value("Eigener Ort")


def test_a_late_rate_of_another_day_converts_nothing(wide, site, tmp_path):
    for nth, (published, valid, rate) in enumerate(
        [("03.06.2026", "04.06.2026", "0.92526"), ("04.06.2026", "05.06.2026", "0.90000")]
    ):
        file = tmp_path / f"rates-{nth}.xml"
        file.write_bytes(daily(published, valid, EUR=rate))
        site.manage("reference_update", "bazg-daily", "--file", str(file))
    page = wide.goto("/c/1/ledger/post/")
    page.fill("#date", "4.6.2026")
    page.locator("#date").blur()
    let_go = held(page, "**/exchange-rate/**on=2026-06-04**")
    page.fill("#debit", "1024")
    page.locator("#debit").blur()
    page.fill("#amount_foreign", "1000")
    page.locator("#amount_foreign").blur()
    page.fill("#date", "5.6.2026")
    page.locator("#date").blur()
    expect(page.locator("#amount")).to_have_value("900.00")
    let_go()
    expect(page.locator("#amount")).to_have_value("900.00")
    expect(page.locator("#rate-said")).to_contain_text("0.9")
    expect(page.locator("#rate-said")).not_to_contain_text("0.92526")
    page.fill("#date", "5.6.2020")  # of that day there is no rate
    page.locator("#date").blur()
    expect(page.locator("#amount")).to_have_value("")
