"""A word on a check lapses when what it was said to changes, also where count or sum are the same; in any language."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from accounting.banking import booking, importing
from accounting.banking.models import BankTransaction
from accounting.banking.year_end import all_booked, bank_agrees
from accounting.ledger.entering import TypedLine
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.queries import year_of
from accounting.open_items.year_end import control_agrees
from accounting.payables import accruing
from accounting.payables.models import AccrualPart
from accounting.payables.year_end import released
from payroll.declarations.year_end import payroll_agrees
from payroll.runs import beginning
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import camt053, entry
from tests.accounting.open_items import books as items
from tests.accounting.payables import purchases
from tests.payroll.runs import books as wages
from tests.vat.returns.books import Q2, day, sale
from tests.vat.returns.test_filing import UID, filed_return
from vat.returns import settling
from vat.returns.year_end import reconciled, settled

pytestmark = pytest.mark.django_db
DEC_31 = dt.date(2026, 12, 31)


def year(company) -> FiscalYear:
    return year_of(company, DEC_31)


def digest(ask, company) -> str:
    """Of a finding that is not fulfilled; the same in another language."""
    found = ask(company, year(company))
    assert found.fulfilled is False, found
    with override("fr"):
        assert ask(company, year(company)).digest == found.digest
    return found.digest


def test_another_bank_transaction_is_another_finding():
    company = make.company()
    by = make.owner_of(company)
    bank_account(company)
    importing.take_in(company=company, content=camt053(entry(ref="A")), by=by)
    first = digest(all_booked, company)
    assert digest(all_booked, company) == first
    assert (
        "1 Bankbewegung des Jahres ist nicht verbucht." in all_booked(company, year(company)).reason
    )
    booking.book(BankTransaction.of(company).get(), contra=[TypedLine("3400")], by=by)
    assert all_booked(company, year(company)).fulfilled is True
    told = {"ident": "S-2", "opening": "100.00", "days": ("2026-04-01", "2026-04-30")}
    importing.take_in(
        company=company, content=camt053(entry(ref="B", day="2026-04-30"), **told), by=by
    )
    assert digest(all_booked, company) != first
    assert "1020 weicht " in bank_agrees(company, year(company)).reason


def test_another_run_of_wages_is_another_finding():
    company = wages.company()
    by = make.owner_of(company)
    run = beginning.begin(company=company, month=wages.NEW_YEAR, by=by)
    first = digest(payroll_agrees, company)
    beginning.cancel(run, reason="Irrtum", by=by)
    beginning.begin(company=company, month=dt.date(2026, 2, 1), by=by)
    assert digest(payroll_agrees, company) != first


def test_wages_that_cannot_be_compared_say_why():
    company = wages.company()
    wages.p1(company)
    wages.posted(company)
    before = payroll_agrees(company, year(company)).digest
    Account.of(company).filter(purpose=Account.Purpose.WAGES_CLEARING).update(purpose="")
    Account.of(company).filter(number="5000").update(number="5009")
    assert digest(payroll_agrees, company) != before


def test_another_return_and_another_late_posting_are_another_finding():
    company = items.company(uid=UID)
    by = make.owner_of(company)
    sale(company, "1081.00", "UN")
    first = filed_return(company)
    owed = digest(settled, company)
    settling.settle(first, date=day(4, 30), by=by)
    assert digest(settled, company) != owed
    missing = digest(reconciled, company)
    for start in (Q2[0], dt.date(2026, 7, 1), dt.date(2026, 10, 1)):
        filed_return(company, start, today=dt.date(2027, 3, 1))
        assert digest_of(reconciled, company) != missing
        missing = digest_of(reconciled, company)
    assert reconciled(company, year(company)).fulfilled is True
    sale(company, "108.10", "UN", date=day(12))
    late = digest(reconciled, company)
    sale(company, "216.20", "UN", date=day(12))
    assert digest(reconciled, company) != late  # nothing is unexplained, before and after


def digest_of(ask, company):
    return ask(company, year(company)).digest


def test_another_cost_to_be_released_is_another_finding():
    company = purchases.company()
    by = make.owner_of(company)
    meier = purchases.supplier(company)
    for number in ("V-1", "V-2"):  # 30.00 in April, each
        spread = purchases.line("60.00", "6300", supply_from=dt.date(2026, 3, 1),
                                supply_until=dt.date(2026, 4, 30), spread="months")  # fmt: skip
        purchases.posted(meier, spread, number=number)
    parts = list(AccrualPart.of(company).order_by("pk"))
    assert len(parts) == 2 and parts[0].amount == parts[1].amount
    accruing.release(parts[0], by=by)
    first = digest(released, company)
    purchases.posted(meier, spread, number="V-3")
    accruing.release(parts[1], by=by)
    assert digest(released, company) != first


@pytest.mark.parametrize(
    ("language", "one", "both"),
    [
        ("de", "1100 weicht ", "1100, 2000 weichen "), ("fr", "1100 diffère ", "1100, 2000 diffèrent "),
        ("it", "1100 differisce ", "1100, 2000 differiscono "), ("en", "1100 differs ", "1100, 2000 differ "),
    ],
)  # fmt: skip
def test_one_account_differs_and_two_differ(monkeypatch, language, one, both):
    from accounting.open_items import year_end
    from accounting.open_items.checking import Difference

    company = items.company()
    for side, number in (("receivables", "1100"), ("payables", "2000")):
        items.invoice(company, "100.00", side=side, account=number)
    accounts = [make.account(company, number) for number in ("1100", "2000")]

    def differing(count):
        rows = [Difference(one, make.chf("100") if nth < count else make.chf("0"), make.chf("0"))
                for nth, one in enumerate(accounts)]  # fmt: skip
        monkeypatch.setattr(year_end, "comparison", lambda company, on: rows)
        with override(language):
            return control_agrees(company, year(company)).reason

    assert differing(1).startswith(one) and differing(2).startswith(both)
