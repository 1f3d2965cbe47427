"""Pages of returns: every box opens its codes, every code its entries, and they re-add to the Rappen."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.ledger.models import FiscalYear
from erp.documents.storing import content_of
from tests import make
from tests.accounting.open_items import books as items
from tests.vat.returns.books import Q1, D, day, entry, pay, purchase, sale, settled_by
from vat.codes.models import VatActivity, VatCode
from vat.returns import entries as found_by
from vat.returns import filing
from vat.returns.computing import compute
from vat.returns.entries import Asked, entries, journal_rows
from vat.returns.journal import box_sums
from vat.returns.models import TaxOffice, VatReturn
from vat.returns.queries import overview, period_starting, scope
from vat.returns.showing import box_of, query_of, sections
from vat.returns.views.entries import read_asked
from vat.settings.models import ActivityAccount

pytestmark = pytest.mark.django_db
KEY = Q1[0].isoformat()


@pytest.fixture(autouse=True)
def may():
    with time_machine.travel(dt.datetime(2026, 5, 20, 9), tick=True):
        yield


@pytest.fixture
def books():
    company = items.company(uid="CHE116281710")
    sale(company, "1081.00", "UN")
    sale(company, "513.00", "UR", date=day(2))
    sale(company, "250.00", "UX", date=day(2))
    purchase(company, "540.50", "MN")
    entry(company, day(3), "6500", "1020", "100.00", "BO")
    return company


def desk(books, user=None):
    client = Client()
    client.force_login(user or make.owner_of(books))
    client.start = f"/c/{books.pk}/vat/returns/"
    return client


def text(answer):
    return html.unescape(answer.content.decode())


def ours(sql):
    return re.search(r'"?(accounting|vat)_', sql) and "set_config" not in sql


def counted(client, address):
    with CaptureQueriesContext(connection) as found:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return len([q for q in found.captured_queries if ours(q["sql"])])


def granted(company, **activities):
    """Two activities under net tax rates, each with its account."""
    settled_by(company, method="net", interval="half")
    for code, (percent, account) in activities.items():
        VatActivity.unscoped.create(company=company, activity_code=code, name=f"Branche {code}",
                                    percent=D(percent), valid_from=dt.date(2024, 1, 1))  # fmt: skip
        ActivityAccount.unscoped.create(company=company, activity_code=code,
                                        account=make.account(company, account))  # fmt: skip


def computed_now(company, start=Q1[0]):
    return compute(scope(company, period_starting(company, start)))


def test_from_the_list_to_the_posted_return(books):
    page = desk(books)
    shown = text(page.get(page.start))
    assert "30.05.2026" in shown and f"/vat/returns/{KEY}/" in shown  # 60 days after 31 March
    assert "CHE" not in shown
    begun = page.post(page.start, {"do": "begin", "start": KEY})
    here = f"{page.start}{KEY}/"
    assert begun["Location"] == here
    assert page.post(f"{here}file/").status_code == 422  # not checked
    one = VatReturn.of(books).get()
    shown = text(page.get(here))
    codes = re.findall(r'name="accepted" value="([^"]+)"', shown)
    assert page.post(here, {"do": "note", "note_280": "Boden"}).status_code == 302
    assert page.post(here, {"do": "check", "accepted": codes}).status_code == 302
    assert page.post(f"{here}file/").status_code == 302
    one.refresh_from_db()
    assert one.state == "filed"
    xml = page.get(f"{here}xml/")
    assert xml.content == content_of(one.xml) and xml["Content-Disposition"].startswith(
        "attachment"
    )
    assert page.get(f"{here}pdf/").content == content_of(one.pdf)
    assert page.post(here, {"do": "settle", "date": "gestern"}).status_code == 422
    assert page.post(here, {"do": "settle", "date": "31.3.2026"}).status_code == 302
    one.refresh_from_db()
    assert one.is_settled
    assert f"/ledger/entries/{one.entry_id}/" in text(page.get(here))
    assert page.post(here, {"do": "unsettle", "date": "31.3.2026"}).status_code == 302
    correction = page.post(here, {"do": "correct"})
    made = VatReturn.of(books).get(kind=2)
    assert correction["Location"] == f"{page.start}{made.pk}/"
    assert page.get(correction["Location"]).status_code == 200
    assert page.post(correction["Location"], {"do": "discard"})["Location"] == page.start
    assert not VatReturn.of(books).filter(kind=2).exists()


def test_every_box_opens_its_codes_and_they_re_add(books):
    found = computed_now(books)
    told = sections(found, language="de", names={"UN": "Umsatz"})
    for section in told:
        for line in section.lines:
            amount = line.turnover if line.turnover is not None else line.tax
            if line.parts:
                assert sum(part.amount for part in line.parts) == amount, line
            elif line.kind not in {"heading", "total", "payable", "claim"}:
                assert not amount, line
    boxes = {line.box: line for section in told for line in section.lines}
    assert [part.one.code for part in boxes["200"].parts] == ["UN", "UR", "UX"]
    assert boxes["383"].tax == D("8.10") and boxes["220"].turnover == D("250.00")


@pytest.mark.parametrize("way", ["agreed", "received", "net"])
def test_entries_re_add_to_the_box_to_the_rappen(books, way):
    if way == "received":
        settled_by(books, basis="received")
        invoice = sale(books, "777.77", "UN")
        for part, month in (("333.33", 2), ("111.11", 3), ("333.33", 3)):
            pay(invoice, part, date=day(month))
        sale(books, "99.95", "UN", date=day(1))  # not paid
    if way == "net":
        granted(books, **{"10001": ("6.20", "3200"), "20002": ("2.10", "3400")})
        sale(books, "333.35", "UN", account="3400")
        sale(books, "77.00", "UN", account="3000")  # of no activity
    found = computed_now(books)
    assert found.sums
    sums = {}
    for one in found.sums:
        for key, amount in found.brought(one).items():
            box = box_of(found, key)
            query = query_of(one, box, effective=found.scope.is_effective)
            asked = read_asked(dict(re.findall(r"(\w+)=([^&]*)", query)))
            shown = entries(found.scope, VatCode.of(books).get(code=one.code), asked)
            assert abs(shown.total) == abs(amount), (one, box)
            assert shown.rows[-1].so_far == shown.total
            sums[box] = sums.get(box, D(0)) + amount
    listed = {box: net or tax for box, (net, tax) in box_sums(journal_rows(found)).items()}
    assert listed == sums


def test_received_consideration_names_the_document(books):
    settled_by(books, basis="received")
    invoice = sale(books, "216.20", "UN")
    pay(invoice, "108.10", date=day(2))
    page = desk(books)
    shown = text(page.get(f"{page.start}{KEY}/entries/?code=UN&rate=8.10&box=303"))
    assert f"/ledger/entries/{invoice.entry_id}/" in shown and "100.00" in shown


def test_entries_page_by_key(books, monkeypatch):
    for nth in range(1, 6):
        sale(books, f"10{nth}.00", "UN", date=day(3, nth))
    found = computed_now(books)
    code, asked = VatCode.of(books).get(code="UN"), Asked("UN", D("8.10"))
    whole = entries(found.scope, code, asked)
    pages, after = [], ""
    while True:
        part = entries(found.scope, code, asked, after=after, limit=2)
        pages += part.rows
        assert part.total == whole.total
        after = part.after
        if not after:
            break
    assert pages == whole.rows and len(pages) == 6
    monkeypatch.setattr(found_by, "PAGE", 2)
    assert entries(found.scope, code, asked, after="no mark").rows == whole.rows


def test_filed_figures_stand_still_and_entries_follow_the_frozen_spans(books):
    by, page = make.owner_of(books), desk(books)
    one = filing.begin(company=books, start=Q1[0], by=by)
    codes = re.findall(r'name="accepted" value="([^"]+)"', text(page.get(f"{page.start}{KEY}/")))
    filing.file(filing.check(one, by=by, accepted=codes), by=by, today=dt.date(2026, 5, 20))
    before = text(page.get(f"{page.start}{KEY}/"))
    address = f"{page.start}{KEY}/entries/?code=UN&rate=8.10"
    listed = text(page.get(address))
    sale(books, "9999.00", "UN", date=day(3))
    shown = text(page.get(f"{page.start}{KEY}/"))
    assert re.findall(r'class="figure">[^<]*', shown) == re.findall(r'class="figure">[^<]*', before)
    assert re.findall(r"<td.*?</td>", text(page.get(address))) == re.findall(r"<td.*?</td>", listed)
    late = text(page.get(f"{page.start}2026-04-01/entries/?code=UN"))
    assert "9’249.77" in late  # what came late is in the next return


@pytest.mark.parametrize("method", ["effective", "net"])
def test_queries_do_not_grow_with_periods_or_entries(books, method):
    if method == "net":
        granted(books, **{"10001": ("6.20", "3200"), "20002": ("2.10", "3400")})
    page = desk(books)
    few = counted(page, page.start)
    settled_by(books, interval="month", method=method, valid_from=dt.date(2020, 1, 1))
    assert len(overview(books, dt.date(2026, 5, 20))) > 24
    assert counted(page, page.start) <= few <= 8
    granted_at = "&activity=10001&granted=6.20&old=0" if method == "net" else ""
    address = f"{page.start}{KEY}/entries/?code=UN&rate=8.10&box=200{granted_at}"
    assert counted(page, address) <= 6
    for nth in range(1, 9):
        sale(books, "108.10", "UN", date=day(1, nth))
    assert counted(page, address) <= 6
    filing.begin(company=books, start=Q1[0], by=make.owner_of(books))
    assert counted(page, address) <= 6
    few = counted(page, f"{page.start}{KEY}/")
    sale(books, "108.10", "UN", date=day(1, 9))
    assert counted(page, f"{page.start}{KEY}/") == few <= 30


def test_periods_before_this_program_are_marked_all_at_once(books):
    page = desk(books)
    settled_by(books, valid_from=dt.date(2025, 1, 1))
    answer = page.post(page.start, {"do": "elsewhere", "start": "2025-10-01"})
    assert answer["Location"] == page.start
    done = VatReturn.of(books).filter(elsewhere=True)
    assert [one.start.month for one in done.order_by("start")] == [1, 4, 7, 10]
    assert page.get(f"{page.start}2025-10-01/").status_code == 200
    assert page.get(f"{page.start}2025-10-01/entries/?code=UN").status_code == 404
    year = FiscalYear.of(books).get()
    assert page.post(page.start, {"do": "reconcile", "year": year.pk}).status_code == 422  # open


def test_what_is_not_there_is_missing(books):
    page = desk(books)
    for address in ("2026-02-01/", "2026-13-01/", "unsinn/", "999999/", f"{KEY}/xml/",
                    f"{KEY}/entries/?code=XX", f"{KEY}/entries/?code=UN&rate=viel",
                    f"{KEY}/entries/?code=UN&rate=NaN", f"{KEY}/journal/?format=exe"):  # fmt: skip
        assert page.get(page.start + address).status_code == 404, address
    assert page.post(page.start, {"do": "unsinn"}).status_code == 404
    assert page.post(page.start, {"do": "begin", "start": "2026-02-01"}).status_code == 422


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_the_journal_is_taken_along(books, form):
    page = desk(books)
    answer = page.get(f"{page.start}{KEY}/journal/?format={form}")
    assert answer.status_code == 200 and answer.content


def test_the_tax_office_is_a_contact(books):
    page = desk(books)
    contact, _party = items.contact(books, "ESTV")
    told = {"contact": contact.number, "differences": "on"}
    assert page.post(f"{page.start}office/", told).status_code == 302
    office = TaxOffice.of(books).get()
    assert (office.contact, office.differences) == (contact, True)
    assert "ESTV" in text(page.get(page.start))
    assert page.post(f"{page.start}office/", {"contact": "987654"}).status_code == 422


def test_who_only_reads_sees_and_does_nothing(books):
    reader = make.user(company=books, granted=["company.read", "vat.read"])
    page = desk(books, reader)
    assert page.get(f"{page.start}{KEY}/").status_code == 200
    for address, told in (("", {"do": "begin", "start": KEY}), (f"{KEY}/", {"do": "begin"}),
                          (f"{KEY}/file/", {}), ("office/", {})):  # fmt: skip
        assert page.post(page.start + address, told).status_code == 403
    assert page.get(f"{page.start}{KEY}/journal/?format=csv").status_code == 403


def test_the_start_page_tells_what_is_due_next(books):
    page = desk(books)
    assert f"/vat/returns/{KEY}/" in text(page.get(f"/c/{books.pk}/"))
    page.post(page.start, {"do": "elsewhere", "start": KEY})
    assert f"/vat/returns/{KEY}/" not in text(page.get(f"/c/{books.pk}/"))
