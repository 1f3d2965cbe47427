"""Family allowances go to the fund of the canton where somebody works: in the ledger, and in the list."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from accounting.ledger.models import Account
from payroll.declarations import families
from payroll.declarations.gathering import year_of
from payroll.declarations.preparing import prepared
from payroll.declarations.reconciling import reconcile
from payroll.employees.keeping import set_fact
from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.models import Institution
from payroll.setup.solutions import save_solution
from tests import make
from tests.payroll.employees.books import wage
from tests.payroll.runs import books
from tests.payroll.runs.test_posting import balances

pytestmark = pytest.mark.django_db
FEBRUARY = dt.date(2026, 2, 1)


@pytest.fixture
def company():
    """P1 in Zurich in January, in Bern from February on; each canton's fund has its own account."""
    new = books.company()
    by = make.owner_of(new)
    owed = make.account(new, "2271")
    owed.pk, owed.number, owed.name_de = None, "22712", "FAK BE"
    owed.save()
    bern = save_institution(company=new, by=by, kind="fak", name="FAK Bern", canton="BE",
                            liability=owed)  # fmt: skip
    rate = Rate(
        insures="fak", valid_from=dt.date(2024, 1, 1), employer_percent=books.Decimal("1.5")
    )
    save_solution(institution=bern, by=by, code="1", rates=[rate])
    who = books.p1(new)
    books.posted(new)
    set_fact(employee=who, valid_from=FEBRUARY, by=by, value=wage("6500.00", canton="BE"))
    books.posted(new, FEBRUARY)
    return new


def test_each_fund_has_what_it_is_owed_less_what_it_paid(company):
    found = balances(company)
    # BE: 6500 × 1.5 % − 215.00; 2271 holds AHV, ALV, administration, and ZH: 6500 × 1.2 % − 215.00
    assert found["22712"] == "117.50"
    assert Account.of(company).filter(number="22712").exists()
    one = reconcile(company, 2026, prepared(company, 2026))
    assert [row.number for row in one.accounts if not row.agrees] == []


def test_the_list_shows_allowances_by_canton_and_fund(company):
    names = dict(Institution.of(company).values_list("pk", "name"))
    with translation.override("en"):
        report = families.fak(year_of(company, 2026), names)
    assert [(row["canton"], row["fund"], row["fak_wage"], row["allowances"])
            for row in report.as_objects()] == [
        ("BE", "FAK Bern", "6500.00", "215.00"), ("ZH", "FAK", "6500.00", "215.00"),
    ]  # fmt: skip
