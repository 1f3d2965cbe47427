"""Posting many in a company that the planner's statistics know nothing of."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import credit, debit
from erp.core.tenancy import open_companies
from tests import make
from tests.make import MARCH_31, chf

COUNT = 600


def rows_read():
    """How many rows of entries and lines this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('accounting_journalentry', 'accounting_entryline')"
        )
        return cursor.fetchone()[0]


@pytest.mark.usefixtures("committed_db")
def test_each_entry_is_read_a_few_times_however_many_there_are():
    for nth in range(2):  # the second time statistics know the first company alone
        company = make.company()
        with transaction.atomic():
            open_companies([company.pk])
            by = make.owner_of(company)
            lines = [debit(make.account(company, "6000"), chf("5.00")),
                     credit(make.account(company, "1020"), chf("5.00"))]  # fmt: skip
            before = rows_read()
            entries = [NewEntry(MARCH_31, f"Miete {n}", lines) for n in range(COUNT)]
            post_many(company=company, entries=entries, by=by)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert rows_read() - before < 40 * COUNT, nth
