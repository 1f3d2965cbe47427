"""Purchases by supplier and month, VAT journal of purchases, due list: the sums are those of the books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounting.ledger.lines import credit, debit
from accounting.ledger.posting import post
from accounting.ledger.queries import year_of
from accounting.ledger.vat_journal import beside_accounts, purchase_journal, vat_totals
from accounting.open_items.due import due_list
from accounting.open_items.models import Side
from accounting.open_items.opening import NewItem, Party
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.open_items.taking_over import TakenOver, take_over
from accounting.purchases_reports import turnover
from accounting.statements.trial_balance import trial_balance
from erp.core.money import ZERO
from tests import make
from tests.accounting.open_items import books as items
from tests.erp.client import Api, problem

pytestmark = pytest.mark.django_db
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
MARCH_1, MARCH_9, APRIL_1 = dt.date(2026, 3, 1), dt.date(2026, 3, 9), dt.date(2026, 4, 1)


def bill(company, amount, party, *, code="MN", date=MARCH_1, contra="4200", **more):
    return items.invoice(company, amount, side="payables", party=party, code=code, date=date,
                         contra=contra, **more)  # fmt: skip


@pytest.fixture
def books():
    """Two suppliers, a machine, a credit note, a discount taken, an overpayment, a take-over."""
    company = items.company()
    by = make.owner_of(company)
    _contact, huber = items.contact(company, "Huber AG")
    meier = Party("Meier GmbH")
    take_over(company=company, date=YEAR[0], by=by, text="Übernahme", items=[
        TakenOver(make.account(company, "2000"), meier, "A-1", YEAR[0],
                  NewItem(Decimal("500.00"), MARCH_1))])  # fmt: skip
    first = bill(company, "1081.00", huber)
    bill(company, "540.50", meier, date=APRIL_1, code="IN", contra="6500")
    bill(company, "2162.00", meier, code="IN", contra="1500", date=MARCH_9)
    bill(company, "-108.10", huber, date=MARCH_9, document="G-1")
    settle(company=company, date=MARCH_9, by=by, money=items.money(company, "1159.38"),
           parts=[Part(first, paid=Decimal("1059.38"), discount=Decimal("21.62"))])  # fmt: skip
    return company


def moved(company, *starts):
    """What accounts that begin so say of the year."""
    found = trial_balance(company, year=year_of(company, MARCH_1), until=YEAR[1])
    return sum((row.closing for row in found.rows if row.number.startswith(starts)), ZERO)


def test_purchases_by_supplier_and_month_are_the_ledgers(books):
    rows = turnover.by_supplier(books, *YEAR)
    assert [(row.name, row.amount, row.count) for row in rows] == [
        ("Meier GmbH", Decimal("2500.00"), 2), ("Huber AG", Decimal("900.00"), 2)]  # fmt: skip
    months = turnover.by_month(books, *YEAR)
    assert [(row.month.month, row.amount) for row in months if row.amount] == [
        (3, Decimal("2900.00")), (4, Decimal("500.00"))]  # fmt: skip
    billed = moved(books, "4200", "6500", "1500")
    assert sum(row.amount for row in rows) == sum(row.amount for row in months) == billed
    beside = turnover.by_supplier(books, dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    assert (beside[0].amount, beside[0].before, beside[0].change) == (0, 2500, -100)


def test_an_entry_of_several_suppliers_is_shared_out(books):
    from accounting.open_items.opening import OWNER, open_items

    by, control = make.owner_of(books), make.account(books, "2000")
    entry = post(company=books, date=MARCH_9, text="Sammel", by=by, owner=OWNER, lines=[
        debit(make.account(books, "4400"), Decimal("300.00")),
        credit(control, Decimal("100.00")), credit(control, Decimal("200.00")),
    ])  # fmt: skip
    for position, name, amount in ((2, "Eins", "100.00"), (3, "Zwei", "200.00")):
        open_items(entry=entry, account=control, party=Party(name), by=by, position=position,
                   items=[NewItem(Decimal(amount), APRIL_1)])  # fmt: skip
    found = {row.name: row.amount for row in turnover.by_supplier(books, *YEAR)}
    assert (found["Eins"], found["Zwei"]) == (100, 200)


def test_the_vat_journal_of_purchases_is_that_of_its_accounts(books):
    rows = purchase_journal(books, *YEAR)
    beside = beside_accounts(books, *YEAR, language="de")
    assert [(one.number, one.others) for one in beside] == [("1170", 0), ("1171", 0)]
    assert [one.moved for one in beside] == [moved(books, "1170"), moved(books, "1171")]
    assert sum(row.tax for row in rows) == sum(one.journal for one in beside)
    totals = {(code, rate): (net, tax) for code, rate, net, tax in vat_totals(rows)}
    rate = Decimal("8.10")
    assert totals[("IN", rate)] == (Decimal("2500.00"), Decimal("202.50"))
    assert totals[("MN", rate)] == (Decimal("880.00"), Decimal("71.28"))  # less the discount
    by_hand = [
        debit(make.account(books, "2200"), Decimal(5)),
        credit(make.account(books, "1170"), Decimal(5)),
    ]
    post(company=books, date=APRIL_1, text="Abrechnung", lines=by_hand, by=make.owner_of(books))
    assert [one.others for one in beside_accounts(books, *YEAR, language="fr")] == [-5, 0]


def test_acquisition_tax_counts_with_the_part_that_is_deducted(books):
    before = sum(row.tax for row in purchase_journal(books, *YEAR))
    code = next(row for row in books_codes(books) if row.kind == "acquisition")
    bill(books, "1000.00", Party("Ausland"), code=code.code, contra="6500", date=APRIL_1)
    rows = [row for row in purchase_journal(books, *YEAR) if row.code == code.code]
    assert [(row.net, row.tax) for row in rows] == [(Decimal("1000.00"), Decimal("81.00"))]
    assert sum(one.journal for one in beside_accounts(books, *YEAR, language="de")) == before + 81


def books_codes(company):
    from vat.codes.models import VatCode

    return VatCode.of(company).filter(active=True, rate_class="standard").order_by("position")


def test_the_due_list_runs_by_day_and_week_with_discounts(books):
    party = Party("Skonto AG")
    bill(books, "100.00", party, code="", due_date=APRIL_1, discount_percent=Decimal(2),
         discount_until=MARCH_9)  # fmt: skip
    found = due_list(books, MARCH_1, Side.PAYABLES)
    assert [(g.start, g.end, g.amount, g.running) for g in found.groups][:1] == [
        (MARCH_1, MARCH_1, 500, 500)]  # fmt: skip
    row = next(r for g in found.groups for r in g.rows if r.item.party == "Skonto AG")
    assert (row.discount, row.with_discount) == (2, 98)
    late = due_list(books, dt.date(2026, 3, 20), Side.PAYABLES, weekly=True)
    assert (late.groups[0].start, late.groups[0].amount) == (None, 400)  # less what was overpaid
    assert all(g.start is None or g.start.weekday() == 0 for g in late.groups)
    assert late.groups[-1].running == late.total == late.with_discount  # no discount any more
    control = moved(books, "2000")
    assert due_list(books, YEAR[1], Side.PAYABLES).total == -control


PAGES = ("payables/turnover/", "payables/turnover/months/", "payables/vat-journal/",
         "open-items/payables/due/", "open-items/payables/due/?by=week", "open-items/receivables/due/",
         "open-items/payables/", "open-items/payables/ageing/")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_and_files_cost_the_same_however_much_was_bought(books, path):
    client = Client()
    client.force_login(make.owner_of(books))
    joint = "&" if "?" in path else "?"
    address = f"/c/{books.pk}/{path}{joint}since=2026-01-01&until=2026-12-31&on=2026-03-31"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    for nth in range(4):
        bill(books, "10.81", Party(f"L{nth}"), date=dt.date(2026, 3, 10 + nth))
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few)
    for form in ("csv", "xlsx", "pdf"):
        assert client.get(f"{address}&format={form}").status_code == 200
    looking = Client()
    looking.force_login(make.user(company=books, granted=["open_items.read"]))
    assert looking.get(f"{address}&format=csv").status_code == 403


def test_programs_get_the_same(books):
    api = Api(books, make.owner_of(books))
    span = {"since": "2026-01-01", "until": "2026-12-31"}
    bought = api.get("purchase-reports/turnover-by-supplier/", **span).json()
    assert bought["results"][0]["amount"] == "2500.00" <= bought["amount"]
    assert len(api.get("purchase-reports/turnover-by-month/", **span).json()) == 12
    told = api.get("purchase-reports/vat-journal/", **span).json()
    assert told["accounts"][0]["number"] == "1170" and told["results"][0]["code"] == "MN"
    due = api.get("open-items/due/", side="payables", on="2026-03-31", by="week").json()
    assert due["groups"][0]["start"] is None and due["groups"][-1]["running"] == due["total"]
    assert api.get("open-items/ageing/", side="payables").status_code == 200
    problem(api.get("purchase-reports/vat-journal/", since="2026-02-01", until="2026-01-01"), 400)
