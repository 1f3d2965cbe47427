"""A process that is killed at the worst moment leaves nothing half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.ledger.models import EntryLine, JournalEntry
from accounting.ledger.verifying import verify_ledger
from erp.access.gate import operating
from erp.audit.models import AuditEvent
from erp.cockpit.demo import IBAN, statement_xml
from tests import make

ROOT = Path(__file__).resolve().parent.parent.parent.parent
POST = """
import django; django.setup()
from erp.access.gate import operating
from tests import make
with operating("{reference}") as access:
    make.rent(access.company, by=access.user)
"""


@pytest.fixture
def company(committed_db):
    with transaction.atomic():
        company = make.company()
        make.rent(company, amount="1.00")
        save_bank_account(
            BankAccount(company=company, name="Bank", iban=IBAN, currency="CHF",
                        account=make.account(company, "1020")), by=make.owner_of(company),
        )  # fmt: skip
    return company


def run(crash_at, *command):
    url = os.environ["DATABASE_URL"].replace("/rappen?", f"/{connection.settings_dict['NAME']}?")
    told = {**os.environ, "DATABASE_URL": url, "RAPPEN_CRASH_AT": crash_at}
    if not crash_at:
        del told["RAPPEN_CRASH_AT"]
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True)


def state(company):
    with operating(str(company.pk)):
        counts = tuple(
            model.of(company).count()
            for model in (JournalEntry, EntryLine, AuditEvent, Statement, BankTransaction)
        )
        assert verify_ledger(company).sound
    return counts


@pytest.mark.parametrize(
    ("point", "work"),
    [
        ("posting.written", "post"),
        ("posting.sealed", "post"),
        ("import.checked", "journal"),
        ("import.sealed", "journal"),
        ("statement.taken", "statement"),
    ],
)
def test_killed_and_tried_again(company, tmp_path, point, work):
    """Nothing is left of the killed try, and the next one gets the number that follows."""
    import datetime as dt
    from decimal import Decimal

    journal, statement = tmp_path / "journal.csv", tmp_path / "camt053.xml"
    journal.write_text("date;text;debit;credit;amount\n2026-03-31;Miete;6000;1020;5.00\n")
    statement.write_bytes(
        statement_xml(IBAN, Decimal("0.00"), dt.date(2026, 4, 1), [(1, Decimal("5.00"), "A", "B")])
    )
    manage = (sys.executable, "manage.py")
    command = {
        "post": (sys.executable, "-c", POST.format(reference=company.pk)),
        "journal": (*manage, "import_journal", "--company", str(company.pk), str(journal)),
        "statement": (*manage, "import_statement", "--company", str(company.pk), str(statement)),
    }[work]
    before = state(company)
    killed = run(point, *command)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert state(company) == before

    again = run("", *command)
    assert again.returncode == 0, again.stderr
    assert state(company) != before
    if work != "statement":
        with operating(str(company.pk)):
            numbers = JournalEntry.of(company).order_by("number").values_list("number", flat=True)
            assert list(numbers) == [1, 2]
