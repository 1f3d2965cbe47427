"""From a photographed bill to a paid one: inbox, mask, payment run, bank statement, all in the browser."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from erp.cockpit.demo import statement_xml
from tests.accounting.payables.capture import papers
from tests.accounting.qr.bills import BILL
from tests.e2e.conftest import NARROW
from tests.e2e.test_banking import upload
from tests.e2e.test_inbox import dropped
from tests.e2e.test_jobs import Worker

pytestmark = pytest.mark.e2e

HERE = "/c/2/"
IBAN, SUPPLIER = "CH3908704016075473007", "Müller Holzbau AG"
QR_IBAN = "CH0830000123450067891"  # of a bank that exists
TOTAL = Decimal("1949.75")
BOOKS = f"""
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account
from contacts import saving
from contacts.models import Contact
from erp.access.gate import operating
with operating("sonnenegg") as access:
    company, by = access.company, access.user
    company.modules = sorted({{*company.modules, "payables"}})
    company.street, company.house_number, company.postcode, company.town = "Dorfstrasse", "3", "6460", "Altdorf UR"
    company.save()
    account = Account.of(company).get(number="1020")
    bank = BankAccount.of(company).filter(account=account).first() or BankAccount(
        company=company, name="Raiffeisen", currency="CHF", account=account)
    bank.iban = "{IBAN}"
    save_bank_account(bank, by=by)
    if not Contact.of(company).filter(name="{SUPPLIER}").exists():
        saving.add_contact(company=company, by=by, kind="organisation", name="{SUPPLIER}")
"""


@pytest.fixture(scope="module", autouse=True)
def buys(site):
    site.manage("shell", "-c", BOOKS)
    worker = Worker()
    yield
    worker.stop()


@pytest.fixture
def fits(opened):
    """Whether the page that is looked at fits a phone, too."""
    phone = opened(NARROW, has_touch=True)

    def check(page):
        there = phone.goto(page.url.removeprefix(phone.site.url))
        wider = there.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{page.url} is {wider} px wider than a phone"

    return check


def test_a_bill_is_captured_paid_and_booked(opened, site, fits):
    watched = opened()
    page = watched.goto(HERE + "payables/inbox/")
    bill = papers.pdf(replace(BILL, iban=QR_IBAN))
    photo = papers.photographed(papers.picture(bill, dpi=300), 0.1)
    dropped(page, ("foto.jpg", papers.scanned(photo)))
    row = page.locator("#inbox-list tbody tr", has_text=SUPPLIER)
    expect(row).to_contain_text("1’949.75", timeout=60_000)
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/inbox/\d+/$"))
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/capture/$"))

    expect(page.locator("#supplier")).to_have_value(SUPPLIER)
    expect(page.locator("#payable")).to_have_value("1’949.75")
    page.fill("#number", "4711")
    page.fill("#date", "3.6.2026")
    page.fill("#due_date", "3.7.2026")
    page.locator("#items [name=account]").first.fill("4200")
    expect(page.locator("#totals .strong").last).to_have_text("1’949.75")
    fits(page)
    page.locator("#onwards").uncheck()
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(re.compile(r"/payables/invoices/\d+/$"))
    expect(page.locator("#state")).to_have_class(re.compile("bad"))  # posted, and overdue
    invoice = page.url
    fits(page)

    page = watched.goto(HERE + "payments/new/?until=2026-12-31")
    line = page.locator("tbody tr", has_text="4711")
    expect(line).to_contain_text("1’949.75")
    fits(page)
    others = page.locator("input[name=item]").all()
    for box in others:
        if box.get_attribute("value") != line.locator("input[name=item]").get_attribute("value"):
            box.uncheck()
    page.click("form button.primary[data-key=s]")
    page.wait_for_url(re.compile(r"/payments/runs/\d+/$"))
    run = page.url
    fits(page)
    page.click("button[data-key=a]")
    page.wait_for_url(run)
    expect(page.locator("button[data-key=e]")).to_be_visible()
    page.click("button[data-key=e]")
    page.wait_for_url(run)
    address = page.locator("a[data-key=d]").get_attribute("href")
    file = page.request.get(site.url + address)
    assert (file.status, file.body().count(b"<CdtTrfTxInf>")) == (200, 1)
    assert file.body() == page.request.get(site.url + address).body()
    (end_to_end,) = re.findall(rb"<EndToEndId>([^<]+)<", file.body())
    fits(page)

    page = watched.goto(HERE + "banking/statements/")
    content = statement_xml(
        IBAN, Decimal("5000.00"), dt.date(2026, 12, 1), [(2, -TOTAL, SUPPLIER, "Zahlung")]
    )
    upload(page, content.replace(b"NOTPROVIDED", end_to_end))
    page.wait_for_url("**/banking/transactions/")
    movement = page.locator("tbody.movement", has_text=SUPPLIER)
    for _nth in range(20):  # what is certain is booked in the background
        if not movement.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(movement).to_have_count(0)

    page.goto(invoice)
    expect(page.locator("#state")).to_have_class(re.compile("good"))
    page.goto(run)
    expect(page.locator(".badge.good").first).to_be_visible()
    assert '"sound": true' in site.manage("verify_ledger", "--company", "2", "--format", "json")
