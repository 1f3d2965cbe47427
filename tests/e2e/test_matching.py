"""A statement pays invoices: certain ones by a click, a likely one by Enter, the last one by search."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.accounting.banking.files import camt053, entry, tx
from tests.e2e.conftest import NARROW
from tests.e2e.test_banking import upload
from tests.examples import turn

pytestmark = pytest.mark.e2e

IBAN = "CH3908704016075473007"
QRR = "210000000003139471430009017"
BOOKS = f"""
import datetime as dt
from decimal import Decimal
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account
from accounting.ledger.posting import post
from accounting.open_items.opening import OWNER, Party, open_item
from erp.access.gate import operating
with operating("tv-seedorf") as access:
    company, by = access.company, access.user
    company.modules = [*company.modules, "receivables"]
    company.save()
    of = {{a.number: a for a in Account.of(company)}}
    save_bank_account(BankAccount(company=company, name="Raiffeisen", iban="{IBAN}",
                                  currency="CHF", account=of["1020"]), by=by)
    day = dt.date(2026, 10, 1)
    for document, party, amount, reference in (
        ("RE-2026-00101", "Hotel Seeblick AG", "250.00", "{QRR}"),
        ("RE-2026-00102", "Velo Meier", "120.00", ""),
        ("RE-2026-00103", "Praxis Dr. Keller", "80.00", ""),
        ("RE-2026-00104", "Praxis Dr. Keller", "40.00", ""),
    ):
        sum_ = Decimal(amount)
        posted = post(company=company, date=day, text=document, by=by, owner=OWNER,
                      lines=[debit(of["1100"], sum_), credit(of["3200"], sum_)])
        open_item(entry=posted, account=of["1100"], party=Party(party), by=by, document=document,
                  due_date=dt.date(2026, 10, 31), reference=reference)
"""


def statement():
    return camt053(
        entry("250.00", tx("250.00", party="Hotel Seeblick", reference=QRR), ref="M1",
              day="2026-11-02"),
        entry("100.00", tx("100.00", party="Velo Meier", text="Rechnung RE-2026-00102"), ref="M2",
              day="2026-11-03"),
        entry("110.00", tx("110.00", party="Unbekannt"), ref="M3", day="2026-11-04"),
        ident="E2E", days=("2026-11-01", "2026-11-30"),
        account=f"<Id><IBAN>{IBAN}</IBAN></Id><Ccy>CHF</Ccy>",
    )  # fmt: skip


@turn(2)
def test_payments_find_their_invoices_and_leave_them_again(opened, site, tmp_path):
    site.manage("shell", "-c", BOOKS)
    watched = opened()
    page = watched.goto("/c/3/banking/statements/")
    upload(page, statement())
    page.wait_for_url("**/banking/transactions/")
    expect(page.locator("tbody.movement")).to_have_count(3)
    expect(page.locator("tr.match .badge.good")).to_have_count(1)
    assert "RE-2026-00102" in page.locator("tbody.movement").nth(1).inner_text()
    page.screenshot(path=tmp_path / "proposals.png", full_page=True)
    small = opened(NARROW, has_touch=True).goto("/c/3/banking/transactions/")
    assert small.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    small.screenshot(path=tmp_path / "narrow.png", full_page=True)

    page.locator("form[action$='/certain/'] button").click()
    expect(page.locator("tbody.movement")).to_have_count(2)
    expect(page.locator("tbody.movement [name=account]").first).to_be_focused()
    page.keyboard.press("Enter")  # what is proposed, as no account is typed
    expect(page.locator("#waiting")).to_have_text("1")

    last = page.locator("tbody.movement").first
    last.locator("details.others > summary").click()
    last.locator(".find-items").fill("keller")
    expect(last.locator(".found .item")).to_have_count(2)
    for nth in (0, 1):
        last.locator(".found .item input[type=checkbox]").nth(nth).check()
    assert [box.input_value() for box in last.locator(".found [name=paid]").all()] == [
        "80.00", "30.00",
    ]  # fmt: skip
    page.screenshot(path=tmp_path / "chosen.png", full_page=True)
    last.locator("button.accept").click()
    page.wait_for_selector("section.panel")
    expect(page.locator("#waiting")).to_have_text("0")

    page.locator("section.panel tr", has_text="Hotel Seeblick").locator("button").click()
    expect(page.locator("tbody.movement")).to_have_count(1)
    expect(page.locator("tr.match .badge.good")).to_have_count(0)  # no rule books it again
    page = watched.goto("/c/3/open-items/receivables/")
    assert page.locator("tbody tr", has_text="RE-2026-00101").count() == 1
    page = watched.goto("/c/3/open-items/receivables/pay/?party=Velo Meier")
    page.fill("[name=amount]", "20.00")
    page.select_option("[name=account]", index=1)
    page.click("button[value=share]")
    page.click("button[value=preview]")
    page.wait_for_selector("#plan")
    page.screenshot(path=tmp_path / "pay.png", full_page=True)
    assert '"sound": true' in site.manage("verify_ledger", "--company", "3", "--format", "json")
