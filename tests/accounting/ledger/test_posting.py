"""Posting: what gets into the books, and what does not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from accounting.ledger import chain
from accounting.ledger.balances import account_sums
from accounting.ledger.errors import (
    AlreadyReversed,
    NoOpenYear,
    NotADraft,
    PeriodLocked,
    TextMissing,
)
from accounting.ledger.lines import (
    AccountBlocked,
    BadLineAmount,
    CostCentreMissing,
    TooFewLines,
    UnbalancedEntry,
    WrongCurrency,
    credit,
    debit,
)
from accounting.ledger.models import EntryLine, FiscalYear, JournalEntry, Period
from accounting.ledger.posting import post, post_draft, reverse, write_draft
from accounting.ledger.verifying import verify_ledger
from accounting.ledger.years import lock_period
from erp.audit.models import AuditEvent
from tests import make
from tests.make import MARCH_31, chf

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return make.company()


@pytest.fixture
def anna(company):
    return make.owner_of(company)


def balances(company, until=dt.date(2026, 12, 31)):
    year = FiscalYear.of(company).get(start__lte=until, end__gte=until)
    sums = account_sums(company, year=year, until=until)
    numbers = dict(make.Account.of(company).values_list("pk", "number"))
    return {numbers[pk]: s.closing for pk, s in sums.items() if s.closing}


def test_an_entry_gets_a_number_a_link_and_totals(company, anna):
    entry = make.rent(company, by=anna)

    stored = JournalEntry.of(company).get(pk=entry.pk)
    assert (stored.number, stored.chain_position, stored.posted_by) == (1, 1, anna)
    assert bytes(stored.chain_digest) == chain.link(
        b"", position=1, number=1, content=bytes(stored.content_digest)
    )
    assert balances(company) == {"6000": chf("2000.00"), "1020": chf("-2000.00")}
    assert AuditEvent.of(company).filter(action="entry.post", subject_id=entry.pk).count() == 1
    assert verify_ledger(company).sound


def test_a_reversal_undoes_an_entry_and_leaves_both_in_the_journal(company, anna):
    entry = make.rent(company, by=anna)

    reversal = reverse(entry, date=MARCH_31, by=anna)

    assert reversal.reverses == entry
    assert [e.number for e in JournalEntry.of(company).order_by("number")] == [1, 2]
    assert balances(company) == {}
    with pytest.raises(AlreadyReversed):
        reverse(entry, date=MARCH_31, by=anna)
    again = reverse(reversal, date=MARCH_31, by=anna)
    assert balances(company)["6000"] == chf("2000.00")
    assert again.number == 3
    assert verify_ledger(company).sound


def test_an_unbalanced_entry_is_refused_with_both_sums(company, anna):
    lines = [
        debit(make.account(company, "6000"), chf("100.00")),
        credit(make.account(company, "1020"), chf("99.99")),
    ]
    with pytest.raises(UnbalancedEntry) as refusal:
        post(company=company, date=MARCH_31, text="Miete", lines=lines, by=anna)
    assert refusal.value.values == {"debit": chf("100.00"), "credit": chf("99.99")}
    assert not JournalEntry.of(company).exists()


@pytest.mark.parametrize(
    ("date", "refusal"),
    [(dt.date(2025, 12, 31), NoOpenYear), (dt.date(2027, 1, 1), NoOpenYear)],
)
def test_a_date_outside_the_years_is_refused(company, anna, date, refusal):
    with pytest.raises(refusal):
        make.rent(company, date=date, by=anna)


@pytest.mark.parametrize("amount", ["-5.00", "0.00", "0.001", "10000000000000.00", "NaN"])
def test_impossible_amounts_are_refused(company, anna, amount):
    rent, bank = make.account(company, "6000"), make.account(company, "1020")
    lines = [debit(rent, Decimal(amount)), credit(bank, Decimal(amount))]
    with pytest.raises((BadLineAmount, UnbalancedEntry, make_refusals())):
        post(company=company, date=MARCH_31, text="Miete", lines=lines, by=anna)


def make_refusals():
    from erp.core.errors import Refusals

    return Refusals


def test_one_line_and_no_text_are_refused(company, anna):
    bank = make.account(company, "1020")
    with pytest.raises(TooFewLines):
        post(company=company, date=MARCH_31, text="x", lines=[debit(bank, chf("1.00"))], by=anna)
    with pytest.raises(TextMissing):
        make_text_missing(company, anna)


def make_text_missing(company, anna):
    bank, cash = make.account(company, "1020"), make.account(company, "1000")
    post(company=company, date=MARCH_31, text="  ", by=anna,
         lines=[debit(bank, chf("1.00")), credit(cash, chf("1.00"))])  # fmt: skip


def test_account_settings_are_obeyed(company, anna):
    rent, bank = make.account(company, "6000"), make.account(company, "1020")
    euro = make.account(company, "1024")
    rent.cost_centre_rule = "must"
    rent.save()
    with pytest.raises(CostCentreMissing):
        make.rent(company, by=anna)
    rent.cost_centre_rule, rent.blocked_from = "may", dt.date(2026, 3, 1)
    rent.save()
    with pytest.raises(AccountBlocked):
        make.rent(company, by=anna)
    with pytest.raises(WrongCurrency):
        post(company=company, date=MARCH_31, text="Euro", by=anna,
             lines=[debit(euro, chf("9.40")), credit(bank, chf("9.40"))])  # fmt: skip
    entry = post(
        company=company, date=MARCH_31, text="Euro", by=anna,
        lines=[debit(euro, chf("9.40"), currency="EUR", amount_foreign=chf("10.00")),
               credit(bank, chf("9.40"))],
    )  # fmt: skip
    assert entry.number == 1


def test_a_locked_period_takes_nothing_and_an_opened_one_does(company, anna):
    march = Period.of(company).get(start=dt.date(2026, 3, 1))
    lock_period(company=company, period=march, lock="locked", by=anna)
    with pytest.raises(PeriodLocked):
        make.rent(company, by=anna)
    lock_period(company=company, period=march, lock="open", by=anna, reason="Nachtrag")
    assert make.rent(company, by=anna).number == 1


def test_the_database_itself_refuses_a_locked_period(company, anna):
    draft = write_draft(
        company=company, date=MARCH_31, text="Entwurf", by=anna,
        lines=[debit(make.account(company, "6000"), chf("5.00")),
               credit(make.account(company, "1020"), chf("5.00"))],
    )  # fmt: skip
    Period.of(company).filter(start=dt.date(2026, 3, 1)).update(lock="locked")
    with pytest.raises(PeriodLocked):
        from accounting.ledger.lines import line_of
        from accounting.ledger.posting import rows_of, seal

        seal(
            draft, rows_of([line_of(row) for row in draft.lines.order_by("position")]), [], by=anna
        )


def test_a_draft_has_no_number_until_it_is_posted(company, anna):
    draft = write_draft(
        company=company, date=MARCH_31, text="Entwurf", by=anna,
        lines=[debit(make.account(company, "6000"), chf("5.00")),
               credit(make.account(company, "1020"), chf("5.00"))],
    )  # fmt: skip
    assert draft.number is None and balances(company) == {}
    posted = post_draft(draft, by=anna)
    assert posted.number == 1 and balances(company)["6000"] == chf("5.00")
    with pytest.raises(NotADraft):
        post_draft(draft, by=anna)
    assert verify_ledger(company).sound


FORBIDDEN = [
    "UPDATE accounting_journalentry SET text = 'anders' WHERE id = {entry}",
    "UPDATE accounting_journalentry SET number = NULL, posted_at = NULL, posted_by_id = NULL,"
    " chain_position = NULL, content_digest = NULL, chain_digest = NULL WHERE id = {entry}",
    "DELETE FROM accounting_entryline WHERE entry_id = {entry}",
    "UPDATE accounting_entryline SET debit = debit + 1 WHERE entry_id = {entry} AND debit > 0",
    "DELETE FROM accounting_journalentry WHERE id = {entry}",
    "TRUNCATE accounting_entryline",
    "INSERT INTO accounting_entryline (company_id, entry_id, date, position, account_id, debit, credit,"
    " text, currency, vat_part) SELECT company_id, entry_id, date, 9, account_id, 1, 0, '', '', ''"
    " FROM accounting_entryline WHERE entry_id = {entry} LIMIT 1",
    "UPDATE accounting_numberseries SET last = last - 1",
    "DELETE FROM accounting_accounttotal",
    "UPDATE erp_auditevent SET action = 'x'",
    "ALTER TABLE accounting_entryline DISABLE TRIGGER ALL",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_keeps_posted_rows_from_the_program_itself(company, anna, statement):
    """LED-2: by trigger and by missing grant."""
    entry = make.rent(company, by=anna)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(entry=entry.pk))


def test_a_posted_entry_cannot_be_written_past_the_seal(company, anna):
    entry = make.rent(company, by=anna)
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        JournalEntry.unscoped.create(
            company=company, fiscal_year=entry.fiscal_year, date=entry.date, text="x",
            created_by=anna, number=7, posted_at=entry.posted_at, posted_by=anna,
            chain_position=9, content_digest=b"1", chain_digest=b"2",
        )  # fmt: skip
    assert EntryLine.of(company).count() == 2
