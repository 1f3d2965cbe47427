"""Offers, orders, invoices and credit notes, by keyboard and on a phone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW
from tests.e2e.test_entering import typed
from tests.examples import one_of_today

pytestmark = pytest.mark.e2e

#: A company of the demo that sells: a bank account for QR-bills, two products, debtors switched on.
SELLS = """
from decimal import Decimal
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account
from accounting.receivables.models import Product
from erp.access.gate import operating
from vat.codes.models import VatCode
with operating("alpenholz") as access:
    company = access.company
    company.modules = sorted({*company.modules, "receivables"})
    company.save()
    BankAccount.of(company).filter(currency="CHF").update(qr_iban="CH4431999123000889012")
    account = Account.of(company).get(number="3400")
    code = VatCode.of(company).get(code="UN")
    for number, name, unit, price in (("100", "Beratung", "Std.", "145"), ("200", "Brett", "m2", "48.5")):
        Product.unscoped.get_or_create(company=company, number=number, defaults={
            "name_de": name, "unit_de": unit, "price": Decimal(price), "account": account,
            "vat_code": code})
"""
LIST, NEW = "/c/1/receivables/documents/", "/c/1/receivables/documents/new/"


@pytest.fixture(scope="module", autouse=True)
def sells(site):
    site.manage("shell", "-c", SELLS)


def reckoned(page, total):
    expect(page.locator("#totals dd.strong")).to_have_text(total)


def arrived(page):
    page.wait_for_url(re.compile(r"/documents/\d+/$"))


def test_an_invoice_goes_out_with_eighteen_keys(wide):
    """From the list to the invoice issued, without the mouse."""
    page = wide.goto(LIST)
    page.evaluate("sessionStorage.keys = 0")
    page.context.add_init_script(
        "document.addEventListener('keydown', () => { sessionStorage.keys = Number(sessionStorage.keys || 0) + 1; })"
    )
    typed(page, "n")
    page.wait_for_url(re.compile("/documents/new/"))
    expect(page.locator("#customer")).to_be_focused()
    typed(page, "säge")
    page.wait_for_selector(".combo-list:not([hidden]) li")
    typed(page, "[Enter]")
    expect(page.locator("#subject")).to_be_focused()
    typed(page, "[Enter]", "100", "[Enter]")
    expect(page.locator("#items [name=quantity]")).to_be_focused()
    expect(page.locator("#items [name=text]")).to_have_value("Beratung")
    typed(page, "3", "[Control+Shift+Enter]")
    arrived(page)
    expect(page.locator("h1")).to_contain_text("RE-2026-")
    assert page.inner_text("#total") == "470.25"  # 3 * 145.00, and 8.1 %, to 0.05
    assert int(page.evaluate("sessionStorage.keys")) <= 18
    pdf = page.request.get(page.url + "pdf/", timeout=60_000)
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    assert page.locator('.head a[href$="/pdf/"]').count() == 1


def test_lines_are_written_moved_and_reckoned_by_keyboard(wide):
    page = wide.goto(NEW)
    typed(page, "bernasconi", "[Enter]")  # faster than the list: the first that is found is taken
    expect(page.locator("#subject")).to_be_focused()
    expect(page.locator("#customer")).to_have_value("Officina Bernasconi")
    typed(page, "Umbau", "[Enter]")
    typed(page, "Montage im Hof", "[Enter]")  # no product is called so
    expect(page.locator("#items [name=text]")).to_have_value("Montage im Hof")
    page.locator("#items [name=quantity]").focus()
    typed(page, "2", "[Enter]", "50*1.5", "[Tab]")
    page.locator("#items [name=account]").fill("3400")
    page.locator("#items [name=vat_code]").fill("UN")
    typed(page, "[Tab]")
    reckoned(page, "162.15")
    typed(page, "[Alt++]", "200", "[Enter]")
    expect(page.locator("#items .item").nth(1).locator("[name=quantity]")).to_be_focused()
    typed(page, "10", "[Alt+s]", "Zwischentotal", "[Alt+t]", "Danke")
    reckoned(page, "686.45")
    kinds = page.eval_on_selector_all("#items .item", "all => all.map((one) => one.dataset.kind)")
    assert kinds == ["item", "item", "subtotal", "text"]
    typed(page, "[Alt+ArrowUp]", "[Alt+ArrowUp]", "[Alt+ArrowUp]")
    kinds = page.eval_on_selector_all("#items .item", "all => all.map((one) => one.dataset.kind)")
    assert kinds == ["text", "item", "item", "subtotal"]
    page.click("details.why summary")
    assert "686.45" in page.inner_text("#why")
    typed(page, "[Control+Enter]")
    arrived(page)
    assert page.inner_text("#total") == "686.45"
    typed(page, "e")
    page.wait_for_url(re.compile("/edit/$"))
    assert page.locator("#items .item").nth(2).locator("[name=quantity]").input_value() == "10"
    typed(page, "[Alt+Delete]")
    expect(page.locator("#items .item")).to_have_count(3)
    typed(page, "[Control+Enter]")
    arrived(page)
    typed(page, "i")
    page.wait_for_selector("#issue-now")
    expect(page.locator("#issue-now")).to_be_focused()
    typed(page, "[Enter]")
    page.wait_for_load_state()
    expect(page.locator("h1")).to_contain_text("RE-2026-")


def test_a_refusal_stands_beside_its_field_and_nothing_is_lost(wide):
    page = wide.goto(NEW)
    page.locator("#subject").fill("Ohne Kunde")
    page.locator("#items [name=text]").fill("Etwas")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#customer[aria-invalid=true]")
    assert page.locator(".field:has(#customer) .errorlist").inner_text()
    page.locator("#customer").fill("sägerei")
    page.keyboard.press("Tab")
    expect(page.locator("#customer")).to_have_value("Sägerei Brunner GmbH")
    page.locator("#items [name=account]").fill("9999")
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_selector("#items .i-faults li")
    expect(page.locator("#items [name=account]")).to_be_focused()
    assert page.input_value("#subject") == "Ohne Kunde"


def test_a_part_of_an_order_is_billed_and_the_invoice_credited(wide):
    page = wide.goto(NEW + "?kind=order&contact=1")
    page.locator("#items [name=product]").focus()
    typed(page, "200", "[Enter]", "8", "[Control+Shift+Enter]")
    arrived(page)
    order = page.url
    typed(page, "r")
    page.click("#bill-part")
    page.locator("td input").fill("3")
    page.keyboard.press("Enter")
    arrived(page)
    assert page.inner_text("#total") == "157.30"  # 3 * 48.50, and 8.1 %
    typed(page, "i", "[Enter]")
    expect(page.locator("h1")).to_contain_text("RE-2026-")
    invoice = page.url
    page.goto(order)
    assert page.locator(".badge.warn").count() == 1
    page.click(".of a")
    assert page.url == invoice
    page.click('a[href$="/make/credit/"]')
    page.locator("td input").fill("1")
    page.keyboard.press("Enter")
    arrived(page)
    typed(page, "i", "[Enter]")
    expect(page.locator("h1")).to_contain_text("GS-2026-")
    page.goto(invoice)
    expect(page.locator("#open")).to_have_text("104.85")  # 157.30 less 52.45


def test_documents_fit_a_phone(opened):
    page = opened(NARROW).goto(NEW + "?contact=1")
    page.locator("#items [name=product]").press_sequentially("100")
    page.wait_for_selector("#items .combo-list:not([hidden]) li")
    page.keyboard.press("Enter")
    page.locator("#items [name=quantity]").fill("2")
    reckoned(page, "313.50")
    page.click("#more summary")
    page.click("#items [data-more]")
    for address in (None, LIST):
        if address:
            page.goto(page.url.partition("/c/")[0] + address)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, address
    page.locator(".documents tbody a").first.click()
    arrived(page)
    for menu in page.locator(".head details.menu summary").all():
        menu.click()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("scheme", one_of_today(["light", "dark"]))
def test_the_pages_are_accessible_and_have_their_help(opened, site, scheme):
    watched = opened(color_scheme=scheme)
    page = watched.goto(NEW + "?kind=offer&contact=1")
    page.locator("#items [name=product]").focus()
    typed(page, "100", "[Enter]", "[Control+Shift+Enter]")
    arrived(page)
    offer = page.url.removeprefix(site.url)
    found = {}
    for address in (LIST, NEW + "?contact=2", offer, f"{offer}make/invoice/"):
        page = watched.goto(address)
        results = Axe().run(
            page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
        )
        if faults := [
            (v["id"], v["nodes"][0]["html"][:90]) for v in results.response["violations"]
        ]:
            found[address] = faults
    assert not found
    page.keyboard.press("F1") if scheme == "light" else page.click("[data-help]")
    page.wait_for_selector("dialog.help[open] h1")
    assert len(page.inner_text("dialog.help .manual")) > 300


def test_drafts_are_chosen_and_issued_together_from_the_list(wide):
    for _nth in range(2):
        page = wide.goto(NEW + "?contact=2")
        page.locator("#items [name=product]").focus()
        typed(page, "100", "[Enter]", "[Control+Enter]")
        arrived(page)
    page = wide.goto(LIST + "?kind=invoice&status=draft")
    before = page.locator(".documents tbody tr").count()
    typed(page, "j", "x", "j", "x")
    assert page.locator("input[name=document]:checked").count() == 2
    page.click("#chosen details.menu summary")
    page.click("#issue-chosen")
    page.wait_for_selector(".note.success")
    assert page.url.endswith("?kind=invoice&status=draft")
    assert page.locator(".documents tbody tr").count() == before - 2
