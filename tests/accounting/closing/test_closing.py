"""Closing a year: what is in the way, what is kept, what the database refuses, and reopening."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils.translation import override

from accounting.closing import closing
from accounting.closing.asking import standings
from accounting.closing.comparing import changes, closings_of
from accounting.closing.errors import (
    AlreadyClosed,
    CheckBlocks,
    CheckOpen,
    LaterYearClosed,
    MayNotSee,
    NotClosed,
    NothingToAccept,
    ReasonMissing,
)
from accounting.closing.noting import accept, withdraw
from accounting.closing.proving import proof
from accounting.ledger import charting, posting, years
from accounting.ledger.errors import PeriodLocked
from accounting.ledger.models import Account, LedgerHead, Period, YearClosing
from accounting.ledger.queries import account_sheet
from accounting.ledger.year_end import State
from accounting.ledger.years import YearIsClosed
from accounting.statements import statements
from erp.audit.models import AuditEvent
from erp.core import clock
from erp.core.errors import Refusals
from tests import make
from tests.accounting.closing import books

pytestmark = pytest.mark.django_db
JAN_1 = dt.date(2026, 1, 1)


def close(company, year):
    books.accept_all(company, year)
    return closing.close_year(company=company, year=year, by=make.owner_of(company))


def state(company, year, code):
    return next(one for one in standings(company, year) if one.check.code == code)


def test_all_that_is_in_the_way_is_told_at_once():
    company, year = books.of_2025()
    posting.write_draft(
        company=company, date=books.LAST, text="Entwurf", by=make.owner_of(company), lines=[]
    )
    with pytest.raises(Refusals) as told:
        closing.close_year(company=company, year=year, by=make.owner_of(company))
    kinds = {type(one) for one in told.value.refusals}
    assert kinds == {CheckBlocks, CheckOpen}
    assert any("1 " in str(one) and "Entw" in str(one) for one in told.value.refusals)
    assert not YearClosing.of(company).exists()
    running = books.year_of(company, "2026")
    assert state(company, running, "year_over").state == State.BLOCKING
    assert state(company, running, "year_before").state == State.BLOCKING


def test_a_word_holds_as_long_as_the_figures_do():
    company, year = books.of_2025()
    access = books.access_of(company)
    books.enter(company, "1090", "1020", "300.00", books.LAST)
    assert state(company, year, "transit").state == State.OPEN
    with pytest.raises(ReasonMissing):
        accept(access, year, check="transit", text=" ")
    with pytest.raises(NothingToAccept):
        accept(access, year, check="drafts", text="Ist gut")
    with pytest.raises(MayNotSee):
        accept(books.access_of(company, granted=()), year, check="transit", text="Ist gut")
    accept(access, year, check="transit", text="Unterwegs, am 3.1. da")
    assert state(company, year, "transit").is_accepted
    with override("fr"):
        assert state(company, year, "transit").is_accepted
    charting.change_account(
        make.account(company, "1090"), by=make.owner_of(company), number="1095", name_de="Transit"
    )
    assert state(company, year, "transit").is_accepted  # the page behind it has another address
    charting.change_account(make.account(company, "1095"), by=make.owner_of(company), number="1090")
    books.enter(company, "1090", "1020", "50.00", books.LAST)
    lapsed = state(company, year, "transit")
    assert lapsed.has_lapsed and lapsed.state == State.OPEN
    accept(access, year, check="transit", text="Beides unterwegs")
    withdraw(access, year, check="transit")
    assert state(company, year, "transit").state == State.OPEN
    events = AuditEvent.of(company).filter(action__in=["year.accept", "year.withdraw"])
    assert events.count() == 3


def test_the_result_is_carried_and_the_year_is_kept():
    company, year = books.of_2025()
    done = close(company, year)
    assert (done.result, done.carried, done.nth) == (make.chf("30000"), make.chf("30000"), 1)
    assert set(year.periods.values_list("lock", flat=True)) == {Period.Lock.LOCKED}
    bank = next(row for row in done.figures if row["account"] == "1020")
    assert bank["closing"] == "130000.00" and len(done.digest) == 64
    assert {one["code"] for one in done.findings if one["accepted"]} >= {"accruals", "provisions"}
    sheet = account_sheet(company, make.account(company, "2970"), start=JAN_1,
                          end=dt.date(2026, 12, 31))  # fmt: skip
    assert sheet.opening == make.chf("-30000")
    cols = statements.columns(company, until=books.LAST)
    rows = statements.balance_sheet(company, cols, language="de").rows
    assert ("2979 Jahresgewinn oder Jahresverlust", make.chf("30000")) in [
        (row.name, row.figures[0]) for row in rows
    ]
    cols = statements.columns(company, until=dt.date(2026, 3, 31))
    rows = statements.balance_sheet(company, cols, language="de").rows
    assert ("2970 Gewinnvortrag oder Verlustvortrag", make.chf("30000")) in [
        (row.name, row.figures[0]) for row in rows
    ]
    assert list(proof(company)) == []
    with pytest.raises(AlreadyClosed):
        closing.close_year(company=company, year=year, by=make.owner_of(company))


def test_a_sole_proprietor_carries_the_result_to_the_capital():
    company, year = books.of_2025(legal_form="sole")
    done = close(company, year)
    assert (done.result, done.carried) == (make.chf("30000"), make.chf("130000"))
    assert state(company, year, "capital_loss").state == State.NOT_APPLICABLE
    cols = statements.columns(company, until=books.LAST)
    rows = {r.name: r for r in statements.balance_sheet(company, cols, language="de").rows}
    assert rows["2891 Jahresgewinn oder Jahresverlust"].code == "959a-2-3a"


def test_nothing_gets_into_a_closed_year():
    company, year = books.of_2025()
    by = make.owner_of(company)
    draft = posting.write_draft(company=company, date=books.LAST, text="Spät", by=by, lines=[
        posting.Line(make.account(company, "6000"), debit=make.chf("1")),
        posting.Line(make.account(company, "1020"), credit=make.chf("1")),
    ])  # fmt: skip
    posting.delete_draft(draft, by=by)
    close(company, year)
    with pytest.raises(PeriodLocked):
        books.enter(company, "6000", "1020", "1.00", books.LAST)
    period = year.periods.order_by("-start").first()
    for lock in (Period.Lock.OPEN, Period.Lock.CLOSING):
        with pytest.raises(YearIsClosed):
            years.lock_period(company=company, period=period, lock=lock, by=by)
    # What goes past the program meets the database.
    for sql, code in (
        ("UPDATE accounting_period SET lock = 'open' WHERE id = %s", "ledger.year_closed"),
        ("DELETE FROM accounting_period WHERE id = %s", "ledger.year_closed"),
    ):
        with pytest.raises(DatabaseError) as told, transaction.atomic():
            connection.cursor().execute(sql, [period.pk])
        assert code in str(told.value)
    kept = YearClosing.of(company).get()
    with pytest.raises(DatabaseError) as told, transaction.atomic():
        YearClosing.of(company).filter(pk=kept.pk).update(result=0)
    assert "ledger.closing_frozen" in str(told.value)


def test_reopening_says_why_and_the_next_closing_what_changed():
    company, year = books.of_2025()
    by = make.owner_of(company)
    with pytest.raises(NotClosed):
        closing.reopen_year(company=company, year=year, by=by, reason="x")
    first = close(company, year)
    with pytest.raises(ReasonMissing):
        closing.reopen_year(company=company, year=year, by=by, reason=" ")
    closing.reopen_year(company=company, year=year, by=by, reason="Rechnung der Revisionsstelle")
    assert set(year.periods.values_list("lock", flat=True)) == {Period.Lock.CLOSING}
    books.enter(company, "6500", "1020", "1500.00", books.LAST)
    second = close(company, year)
    assert (second.nth, second.result) == (2, make.chf("28500"))
    found = changes(company, year, closings_of(company, year))
    assert found.result == make.chf("-1500") and found.entries.count() == 1
    assert [(one.account, one.difference) for one in found.balances] == [
        ("1020", make.chf("-1500")), ("6500", make.chf("1500")),
    ]  # fmt: skip
    assert YearClosing.of(company).get(pk=first.pk).reason == "Rechnung der Revisionsstelle"
    actions = (
        AuditEvent.of(company).filter(action__startswith="year.").values_list("action", flat=True)
    )
    assert {"year.close", "year.reopen"} <= set(actions)


def test_years_are_reopened_from_the_last_on():
    company, year = books.of_2025()
    by = make.owner_of(company)
    before = years.open_fiscal_year(
        company=company, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31), by=by
    )
    close(company, before)
    close(company, year)
    with pytest.raises(LaterYearClosed):
        closing.reopen_year(company=company, year=before, by=by, reason="Nachtrag")
    with pytest.raises(DatabaseError, match="later_year_closed"), transaction.atomic():
        YearClosing.of(company).filter(fiscal_year=before).update(
            reopened_at=clock.now(), reopened_by=by, reason="Nachtrag"
        )


def test_a_year_is_not_closed_over_one_reopened_meanwhile(monkeypatch):
    """Reopening posts nothing: the head of the chain is the one the checks were asked at."""
    company, year = books.of_2025()
    by = make.owner_of(company)
    before = years.open_fiscal_year(
        company=company, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31), by=by
    )
    close(company, before)
    books.accept_all(company, year)
    asked, head = standings(company, year), LedgerHead.of(company).get().position
    closing.reopen_year(company=company, year=before, by=by, reason="Nachtrag")
    with pytest.raises(CheckBlocks, match="2024"):
        closing.close_checked(company=company, year=year, by=by, found=asked, seen=head)
    monkeypatch.setattr(closing, "require_ready", lambda found: None)
    with pytest.raises(DatabaseError, match="year_before_open"), transaction.atomic():
        closing.close_checked(company=company, year=year, by=by, found=asked, seen=head)


def test_accounts_of_no_statement_and_of_the_result_are_zero():
    company, year = books.of_2025()
    before = years.open_fiscal_year(
        company=company, start=dt.date(2024, 1, 1), end=dt.date(2024, 12, 31),
        by=make.owner_of(company),
    )  # fmt: skip
    books.enter(company, "1020", "9200", "100.00", before.end)
    books.enter(company, "1020", "2979", "5000.00", before.end)
    for code, number, amount in (("suspense", "9200", "-100"), ("result_account", "2979", "-5000")):
        found = state(company, year, code)
        assert found.state == State.BLOCKING and number in found.reason
        assert [one.amount for one in found.evidence] == [make.chf(amount)]
        assert f"/{number}/" in found.finding.link
    assert "2970" in found.reason
    books.enter(company, "2979", "2970", "5000.00", books.LAST)
    assert state(company, year, "result_account").state == State.OK


def test_taxes_of_the_year_are_those_of_the_year():
    company, _year = books.of_2025()
    books.enter(company, "8900", "1020", "700.00", books.LAST)
    books.enter(company, "8900", "1020", "40.00", dt.date(2026, 3, 1))
    following = state(company, books.year_of(company, "2026"), "direct_taxes")
    assert [one.amount for one in following.evidence] == [make.chf("40")]


def test_balances_that_are_not_those_of_the_closing_are_found():
    company, year = books.of_2025()
    close(company, year)
    with connection.cursor() as cursor:  # as only the owner of the database could
        cursor.execute("UPDATE accounting_accounttotal SET debit = debit + 1 WHERE company_id = %s"
                       " AND fiscal_year_id = %s", [company.pk, year.pk])  # fmt: skip
    (broken,) = proof(company)
    assert "2025" in broken.details


def test_a_result_that_is_carried_elsewhere_is_found():
    company, year = books.of_2025()
    books.enter(company, "1020", "2970", "7000.00", books.LAST)
    close(company, year)
    Account.of(company).filter(number="2970").update(purpose="")  # as only the database lets one
    (broken,) = proof(company)
    assert "2025" in broken.details


def test_lost_capital_is_told():
    company, year = books.of_2025()
    books.enter(company, "6500", "1020", "85000.00", books.LAST)  # 45,000 of 100,000 are left
    assert state(company, year, "capital_loss").state == State.OPEN
    books.enter(company, "6500", "1020", "50000.00", books.LAST)
    assert "725b" in state(company, year, "capital_loss").finding.reason
