"""A company car in the ledger: the private share lowers the costs of the car, and is taxed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounting.ledger.models import EntryLine
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.runs import movements
from payroll.runs.models import Payslip, Typed
from tests import make
from tests.payroll.runs import books
from tests.payroll.runs.test_posting import balances
from vat.codes.models import VatSettings

pytestmark = pytest.mark.django_db
D = Decimal


def driving(method):
    """P1 with a car of 50000 francs, for which she pays 100 a month."""
    company = books.company()
    VatSettings.unscoped.update_or_create(
        company=company, valid_from=dt.date(2026, 1, 1), defaults={"method": method}
    )
    who = books.p1(company)
    rows = [Typed(type=1910, rate=D(50000)), Typed(type=5150, amount=D(100))]
    movements.save_person(company=company, employee=who, month=books.NEW_YEAR, rows=rows,
                          by=make.owner_of(company))  # fmt: skip
    run = books.posted(company)
    return company, run


def test_the_private_share_is_taxed_where_the_tax_is_split_off():
    company, run = driving(VatSettings.Method.EFFECTIVE)
    slip = Payslip.of(company).get().content.slip
    assert slip.gross == D("7065.00")  # 6715 + 450 − 100
    found = balances(company)
    # of 450.00 with tax at 8.1 percent
    assert (found["5000"], found["6270"], found["2200"]) == ("6850.00", "-416.28", "-33.72")
    assert found["1091"] == f"{-slip.payout}"
    taxed = EntryLine.of(company).filter(entry=run.entry, vat_code__isnull=False)
    told = {(one.vat_part, one.vat_rate, one.vat_base) for one in taxed}
    assert told == {("B", D("8.10"), D("-416.28")), ("T", D("8.10"), D("-416.28"))}
    one = reconcile(company, 2026, prepared(company, 2026))
    assert [row.number for row in one.accounts if not row.agrees] == []
    assert all(check.agrees for check in one.checks)


def test_nothing_is_split_off_with_net_rates():
    company, run = driving(VatSettings.Method.NET_TAX_RATE)
    assert balances(company)["6270"] == "-450.00"
    (line,) = EntryLine.of(company).filter(entry=run.entry, vat_code__isnull=False)
    assert (line.vat_part, line.vat_base) == ("B", D("-450.00"))


def test_nothing_is_taxed_without_vat():
    company, run = driving(VatSettings.Method.NOT_LIABLE)
    assert balances(company)["6270"] == "-450.00"
    assert not EntryLine.of(company).filter(entry=run.entry, vat_code__isnull=False).exists()
