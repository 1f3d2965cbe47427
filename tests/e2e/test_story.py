"""A company's first year: founded, billed, paid, dunned, buying, paying wages, declaring, closed, looked into.

Three people: the founder with a passkey, who prepares; a second person, who approves wages and payments; the fiduciary,
who looks in by its mandate. Each kind of act is done in the browser once. What only repeats (further
invoices, months of wages, quarters) goes through the endpoints, each by the session of whom it is, as an app
would do it. All figures at the end are reckoned here by hand, in francs:

- sold 48 000, 30 000, 45 000 and 37 500 before 8.1 % VAT, a quarter each; the second is never paid
- bought for 1949.75, of which 146.10 is VAT at 8.1 %
- wages of 6000 and 4000 a month: AHV 5.3 and ALV 1.1 % each side, NBU 1.2 % of the employees; the
  employer's BU 0.41, FAK 1.6, and 1.5 % of the fund's contributions for its administration
"""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import uuid
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from lxml import etree
from PIL import Image
from playwright.sync_api import expect

from accounting.qr.bill import Party
from erp.cockpit.demo import statement_xml
from tests.accounting.payables.capture import papers
from tests.accounting.qr.bills import BILL
from tests.e2e.conftest import EMAIL, NARROW, WIDE, Entrance, Watched
from tests.e2e.test_banking import upload
from tests.e2e.test_entering import typed
from tests.e2e.test_inbox import dropped
from tests.e2e.test_jobs import Worker
from tests.e2e.test_sign_in import chip
from tests.payroll.runs.books import ahv, iban

pytestmark = pytest.mark.e2e

FOUNDER, APPROVER = "gruenderin@rappen.example", "lohn@rappen.example"
PASSWORD = "vier-Wolken-tragen-einen-Amboss"
IBAN, QR_IBAN = "CH9300762000000202501", "CH5230000001234567899"
SUPPLIER, BILLED_BY = "Müller Holzbau AG", "CH0830000123450067891"
ADDRESSED = Party("Neu & Söhne GmbH", "6460", "Altdorf UR", "CH", "Waldweg", "9")
CAPITAL = Decimal("20000.00")
NET = {
    "02-10": Decimal(48000),
    "05-12": Decimal(30000),
    "08-11": Decimal(45000),
    "11-10": Decimal(37500),
}
VAT = {"02-10": Decimal("3888.00"), "05-12": Decimal("2430.00"), "08-11": Decimal("3645.00"),
       "11-10": Decimal("3037.50")}  # fmt: skip
BOUGHT, INPUT_TAX = Decimal("1949.75"), Decimal("146.10")
GROSS, OF_EMPLOYEES, OF_EMPLOYER = Decimal("10000.00"), Decimal("760.00"), Decimal("856.90")
NET_WAGES = 12 * (GROSS - OF_EMPLOYEES)
PROFIT = sum(NET.values()) - (BOUGHT - INPUT_TAX) - 12 * (GROSS + OF_EMPLOYER)
BANK = CAPITAL + sum(NET[day] + VAT[day] for day in ("02-10", "08-11", "11-10")) - NET_WAGES


class Desk:
    """Somebody at their browser: pages, and the endpoints by the same session."""

    def __init__(self, watched: Watched) -> None:
        self.watched, self.page, self.site = watched, watched.page, watched.site
        self.company, self.balance = 0, CAPITAL

    def goto(self, path: str):
        return self.watched.goto(f"/c/{self.company}/{path}")

    def call(self, method: str, path: str, body: object = None):
        (csrf,) = {
            one["value"] for one in self.page.context.cookies() if one["name"] == "rappen_csrf"
        }
        answer = self.page.request.fetch(
            f"{self.site.url}/api/v1/companies/{self.company}/{path}", method=method, data=body,
            headers={"X-CSRFToken": csrf, "Idempotency-Key": str(uuid.uuid4()), "If-Match": "*"},
        )  # fmt: skip
        assert answer.ok, (method, path, answer.status, answer.text()[:600])
        return (
            answer.json()
            if answer.headers.get("content-type", "").startswith("application/json")
            else answer
        )

    def get(self, path: str):
        return self.call("GET", path)

    def post(self, path: str, **body: object):
        return self.call("POST", path, body)

    def until(self, path: str, done):
        """What an endpoint tells once background work has done it."""
        for _nth in range(120):
            if done(found := self.get(path)):
                return found
            self.page.wait_for_timeout(250)
        raise AssertionError((path, found))

    def looks_right(self):
        """The page at hand fits a phone, and axe finds nothing."""
        self.page.set_viewport_size(NARROW)
        wider = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        self.page.set_viewport_size(WIDE)
        assert wider <= 0, f"{self.page.url} is {wider} px wider than a phone"
        asked = {
            "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
            "resultTypes": ["violations"],
        }
        found = Axe().run(self.page, options=asked).response["violations"]
        assert not found, (self.page.url, [(v["id"], v["nodes"][0]["html"][:90]) for v in found])


@pytest.fixture(scope="module", autouse=True)
def worker(site):
    found = Worker()
    yield
    found.stop()
    assert "Traceback" not in found.log.read_text(), found.log.read_text()


@pytest.fixture
def at(browser, site):
    """Desks of people; the test fails when a page of any of them reports an error."""
    made = []

    def sit(state=None):
        context = browser.new_context(storage_state=state, viewport=WIDE, locale="de-CH")
        context.set_default_timeout(20_000)
        made.append((context, Watched(context.new_page(), site)))
        return Desk(made[-1][1])

    yield sit
    faults = [fault for _context, watched in made for fault in watched.faults]
    for context, _watched in made:
        context.close()
    assert not faults, faults


def francs(text: str) -> Decimal:
    return Decimal(text.strip().split()[-1].replace("’", "").replace("−", "-"))


def test_the_first_year_of_a_company(at, browser, site, shared):
    desk = at()
    arrived(desk)
    founded(desk)
    second = at(Entrance(browser, site, APPROVER).session())
    invited(desk, second)
    sold(desk)
    statement(desk, 3, [(5, "02-10")])
    dunned(desk)
    bought(desk)
    wages_paid(desk, second)
    matched(desk)
    declared(desk)
    closed(desk)
    paid(desk, second, shared)
    looked_into(desk, at(Entrance(browser, site, EMAIL).session()))
    proof = site.manage("verify_ledger", "--company", str(desk.company), "--format", "json")
    assert '"sound": true' in proof


def arrived(desk: Desk) -> None:
    """The first to come sets up a passkey, and finds nothing but the way to a company of her own."""
    desk.site.manage("add_user", FOUNDER, "--name", "Gina Gründer", RAPPEN_USER_PASSWORD=PASSWORD)
    desk.site.manage("shell", "-c", "from erp.access.models import User; "
                     f"User.objects.filter(email='{FOUNDER}').update(is_operator=True)")  # fmt: skip
    page = desk.watched.goto("/accounts/login/")
    chip(page)
    page.fill("#id_login", FOUNDER)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/2fa/")
    page.click("a[href='/accounts/2fa/webauthn/add/']")
    page.click("#mfa_webauthn_add")
    page.wait_for_selector("ol.codes")
    page.click("a.primary")
    page.click(".empty a.primary")
    page.wait_for_url("**/companies/add/")


def founded(desk: Desk) -> None:
    """Founded and set up step by step, each on its own page; the list says what is done."""
    page = desk.page
    page.fill("[name=name]", "Neu & Söhne GmbH")
    page.select_option("[name=legal_form]", "llc")
    page.fill("[name=uid]", "CHE-123.456.789")
    for name, value in (("street", "Waldweg"), ("house_number", "9"), ("postcode", "6460"), ("town", "Altdorf UR"),
                        ("year_start", "1.1.2025"), ("year_end", "31.12.2025")):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.click("button.primary")
    expect(page.locator("main")).to_contain_text("keine gültige UID")
    page.fill("[name=uid]", "CHE-123.456.788")
    desk.looks_right()
    page.click("button.primary")
    page.wait_for_url(re.compile(r"/c/\d+/setup/$"))
    desk.company = int(page.url.split("/")[4])
    expect(page.locator(".set-up > .done")).to_have_count(2)  # company and VAT
    desk.looks_right()

    page.click(".head a.primary")  # on to the first that is missing
    page.wait_for_url("**/banking/accounts/")
    expect(page.locator("nav.way")).to_contain_text("Schritt 3 von 7")
    page.fill("[name=name]", "Kontokorrent")
    page.fill("[name=iban]", IBAN)
    page.fill("[name=qr_iban]", QR_IBAN)
    page.select_option("[name=account]", label="1020 Bankguthaben")
    page.click("main form button.primary")
    page.wait_for_selector("[data-agreement]")
    page.click("nav.way a.button")
    page.wait_for_url("**/settings/layout/**")
    expect(page.locator("nav.way")).to_contain_text("Schritt 4 von 7")
    page.click(".head a.button[href$='/settings/']")
    page.set_input_files(
        "[name=logo]", {"name": "logo.png", "mimeType": "image/png", "buffer": logo()}
    )
    page.click("main form button.primary")
    expect(page.locator(".note.success")).to_be_visible()

    page = desk.goto("setup/")
    expect(page.locator(".set-up > .done")).to_have_count(4)
    page.click("button[name=aside][value=payroll]")
    page.wait_for_selector("button[name=take_up][value=payroll]").click()
    page.wait_for_selector("button[name=aside][value=payroll]")
    page = desk.goto("")
    expect(page.locator(".way-steps li")).to_have_count(3)  # people, wages, and the opening
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_selector("#mask")
    for field, value in (("date", "6.1.2025"), ("text", "Einlage Stammkapital"), ("debit", "1020"),
                         ("credit", "2800"), ("amount", str(CAPITAL))):  # fmt: skip
        page.fill(f"#{field}", value)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_contain_text("Buchung 1 ist verbucht")
    desk.goto("setup/").click("button[name=aside][value=opening]")  # the capital is all there was
    desk.goto("")
    expect(page.locator(".way-steps li")).to_have_count(2)


def logo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (400, 120), "#2f5d50").save(drawn, "PNG")
    return drawn.getvalue()


def invited(desk: Desk, second: Desk) -> None:
    """A second person is invited to approve wages and payments, and joins by the link of the mail."""
    page = desk.goto("settings/access/")
    form = page.locator("form:has([name=email])")
    form.locator("[name=email]").fill(APPROVER)
    for role in ("payroll", "approver"):
        form.locator(f"[name=roles][value={role}]").check()
    form.locator("button.primary").click()
    expect(page.locator(".note.success")).to_be_visible()
    mails = Path(os.environ["RAPPEN_VAR"]) / "web.log"  # where the site of the tests sends them
    for _nth in range(80):
        if links := re.findall(r"(/invitation/[\w-]+/)", mails.read_text()):
            break
        page.wait_for_timeout(250)
    second.company = desk.company
    page = second.watched.goto(links[-1])
    page.click("form button.primary")
    expect(page.locator(f"main a[href='/c/{desk.company}/']")).to_be_visible()
    page = desk.goto("")
    expect(page.locator(".way-steps li")).to_have_count(1)  # wages


def sold(desk: Desk) -> None:
    """A customer, a product, an invoice whose slip says what it must, and three more by program."""
    page = desk.goto("contacts/add/")
    page.locator("#name").press_sequentially("Gasthaus Rössli AG")
    for name, value in (
        ("street", "Marktgasse"),
        ("house_number", "7"),
        ("postcode", "6454"),
        ("town", "Flüelen"),
    ):
        page.fill(f"#addresses-0-{name}", value)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/contacts/\d+/$"))
    customer = int(page.url.rstrip("/").rpartition("/")[2])
    desk.looks_right()

    page = desk.goto("receivables/products/add/")
    for field, value in (("number", "UMBAU"), ("name_de", "Umbau"), ("price", "24000"), ("account", "3400"),
                         ("vat_code", "UN")):  # fmt: skip
        page.fill(f"#id_{field}", value)
    page.click("#product-form button.primary")
    page.wait_for_url(re.compile(r"/products/(\d+/)?$"))

    page = desk.goto("receivables/documents/new/")
    typed(page, "Rössli")
    page.wait_for_selector(".combo-list:not([hidden]) li")
    typed(page, "[Enter]")
    page.fill("#date", "10.2.2025")
    page.locator("#items [name=product]").focus()
    typed(page, "UMBAU", "[Enter]")
    expect(page.locator("#items [name=text]")).to_have_value("Umbau")
    typed(page, "2", "[Control+Shift+Enter]")
    page.wait_for_url(re.compile(r"/documents/\d+/$"))
    assert francs(page.inner_text("#total")) == NET["02-10"] + VAT["02-10"] == Decimal("51888.00")
    desk.looks_right()
    slip(desk, page.request.get(page.url + "pdf/").body(), "51888.00")

    for day in ("05-12", "08-11", "11-10"):
        line = {"text": "Umbau", "price": str(NET[day]), "account": "3400", "vat_code": "UN"}
        made = desk.post("sales-documents/", kind="invoice", contact=customer, date=f"2025-{day}", basis="net",
                         lines=[line])  # fmt: skip
        issued = desk.call("POST", f"sales-documents/{made['id']}/issue/", {})
        assert Decimal(issued["payable"]) == NET[day] + VAT[day]


def slip(desk: Desk, pdf: bytes, amount: str) -> None:
    """The Swiss QR code of an invoice, read from its paper as a bank would (IG QR-bill 2.3)."""
    paper = pypdfium2.PdfDocument(pdf)
    codes = [
        one for sheet in paper for one in zxingcpp.read_barcodes(sheet.render(scale=4).to_pil())
    ]
    found = [one.text for one in codes if one.text.startswith("SPC")]
    paper.close()
    (text,) = found
    lines = text.splitlines()
    assert lines[:4] == ["SPC", "0200", "1", QR_IBAN]
    assert lines[4:11] == ["S", "Neu & Söhne GmbH", "Waldweg", "9", "6460", "Altdorf UR", "CH"]
    assert lines[18:27] == [
        amount,
        "CHF",
        "S",
        "Gasthaus Rössli AG",
        "Marktgasse",
        "7",
        "6454",
        "Flüelen",
        "CH",
    ]
    assert lines[27] == "QRR" and len(lines[28]) == 27 and lines[30] == "EPD"


def dunned(desk: Desk) -> None:
    """The second invoice is not paid: a letter asks for it, with a slip of its own."""
    desk.call("POST", "dunning-procedures/set-up/")
    page = desk.goto("receivables/dunning/?on=2025-07-31")
    row = page.locator("tbody tr", has_text="Gasthaus Rössli AG")
    expect(row).to_have_count(1)
    page.on("dialog", lambda dialog: dialog.accept())
    for box in page.locator("tbody tr:has-text('RE-2025-0001') input[type=checkbox]").all():
        box.uncheck()
    page.click(".head form button.primary")
    page.wait_for_url(re.compile(r"/runs/\d+/$"))
    desk.looks_right()
    page.click("button[value=execute]")
    row = page.locator("tbody tr", has_text="Gasthaus Rössli AG")
    row.locator("a").first.click()
    page.wait_for_url(re.compile(r"/letters/\d+/$"))
    assert page.request.get(page.url + "pdf/").body()[:5] == b"%PDF-"
    desk.looks_right()


def bought(desk: Desk) -> None:
    """A bill is photographed, read, and entered: what it says stands in the mask."""
    desk.post("contacts/", kind="organisation", name=SUPPLIER)
    page = desk.goto("payables/inbox/")
    photo = papers.photographed(
        papers.picture(papers.pdf(replace(BILL, iban=BILLED_BY, debtor=ADDRESSED)), dpi=300), 0.1
    )
    dropped(page, ("foto.jpg", papers.scanned(photo)))
    row = page.locator("#inbox-list tbody tr", has_text=SUPPLIER)
    expect(row).to_contain_text("1’949.75", timeout=60_000)
    row.locator("a").click()
    page.wait_for_url(re.compile(r"/inbox/\d+/$"))
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"/capture/"))
    expect(page.locator("#payable")).to_have_value("1’949.75")
    page.fill("#number", "4711")
    page.fill("#date", "3.12.2025")
    page.fill("#due_date", "31.1.2026")
    page.locator("#items [name=account]").first.fill("4200")
    page.locator("#items [name=vat_code]").first.fill("MN")
    expect(page.locator("#totals .strong").last).to_have_text("1’949.75")
    desk.looks_right()
    page.locator("#onwards").uncheck()
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url(re.compile(r"/payables/invoices/\d+/$"))
    desk.bill = page.url
    desk.looks_right()


def wages_paid(desk: Desk, second: Desk) -> None:
    """Two people for twelve months: whoever prepares a month does not approve it."""
    desk.post("payroll-settings/change/", pay_day=25)
    usual = {}
    for kind, code, rates, more in (
        ("ahv", "", [("admin", "0", "1.5")], {"member_number": "999.1"}),
        ("fak", "", [("fak", "0", "1.6")], {"canton": "UR"}),
        ("uvg", "A1", [("bu", "0", "0.41"), ("nbu", "1.2", "0")], {}),
    ):
        insurer = desk.post("institutions/", kind=kind, name=f"{kind.upper()} Probe", **more)
        rows = [{"insures": insures, "valid_from": "2025-01-01", "employee_percent": own,
                 "employer_percent": employers} for insures, own, employers in rates]  # fmt: skip
        made = desk.post("insurance-solutions/", institution=insurer["id"], is_usual=True, rates=rows,
                         **({"code": code} if code else {}))  # fmt: skip
        usual[kind] = made["id"]
    for nth, (first, last, sex, amount) in enumerate(
        (("Lara", "Lärche", "F", "6000.00"), ("Beat", "Buche", "M", "4000.00")), 1
    ):
        home = {"street": "Waldweg", "house_number": "3", "postcode": "6460", "town": "Altdorf UR"}
        desk.post(
            "employees/", entry="2025-01-01",
            person={"first_name": first, "last_name": last, "addresses": [home]},
            personal={"birth_date": "1990-05-04", "sex": sex, "ahv_number": ahv(3200 + nth)},
            facts=[
                {"kind": "wage", "content": {"pay": "month", "amount": amount, "canton": "UR"}},
                {"kind": "residence", "content": {}},
                {"kind": "civil_status", "content": {"status": "single"}},
                {"kind": "payout", "content": {"shares": [{"iban": iban(3200 + nth)}]}},
                {"kind": "insured", "content": {"solutions": [usual["uvg"]]}},
            ],
        )  # fmt: skip
    for month in range(1, 13):
        run = desk.post("payroll-runs/", month=f"2025-{month:02}")
        place = f"payroll-runs/{run.get('run', run)['id']}/"
        if month == 1:
            first_run(desk, second, place)
            continue
        desk.call("POST", place + "calculate/")
        told = desk.until(place, lambda found: found["run"]["calculated_at"])
        second.post(place + "approve/", seen=told["digest_now"])
        desk.post(place + "post/")
    recap = desk.get("payroll/years/2025/recap/")
    assert "120000.00" in str(recap), recap
    page = desk.goto("setup/")
    expect(page.locator(".set-up > .done")).to_have_count(6)
    page = desk.goto("")
    expect(page.locator(".way-steps")).to_have_count(0)


def first_run(desk: Desk, second: Desk, place: str) -> None:
    """January in the browser: calculated by keys, refused to her who did, approved and posted."""
    address = f"payroll/runs/{place.split('/')[1]}/"
    page = desk.goto(address)
    page.keyboard.press("c")
    row = page.locator("tbody tr", has_text="Lara Lärche")
    expect(row).to_contain_text("6’000.00", timeout=60_000)
    expect(row).to_contain_text("5’544.00")  # less AHV 318, ALV 66 and NBU 72
    desk.looks_right()
    page.keyboard.press("a")
    expect(page.locator(".error").first).to_be_visible()
    other = second.goto(address)
    other.keyboard.press("a")
    expect(other.locator("button[data-key=b]")).to_be_visible()
    desk.goto(address).keyboard.press("b")
    expect(page.locator("#bank")).to_be_visible()


def statement(desk: Desk, month: int, payments: list[tuple[int, str]], *rest: tuple) -> None:
    """A bank statement comes in: what the references of the slips name is booked by itself."""
    items = desk.get("open-items/?side=receivables&on=2025-12-31")["results"]
    references = {one["document_date"][5:]: one["reference"] for one in items}
    rows = [
        (day, NET[of] + VAT[of], "Gasthaus Rössli AG", "", references[of]) for day, of in payments
    ]
    page = desk.goto("banking/statements/")
    upload(page, statement_xml(IBAN, desk.balance, dt.date(2025, month, 1), [*rows, *rest]))
    page.wait_for_url("**/banking/transactions/")
    desk.balance += sum(row[1] for row in [*rows, *rest])
    desk.until("bank-transactions/?open=true", lambda found: len(found["results"]) == len(rest))


def matched(desk: Desk) -> None:
    """The rest of the year at the bank; the wages are booked by hand, to their clearing account."""
    statement(desk, 9, [(10, "08-11")])
    statement(desk, 12, [(10, "11-10")], (22, -NET_WAGES, "Löhne", "Löhne 2025"))
    assert desk.balance == BANK == Decimal("50190.50")
    page = desk.goto("banking/transactions/")
    expect(page.locator("tbody.movement")).to_have_count(1)
    desk.looks_right()
    clearing = desk.get("payroll-accounts/")["clearing"]
    page.locator("tbody.movement [name=account]").first.fill(clearing)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Alles ist verbucht")


def declared(desk: Desk) -> None:
    """Four returns to the centime: the first in the browser, the others by program."""
    desk.page.on("dialog", lambda dialog: dialog.accept())
    office = desk.post("contacts/", kind="organisation", name="ESTV")
    desk.post("tax-office/", contact=office["id"])
    quarters = zip(
        ("01-01", "04-01", "07-01", "10-01"), NET, ("03-31", "06-30", "09-30", "12-31"), strict=True
    )
    for first, day, last in quarters:
        key, due = f"2025-{first}", VAT[day] - (INPUT_TAX if day == "11-10" else 0)
        if day == "02-10":
            begun(desk, key)
        else:
            desk.post("vat-returns/", start=key)
        form = desk.get(f"vat-returns/{key}/")["form"]
        boxes = {one["box"]: Decimal(one["amount"]) for one in form["boxes"]}
        assert (boxes["200"], boxes["299"], Decimal(form["payable"])) == (
            NET[day],
            NET[day],
            due,
        ), form
        accepted = [one["code"] for one in form["findings"] if not one["is_error"]]
        desk.post(f"vat-returns/{key}/check/", accepted=accepted)
        if day == "02-10":
            filed_and_settled(desk, key, "31.3.2025")
        else:
            desk.call("POST", f"vat-returns/{key}/file/")
            desk.post(f"vat-returns/{key}/settle/", date=f"2025-{last}")
        filed = desk.get(f"vat-returns/{key}/")
        assert (Decimal(filed["payable"]), bool(filed["entry"])) == (due, True)


def begun(desk: Desk, key: str) -> None:
    """The first return: from its box by code down to the entry that brought the turnover."""
    page = desk.goto("")
    page.keyboard.press("g")
    page.keyboard.press("g")
    page.wait_for_url("**/vat/returns/")
    page.click(f"a[href$='/{key}/']")
    page.wait_for_url(f"**/{key}/")
    page.keyboard.press("b")
    expect(page.locator("button[value=check]")).to_be_visible(timeout=30_000)
    desk.looks_right()
    row = page.locator("tr", has=page.locator("td b", has_text=re.compile("^303$")))
    assert francs(row.locator("td").nth(3).inner_text()) == NET["02-10"]
    row.locator("a.unfold").click()
    code = page.locator("tbody.codes:not([hidden]) a", has_text=re.compile("^UN$"))
    expect(code).to_be_visible()
    code.click()
    page.wait_for_url("**/entries/**")
    assert francs(page.locator("tfoot td").last.inner_text()) == NET["02-10"]
    desk.looks_right()
    page.locator("tbody tr").first.locator("a").first.click()
    page.wait_for_url("**/ledger/entries/**")
    expect(page.locator("table").first).to_contain_text("UN 8.10")


def filed_and_settled(desk: Desk, key: str, day: str) -> None:
    """Filed with file and PDF, then posted, with the debt to the tax office."""
    page = desk.goto(f"vat/returns/{key}/")
    page.click("button[data-key=f]")  # the second factor was used minutes ago, by signing in
    order = page.locator("a[data-key=d]")
    expect(order).to_be_visible(timeout=30_000)
    address = desk.site.url + order.get_attribute("href")
    xml = page.request.get(address).body()
    assert b"VATDeclaration" in xml and b"3888.00" in xml
    assert page.request.get(address.replace("/xml/", "/pdf/")).body()[:5] == b"%PDF-"
    desk.looks_right()
    page.fill("#date", day)
    page.click("button[value=settle]")
    expect(page.locator("button[value=unsettle]")).to_be_visible()


def closed(desk: Desk) -> None:
    """The year-end: what is left is confirmed, the year is closed, and its paper says the same figures."""
    (year,) = [one for one in desk.get("year-end/")["results"] if "2025" in str(one)]
    place = f"year-end/{year['id']}/"
    page = desk.goto(place)
    desk.looks_right()
    for check in desk.get(place + "checks/"):
        assert check["state"] != "blocking", check
        if check["state"] == "open":
            desk.post(f"{place}checks/{check['code']}/", text="Geprüft")
    desk.goto(place)
    page.locator("form[action$='/close/'] button").click()
    result = page.locator("dl.facts dd").nth(1)
    expect(result).to_be_visible()
    assert francs(result.inner_text()) == PROFIT == Decimal("28413.55")
    paper = page.request.get(
        desk.site.url + page.locator("a[href$='/report.pdf']").get_attribute("href")
    )
    document = pypdfium2.PdfDocument(paper.body())
    text = "".join(one.get_textpage().get_text_range() for one in document)
    document.close()
    for told in ("Neu & Söhne GmbH", "28’413.55", "50’190.50", "32’430.00", "160’500.00"):
        assert told in text, told
    told = {
        one["number"]: Decimal(one["closing"])
        for one in desk.get("reports/trial-balance/?until=2025-12-31")["rows"]
    }
    expected = {
        "1020": BANK, "1100": NET["05-12"] + VAT["05-12"], "2800": -CAPITAL, "3400": -sum(NET.values()),
        "4200": BOUGHT - INPUT_TAX,
    }  # fmt: skip
    assert {number: told.get(number) for number in expected} == expected
    wages = sum(amount for number, amount in told.items() if number[0] == "5")
    assert wages == 12 * (GROSS + OF_EMPLOYER)
    insurers = -12 * (OF_EMPLOYEES + OF_EMPLOYER)
    assert sum(amount for number, amount in told.items() if number[:3] == "227") == insurers
    debts = insurers - sum(VAT.values()) + INPUT_TAX - BOUGHT
    assert sum(amount for number, amount in told.items() if number[:2] in {"20", "22"}) == debts


def paid(desk: Desk, second: Desk, shared: Path) -> None:
    """The bill is paid by a file that a bank takes, and booked when the statement says so."""
    desk.post("fiscal-years/", start="2026-01-01", end="2026-12-31")
    page = desk.goto("payments/new/?until=2026-12-31")
    line = page.locator("tbody tr", has_text="4711")
    expect(line).to_contain_text("1’949.75")
    for box in page.locator("input[name=item]").all():
        if box.get_attribute("value") != line.locator("input[name=item]").get_attribute("value"):
            box.uncheck()
    page.click("form button.primary[data-key=s]")
    page.wait_for_url(re.compile(r"/payments/runs/\d+/$"))
    run = page.url.partition(f"/c/{desk.company}/")[2]
    desk.looks_right()
    other = second.goto(run)
    other.click("button[data-key=a]")
    expect(other.locator(".note.success")).to_be_visible()
    page = desk.goto(run)
    page.click("button[data-key=e]")
    order = page.locator("a[data-key=d]")
    expect(order).to_be_visible()
    address = desk.site.url + order.get_attribute("href")
    file = page.request.get(address).body()
    assert file == page.request.get(address).body() and file.count(b"<CdtTrfTxInf>") == 1
    schema = etree.XMLSchema(etree.parse(shared / "schemas/iso20022-ch/pain.001.001.09.ch.03.xsd"))
    assert schema.validate(etree.fromstring(file)), schema.error_log
    (end_to_end,) = re.findall(rb"<EndToEndId>([^<]+)<", file)
    page = desk.goto("banking/statements/")
    content = statement_xml(IBAN, BANK, dt.date(2026, 12, 1), [(2, -BOUGHT, SUPPLIER, "Zahlung")])
    upload(page, content.replace(b"NOTPROVIDED", end_to_end))
    page.wait_for_url("**/banking/transactions/")
    desk.until("bank-transactions/?open=true", lambda found: not found["results"])
    page.goto(desk.bill)
    expect(page.locator("#state")).to_have_class(re.compile("good"))


def looked_into(desk: Desk, fiduciary: Desk) -> None:
    """With a mandate the fiduciary sees how the client stands, and no wages, which it does not include."""
    page = fiduciary.watched.goto("/firms/1/")
    code = page.inner_text("main .code")
    page = desk.goto("settings/mandates/")
    page.fill("[name=firm_code]", code)
    page.click("main form button.primary")
    expect(page.locator(".note.success")).to_be_visible()
    page = fiduciary.watched.goto("/firms/1/cockpit/")
    row = page.locator("tbody tr", has_text="Neu & Söhne GmbH")
    expect(row).to_have_count(1)
    row.locator("a").first.click()
    page.wait_for_url(f"**/c/{desk.company}/")
    fiduciary.company = desk.company
    page = fiduciary.goto("reports/balance-sheet/?until=2025-12-31")
    expect(page.locator("main")).to_contain_text("82’620.50")
    fiduciary.looks_right()
    expect(page.locator("nav.side a[href*='/payroll/']")).to_have_count(0)
    refused = page.request.get(f"{desk.site.url}/api/v1/companies/{desk.company}/payroll-runs/")
    assert refused.status == 403
