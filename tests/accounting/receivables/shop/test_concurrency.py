"""Documents get their numbers at once: real connections, real commits, real locks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from accounting.receivables.numbering import give_number
from tests import make
from tests.accounting.ledger.test_concurrency import at_once, at_the_desk

pytestmark = pytest.mark.usefixtures("committed_db")
DAY = dt.date(2026, 6, 1)


def test_numbers_given_at_once_are_different_and_have_no_gap(committed_db):
    with transaction.atomic():
        company = make.company()
    given = []

    def give():
        for _ in range(5):
            with at_the_desk(company):
                given.append(give_number(company=company, kind="invoice", date=DAY))

    assert at_once(*[give] * 4) == [None] * 4
    assert sorted(given) == [f"RE-2026-{nth:05}" for nth in range(1, 21)]
