"""Every page: it opens, fits, is accessible, and its help is there."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE
from tests.examples import of_today

pytestmark = pytest.mark.e2e

PAGES = {
    "companies": "/",
    "manual": "/help/",
    "manual-codes": "/help/codes/?q=vat",
    "tour": "/help/tour/",
    "add-company": "/companies/add/",
    "start": "/c/1/",
    "setup": "/c/3/setup/",
    "start-of-set-up": "/c/3/",
    "enter": "/c/1/ledger/post/",
    "journal": "/c/1/ledger/journal/",
    "drafts": "/c/1/ledger/drafts/",
    "entry": "/c/1/ledger/entries/2/",
    "accounts": "/c/1/ledger/accounts/",
    "account-add": "/c/1/ledger/accounts/add/",
    "account-edit": "/c/1/ledger/accounts/1020/edit/",
    "account-sheet": "/c/1/ledger/accounts/1020/?from=2026-10-01&until=2026-10-31",
    "euro-sheet": "/c/1/ledger/accounts/1024/",
    "journal-import": "/c/1/ledger/import/",
    "chart-import": "/c/1/ledger/accounts/import/",
    "fiscal-years": "/c/1/ledger/years/",
    "year-archives": "/c/1/ledger/archives/",
    "assets": "/c/1/assets/",
    "asset-categories": "/c/1/assets/categories/",
    "asset-runs": "/c/1/assets/runs/?until=2026-12-31",
    "assets-table": "/c/1/assets/table/?since=2026-01-01&until=2026-12-31",
    "valuations": "/c/1/valuations/",
    "valuation-proposal": "/c/1/valuations/proposal/",
    "favourites": "/c/1/favourites/",
    "year-ends": "/c/1/year-end/",
    "year-end": "/c/1/year-end/1/",
    "year-accruals": "/c/1/year-end/1/accruals/",
    "annual-notes": "/c/1/year-end/1/notes/",
    "appropriation": "/c/1/year-end/1/appropriation/",
    "cost-centres": "/c/1/ledger/cost-centres/",
    "recurring": "/c/1/ledger/recurring/",
    "template": "/c/1/ledger/recurring/1/",
    "open-items": "/c/1/open-items/receivables/",
    "open-ageing": "/c/1/open-items/receivables/ageing/",
    "open-control": "/c/1/open-items/control/",
    "open-party": "/c/1/open-items/parties/1/",
    "open-import": "/c/1/open-items/import/",
    "documents": "/c/1/receivables/documents/",
    "document-new": "/c/1/receivables/documents/new/?contact=1",
    "document": "/c/1/receivables/documents/1/",
    "products": "/c/1/receivables/products/",
    "product": "/c/1/receivables/products/1/",
    "product-add": "/c/1/receivables/products/add/",
    "product-import": "/c/1/receivables/products/import/",
    "sales-settings": "/c/1/receivables/settings/",
    "document-texts": "/c/1/receivables/settings/texts/",
    "number-ranges": "/c/1/receivables/settings/numbers/",
    "payment-terms": "/c/1/payment-terms/",
    "customer-terms": "/c/1/receivables/customers/1/terms/",
    "dunning": "/c/1/receivables/dunning/",
    "dunning-run": "/c/1/receivables/dunning/runs/1/",
    "dunning-letter": "/c/1/receivables/dunning/letters/1/",
    "dunning-settings": "/c/1/receivables/dunning/settings/",
    "dunning-procedure": "/c/1/receivables/dunning/settings/1/",
    "dunning-level": "/c/1/receivables/dunning/settings/levels/1/",
    "dunning-of-customer": "/c/1/receivables/dunning/customers/1/",
    "dunning-of-item": "/c/1/receivables/dunning/items/1/",
    "account-statements": "/c/1/receivables/statements/",
    "turnover": "/c/1/receivables/turnover/?from=2026-09-01&until=2026-11-30",
    "turnover-products": "/c/1/receivables/turnover/products/?from=2026-09-01&until=2026-11-30",
    "vat-journal": "/c/1/receivables/vat-journal/?from=2026-09-01&until=2026-11-30",
    "payment-habits": "/c/1/receivables/payment-habits/",
    "vat-reconciliation": "/c/1/vat/reconciliation/",
    "vat-what-if": "/c/1/vat/what-if/",
    "cash-books": "/c/1/cash/",
    "cash-book": "/c/1/cash/1/?from=2026-11-01&until=2026-11-30",
    "cash-days": "/c/1/cash/1/?from=2026-11-01&until=2026-11-30&by=days",
    "cash-count": "/c/1/cash/1/count/",
    "cash-transfer": "/c/1/cash/1/transfer/",
    "cash-payment": "/c/1/cash/1/receivables/",
    "liquidity": "/c/1/liquidity/",
    "planned-payments": "/c/1/liquidity/planned/",
    "due-payables": "/c/1/open-items/payables/due/",
    "due-receivables": "/c/1/open-items/receivables/due/?by=week&on=2026-11-30",
    "purchases": "/c/1/payables/turnover/",
    "purchases-by-month": "/c/1/payables/turnover/months/",
    "purchases-vat": "/c/1/payables/vat-journal/?since=2026-09-01&until=2026-11-30",
    "mails": "/c/1/mails/",
    "bank-accounts": "/c/1/banking/accounts/",
    "statements": "/c/1/banking/statements/",
    "bank-transactions": "/c/1/banking/transactions/",
    "balance-sheet": "/c/1/reports/balance-sheet/?until=2026-10-31",
    "income-statement": "/c/1/reports/income-statement/?until=2026-10-31",
    "budgets": "/c/1/budgets/",
    "budget": "/c/1/budgets/1/",
    "budget-account": "/c/1/budgets/1/accounts/3200/",
    "budget-import": "/c/1/budgets/1/import/",
    "cost-report": "/c/1/reports/costs/?until=2026-10-31",
    "trial-balance": "/c/1/reports/trial-balance/?until=2026-10-31",
    "payroll-start": "/c/1/payroll/start/",
    "payroll-settings": "/c/1/payroll/settings/",
    "payroll-accounts": "/c/1/payroll/accounts/",
    "institutions": "/c/1/payroll/institutions/",
    "institution": "/c/1/payroll/institutions/1/",
    "solution": "/c/1/payroll/solutions/1/",
    "wage-types": "/c/1/payroll/wage-types/",
    "wage-type": "/c/1/payroll/wage-types/1/",
    "payroll-figures": "/c/1/payroll/figures/",
    "payroll-tariffs": "/c/1/payroll/tariffs/?canton=UR&code=B1N&year=2026&determinant=5450",
    "employees": "/c/1/payroll/employees/",
    "employee": "/c/1/payroll/employees/1/",
    "employee-add": "/c/1/payroll/employees/add/",
    "employee-edit": "/c/1/payroll/employees/1/edit/",
    "employee-leave": "/c/1/payroll/employees/2/leave/",
    "employee-employments": "/c/1/payroll/employees/1/employments/",
    "employee-wage": "/c/1/payroll/employees/1/facts/wage/",
    "employee-payout": "/c/1/payroll/employees/2/payout/",
    "employees-due": "/c/1/payroll/employees/due/",
    "employee-import": "/c/1/payroll/employees/import/",
    "movements": "/c/1/payroll/movements/?month=2026-11",
    "movements-person": "/c/1/payroll/movements/2/?month=2026-11",
    "movements-import": "/c/1/payroll/movements/import/",
    "payroll-runs": "/c/1/payroll/runs/",
    "payroll-run": "/c/1/payroll/runs/1/",
    "payroll-recap": "/c/1/payroll/runs/1/recap/",
    "payslip": "/c/1/payroll/runs/1/slips/1/",
    "payroll-year": "/c/1/payroll/year/2025/",
    "payroll-year-settings": "/c/1/payroll/year/settings/",
    "payroll-certificate": "/c/1/payroll/year/2025/certificates/1/",
    "wage-account": "/c/1/payroll/year/2025/accounts/1/",
    "payroll-year-recap": "/c/1/payroll/year/2025/recap/",
    "payroll-list-ahv": "/c/1/payroll/year/2025/lists/ahv/",
    "payroll-list-uvg": "/c/1/payroll/year/2025/lists/uvg/",
    "payroll-list-tax": "/c/1/payroll/year/2026/lists/tax/",
    "payroll-deliveries": "/c/1/payroll/runs/23/deliveries/",
    "payroll-year-deliveries": "/c/1/payroll/year/2025/deliveries/",
    "payroll-accruals": "/c/1/payroll/year/2025/lists/accruals/",
    "payroll-tax-settlements": "/c/1/payroll/tax-settlements/",
    "payroll-delivery": "/c/1/payroll/delivery/",
    "net-to-gross": "/c/1/payroll/net-to-gross/",
    "payroll-reconciliation": "/c/1/payroll/year/2025/reconciliation/",
    "contacts": "/c/1/contacts/",
    "contact": "/c/1/contacts/1/",
    "contact-add": "/c/1/contacts/add/",
    "contact-edit": "/c/1/contacts/1/edit/",
    "contact-merge": "/c/1/contacts/2/merge/",
    "contact-tasks": "/c/1/contacts/tasks/",
    "contact-settings": "/c/1/contacts/settings/",
    "own-fields": "/c/1/settings/own-fields/",
    "contact-import": "/c/1/contacts/import/",
    "company": "/c/1/settings/",
    "members": "/c/1/settings/access/",
    "roles": "/c/1/settings/roles/",
    "role": "/c/1/settings/roles/bookkeeper/",
    "own-tokens": "/account/tokens/",
    "tokens": "/c/1/settings/tokens/",
    "support": "/c/1/settings/support/",
    "company-export": "/c/1/settings/export/",
    "security": "/c/1/settings/security/",
    "audit": "/c/1/settings/audit/",
    "history": "/c/1/history/company/1/",
    "access-log": "/c/1/settings/access-log/",
    "jobs": "/c/1/jobs/",
    "installation-health": "/health/",
    "installation-jobs": "/jobs/",
    "vat": "/c/1/vat/settings/",
    "mandates": "/c/3/settings/mandates/",
    "members-by-mandate": "/c/3/settings/access/",
    "security-by-mandate": "/c/3/settings/security/",
    "firm": "/firms/1/",
    "firm-cockpit": "/firms/1/cockpit/",
    "firm-mandate": "/firms/1/clients/1/",
    "firm-checklists": "/firms/1/checklists/",
    "firm-checklist": "/firms/1/checklists/templates/1/",
    "firm-batches": "/firms/1/batches/",
    "firm-times": "/firms/1/times/?unbilled=1",
    "firm-templates": "/firms/1/templates/",
    "questions": "/c/1/questions/",
    "question": "/c/1/questions/1/",
    "question-new": "/c/1/questions/new/",
    "company-add": "/companies/add/?firm=1",
    "account": "/account/",
    "factors": "/accounts/2fa/",
    "password": "/accounts/password/change/",
}
#: Statements a page may ask, sign-in, rights and navigation with it: the most of all is 31, of a start
#: page with the steps of a set-up. A list that asks for each of its rows is far above.
MOST_STATEMENTS = 40
#: The narrowest phone in use.
NARROWEST = {"width": 360, "height": 740}


#: WCAG 2.2 AA as far as axe sees it; the themes differ in their colours alone.
ASKED = {
    "light": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
    "dark": {"type": "rule", "values": ["color-contrast"]},
}


def fits(page, name):
    width = page.viewport_size["width"]
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"{name} is {wider} px wider than {width} px"


def accessible(page, name):
    look = Axe()
    for scheme, asked in ASKED.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => document.documentElement.dataset.theme === scheme", arg=scheme
        )
        results = look.run(page, options={"runOnly": asked, "resultTypes": ["violations"]})
        faults = [(v["id"], v["nodes"][0]["html"][:90]) for v in results.response["violations"]]
        assert not faults, (name, scheme, faults)
        look = Axe(axe_script="")  # it is in the page by now


@pytest.mark.parametrize("name", of_today(PAGES))
def test_a_page_opens_fits_is_accessible_and_has_help(gallery, name):
    """On one page after the other of the same browser, which need not fetch everything anew: those of today."""
    watched = gallery()
    page = watched.page
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROWEST)
    watched.goto(PAGES[name])
    assert watched.statements <= MOST_STATEMENTS, name
    fits(page, name)
    page.set_viewport_size(NARROW)
    fits(page, name)
    page.set_viewport_size(WIDE)
    assert page.locator("h1").first.is_visible()
    fits(page, name)
    accessible(page, name)
    if PAGES[name].startswith("/c/"):
        page.keyboard.press("F1")
        page.wait_for_selector("dialog.help[open] h1")
        assert len(page.inner_text("dialog.help .manual")) > 300, name
    assert not watched.faults, watched.faults


def test_a_breach_of_the_security_policy_would_be_noticed(gallery):
    """Chromium reports one as an error of the console, and with one no page of this folder passes."""
    watched = gallery()
    watched.goto("/c/1/")
    watched.page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), { textContent: '1' }))"
    )
    watched.page.wait_for_timeout(50)
    assert "Content Security Policy" in watched.faults.pop()
    assert not watched.faults


def test_the_language_is_chosen_in_the_menu_and_kept(wide):
    """One test, so that whatever comes after it is German again."""
    for language, told in (
        ("fr", "Bilan"),
        ("it", "Bilancio"),
        ("en", "Balance sheet"),
        ("de", "Bilanz"),
    ):
        page = wide.goto("/c/1/")
        page.click("details.menu summary")
        page.click(f"details.menu button[value={language}]")
        page.wait_for_selector(f"html[lang={language}]")
        assert told in page.inner_text("nav.side")


def call_up(page, text):
    """Look something up in the palette of a page that has come to rest."""
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog.palette[open]")
    page.keyboard.type(text)
    page.wait_for_selector("dialog.palette li a")


def test_the_palette_finds_pages_and_accounts(wide):
    page = wide.goto("/c/1/")
    call_up(page, "1020")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger/accounts/1020/")
    call_up(page, "bilanz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/balance-sheet/")


def test_the_palette_says_that_it_found_nothing(wide):
    page = wide.goto("/c/1/")
    page.keyboard.press("Control+k")
    page.keyboard.type("xqzxqz")
    state = page.locator("dialog.palette [role=status]")
    expect(state).to_have_text("Sucht …")
    expect(state).to_have_text("Nichts gefunden.")
    page.fill("dialog.palette input", "bilanz")
    expect(state).to_be_empty()
    assert page.locator("dialog.palette li").count()


def test_keys_reach_the_content_close_the_help_and_work_beside_a_ticked_box(wide):
    page = wide.goto("/c/1/receivables/documents/")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("F1")
    page.wait_for_selector("dialog.help[open] h1")
    page.click("dialog.help button:has-text('Schliessen')")
    expect(page.locator("dialog.help")).to_be_hidden()
    page.locator("main input[name=document]").first.check()
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/ledger/journal/")


def test_two_keys_change_to_another_company(wide):
    page = wide.goto("/c/1/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_selector("dialog.palette li a")
    page.keyboard.type("Sonnenegg")
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/2/")


def test_letters_lead_to_pages_and_rows(wide):
    page = wide.goto("/c/1/")
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/ledger/journal/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ledger/entries/*/")
