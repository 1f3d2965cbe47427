"""A statement is reconciled by the keyboard: taken, found, split, booked freely, undone, made a rule."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.accounting.banking.files import camt053, entry, tx
from tests.e2e.conftest import NARROW
from tests.e2e.test_banking import upload
from tests.examples import turn

pytestmark = pytest.mark.e2e

IBAN = "CH7600762000000000077"
BOOKS = f"""
import datetime as dt
from decimal import Decimal
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount, BankRule
from accounting.banking.rules.keeping import save_rule
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import Account
from accounting.ledger.posting import post
from accounting.open_items.opening import OWNER, Party, open_item
from erp.access.gate import operating
with operating("sonnenegg") as access:
    company, by = access.company, access.user
    company.modules = sorted({{*company.modules, "receivables"}})
    company.save()
    of = {{a.number: a for a in Account.of(company)}}
    taken = set(BankAccount.of(company).values_list("account__number", flat=True))
    place = next(n for n in ("1020", "1021", "1022", "1010") if n in of and n not in taken)
    bank = save_bank_account(BankAccount(company=company, name="Abstimmung", iban="{IBAN}",
                                         currency="CHF", account=of[place]), by=by)
    save_rule(BankRule(company=company, name="Spesen", text_contains="Spesen", account=of["6940"]),
              by=by)
    for document, amount in (("A-101", "80.00"), ("A-102", "40.00"), ("A-103", "100.00")):
        sum_ = Decimal(amount)
        posted = post(company=company, date=dt.date(2026, 10, 1), text=document, by=by, owner=OWNER,
                      lines=[debit(of["1100"], sum_), credit(of["3200"], sum_)])
        open_item(entry=posted, account=of["1100"], party=Party("Praxis Keller"), by=by,
                  document=document, due_date=dt.date(2026, 10, 31))
    print(company.pk, bank.pk)
"""


def statement():
    return camt053(
        entry("5.00", ref="K1", day="2026-11-02", side="DBIT", text="Spesen"),
        entry("110.00", tx("110.00", party="Unbekannt"), ref="K2", day="2026-11-03"),
        entry("60.00", tx("60.00", party="Wer"), ref="K3", day="2026-11-04"),
        entry("40.00", tx("40.00", party="Wer"), ref="K4", day="2026-11-05"),
        entry("9.00", ref="K5", day="2026-11-06", side="DBIT", text="Fremd"),
        ident="KEYS", days=("2026-11-01", "2026-11-30"),
        account=f"<Id><IBAN>{IBAN}</IBAN></Id><Ccy>CHF</Ccy>",
    )  # fmt: skip


@turn(2)
def test_a_statement_is_reconciled_by_the_keyboard_alone(opened, site, tmp_path):
    company, bank = site.manage("shell", "-v", "0", "-c", BOOKS).split()[-2:]
    watched = opened()
    upload(watched.goto(f"/c/{company}/banking/statements/"), statement())
    watched.page.wait_for_url("**/banking/transactions/")
    page = watched.goto(f"/c/{company}/banking/reconcile/{bank}/")
    lines, waiting = page.locator("tbody.line"), page.locator("#waiting")
    expect(lines).to_have_count(5)
    press = page.keyboard.press

    press("?")
    expect(page.locator("#keys")).to_be_visible()
    press("Escape")
    press("Enter")  # what the rule proposes
    expect(waiting).to_have_text("4")
    expect(page.locator(".tabs [aria-current] .badge")).to_have_text("4")
    press("u")
    expect(waiting).to_have_text("5")
    press("Enter")
    expect(waiting).to_have_text("4")

    press("f")  # two items and what is left of a third
    page.keyboard.type("A-10")
    page.wait_for_timeout(800)  # what is found comes while one types
    expect(page.locator(".open-item")).to_have_count(3)
    press("Enter")
    press("Enter")
    expect(page.locator(".open-item .paid").first).to_be_focused()
    page.locator(".open-item input[type=checkbox]").nth(1).check()
    expect(page.locator(".open-item .paid").nth(1)).to_have_value("30.00")
    expect(page.locator("output.rest")).to_contain_text("0.00")
    page.screenshot(path=tmp_path / "found.png", full_page=True)
    press("Control+Enter")
    expect(waiting).to_have_text("3")

    press("x")  # two lines pay one item
    press("x")
    press("k")
    press("f")
    page.keyboard.type("A-103")
    expect(page.locator(".open-item")).to_have_count(1)
    press("Enter")
    press("Enter")
    expect(page.locator(".open-item .paid").first).to_have_value("100.00")
    press("Control+Enter")
    expect(waiting).to_have_text("1")

    press("s")  # over two accounts, the second takes the rest
    expect(page.locator(".split-row")).to_have_count(2)
    rows = page.locator(".split-row")
    rows.nth(0).locator("[name=account]").fill("6940")
    rows.nth(0).locator("[name=amount]").fill("4.00")
    rows.nth(1).locator("[name=account]").fill("6500")
    expect(page.locator("output.rest")).to_contain_text("5.00")
    small = opened(NARROW, has_touch=True).goto(f"/c/{company}/banking/reconcile/{bank}/")
    assert small.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    press("Escape")  # the list of accounts, then the mask
    press("Escape")
    press("r")
    page.wait_for_url(re.compile(r"/banking/rules/new/\?line="))
    expect(page.locator("[name=text_contains]")).to_have_value("Fremd")
    page = watched.goto(f"/c/{company}/banking/reconcile/{bank}/")
    press("b")
    expect(page.locator("[name=account]").first).to_be_focused()
    page.keyboard.type("6500")
    press("Tab")
    press("Control+Enter")
    expect(page.locator(".panel.empty")).to_be_visible()
    page = watched.goto(f"/c/{company}/banking/accounts/{bank}/state/")
    expect(page.locator(".note.success")).to_be_visible()
    assert '"sound": true' in site.manage("verify_ledger", "--company", company, "--format", "json")
