"""From the first insurer to the wage certificate: a company that pays its first wages, all in the browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, WIDE, Entrance, Watched
from tests.e2e.test_jobs import Worker
from tests.examples import turn

pytestmark = pytest.mark.e2e

APPROVER = "lohn@rappen.example"
IBAN, WAGE_IBAN = "CH0200700110000387896", "CH5604835098765432109"
#: A company of its own, with a bank account, whose owner prepares and somebody else approves.
BOOKS = f"""
import datetime as dt
from django.db import transaction
from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from accounting.ledger.models import Account
from erp.access.models import User
from erp.cockpit.founding import set_up_company
from erp.cockpit.members import grant
from erp.cockpit.modules import switch_on
with transaction.atomic():
    by = User.objects.get(email="demo@rappen.example")
    company = set_up_company(
        by=by, name="Lohnprobe GmbH", short_name="lohnprobe", legal_form="llc", uid="CHE-116.281.710",
        first_year=(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), street="Waldweg", house_number="9",
        postcode="6460", town="Altdorf UR",
    )
    company.modules = [*company.modules, "payroll"]
    company.save()
    switch_on(company, ["payroll"], by=by)
    grant(company=company, user=User.objects.get(email="{APPROVER}"), role="payroll", by=by)
    save_bank_account(BankAccount(company=company, name="Kontokorrent", iban="{IBAN}", currency="CHF",
                                  account=Account.of(company).get(number="1020")), by=by)
    print(company.pk)
"""


@pytest.fixture(scope="module")
def here(site):
    """Where the company's payroll lies, with a worker beside it."""
    number = site.manage("shell", "-c", BOOKS).split()[-1]
    worker = Worker()
    yield f"/c/{number}/payroll/"
    worker.stop()
    assert "Traceback" not in worker.log.read_text(), worker.log.read_text()


@pytest.fixture
def approver(browser, site):
    """A page of the second person, whose faults count as well."""
    context = browser.new_context(
        storage_state=Entrance(browser, site, APPROVER).session(), viewport=WIDE, locale="de-CH"
    )
    watched = Watched(context.new_page(), site)
    yield watched
    context.close()
    assert not watched.faults, watched.faults


@pytest.fixture
def good(opened):
    """Whether the page that is looked at fits a phone, and is accessible."""
    phone = opened(NARROW, has_touch=True)

    def check(page):
        there = phone.goto(page.url.removeprefix(phone.site.url))
        wider = there.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{page.url} is {wider} px wider than a phone"
        asked = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
        found = Axe().run(there, options={"runOnly": asked, "resultTypes": ["violations"]})
        faults = [(v["id"], v["nodes"][0]["html"][:90]) for v in found.response["violations"]]
        assert not faults, (page.url, faults)

    return check


def insurer(page, kind, name, rates, *, code="", **more):
    """Add an institution with one solution; ``rates`` are rows of insurance, employee and employer."""
    page.goto(page.url.partition("/payroll/")[0] + "/payroll/institutions/add/")
    page.select_option("[name=kind]", kind)
    page.fill("[name=name]", name)
    for field, value in more.items():
        page.fill(f"[name={field}]", value)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/institutions/\d+/$"))
    page.keyboard.press("n")
    page.wait_for_url(re.compile(r"/solutions/add/$"))
    if code:
        page.fill("[name=code]", code)
    page.check("[name=is_usual]")
    for nth, (insures, employee, employer) in enumerate(rates):
        page.select_option(f"[name=rates-{nth}-insures]", insures)
        page.fill(f"[name=rates-{nth}-valid_from]", "1.1.2026")
        page.fill(f"[name=rates-{nth}-employee_percent]", employee)
        page.fill(f"[name=rates-{nth}-employer_percent]", employer)
    page.click("#solution-form button.primary")
    page.wait_for_url(re.compile(r"/solutions/\d+/$|/institutions/\d+/$"))


def hired(page, good):
    """Hire somebody: names by keyboard, the rest into their fields."""
    page.locator("#contact").focus()
    page.keyboard.press("Tab")  # it is a new one
    page.keyboard.press("Tab")
    page.keyboard.type("Lara")
    page.keyboard.press("Tab")
    page.keyboard.type("Lärche")
    for name, value in {
        "street": "Waldweg", "house_number": "3", "postcode": "6460", "town": "Altdorf UR", "birth_date": "4.5.1990",
        "ahv_number": "756.9217.0769.85", "entry": "1.10.2026", "function": "Schreinerin",
        "wage.amount": "5’800", "wage.canton": "UR", "payout.shares[0].iban": WAGE_IBAN,
    }.items():  # fmt: skip
        page.fill(f"[name='{name}']", value)
    page.select_option("[name=sex]", "F")
    page.select_option("[name='wage.thirteenth']", "december")
    page.select_option("[name='civil_status.status']", "single")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/employees/\d+/$"))
    expect(page.locator("h1")).to_contain_text("Lara Lärche")


@turn(0)
def test_from_the_first_insurer_to_the_wage_certificate(opened, approver, site, here, good):
    watched = opened()
    set_up(watched, here, good)
    page = watched.goto(here + "employees/add/")
    good(page)
    hired(page, good)
    good(page)
    run = calculated(watched, here, good)
    approved(watched, approver, run, good)
    paid(watched, run, good)
    corrected(watched, approver, here, run, good)
    certified(watched, site, here, good)
    proof = site.manage("verify_ledger", "--company", here.split("/")[2], "--format", "json")
    assert '"sound": true' in proof


def set_up(watched, here, good):
    """Insurers with their rates, and the settings, until nothing is red any more."""
    page = watched.goto(here + "start/")
    expect(page.locator(".badge.bad").first).to_be_visible()
    good(page)
    insurer(page, "ahv", "Ausgleichskasse Probe", [("admin", "0", "1.8")], member_number="999.1")
    insurer(page, "fak", "Familienkasse Probe", [("fak", "0", "1.6")], canton="UR")
    insurer(page, "uvg", "Unfall Probe AG", [("bu", "0", "0.41"), ("nbu", "1.23", "0")], code="A1")
    good(page)
    page = watched.goto(here + "institutions/")
    expect(page.locator("table")).to_contain_text("Unfall Probe AG")
    good(page)
    page = watched.goto(here + "settings/")
    with page.expect_navigation():
        page.click("main form button.primary")
    page = watched.goto(here + "start/")
    expect(page.locator("h1 ~ .badge.bad, tbody .badge.bad")).to_have_count(0)


def calculated(watched, here, good):
    """Begin October's run, type a bonus into the grid, calculate; the address of the run."""
    page = watched.goto(here + "runs/")
    page.fill("#month", "10.2026")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/runs/\d+/$"))
    run = page.url
    good(page)
    page = watched.goto(here + "movements/?month=2026-10&type=1210")
    cell = page.locator("td input[name$='-1210']")
    cell.focus()
    page.keyboard.type("1’200")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page = watched.goto(here + "movements/?month=2026-10&type=1210")
    expect(page.locator("td input[name$='-1210']")).to_have_value(re.compile("^1’200"))
    good(page)
    page.goto(run)
    page.keyboard.press("c")
    row = page.locator("tbody tr", has_text="Lara Lärche")
    expect(row).to_contain_text("7’000.00", timeout=60_000)
    good(page)
    row.locator("a").first.click()
    page.wait_for_url(re.compile(r"/slips/\d+/$"))
    expect(page.locator("main")).to_contain_text("371.00")  # AHV, 5.3 % of 7000
    good(page)
    return run


def approved(watched, approver, run, good):
    """Who prepared a run may not approve it; somebody else does, and then it is posted."""
    page = watched.page
    page.goto(run)
    page.keyboard.press("a")
    expect(page.locator(".error").first).to_be_visible()
    other = approver.goto(run.removeprefix(watched.site.url))
    other.keyboard.press("a")
    expect(other.locator("button[data-key=b]")).to_be_visible()
    page.goto(run)
    page.keyboard.press("b")
    expect(page.locator("#bank")).to_be_visible()
    good(page)


def paid(watched, run, good):
    """The payment file is made and taken along, and the payslip printed."""
    page, site = watched.page, watched.site
    page.keyboard.press("e")
    order = page.locator("a[href*='/orders/']")
    expect(order).to_be_visible()
    file = page.request.get(site.url + order.get_attribute("href"))
    assert (file.status, file.body().count(b"<CdtTrfTxInf>")) == (200, 1)
    assert b"<Cd>SALA</Cd>" in file.body()
    good(page)
    slip = page.locator("tbody tr", has_text="Lara Lärche").locator("a").first.get_attribute("href")
    pdf = page.request.get(f"{site.url}{slip}pdf/")
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")


def corrected(watched, approver, here, run, good):
    """Overtime of the posted month comes to light: a correcting run pays the difference."""
    page = watched.goto(here + "movements/?month=2026-10&type=1212")
    page.fill("td input[name$='-1212']", "250")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    page.goto(run)
    page.click("button[name=do][value=correct]")
    page.wait_for_url(lambda url: re.search(r"/runs/\d+/$", url) and url != run)
    correction = page.url
    expect(page.locator("tbody tr", has_text="Lara Lärche")).to_contain_text("250.00")
    good(page)
    other = approver.goto(correction.removeprefix(approver.site.url))
    other.keyboard.press("a")
    expect(other.locator("button[data-key=b]")).to_be_visible()
    page.goto(correction)
    page.keyboard.press("b")
    expect(page.locator("a[href*='/ledger/entries/']")).to_be_visible()
    page.goto(run)
    expect(page.locator("dl.facts")).to_contain_text("2")


def certified(watched, site, here, good):
    """The certificate of the year is issued, kept, and agrees with everything else."""
    page = watched.goto(here + "year/2026/")
    good(page)
    page.keyboard.press("a")
    row = page.locator("tbody tr", has_text="Lara Lärche")
    expect(row.locator(".badge.good")).to_be_visible(timeout=60_000)
    row.locator("a").first.click()
    page.wait_for_url(re.compile(r"/certificates/\d+/$"))
    good(page)
    paper = page.locator("a[href*='/paper/']").first.get_attribute("href")
    pdf = page.request.get(site.url + paper)
    assert (pdf.status, pdf.body()[:5]) == (200, b"%PDF-")
    for path in ("reconciliation/", "recap/", "lists/ahv/"):
        page = watched.goto(here + "year/2026/" + path)
        good(page)
    page = watched.goto(here + "year/2026/reconciliation/")
    expect(page.locator("main .badge.bad")).to_have_count(0)
