"""A run from its begin to its entry."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.ledger.models import EntryLine
from payroll.runs.models import Payslip
from tests.payroll.runs import books

pytestmark = pytest.mark.django_db


def balances(company):
    found = {}
    for line in EntryLine.of(company).select_related("account"):
        number = line.account.number
        found[number] = found.get(number, Decimal(0)) + line.debit - line.credit
    return {number: str(amount) for number, amount in sorted(found.items())}


def test_the_payslip_p1_is_posted_to_the_rappen():
    company = books.company()
    books.p1(company)
    run = books.posted(company)
    slip = Payslip.of(company).get().content.slip
    print(slip)
    assert (slip.gross, slip.payout) == (Decimal("6715.00"), Decimal("5940.15"))
    assert balances(company) == {
        "1091": "-5940.15", "2271": "-708.80", "2272": "-483.70", "2273": "-89.05",
        "2274": "-78.00", "5000": "6500.00", "5700": "429.80", "5710": "78.00",
        "5720": "241.85", "5730": "11.05", "5740": "39.00",
    }  # fmt: skip
    assert (run.number, run.status) == (1, "posted")
