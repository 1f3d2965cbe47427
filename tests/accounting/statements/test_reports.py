"""The statements beside an independent adding-up of every line, and the same on each face."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections import defaultdict
from contextlib import contextmanager
from decimal import Decimal

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from accounting.banking import importing
from accounting.ledger import bulk, charting
from accounting.ledger.chart import or_positions
from accounting.ledger.lines import credit, debit
from accounting.ledger.models import (
    Account,
    CostCentre,
    CostObject,
    EntryTemplate,
    FiscalYear,
    JournalEntry,
)
from accounting.ledger.posting import attach, reverse, write_draft
from accounting.ledger.queries import account_sheet
from accounting.ledger.recurring import save_template
from accounting.ledger.years import open_fiscal_year
from accounting.statements.monthly import by_month
from accounting.statements.statements import balance_sheet, columns, income_statement
from accounting.statements.trial_balance import trial_balance
from erp.companies.models import Module
from erp.core import clock
from erp.documents import storing
from erp.urls import endpoints, pages
from tests import make
from tests.accounting.banking import files
from tests.accounting.banking.conftest import bank_account
from tests.erp.test_routes import flat
from tests.examples import of_today
from tests.make import chf

pytestmark = pytest.mark.django_db
D, ZERO = Decimal, Decimal("0.00")
day = dt.date
ACCOUNTS = ["1000", "1020", "1024", "1100", "1500", "2000", "2400", "3200", "3400", "3901", "4200",
            "5000", "6000", "6500", "6800", "6900", "6950", "7000", "8000", "8500", "8900"]  # fmt: skip
RESULTS = {"income", "expense"}


class Books:
    """Random books, with every posted line kept beside the database."""

    def __init__(self, years, *, opening=None, seed=1):
        self.company = make.company(first_year=years[0])
        self.by = make.owner_of(self.company)
        for start, end in years[1:]:
            open_fiscal_year(company=self.company, start=start, end=end, by=self.by)
        self.chance, self.lines = random.Random(seed), []
        self.centres = [
            charting.save_cost_unit(CostCentre(company=self.company), by=self.by, number=number,
                                    name_de=number)
            for number in ("10", "20")
        ]  # fmt: skip
        self.accounts = {a.number: a for a in Account.of(self.company)}
        self.years = list(FiscalYear.of(self.company).order_by("start"))
        if opening:
            self.post(opening, [("1020", "5000.00", ""), ("2800", "", "4000.00"),
                                ("2970", "", "1000.00")], kind="opening")  # fmt: skip

    def post(self, date, rows, *, kind="normal"):
        """Rows are (account, debit, credit); cost centres fall on results by chance."""
        self.post_all([(date, rows)], kind=kind)

    def post_all(self, entries, *, kind="normal"):
        new = []
        for date, rows in entries:
            lines = []
            for number, debited, credited in rows:
                account = self.accounts[number]
                centre = self.chance.choice([None, *self.centres]) if number[0] in "34568" else None
                make_line = debit if debited else credit
                more = {}
                if account.currency:
                    more = {"currency": account.currency, "amount_foreign": D("1.00")}
                lines.append(
                    make_line(account, chf(debited or credited), cost_centre=centre, **more)
                )
                self.lines.append((date, kind, account, D(debited or 0), D(credited or 0), centre))
            new.append(bulk.NewEntry(date, "x", lines, kind=kind))
        bulk.post_many(company=self.company, entries=new, by=self.by)

    def fill(self, count):
        entries = []
        for _ in range(count):
            year = self.chance.choice(self.years)
            date = year.start + dt.timedelta(
                days=self.chance.randrange((year.end - year.start).days + 1)
            )
            amount = f"{self.chance.randint(1, 999999) / 100:.2f}"
            left, right = self.chance.sample(ACCOUNTS, 2)
            entries.append((date, [(left, amount, ""), (right, "", amount)]))
        self.post_all(entries)

    def sums(self, until, centre=None):
        """By account number: opening, debit and credit of the year of ``until``, added up anew."""
        year = next(y for y in self.years if y.contains(until))
        found = defaultdict(lambda: [ZERO, ZERO, ZERO])
        for date, kind, account, debited, credited, its_centre in self.lines:
            if date > until or (centre and its_centre != centre):
                continue
            if date < year.start or kind == "opening":
                found[account.number][0] += debited - credited
            else:
                found[account.number][1] += debited
                found[account.number][2] += credited
        return found

    def closing(self, until, *, of):
        """Closing balance by account of some types."""
        return {
            number: opening + debited - credited
            for number, (opening, debited, credited) in self.sums(until).items()
            if self.accounts[number].type in of
        }


@pytest.fixture
def calendar_books():
    """Two calendar years, the first never closed; drafts and a reversal among them."""
    years = [(day(2025, 1, 1), day(2025, 12, 31)), (day(2026, 1, 1), day(2026, 12, 31))]
    books = Books(years, opening=day(2025, 1, 1))
    books.fill(250)
    posted = JournalEntry.of(books.company).filter(kind="normal").first()
    reverse(posted, date=day(2026, 5, 31), by=books.by)
    for row in posted.lines.select_related("account", "cost_centre"):
        books.lines.append((day(2026, 5, 31), "reversal", row.account, row.credit, row.debit,
                            row.cost_centre))  # fmt: skip
    write_draft(company=books.company, date=day(2026, 2, 1), text="Entwurf", by=books.by,
                lines=[debit(books.accounts["6000"], chf("77777.77"))])  # fmt: skip
    return books


@pytest.fixture
def shifted_books():
    """A long year to mid-month, a short one, and one from mid-month on."""
    years = [(day(2024, 10, 1), day(2026, 1, 15)), (day(2026, 1, 16), day(2026, 6, 15)),
             (day(2026, 6, 16), day(2027, 6, 15))]  # fmt: skip
    books = Books(years, opening=day(2024, 10, 1), seed=2)
    books.fill(250)
    return books


CALENDAR_DAYS = [
    day(2025, 1, 1), day(2025, 1, 31), day(2025, 2, 28), day(2025, 7, 14), day(2025, 12, 31),
    day(2026, 1, 1), day(2026, 1, 31), day(2026, 3, 15), day(2026, 5, 30), day(2026, 5, 31),
    day(2026, 12, 30), day(2026, 12, 31),
]  # fmt: skip
SHIFTED_DAYS = [
    day(2024, 10, 1), day(2025, 12, 31), day(2026, 1, 14), day(2026, 1, 15), day(2026, 1, 16),
    day(2026, 1, 31), day(2026, 6, 14), day(2026, 6, 15), day(2026, 6, 16), day(2026, 6, 30),
    day(2027, 6, 1), day(2027, 6, 15),
]  # fmt: skip


@pytest.fixture(params=["calendar", "shifted"])
def books(request):
    found = request.getfixturevalue(f"{request.param}_books")
    found.days = CALENDAR_DAYS if request.param == "calendar" else SHIFTED_DAYS
    return found


# The figures


def test_the_trial_balance_is_what_the_lines_add_up_to(books):
    """At month ends, in mid-month, at the edges of years; results carried without any closing."""
    for until in books.days:
        year = next(y for y in books.years if y.contains(until))
        found = trial_balance(books.company, year=year, until=until)
        wanted, carried = {}, ZERO
        for number, (opening, debited, credited) in books.sums(until).items():
            if books.accounts[number].type in RESULTS:
                carried, opening = carried + opening, ZERO
            wanted[number] = [opening, debited, credited]
        wanted.setdefault("2970", [ZERO, ZERO, ZERO])[0] += carried
        assert {r.number: [r.opening, r.debit, r.credit] for r in found.rows} == {
            number: sums for number, sums in wanted.items() if any(sums)
        }, until
        assert found.closing == found.opening == 0 and found.debit == found.credit
        assert [r.number for r in found.rows] == sorted(r.number for r in found.rows)


def test_the_trial_balance_of_a_cost_centre_has_its_lines_only(books):
    for until in books.days:
        year = next(y for y in books.years if y.contains(until))
        for centre in books.centres:
            found = trial_balance(books.company, year=year, until=until, cost_centre=centre.pk)
            assert {r.number: [r.opening, r.debit, r.credit] for r in found.rows} == {
                number: [ZERO, *turnover]
                for number, (_opening, *turnover) in books.sums(until, centre).items()
                if any(turnover)
            }, until


def column_of(statement, nth):
    """Figures of a column by code, accounts apart."""
    return {row.code: row.figures[nth] for row in statement.rows if row.kind != "account"}


def test_the_balance_sheet_is_what_the_lines_add_up_to(books):
    positions = [p for p in or_positions() if p.statement == "balance" and p.kind == "line"]
    for until in books.days:
        cols = columns(books.company, until=until)
        found = balance_sheet(books.company, cols, language="de")
        for nth, col in enumerate(cols):
            shown = column_of(found, nth)
            wanted = defaultdict(lambda: ZERO)
            for number, amount in books.closing(
                col.until, of={"asset", "liability", "equity"}
            ).items():
                wanted[books.accounts[number].or_position] += amount
            for number, (opening, debited, credited) in books.sums(col.until).items():
                if books.accounts[number].type in RESULTS:
                    wanted["959a-2-3f"] += opening
                    wanted["959a-2-3g"] += debited - credited
            for position in positions:
                sign = 1 if position.side == "D" else -1
                assert (shown.get(position.code) or ZERO) == sign * wanted[position.code]
            assets = sum(wanted[p.code] for p in positions if p.side == "D")
            assert shown["A-total"] == shown["P-total"] == assets
            assert shown["P3-total"] == -sum(
                wanted[p.code] for p in positions if p.code.startswith("959a-2-3")
            )
            assert found.result[nth] == -wanted["959a-2-3g"]
        assert found.difference == 0
        no_negative_zero(found)


def test_the_income_statement_is_what_the_lines_add_up_to(books):
    positions = [p for p in or_positions() if p.statement == "income" and p.kind == "line"]
    for until in books.days:
        cols = columns(books.company, until=until)
        for centre in (None, *books.centres):
            found = income_statement(books.company, cols, language="de",
                                     cost_centre=centre and centre.pk)  # fmt: skip
            for nth, col in enumerate(cols):
                wanted = defaultdict(lambda: ZERO)
                for number, (_opening, debited, credited) in books.sums(col.until, centre).items():
                    if books.accounts[number].type in RESULTS:
                        wanted[books.accounts[number].or_position] += credited - debited
                shown = column_of(found, nth)
                for position in positions:
                    assert (shown.get(position.code) or ZERO) == wanted[position.code], until
                first = ("959b-2-1", "959b-2-2", "959b-2-3")
                assert shown["E1"] == sum(wanted[code] for code in first)
                assert shown["959b-2-11"] == found.result[nth] == sum(wanted.values())
            no_negative_zero(found)


def no_negative_zero(statement):
    for row in statement.rows:
        assert not [f for f in row.figures if f is not None and not f and f.is_signed()], row


@pytest.mark.parametrize(
    ("until", "before"),
    [
        (day(2026, 12, 31), day(2025, 12, 31)), (day(2026, 5, 20), day(2025, 5, 20)),
        (day(2026, 2, 28), day(2025, 2, 28)), (day(2025, 6, 30), day(2024, 6, 30)),
        (day(2024, 2, 29), None), (day(2025, 2, 28), day(2024, 2, 29)),
    ],
)  # fmt: skip
def test_beside_a_day_stands_the_same_day_of_the_year_before(until, before):
    company = make.company(first_year=(day(2024, 1, 1), day(2024, 12, 31)))
    for year in (2025, 2026):
        open_fiscal_year(company=company, start=day(year, 1, 1), end=day(year, 12, 31),
                         by=make.owner_of(company))  # fmt: skip
    cols = columns(company, until=until)
    assert [c.until for c in cols] == [d for d in (until, before) if d]
    assert columns(company, until=day(2030, 1, 1)) == []
    assert len(columns(company, until=until, previous=False)) == 1


def test_an_incomplete_opening_shows_on_the_opening_account():
    books = Books([make.YEAR])
    books.post(day(2026, 1, 1), [("1020", "500.00", ""), ("9100", "", "500.00")], kind="opening")
    cols = columns(books.company, until=day(2026, 12, 31))
    found = balance_sheet(books.company, cols, language="de")
    assert found.difference == D("-500.00")
    assert (found.figure("A-total"), found.figure("P-total")) == (D("500.00"), ZERO)
    books.post(day(2026, 1, 1), [("9100", "500.00", ""), ("2800", "", "500.00")], kind="opening")
    found = balance_sheet(books.company, cols, language="de")
    assert (found.difference, found.figure("P-total")) == (ZERO, D("500.00"))


def test_the_database_keeps_accounts_from_standing_nowhere():
    """An account without a place would make assets and liabilities differ in silence."""
    books = Books([make.YEAR])
    with pytest.raises(IntegrityError, match="stands_in_a_statement"), transaction.atomic():
        Account.of(books.company).filter(number="1000").update(or_position="")


@pytest.mark.parametrize("language", ["de", "fr", "it", "en"])
def test_the_rows_speak_the_readers_language(calendar_books, language):
    cols = columns(calendar_books.company, until=day(2026, 12, 31))
    found = balance_sheet(calendar_books.company, cols, language=language)
    names = {row.code: row.name for row in found.rows if row.kind != "account"}
    assert all(names[p.code] == p.name_in(language) for p in or_positions() if p.code in names)
    assert names["A"] == {"de": "Aktiven", "fr": "Actifs", "it": "Attivi", "en": "Assets"}[language]


def test_the_account_sheet_runs_from_the_opening_to_the_closing_balance(books):
    for number in ("1020", "6000", "2970"):
        account = books.accounts[number]
        for until in books.days:
            year = next(y for y in books.years if y.contains(until))
            start = max(year.start, until - dt.timedelta(days=40))
            sheet = account_sheet(books.company, account, start=start, end=until)
            mine = sorted(
                (date, debited, credited)
                for date, _kind, its_account, debited, credited, _centre in books.lines
                if its_account == account
            )
            from_start = year.start if account.type in RESULTS else day(1900, 1, 1)
            opening = sum((d - c for date, d, c in mine if from_start <= date < start), ZERO)
            if number == "2970":  # what earlier years brought stands carried forward
                opening += sum((d - c for date, _kind, a, d, c, _centre in books.lines
                                if a.type in RESULTS and date < year.start), ZERO)  # fmt: skip
            within = [row for row in mine if start <= row[0] <= until]
            assert sheet.opening == opening, (number, start)
            assert sorted((r.date, r.debit, r.credit) for r in sheet.rows) == within
            balance = opening
            for row in sheet.rows:
                balance += row.debit - row.credit
                assert row.balance == balance
            assert sheet.closing == balance and sheet.complete


def test_the_months_of_the_charts(calendar_books):
    liquid = {n for n, a in calendar_books.accounts.items() if a.or_position == "959a-1-1a"}
    for month in by_month(calendar_books.company, last=day(2026, 6, 10), count=9):
        lines = [(a, d - c) for date, _k, a, d, c, _z in calendar_books.lines
                 if date.replace(day=1) == month.month]  # fmt: skip
        assert month.income == -sum(x for a, x in lines if a.type == "income")
        assert month.expense == sum(x for a, x in lines if a.type == "expense")
        assert month.liquidity == sum(
            d - c for date, _k, a, d, c, _z in calendar_books.lines
            if a.number in liquid and date.replace(day=1) <= month.month
        )  # fmt: skip


# The faces


def figure(text):
    """A figure as a page shows it; nothing counts as zero."""
    bare = text.strip().replace("’", "").replace("\u2212", "-")
    return D(bare) if bare else ZERO


def grid_of(content):
    """The rows of a page's table: cells as text, body and foot."""
    (grid,) = html.fromstring(content).xpath("//table[contains(@class, 'grid')]")
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in grid.xpath(".//tbody/tr | .//tfoot/tr")
    ]


def faces(client, address):
    """The same report as page, CSV and XLSX, each as rows of cells."""
    page = grid_of(client.get(address).content)
    joined = address + ("&" if "?" in address else "?") + "format="
    text = client.get(joined + "csv").content.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(joined + "xlsx").content)).worksheets[0]
    return (
        page,
        list(csv.reader(io.StringIO(text), delimiter=";"))[1:],
        [list(row) for row in sheet.iter_rows(min_row=5, values_only=True)],
    )


def as_figures(cells):
    return [D(repr(c)) if isinstance(c, (int, float)) else D(c or 0) for c in cells]


@pytest.fixture
def client(calendar_books):
    client = Client()
    client.force_login(calendar_books.by)
    return client


@pytest.mark.parametrize("report", ["balance-sheet", "income-statement"])
@pytest.mark.parametrize("query", ["until=2026-03-15", "until=2025-12-31", "until=2026-12-31"])
def test_a_statement_shows_the_same_on_page_in_csv_and_in_xlsx(
    client, calendar_books, report, query
):
    address = f"/c/{calendar_books.company.pk}/reports/{report}/?{query}"
    page, text, sheet = faces(client, address)
    assert len(page) == len(text) == len(sheet) > 20
    for shown, written, typed in zip(page, text, sheet, strict=True):
        assert shown[0] == written[0].removeprefix("'") == typed[0]
        assert [figure(c) for c in shown[1:]] == as_figures(written[1:]) == as_figures(typed[1:])
    assert not [row for row in text if "-0.00" in row]
    until = day.fromisoformat(query.removeprefix("until="))
    total = [row for row in text if row[0].startswith(("Total Aktiven", "Jahresgewinn"))][-1][1]
    if report == "balance-sheet":
        wanted = sum(calendar_books.closing(until, of={"asset"}).values())
        total = next(row for row in text if row[0] == "Total Aktiven")[1]
    else:
        wanted = -sum(
            d - c for n, (_o, d, c) in calendar_books.sums(until).items()
            if calendar_books.accounts[n].type in RESULTS
        )  # fmt: skip
    assert D(total) == wanted


@pytest.mark.parametrize("query", ["until=2026-03-15", "until=2026-12-31&cost_centre=10"])
def test_the_trial_balance_shows_the_same_on_page_in_csv_and_in_xlsx(client, calendar_books, query):
    address = f"/c/{calendar_books.company.pk}/reports/trial-balance/?{query}"
    page, text, sheet = faces(client, address)
    assert len(page) == len(text) == len(sheet) > 5
    for shown, written, typed in zip(page, text, sheet, strict=True):
        assert shown[0] == f"{written[0]} {written[1]}".strip()
        assert shown[5:6] == written[6:7] == [c or "" for c in typed[6:7]]  # the currency
        assert [figure(c) for c in shown[1:5] + shown[6:]] == as_figures(written[2:6] + written[7:])
        assert as_figures(written[2:6] + written[7:]) == as_figures([*typed[2:6], *typed[7:]])


def test_the_account_sheet_shows_the_same_on_page_in_csv_and_in_xlsx(client, calendar_books):
    address = (
        f"/c/{calendar_books.company.pk}/ledger/accounts/1020/?from=2026-02-10&until=2026-05-31"
    )
    page, text, sheet = faces(client, address)
    assert len(page) == len(text) == len(sheet) > 5
    for shown, written, typed in zip(page, text, sheet, strict=True):
        assert day.fromisoformat(written[0]) == typed[0].date()
        assert shown[0] == f"{typed[0]:%d.%m.%Y}"
        figures = [figure(c) for c in shown[-3:]]
        assert figures == as_figures(written[-3:]) == as_figures(typed[-3:])


def test_the_endpoints_give_the_figures_of_the_pages(client, calendar_books):
    start = f"/api/v1/companies/{calendar_books.company.pk}/reports"
    for report in ("balance-sheet", "income-statement"):
        told = client.get(f"{start}/{report}/?until=2026-03-15").json()
        page = grid_of(
            client.get(f"/c/{calendar_books.company.pk}/reports/{report}/?until=2026-03-15").content
        )
        assert [[row["name"], *(D(f or 0) for f in row["figures"])] for row in told["rows"]] == [
            [row[0], *(figure(c) for c in row[1:])] for row in page
        ]
        assert "-0.00" not in str(told) and told["days"] == ["2026-03-15", "2025-03-15"]
    told = client.get(f"{start}/trial-balance/?until=2026-03-15").json()
    assert {r["number"]: D(r["closing"]) for r in told["rows"]}["1020"] == sum(
        calendar_books.closing(day(2026, 3, 15), of={"asset"})[n] for n in ["1020"]
    )
    missing = client.get(f"{start}/trial-balance/?until=2031-01-01")
    assert (missing.status_code, missing.json()["code"]) == (422, "ledger.no_open_year")
    assert client.get(f"{start}/trial-balance/?until=gestern").status_code == 400


def test_a_report_without_the_right_to_export_is_a_page_only(calendar_books):
    reader = make.user(company=calendar_books.company, granted=["ledger.read"])
    client = Client()
    client.force_login(reader)
    for report in ("balance-sheet", "income-statement", "trial-balance"):
        address = f"/c/{calendar_books.company.pk}/reports/{report}/"
        assert client.get(address).status_code == 200
        assert client.get(address + "?format=csv").status_code == 403


# The cost


def test_no_page_or_list_asks_more_of_the_database_when_there_is_more():
    """Every page and list endpoint that needs no number, and the pages of one account and entry."""
    books = Books([make.YEAR])
    client = Client()
    client.force_login(books.by)
    grow(books, 2)
    entry = JournalEntry.of(books.company).filter(number=1).get()
    start = f"{books.company.pk}/"
    bank_account(books.company)
    take_in(books, 2)
    addresses = [
        *lists_of(books.company),
        f"/c/{start}ledger/accounts/1020/", f"/c/{start}ledger/entries/{entry.pk}/",
        f"/api/v1/companies/{start}accounts/1020/sheet/?from=2026-01-01&until=2026-12-31",
    ]  # fmt: skip
    with clock.at(dt.datetime(2026, 6, 30, 12, tzinfo=dt.UTC)):
        client.force_login(books.by)
        with everything_on(books.company):
            # What wants a span, or is only sent to, answers nothing to a bare request.
            addresses = [one for one in of_today(addresses) if client.get(one).status_code == 200]
            few = {address: queries(client, address) for address in addresses}
        grow(books, 40)
        take_in(books, 40)
        with everything_on(books.company):
            many = {address: queries(client, address) for address in addresses}
    assert len(few) > 25
    assert {a: (few[a], many[a]) for a in addresses if many[a] > few[a]} == {}
    assert max(many.values()) < 60  # the sample invoice writes a draft, and takes it back


def test_an_entry_of_many_lines_costs_what_one_of_two_does():
    books = Books([make.YEAR])
    client = Client()
    client.force_login(books.by)
    rows = [(number, "1.00", "") for number in ACCOUNTS if number[0] in "456"]
    asked = []
    for debits in (rows[:1], rows * 5):
        books.post(day(2026, 3, 31), [*debits, ("1020", "", f"{len(debits)}.00")])
        entry = JournalEntry.of(books.company).latest("number")
        asked.append(
            [queries(client, f"/{place}/{entry.pk}/") for place in (
                f"c/{books.company.pk}/ledger/entries",
                f"api/v1/companies/{books.company.pk}/journal-entries",
            )]
        )  # fmt: skip
    assert asked[0] == asked[1]


@contextmanager
def everything_on(company):
    """All modules for a while; with debtors on, nobody posts to their account by hand."""
    before, company.modules = company.modules, list(Module.values)
    company.save()
    yield
    company.modules = before
    company.save()


def lists_of(company):
    found = []
    for start, patterns in (("c", pages), ("api/v1/companies", endpoints)):
        for prefix, pattern in flat(patterns):
            if pattern.name in {"recurring-add", "api-exchange-rate"}:  # ask for an entry, a day
                continue
            if not pattern.pattern.converters and not pattern.pattern.regex.groups:
                found.append(f"/{start}/{company.pk}/{prefix}{plain(pattern)}")
    return found


def plain(pattern):
    return str(pattern.pattern).strip("^$").replace("\\Z", "")


def queries(client, address):
    client.get(address)  # what is kept between requests is kept now
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code in {200, 302, 405}, (address, response.status_code)
    return len(asked)


def take_in(books, count):
    """Bank statements, each with a transaction."""
    statements = [
        files.statement(files.paid(f"{nth}.00", "Kundin", ref=f"R{count}-{nth}"),
                        ident=f"S{count}-{nth}")
        for nth in range(1, count + 1)
    ]  # fmt: skip
    importing.take_in(company=books.company, content=files.camt(*statements), by=books.by)


def grow(books, count):
    """More of everything: entries with vouchers, drafts, accounts, cost units, templates, people."""
    company, by = books.company, books.by
    books.fill(count)
    used = Account.of(company).count() + CostObject.of(company).count()
    file = storing.store(company=company, name="b.pdf", content=b"%PDF-1.7", by=by)
    for entry in JournalEntry.of(company).exclude(number=None):
        attach(entry, [file])
    for nth in range(used, used + count):
        charting.add_account(company=company, by=by, number=f"X{nth}", name_de=f"Konto {nth}",
                             type="asset", or_position="959a-1-1a", group_number="100")  # fmt: skip
        for kind in (CostCentre, CostObject):
            charting.save_cost_unit(kind(company=company), by=by, number=f"X{nth}", name_de="x")
        write_draft(company=company, date=day(2026, 2, 1), text="Entwurf", by=by,
                    lines=[debit(books.accounts["6000"], chf("5.00"))])  # fmt: skip
        save_template(
            EntryTemplate(company=company, name=f"Vorlage {nth}", rhythm="month",
                          next_date=day(2026, 6, 1)),
            by=by, content={"text": "x", "lines": []},
        )  # fmt: skip
        make.user(company=company, granted=["ledger.read"])
    for nth in range(count // 10):
        open_fiscal_year(company=company, start=day(2030 + nth, 1, 1), end=day(2030 + nth, 12, 31),
                         by=by)  # fmt: skip
