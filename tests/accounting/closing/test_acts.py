"""Accruals, the use of the profit, the cash flow statement, notes and the annual accounts."""

from __future__ import annotations

import datetime as dt
import io
import json

import pikepdf
import pypdfium2
import pytest

from accounting.archive.reports import closing as archived
from accounting.closing import accruing, appropriating
from accounting.closing.accruing import (
    AmountNotPositive,
    NoResultAccount,
    UndoneAlready,
    WrongAccrualPlace,
)
from accounting.closing.appropriating import (
    AccountMissing,
    DecidedTooEarly,
    MoreThanThereIs,
    NothingToDecide,
    ReserveTooSmall,
    UsedAlready,
)
from accounting.closing.closing import close_year, reopen_year
from accounting.closing.errors import NotClosed
from accounting.closing.guarding import StaysUndone, UndoneTogether
from accounting.closing.notes import NoSuchNote, kinds, notes_of, write_note
from accounting.closing.report import annual_report
from accounting.ledger import posting
from accounting.ledger.balances import account_sums
from accounting.ledger.charting import change_account
from accounting.ledger.errors import NoOpenYear
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.years import YearIsClosed, open_fiscal_year
from accounting.statements import statements
from accounting.statements.cash_flow import cash_flow, flow_lines
from erp.layouts.saving import save_layout
from tests import make
from tests.accounting.closing import books
from tests.make import chf

pytestmark = pytest.mark.django_db
JUNE = dt.date(2026, 6, 15)


def closed(**more):
    company, year = books.of_2025(**more)
    books.accept_all(company, year)
    close_year(company=company, year=year, by=make.owner_of(company))
    return company, year


def accrue(company, year, kind="prepaid_expense", account="6000", amount="1500.00", **more):
    return accruing.accrue(
        company=company, year=year, kind=kind, account=make.account(company, account),
        amount=chf(amount), text="Miete Januar", by=make.owner_of(company), **more,
    )  # fmt: skip


def closing_of(company, number, year):
    sums = account_sums(company, year=year, until=year.end)
    own = sums.get(make.account(company, number).pk)
    return own.closing if own else chf("0")


@pytest.mark.parametrize(
    ("kind", "account", "holding", "sign"),
    [
        ("prepaid_expense", "6000", "1300", 1), ("accrued_income", "3400", "1301", 1),
        ("accrued_expense", "6500", "2300", -1), ("deferred_income", "3400", "2301", -1),
    ],
)  # fmt: skip
def test_each_kind_has_its_side_and_is_back_on_new_year(kind, account, holding, sign):
    company, year = books.of_2025()
    before = closing_of(company, account, year)
    made = accrue(company, year, kind, account)
    assert made.balance_account.number == holding
    assert (made.entry.date, made.reversal.date) == (books.LAST, dt.date(2026, 1, 1))
    assert closing_of(company, holding, year) == sign * chf("1500")
    assert closing_of(company, account, year) - before == -sign * chf("1500")
    following = books.year_of(company, "2026")
    assert closing_of(company, holding, following) == chf("0")
    assert accrue(company, year, kind, account).balance_account.number == holding


def test_both_entries_go_together():
    company, year = books.of_2025()
    by = make.owner_of(company)
    made = accrue(company, year)
    for entry in (made.entry, made.reversal):
        with pytest.raises(UndoneTogether):
            posting.reverse(entry, date=entry.date, by=by)
    accruing.undo_accrual(made, by=by)
    assert closing_of(company, "1300", year) == chf("0")
    assert closing_of(company, "6000", books.year_of(company, "2026")) == chf("20000")
    with pytest.raises(UndoneAlready):
        accruing.undo_accrual(made, by=by)
    for mirror in JournalEntry.of(company).filter(reverses__in=[made.entry, made.reversal]):
        with pytest.raises(StaysUndone):  # or half of it would be back
            posting.reverse(mirror, date=mirror.date, by=by)


def test_what_cannot_be_accrued_is_refused_whole():
    company, year = books.of_2025()
    with pytest.raises(NoResultAccount):
        accrue(company, year, account="1020")
    with pytest.raises(AmountNotPositive):
        accrue(company, year, amount="0.00")
    with pytest.raises(WrongAccrualPlace, match="1300"):
        accrue(company, year, balance_account=make.account(company, "2300"))
    last = books.year_of(company, "2026")
    with pytest.raises(NoOpenYear):  # the next year is not open, and the first entry goes, too
        accrue(company, last)
    assert closing_of(company, "1300", last) == chf("0")


def test_the_profit_is_used_as_the_meeting_decided():
    company, year = closed()
    found = appropriating.proposal(company, year)
    assert (found.available, found.statutory) == (chf("30000"), chf("1500.00"))
    by = make.owner_of(company)
    wish = {"company": company, "year": year, "decided_on": JUNE, "by": by,
            "statutory_account": make.account(company, "2950"),
            "dividend_account": make.account(company, "2261")}  # fmt: skip
    for refusal, told in (
        (ReserveTooSmall, {"statutory": chf("1499.95"), "dividend": chf("1000")}),
        (MoreThanThereIs, {"statutory": chf("1500"), "dividend": chf("28500.05")}),
        (DecidedTooEarly, {"decided_on": books.LAST}),
        (
            AccountMissing,
            {"statutory": chf("1500"), "dividend": chf("1"), "dividend_account": None},
        ),
    ):
        with pytest.raises(refusal):
            appropriating.appropriate(**wish | told)
    used = appropriating.appropriate(**wish, statutory=chf("1500"), dividend=chf("20000"))
    following = books.year_of(company, "2026")
    assert closing_of(company, "2950", following) == chf("-1500")
    assert closing_of(company, "2261", following) == chf("-20000")
    assert closing_of(company, "2970", following) == chf(
        "21500"
    )  # 30,000 are carried by themselves
    with pytest.raises(UsedAlready):
        appropriating.appropriate(**wish)
    with pytest.raises(UndoneTogether):
        posting.reverse(used.entry, date=JUNE, by=by)
    appropriating.undo_appropriation(company=company, year=year, by=by)
    assert closing_of(company, "2970", following) == chf("0")
    assert appropriating.used_of(company, year) is None


def test_a_profit_is_used_once():
    company, year = books.of_2025()
    by = make.owner_of(company)
    before = open_fiscal_year(
        company=company, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31), by=by
    )
    books.enter(company, "1020", "3400", "10000.00", before.end)
    for one in (before, year):
        books.accept_all(company, one)
        close_year(company=company, year=one, by=by)
    wish = {"company": company, "decided_on": JUNE, "by": by,
            "statutory_account": make.account(company, "2950"),
            "dividend_account": make.account(company, "2261")}  # fmt: skip
    appropriating.appropriate(**wish, year=before, statutory=chf("500"), dividend=chf("9000"))
    found = appropriating.proposal(company, year)
    assert (found.before, found.available) == (chf("500"), chf("30500"))
    with pytest.raises(MoreThanThereIs):
        appropriating.appropriate(**wish, year=year, statutory=chf("1500"), dividend=chf("29001"))
    appropriating.undo_appropriation(company=company, year=before, by=by)
    appropriating.appropriate(**wish, year=year, statutory=chf("1500"), dividend=chf("38500"))
    with pytest.raises(UsedAlready, match="2025"):  # with what 2024 left
        appropriating.appropriate(**wish, year=before, statutory=chf("500"), dividend=chf("1"))
    with pytest.raises(UsedAlready):
        reopen_year(company=company, year=year, by=by, reason="Nachtrag")


def test_a_reserve_takes_no_more_than_it_lacks():
    company, year = books.of_2025()
    books.enter(company, "1020", "2950", "49500.00", dt.date(2025, 1, 1))  # of half of 100,000
    books.accept_all(company, year)
    with pytest.raises(NotClosed):
        appropriating.proposal(company, year)
    close_year(company=company, year=year, by=make.owner_of(company))
    assert appropriating.proposal(company, year).statutory == chf("500.00")


def test_the_result_of_a_sole_proprietor_goes_its_way_by_itself():
    company, year = closed(legal_form="sole")
    with pytest.raises(NothingToDecide):
        appropriating.proposal(company, year)


def test_flows_come_to_the_change_in_liquid_funds():
    company, year = books.of_2025()
    books.enter(company, "1500", "1020", "12000.00", dt.date(2025, 3, 1))  # a machine
    books.enter(company, "6800", "1500", "3000.00", books.LAST)  # its depreciation
    books.enter(company, "6500", "2000", "700.00", books.LAST)  # owed
    books.enter(company, "1020", "2400", "25000.00", dt.date(2025, 4, 1))  # a loan
    found = cash_flow(company, [year], language="de")
    rows = {row.code: row.figures[0] for row in found.rows}
    assert rows["result"] == chf("26300") and rows["depreciation"] == chf("3000")
    assert rows["payables"] == chf("700") and rows["operating-total"] == chf("30000")
    assert rows["fixed_assets"] == chf("-12000") and rows["long_debt"] == chf("25000")
    assert rows["change"] == chf("143000") == found.closing[0] - found.opening[0]
    sections = ("operating-total", "investing-total", "financing-total")
    assert sum(rows[one] for one in sections) == rows["change"]


def test_books_taken_over_in_mid_year_flow_from_the_day_they_were():
    """Taken over on 1 July with half a year's income: the result is the year's, the flows are of the rest.

    Since then: 70,000 earned in cash, 8,000 on account, rent 24,000, depreciation 5,000; customers paid
    20,000, a machine cost 12,000. So 54,000 came in, and 80,000 became 134,000.
    """
    company = make.company(modules=["ledger"])
    july = dt.date(2026, 7, 1)
    opened = (("1020", "80000"), ("1100", "20000"), ("1500", "30000"), ("2800", "-100000"),
              ("3400", "-60000"), ("6000", "25000"), ("6800", "5000"))  # fmt: skip
    posting.post(
        company=company, date=july, text="Übernahme", by=make.owner_of(company),
        kind=JournalEntry.Kind.OPENING, lines=[
            posting.Line(make.account(company, number), **{
                "debit" if chf(amount) > 0 else "credit": abs(chf(amount))})
            for number, amount in opened
        ],
    )  # fmt: skip
    for to, of, amount in (
        ("1020", "3400", "70000"),
        ("1100", "3400", "8000"),
        ("6000", "1020", "24000"),
        ("6800", "1500", "5000"),
        ("1020", "1100", "20000"),
        ("1500", "1020", "12000"),
    ):
        books.enter(company, to, of, amount, dt.date(2026, 10, 31))  # fmt: skip
    year = books.year_of(company, "2026")
    found = cash_flow(company, [year], language="de")
    rows = {row.code: row.figures[0] for row in found.rows if row.figures[0] is not None}
    assert {code: rows[code] for code in rows if not code.endswith("-total")} == {
        "result": chf("79000"),  # 30,000 before, 49,000 since
        "taken_over": chf("-30000"), "depreciation": chf("5000"), "receivables": chf("12000"),
        "fixed_assets": chf("-12000"), "change": chf("54000"), "opening": chf("80000"),
        "closing": chf("134000"),
    }  # fmt: skip
    assert (rows["operating-total"], rows["investing-total"]) == (chf("66000"), chf("-12000"))
    cols = statements.columns(company, until=year.end)
    assert statements.income_statement(company, cols, language="de").result[0] == rows["result"]


def test_every_position_of_the_balance_sheet_flows_somewhere():
    positions = {p for line in flow_lines() for p in line.positions}
    used = set(Account.of(make.company()).exclude(or_position="")
            .filter(type__in=["asset", "liability", "equity"]).values_list("or_position", flat=True))  # fmt: skip
    assert used - positions == {"959a-1-1a"}


def test_notes_are_of_a_company_and_a_year():
    company, year = closed()
    with pytest.raises(YearIsClosed):
        write_note(
            company=company, year=year, code="events", text="Keine.", by=make.owner_of(company)
        )
    by = make.owner_of(company)
    reopen_year(company=company, year=year, by=by, reason="Anhang")
    with pytest.raises(NoSuchNote):
        write_note(company=company, year=year, code="weather", text="Sonne", by=by)
    write_note(company=company, year=year, code="events", text="Brand im Lager {company}", by=by)
    write_note(company=company, year=year, code="principles", text="", by=by)
    printed = {note.code: note.text for note in notes_of(company, year) if note.text}
    assert printed["events"] == "Brand im Lager {company}"  # a company's text is no pattern
    assert "principles" not in printed and company.name in printed["company"]
    write_note(company=company, year=year, code="principles", text=None, by=by)
    assert "CHF" in {n.code: n.text for n in notes_of(company, year)}["principles"]
    assert not any(n.is_own for n in notes_of(company, books.year_of(company, "2026")))
    for kind in kinds():
        assert all(kind.titles.values()) and all(kind.texts.values())


def test_the_annual_accounts_are_one_paper():
    company, year = closed()
    signed = annual_report(company, year)
    text = text_of(signed)
    for part in ("Jahresrechnung 2025", "Bilanz", "Erfolgsrechnung", "Geldflussrechnung", "Anhang",
                 "Gewinnverwendung", "30’000.00", "2979 Jahresgewinn", "OR 959c"):  # fmt: skip
        assert part in text
    by = make.owner_of(company)
    for number, values in {"6000": {"name_de": "Umbenannt"}, "1020": {"or_position": "959a-1-1b"},
                           "2979": {"purpose": ""}}.items():  # fmt: skip
        change_account(make.account(company, number), by=by, **values)
    company.name, company.town = "Ganz Anders AG", "Anderswil"
    company.save(update_fields=["name", "town"])
    save_layout(company=company, kind="annual", by=by, font="serif", accent="#8a1c1c")
    assert annual_report(company, year) == signed  # whatever things are called now, and look like
    running = books.year_of(company, "2026")
    report = annual_report(company, running)
    with pikepdf.open(io.BytesIO(report)) as pdf:
        fonts = {str(font.BaseFont) for font in pdf.pages[1].Resources.Font.values()}
    assert fonts and all("Serif" in font for font in fonts)
    draft = text_of(report)
    assert "Entwurf" in draft and "130’000.00" in draft  # beside the year before


def test_the_archive_has_the_accounts_and_the_closings():
    company, year = closed()
    files = archived(company, year)
    assert "Jahresrechnung 2025" in text_of(files["annual_accounts.pdf"])
    (kept,) = json.loads(files["closings.json"])
    assert (kept["nth"], kept["result"], kept["reason"]) == (1, "30000.00", "")
    accepted = {one["code"]: one["accepted"] for one in kept["checks"]}
    assert accepted["accruals"] == "Geprüft" and accepted["drafts"] is None


def text_of(pdf):
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return "\n".join(page.get_textpage().get_text_range() for page in document)
