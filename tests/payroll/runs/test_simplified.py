"""The simplified procedure: its tax is owed to the compensation fund, and its limits hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from erp.companies.models import LegalForm
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.employees.facts import WithholdingTax
from payroll.employees.keeping import set_fact
from payroll.runs import approving, correcting
from payroll.runs.digest import digest_of_run
from payroll.runs.models import Payslip
from payroll.runs.refusals import Stopped
from payroll.runs.simplified import SimplifiedTotalExceeded
from payroll.setup.settings import change_settings
from tests import make
from tests.payroll.employees.books import personal, wage
from tests.payroll.rates.test_tariffs import load, record
from tests.payroll.runs import books
from tests.payroll.runs.books import JANUARY
from tests.payroll.runs.test_posting import balances

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    new = books.company()
    new.legal_form = LegalForm.SOLE_PROPRIETOR
    new.save(update_fields=["legal_form"])
    change_settings(company=new, by=make.owner_of(new), simplified=True)
    return new


def test_the_tax_is_deducted_posted_and_certified(company):
    books.employee(company, "1500.00")
    books.posted(company)
    slip = Payslip.of(company).get().content.slip
    assert {line.type: line.amount for line in slip.lines}[5060] == Decimal("-75.00")
    # AHV 79.50 and ALV 16.50 from both, FAK 18.00, administration 3.20, tax 75.00
    assert balances(company)["2271"] == "-288.20"
    (one,) = prepared(company, 2026)
    assert one.draft.box("12") == Decimal("75.00")
    agrees = reconcile(company, 2026, [one])
    assert all(check.agrees for check in agrees.checks)


def test_who_leaves_the_procedure_is_paid_the_tax_back_and_taxed_by_the_tariff(company):
    load(record("06", "A0N", 1, percent=400, year=2026), year=2026, made="20251208")
    who = books.employee(company, "1500.00")
    anna = make.owner_of(company)
    set_fact(who, value=WithholdingTax(code="A0N", canton="ZH"), valid_from=JANUARY, by=anna)
    books.posted(company)
    change_settings(company=company, by=anna, simplified=False)
    february = books.posted(company, dt.date(2026, 2, 1))
    slip = Payslip.of(company).get(run=february).content.slip
    assert [line.amount for line in slip.lines if line.text == "BGSA"] == [Decimal("75.00")]
    assert [(tax.month.month, tax.amount) for tax in slip.taxes] == [(1, 60), (2, 60)]
    certificates = prepared(company, 2026)
    assert certificates[0].draft.box("12") == 120
    assert all(check.agrees for check in reconcile(company, 2026, certificates).checks)


def test_all_wages_of_the_year_have_a_limit(company):
    """Three times 21000 francs are more than 60480, and each is below the threshold of 22680."""
    for number in range(1, 4):
        books.employee(company, "21000.00", number=number, iban=books.iban(number))
    with pytest.raises(SimplifiedTotalExceeded) as told:
        books.approved(company)
    assert "63’000.00" in str(told.value)


def test_a_correction_of_an_early_month_counts_what_was_posted_later(company):
    """20000 each until February are allowed; 1000 more of January are too much."""
    who = [books.employee(company, "10000.00", number=number, iban=books.iban(number))
           for number in range(1, 4)]  # fmt: skip
    january = books.posted(company)
    books.posted(company, dt.date(2026, 2, 1))
    anna = make.owner_of(company)
    set_fact(who[0], value=wage("10500.00"), valid_from=dt.date(2026, 1, 2), by=anna)
    made = correcting.begin_correction(january, by=anna, date=dt.date(2026, 2, 28))
    with pytest.raises(SimplifiedTotalExceeded) as told:
        approving.approve(made, seen=digest_of_run(made), by=anna)
    assert "60’9" in str(told.value)


def test_relatives_of_the_owner_are_not_settled_so(company):
    books.employee(company, "1500.00")
    books.hire(
        company, person=books.person(first_name="Ruth"),
        personal=personal(ahv_number=books.ahv(7), spouse_works_here=True),
        facts=(books.wage("1200.00"), books.payout(books.iban(7)), books.insured(company)),
    )  # fmt: skip
    with pytest.raises(Stopped):
        books.approved(company)
