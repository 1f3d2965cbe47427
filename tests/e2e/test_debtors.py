"""From a new customer to money received: invoice, dunning letter, bank statement, all in the browser."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from erp.cockpit.demo import statement_xml
from tests.e2e.conftest import NARROW
from tests.e2e.test_banking import upload
from tests.e2e.test_contacts import unique
from tests.e2e.test_entering import typed

pytestmark = pytest.mark.e2e

HERE = "/c/2/"
IBAN, QR_IBAN = "CH3908704016075473007", "CH4431999123000889012"
FEE = Decimal("20.00")
#: A company that may write slips, and asks 20.00 for its first letter.
BOOKS = f"""
from decimal import Decimal
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account
from accounting.receivables.dunning import levels
from accounting.receivables.dunning.models import DunningLevel
from accounting.receivables.sales_settings import change_settings
from erp.access.gate import operating
with operating("sonnenegg") as access:
    company, by = access.company, access.user
    company.modules = sorted({{*company.modules, "receivables"}})
    company.street, company.house_number = "Dorfstrasse", "3"
    company.postcode, company.town = "6460", "Altdorf UR"
    company.save()
    account = Account.of(company).get(number="1020")
    bank = BankAccount.of(company).filter(account=account).first() or BankAccount(
        company=company, name="Raiffeisen", currency="CHF", account=account)
    bank.iban, bank.qr_iban = "{IBAN}", "{QR_IBAN}"
    save_bank_account(bank, by=by)
    change_settings(company=company, by=by, phone="041 870 20 20", bank_account=bank)
    levels.set_up(company, by=by)
    first = DunningLevel.of(company).select_related("procedure", "company").get(step=1)
    levels.save_level(first, by=by, fees={{"CHF": Decimal("{FEE}")}})
"""


@pytest.fixture(scope="module", autouse=True)
def books(site):
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


def pdf(page, address):
    found = page.request.get(address, timeout=60_000)
    assert (found.status, found.body()[:5]) == (200, b"%PDF-")


def amount(text):
    return Decimal(text.strip().split()[-1].replace("’", ""))


def test_a_customer_is_billed_dunned_and_pays(opened, site, fits):
    watched = opened()
    name = unique("Gasthaus")

    page = watched.goto(HERE + "contacts/add/")
    page.locator("#name").press_sequentially(name)
    page.fill("#addresses-0-street", "Marktgasse")
    page.fill("#addresses-0-house_number", "7")
    page.fill("#addresses-0-postcode", "6454")
    page.fill("#addresses-0-town", "Flüelen")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    fits(page)

    page = watched.goto(HERE + "receivables/products/add/")
    number = unique("B")[-6:].upper()
    page.fill("#id_number", number)
    page.fill("#id_name_de", "Brotkorb")
    page.fill("#id_price", "145")
    page.fill("#id_account", "3200")
    page.fill("#id_vat_code", "UR")
    page.click("#product-form button.primary")
    page.wait_for_url(re.compile(r"/products/(\d+/)?$"))
    fits(page)

    page = watched.goto(HERE + "receivables/documents/new/")
    expect(page.locator("#customer")).to_be_focused()
    typed(page, name)
    page.wait_for_selector(".combo-list:not([hidden]) li")
    typed(page, "[Enter]")
    expect(page.locator("#customer")).to_have_value(name)
    page.fill("#date", "21.9.2026")
    page.locator("#items [name=product]").focus()
    typed(page, number, "[Enter]")
    expect(page.locator("#items [name=quantity]")).to_be_focused()
    expect(page.locator("#items [name=text]")).to_have_value("Brotkorb")
    typed(page, "2", "[Control+Shift+Enter]")
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    expect(page.locator("h1")).to_contain_text("RE-2026-")
    invoice, document = page.url, re.search(r"RE-2026-\d+", page.inner_text("h1"))[0]
    total = amount(page.inner_text("#total"))
    assert amount(page.inner_text("#open")) == total > 0
    pdf(page, page.url + "pdf/")
    fits(page)

    page = watched.goto(HERE + "open-items/receivables/")
    expect(page.locator("tbody tr", has_text=document)).to_have_count(1)

    page = watched.goto(HERE + "receivables/dunning/?on=2026-11-20")
    expect(page.locator("tbody tr", has_text=name)).to_have_count(1)
    fits(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.click(".head form button.primary")
    page.wait_for_url(re.compile(r"/runs/\d+/$"))
    assert document in page.inner_text("main")
    fits(page)
    page.click("button[value=execute]")
    row = page.locator("tbody tr", has_text=name)
    expect(row).to_have_count(1)
    fits(page)
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/letters/\d+/$"))
    demanded = amount(page.locator("tr.total .figure").first.inner_text())
    assert demanded == total + FEE
    (reference,) = re.findall(r"\b9\d{26}\b", page.inner_text("dl.facts"))
    pdf(page, page.url + "pdf/")
    fits(page)

    page = watched.goto(HERE + "banking/statements/")
    upload(page, statement_xml(IBAN, Decimal(0), dt.date(2026, 11, 1),
                               [(24, demanded, name, "", reference)]))  # fmt: skip
    page.wait_for_url("**/banking/transactions/")
    movement = page.locator("tbody.movement", has_text=name)
    expect(movement.locator(".proposal").first).to_contain_text(document)
    expect(movement.locator(".proposal").first).to_contain_text(str(FEE))
    fits(page)
    movement.locator("button.accept").click()
    expect(page.locator("tbody.movement", has_text=name)).to_have_count(0)

    page.goto(invoice)
    expect(page.locator("#open")).to_have_text("0.00")
    expect(page.locator("#state")).to_have_class(re.compile("good"))
    page = watched.goto(HERE + "open-items/receivables/")
    expect(page.locator("tbody tr", has_text=document)).to_have_count(0)
    assert '"sound": true' in site.manage("verify_ledger", "--company", "2", "--format", "json")
