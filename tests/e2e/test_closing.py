"""A year is closed in the browser: what is in the way is put right by its link, and the profit is used at the end."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pypdfium2
import pytest
from playwright.sync_api import expect

from erp.cockpit.demo import statement_xml
from tests.e2e.conftest import NARROW, WIDE
from tests.e2e.test_banking import upload
from tests.e2e.test_pages import accessible, fits
from tests.examples import turn
from tests.payroll.runs.books import iban

pytestmark = pytest.mark.e2e

IBAN = iban(2025)
#: A company whose 2025 is over: a van, euros, a bank account without a statement, and a draft.
BOOKS = f"""
import datetime as dt
from decimal import Decimal
from django.db import transaction
from accounting.assets import categories, registering
from accounting.assets.models import Asset
from accounting.assets.registering import LineOfEntry
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.lines import Line, credit, debit
from accounting.ledger.models import Account
from accounting.ledger.posting import post, write_draft
from accounting.ledger.years import open_fiscal_year
from erp.access.models import User
from erp.cockpit.founding import set_up_company
day = dt.date
with transaction.atomic():
    by = User.objects.get(email="demo@rappen.example")
    company = set_up_company(
        by=by, name="Abschlussprobe AG", short_name="abschlussprobe", legal_form="corporation",
        first_year=(day(2025, 1, 1), day(2025, 12, 31)), vat_method="none", town="Altdorf UR",
    )
    company.modules = ["ledger", "banking", "assets"]
    company.save()
    open_fiscal_year(company=company, start=day(2026, 1, 1), end=day(2026, 12, 31), by=by)
    of = {{a.number: a for a in Account.of(company)}}

    def enter(date, to, frm, amount, text, **more):
        lines = [Line(of[to], debit=Decimal(amount), **more), credit(of[frm], Decimal(amount))]
        return post(company=company, date=date, text=text, by=by, lines=lines)

    enter(day(2025, 1, 3), "1020", "2800", "100000.00", "Einlage")
    enter(day(2025, 6, 30), "1020", "3400", "50000.00", "Beratung")
    enter(day(2025, 9, 30), "6000", "1020", "20000.00", "Miete")
    enter(day(2025, 10, 1), "1024", "1020", "950.00", "Euro", currency="EUR", amount_foreign=Decimal(1000))
    van = enter(day(2025, 7, 1), "1530", "1020", "40000.00", "Lieferwagen")
    categories.add_defaults(company, by=by, valid_from=day(2025, 1, 1))
    registering.register_line(
        Asset(company=company, name="Lieferwagen", category=categories.categories(company).get(code="FA"),
              acquired_on=day(2025, 7, 1), in_service_on=day(2025, 7, 1)), LineOfEntry(van, 1), by=by)
    save_bank_account(BankAccount(company=company, name="Kontokorrent", iban="{IBAN}", currency="CHF",
                                  account=of["1020"]), by=by)
    amount = Decimal("250.00")
    write_draft(company=company, date=day(2025, 12, 30), text="Büromaterial", by=by,
                lines=[debit(of["6500"], amount), credit(of["1020"], amount)])
    print(company.pk)
"""
#: What the ledger says once the draft is posted, and a fee that only the bank knows of.
OPENING, FEE = Decimal("88800.00"), Decimal("-12.50")


def francs(text):
    return Decimal(text.strip().replace("’", "").replace("−", "-"))


class Closing:
    """The pages of one year-end, and how a check of it stands."""

    def __init__(self, watched, company):
        self.watched, self.page, self.company = watched, watched.page, company
        self.page.on("dialog", lambda dialog: dialog.accept())

    def checklist(self):
        self.watched.goto(self.address)

    def check(self, code):
        return self.page.locator(f"#check-{code}")

    def stands(self, code, kind):
        expect(self.check(code).locator(f".badge.{kind}").first).to_be_visible()

    def follow(self, code):
        """By its link to the page that mends it."""
        self.check(code).locator(".toolbar a.button").first.click()

    def confirm_the_rest(self):
        """Say to each check that is open that it is done."""
        menus = self.page.locator("details.menu form[action*='/checks/']")
        codes = [one.get_attribute("action").rstrip("/").rpartition("/")[2] for one in menus.all()]
        for code in codes:
            self.check(code).locator("summary.button").click()
            self.page.fill(f"#text-{code}", "Geprüft mit der Treuhand")
            self.check(code).locator("form button").click()
            self.stands(code, "good")
        return codes

    def choose(self, field, number):
        option = self.page.locator(f"[name={field}] option", has_text=number)
        self.page.select_option(f"[name={field}]", value=option.get_attribute("value"))

    def close(self):
        self.page.locator("form[action$='/close/'] button").click()

    def looks_right(self, name):
        for size in (NARROW, WIDE):
            self.page.set_viewport_size(size)
            fits(self.page, name)
        accessible(self.page, name)
        self.page.emulate_media(color_scheme="light")


@turn(1)
def test_a_year_is_closed_reopened_closed_again_and_its_profit_used(opened, site):
    company = site.manage("shell", "-v", "0", "-c", BOOKS).split()[-1]
    desk = Closing(opened(), company)
    page, keys = desk.page, desk.page.keyboard

    # By the keyboard from the list of years to the checklist of the last one.
    desk.watched.goto(f"/c/{company}/year-end/")
    keys.press("j")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/year-end/\d+/$"))
    desk.address = page.url.removeprefix(site.url)
    desk.stands("drafts", "bad")
    desk.stands("bank", "warn")
    desk.looks_right("checklist")
    desk.close()
    expect(page.locator("[role=alert], .note.error").first).to_contain_text("Entwürfe")
    expect(page.locator(".head .badge, .badges .badge").first).to_contain_text(
        "nicht abgeschlossen"
    )

    # The draft that is in the way.
    desk.follow("drafts")
    page.wait_for_url("**/ledger/drafts/")
    keys.press("j")
    keys.press("Enter")
    page.wait_for_url("**/ledger/entries/*/")
    page.click("button[value=post]")
    page.wait_for_load_state()
    desk.checklist()
    desk.stands("drafts", "good")

    # The account that does not agree with the bank.
    desk.follow("bank")
    page.wait_for_url("**/banking/accounts/*/state/**")
    desk.watched.goto(f"/c/{company}/banking/statements/")
    upload(page, statement_xml(IBAN, OPENING, dt.date(2025, 12, 1), [(31, FEE, "Bank", "Spesen")]))
    page.wait_for_url("**/banking/transactions/")
    desk.checklist()
    desk.stands("bank_booked", "warn")
    desk.watched.goto(f"/c/{company}/banking/transactions/")
    expect(page.locator("tbody.movement [name=account]").first).to_be_focused()
    keys.type("6940")
    keys.press("Enter")
    page.wait_for_selector("text=Alles ist verbucht")
    desk.checklist()
    desk.stands("bank", "good")
    desk.stands("bank_booked", "good")

    # Depreciation and foreign money, each from its check.
    desk.follow("assets_depreciated")
    page.wait_for_url("**/assets/runs/**")
    page.locator("form.below button.primary").click()
    page.wait_for_load_state()
    desk.checklist()
    desk.stands("assets_depreciated", "good")
    desk.follow("foreign_currencies")
    page.wait_for_url("**/valuations/proposal/**")
    rate = page.locator("form.toolbar input.figure").first
    rate.fill("0.93")
    rate.press("Enter")
    page.locator("form.thumb button.primary").click()
    page.wait_for_url("**/valuations/*/")
    desk.checklist()
    desk.stands("foreign_currencies", "good")

    # An accrual: its reversal lies in the new year.
    page.click("nav.tabs a[href$='/accruals/']")
    page.select_option("[name=kind]", "accrued_expense")
    desk.choose("account", "6530")
    page.fill("[name=amount]", "800")
    page.fill("[name=text]", "Abschluss 2025")
    page.press("[name=text]", "Enter")
    expect(page.locator("tbody tr")).to_contain_text("800.00")

    desk.checklist()
    assert {"accruals", "provisions", "direct_taxes"} <= set(desk.confirm_the_rest())
    expect(page.locator("main")).to_contain_text("bereit zum Abschluss")

    # Closed: the figures are those of the paper, and the new year opens with them.
    desk.close()
    result = page.locator("dl.facts dd").nth(1)
    expect(result).to_be_visible()
    profit = francs(result.inner_text())
    assert francs(page.locator("dl.facts dd").nth(2).inner_text()) == profit > 0
    desk.looks_right("closed year")
    answer = page.request.get(
        site.url + page.locator("a[href$='/report.pdf']").get_attribute("href")
    )
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    paper = pypdfium2.PdfDocument(answer.body())
    text = "".join(one.get_textpage().get_text_range() for one in paper)
    paper.close()
    for told in (
        "Abschlussprobe AG",
        "Jahresrechnung 2025",
        f"{profit:,.2f}".replace(",", "’"),
        "50’000.00",
    ):
        assert told in text, told
    carried = f"/c/{company}/ledger/accounts/2970/?from=2026-01-01&until=2026-12-31"
    desk.watched.goto(carried)
    expect(page.locator("main table")).to_contain_text(f"{profit:,.2f}".replace(",", "’"))

    # Reopened with a reason; one entry later it is closed a second time.
    desk.checklist()
    page.fill("#reason", "Rechnung vergessen")
    page.locator("form[action$='/reopen/'] button").click()
    expect(page.locator("main")).to_contain_text("Nichts hat sich geändert")
    desk.watched.goto(f"/c/{company}/ledger/post/")
    for field, told in (("date", "31.12.2025"), ("text", "Inserat"), ("debit", "6600"), ("credit", "2210"),
                        ("amount", "150")):  # fmt: skip
        page.fill(f"#{field}", told)
    keys.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("ist verbucht")
    desk.checklist()
    expect(page.locator("main")).to_contain_text("Geändert seit dem Abschluss 1")
    expect(page.locator("main")).to_contain_text("Inserat")
    desk.close()
    expect(page.locator("dl.facts dd").nth(1)).to_be_visible()
    assert francs(page.locator("dl.facts dd").nth(1).inner_text()) == profit - 150
    desk.watched.goto(carried)
    expect(page.locator("main table")).to_contain_text(f"{profit - 150:,.2f}".replace(",", "’"))

    # The meeting decides.
    desk.watched.goto(f"{desk.address}appropriation/")
    desk.looks_right("appropriation")
    page.fill("[name=decided_on]", "12.05.2026")
    desk.choose("statutory_account", "2950")
    page.fill("[name=dividend]", "5000")
    desk.choose("dividend_account", "2261")
    page.press("[name=dividend]", "Enter")
    expect(page.locator("main")).to_contain_text("Beschlossen am 12.05.2026")
    assert '"sound": true' in site.manage("verify_ledger", "--company", company, "--format", "json")
    assert page.locator("html").get_attribute("lang") == "de"
