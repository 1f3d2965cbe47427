"""A worked year: the demo company's books, re-added from the raw lines by code of its own."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounting.closing.models import Appropriation, YearAccrual
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear, Period, YearClosing
from accounting.ledger.queries import account_sheet
from accounting.ledger.verifying import verify_ledger
from accounting.payables.capture import keeping
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.reading import countries_in_use
from accounting.payables.capture.scanning import scan
from accounting.receivables import drafting
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.statements import statements
from accounting.statements.trial_balance import trial_balance
from contacts.models import Contact
from erp.access.gate import operating
from erp.cockpit.demo import seed
from erp.documents.storing import content_of
from erp.manual import texts
from erp.manual.texts import LANGUAGES, source_of
from payroll.declarations.models import IssuedCertificate
from payroll.runs.models import PayrollRun, Payslip
from tests import make
from vat.codes.tax import tax_in_gross, tax_on_net

DAYS = [dt.date(2025, 12, 31), dt.date(2026, 6, 17), dt.date(2026, 11, 30), dt.date(2025, 3, 9)]
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def books(django_db_setup, django_db_blocker):
    """The raw rows of the trading company, as plain tuples."""
    with django_db_blocker.unblock():
        seed()
        with operating("alpenholz") as access, connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.id, e.date, e.kind, e.source, a.number, a.type, a.or_position, l.debit,"
                " l.credit, l.vat_part, l.vat_rate, l.vat_base, l.currency, l.cost_centre_id, c.kind"
                " FROM accounting_journalentry e JOIN accounting_entryline l ON l.entry_id = e.id"
                " JOIN accounting_account a ON a.id = l.account_id"
                " LEFT JOIN vat_vatcode c ON c.id = l.vat_code_id"
                " WHERE e.company_id = %s AND e.number IS NOT NULL", [access.company.pk],
            )  # fmt: skip
            yield cursor.fetchall()
        connection.close()


@pytest.fixture
def company(books, django_db_blocker):
    with django_db_blocker.unblock(), operating("alpenholz") as access:
        yield access.company


def test_the_year_is_worth_the_name(books):
    """At least 1,500 entries over two years, with all that real books have."""
    entries = {row[0]: row for row in books}
    assert len(entries) >= 1500
    assert {row[1].year for row in books} == {2025, 2026}
    assert sum(1 for row in entries.values() if row[2] == "reversal") >= 3
    assert sum(1 for row in entries.values() if row[3] == "bank") >= 15
    assert sum(1 for row in entries.values() if row[3] == "payroll") == 23, "runs of wages"
    assert sum(1 for row in entries.values() if row[2] == "opening") == 3, (
        "balance, open items of either side"
    )
    assert len({row[14] for row in books if row[14]}) >= 4, "kinds of VAT code"
    assert any(row[12] == "EUR" for row in books)
    assert len({row[13] for row in books if row[13]}) == 3, "cost centres"


def test_each_entry_balances_and_each_tax_is_right(books):
    sums = defaultdict(Decimal)
    for row in books:
        sums[row[0]] += row[7] - row[8]
    assert {entry for entry, left in sums.items() if left} == set()
    for row in books:
        if row[9] == "T" and row[14] != "import":
            tax = abs(row[11] * row[10] / 100)
            taken_out = abs(row[7] - row[8])
            assert abs(tax.quantize(CENT, ROUND_HALF_UP) - taken_out) <= CENT, row


def by_hand(books, day):
    """Balances by position, result of the year and of the years before: plain additions."""
    positions, year, before = defaultdict(Decimal), Decimal(0), Decimal(0)
    accounts = defaultdict(Decimal)
    for _entry, date, _kind, _source, number, kind, position, debit, credit, *_rest in books:
        if date > day:
            continue
        amount = debit - credit
        if kind in {"income", "expense"}:
            if date.year == day.year:
                year -= amount
                accounts[number] += amount
            else:
                before -= amount
        else:
            positions[position] += amount
            accounts[number] += amount
    return positions, accounts, year, before


@pytest.mark.parametrize("day", DAYS)
def test_the_balance_sheet_is_the_sum_of_its_lines(books, company, day):
    positions, _accounts, year, before = by_hand(books, day)
    cols = statements.columns(company, until=day, previous=False)
    found = statements.balance_sheet(company, cols, language="de")
    positions[statements.RESULT] -= year
    positions[statements.CARRIED] -= before
    for position, amount in positions.items():
        if position and amount:
            sign = 1 if position.startswith("959a-1") else -1
            assert found.figure(position) == sign * amount, position
    assets = sum((a for p, a in positions.items() if p.startswith("959a-1")), Decimal(0))
    assert found.figure("A-total") == found.figure("P-total") == assets
    assert found.result == (year,)
    assert found.difference == 0


@pytest.mark.parametrize("day", DAYS)
def test_the_income_statement_and_the_trial_balance_are_theirs_too(books, company, day):
    _positions, accounts, year, before = by_hand(books, day)
    cols = statements.columns(company, until=day, previous=False)
    income = statements.income_statement(company, cols, language="de")
    assert income.figure("959b-2-11") == year
    chosen = FiscalYear.of(company).get(start__lte=day, end__gte=day)
    told = {row.number: row.closing for row in trial_balance(company, year=chosen, until=day).rows}
    accounts["2970"] -= before
    assert {n: a for n, a in told.items() if a} == {n: a for n, a in accounts.items() if a}


def test_wages_are_paid_but_for_a_draft(books, company):
    clearing = sum((row[7] - row[8] for row in books if row[4] == "1091"), Decimal(0))
    assert clearing == 0
    runs = PayrollRun.of(company).order_by("month", "pk")
    assert [one.status for one in runs] == ["paid"] * 23 + ["draft"]
    certificates = (
        IssuedCertificate.of(company).filter(year=2025).values_list("employee", flat=True)
    )
    assert len(set(certificates)) >= 25


def test_the_first_year_is_closed_and_the_second_opens_with_it(books, company):
    """Closed through the acts: what was accrued is back on the next day, the profit is carried, and used."""
    first, second = FiscalYear.of(company).order_by("start")
    closing = YearClosing.standing(company).get()
    _positions, _accounts, year, before = by_hand(books, first.end)
    carried = sum(
        (row[8] - row[7] for row in books if row[4] == "2970" and row[1] <= first.end),
        before + year,
    )
    assert (closing.fiscal_year, closing.result, closing.carried) == (
        first,
        year,
        carried,
    ) and year > 0
    assert {one["state"] for one in closing.findings} == {"ok", "not_applicable"}
    assert sum(1 for one in closing.findings if one["accepted"]) >= 5
    assert set(Period.of(company).filter(fiscal_year=first).values_list("lock", flat=True)) == {
        "locked"
    }
    accruals = YearAccrual.of(company).select_related("entry", "reversal")
    assert {(one.entry.date, one.reversal.date) for one in accruals} == {(first.end, second.start)}
    used = Appropriation.of(company).get()
    assert used.statutory > 0 and used.dividend > 0 and used.used < closing.carried
    sheet = account_sheet(
        company, Account.of(company).get(number="2970"), start=second.start, end=second.end
    )
    assert -sheet.opening == closing.carried
    sums = account_sums(company, year=second, until=second.end)
    assert -sums[sheet.account.pk].closing == closing.carried - used.used - before - year
    cols = statements.columns(company, until=second.end)
    found = statements.balance_sheet(company, cols, language="de")
    assert found.result[1] == closing.result, "beside the year before"
    assert found.figure("A-total") and {
        row.figures[1] for row in found.rows if row.code == "A-total"
    } != {0}


def test_the_proof_of_the_books_holds(company):
    verdict = verify_ledger(company)
    assert verdict.sound and verdict.entries >= 1500


#: What the tour of the manual says of the demo company: where, and what stands there.
TOLD = [
    ("contacts", "?q=seeblick", ["1002", "Hotel Seeblick AG", "Flüelen"]),
    ("balance-sheet", "?until=31.12.2025", ["796’782.61"]),
    ("income-statement", "?until=31.12.2025", ["354’106.93"]),
    ("reconcile-home", "", ["13’416.51", "2026-426"]),
    ("inbox", "", ["40078"]),
    ("vat-returns", "", ["38’657.31"]),
    ("year-ends", "", ["354’106.93"]),
]


@pytest.mark.parametrize(("screen", "query", "figures"), TOLD, ids=[one[0] for one in TOLD])
def test_the_tour_tells_the_truth(screen, query, figures, books, company, django_db_blocker):
    """Whatever stands in the first hour of the manual, in each language, stands on the page it speaks of."""
    reader = Client()
    with django_db_blocker.unblock():
        reader.force_login(make.owner_of(company))
        shown = reader.get(reverse(screen, args=[company.pk]) + query, follow=True)
    page = shown.content.decode()
    for figure in figures:
        assert figure in page, figure
        for language in LANGUAGES:
            assert figure in source_of("tour", language).read_text(encoding="utf-8"), language
    assert screen in texts.page("tour", "de").screens


def test_what_the_tour_books_comes_out_as_it_says(company):
    """Printer paper for 108.10 on 6500, and two hours of advice."""
    office = Account.of(company).select_related("vat_code").get(number="6500")
    assert office.vat_code.code == "IN"
    assert tax_in_gross(Decimal("108.10"), rate=Decimal("8.1")) == Decimal("8.10")
    assert tax_on_net(Decimal("300.00"), rate=Decimal("8.1")) == Decimal("24.30")
    with operating("alpenholz") as access:
        may = PayrollRun.of(access.company).filter(month=dt.date(2026, 5, 1))
        counts = sorted(Payslip.of(access.company).filter(run=run).count() for run in may)
    assert len(counts) == 2 and counts[0] == 3


def test_what_the_tour_bills_comes_to_what_it_says(company):
    with operating("alpenholz") as access:
        customer = Contact.of(access.company).get(number=1001)
        income = Account.of(access.company).select_related("vat_code").get(number="3400")
        line = TypedItem(text="Beratung", quantity=Decimal(2), price=Decimal(150), account="3400",
                         vat_code=income.vat_code.code)  # fmt: skip
        typed = TypedDocument(kind="invoice", contact=customer.pk, date=dt.date(2026, 11, 20), basis="net",
                              lines=(line,))  # fmt: skip
        drawn = drafting.save(company=access.company, typed=typed, by=access.user)
        assert (customer.name, income.vat_code.code, drawn.payable) == (
            "Sägerei Brunner GmbH", "UN", Decimal("324.30")
        )  # fmt: skip
        transaction.set_rollback(True)
    for language in LANGUAGES:
        told = source_of("tour", language).read_text(encoding="utf-8")
        assert "`brunner`" in told and "`3400`" in told and "324.30" in told


def test_the_bill_that_the_tour_captures_reads_as_it_says(books, company):
    row = InboxDocument.of(company).get(name="Rechnung 40078.pdf")
    found = keeping.restored(keeping.kept(scan(content_of(row.file))), countries=countries_in_use())
    ((_page, read),) = found.bills
    assert (read.bill.creditor.name, read.bill.amount) == ("Stadtwerke Altdorf", Decimal("162.15"))
    for language in LANGUAGES:
        told = source_of("tour", language).read_text(encoding="utf-8")
        assert "Stadtwerke Altdorf" in told and "162.15" in told
