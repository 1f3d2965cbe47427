"""From posting to the filed and posted VAT return, all in the browser."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW

pytestmark = pytest.mark.e2e

HERE = "/c/1/"
RETURNS = f"{HERE}vat/returns/"
KEY = "2026-07-01"
BOOKS = """
import datetime as dt
from contacts import saving
from contacts.models import Contact
from erp.access.gate import operating
from tests.vat.returns.books import entry, purchase, sale
from vat.returns.office import set_office
with operating("1") as access:
    company, by = access.company, access.user
    company.modules = sorted({*company.modules, "payables", "receivables"})
    company.uid = "CHE116281710"
    company.save()
    day = dt.date(2026, 9, 14)
    sale(company, "2162.00", "UN", date=day)
    purchase(company, "540.50", "MN", date=day)
    entry(company, day, "1020", "3200", "1081.00", "UN")
    office = Contact.of(company).filter(name="ESTV").first() or saving.add_contact(
        company=company, by=by, kind="organisation", name="ESTV")
    set_office(company=company, contact=office, differences=False, by=by)
"""


@pytest.fixture(scope="module", autouse=True)
def declares(site):
    site.manage("shell", "-c", BOOKS)


@pytest.fixture
def fits(opened):
    """Whether the page that is looked at fits a phone, too."""
    phone = opened(NARROW, has_touch=True)

    def check(page):
        there = phone.goto(page.url.removeprefix(phone.site.url))
        wider = there.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{page.url} is {wider} px wider than a phone"

    return check


def francs(text):
    return Decimal(text.strip().replace("’", "").replace("−", "-"))


def test_from_posting_to_the_posted_return(opened, site, fits):
    watched = opened()
    page = watched.goto(HERE)
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.wait_for_url("**/vat/returns/")
    fits(page)
    earlier = page.locator("#elsewhere")
    if earlier.locator("option[value='2026-04-01']").count():  # what was before this program
        earlier.select_option("2026-04-01")
        page.click("button[value=elsewhere]")
        page.wait_for_url("**/vat/returns/")
    page.click(f"a[href$='/{KEY}/']")
    page.wait_for_url(f"**/{KEY}/")
    page.keyboard.press("b")
    expect(page.locator("button[value=check]")).to_be_visible(timeout=30_000)
    fits(page)

    row = page.locator("tr", has=page.locator("td b", has_text=re.compile("^303$")))
    turnover = francs(row.locator("td").nth(3).inner_text())
    assert turnover >= 3000
    row.locator("a.unfold").click()
    code = page.locator("tbody.codes:not([hidden]) a", has_text=re.compile("^UN$"))
    expect(code).to_be_visible()
    code.click()
    page.wait_for_url("**/entries/**")
    added = page.locator("tfoot td").last
    expect(added).to_be_visible()
    assert francs(added.inner_text()) == turnover
    fits(page)
    page.locator("tbody tr", has_text="1081.00").locator("a").first.click()
    page.wait_for_url("**/ledger/entries/**")
    expect(page.locator("table")).to_contain_text("UN 8.10")
    page.go_back()
    page.keyboard.press("u")
    page.wait_for_url(f"**/{KEY}/")

    for tick in page.locator("input[name=accepted]").all():
        tick.check()
    page.click("button[value=check]")
    expect(page.locator("button[data-key=f]")).to_be_visible(timeout=30_000)
    page.click("button[data-key=f]")  # the second factor was used minutes ago, by signing in
    expect(page.locator("a[data-key=d]")).to_be_visible(timeout=30_000)
    address = page.locator("a[data-key=d]").get_attribute("href")
    file = page.request.get(site.url + address)
    assert (file.status, file.headers["content-type"]) == (200, "application/xml")
    assert b"<eCH-0217:VATDeclaration" in file.body() or b"VATDeclaration" in file.body()
    assert page.request.get(site.url + address.replace("/xml/", "/pdf/")).body()[:5] == b"%PDF-"
    fits(page)

    page.fill("#date", "30.9.2026")
    page.click("button[value=settle]")
    expect(page.locator(".head .badge.good")).to_be_visible()
    expect(page.locator("button[value=unsettle]")).to_be_visible()
    page.goto(site.url + RETURNS)
    settled = page.locator("tbody tr", has=page.locator(f"a[href$='/{KEY}/']"))
    expect(settled.locator(".badge.good")).to_be_visible()
    assert '"sound": true' in site.manage("verify_ledger", "--company", "1", "--format", "json")
