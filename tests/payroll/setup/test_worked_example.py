"""The worked example P1 from the database to the entry: wage types, rates and accounts of a company."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from payroll.setup.accounts import plan_of
from payroll.setup.book import Book
from payroll.setup.contributions import PersonFacts, contributions
from payroll.setup.persons import Insured
from payroll.setup.settings import settings_of, terms_of
from payroll.wage_types import catalogue
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Insurance, Sex, Thirteenth
from payroll.wages.values import Contract, MonthInput, Movement, Person
from tests.payroll.setup.insurers import demo_employer
from tests.payroll.setup.test_contributions import FIGURES

pytestmark = pytest.mark.django_db
D = Decimal
JANUARY, END = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
HIRED = dt.date(2020, 1, 1)


@pytest.fixture
def slip(company):
    made = demo_employer(company)
    person = Person(birth_date=dt.date(1986, 3, 3), sex=Sex.MALE)
    contract = Contract(first=JANUARY, last=dt.date(2026, 12, 31), entry=HIRED, wage=D(6500), canton="ZH",
                        thirteenth=Thirteenth.DECEMBER)  # fmt: skip
    book, roles = Book.of(company, 2026), catalogue.roles(company)
    terms = terms_of(settings_of(company))
    insured = Insured(HIRED, None, tuple(made[kind][1][0].pk for kind in ("uvg", "ktg", "bvg")))
    found = contributions(
        book, PersonFacts(person=person, contracts=(contract,), insured=(insured,)), until=END,
        figures=FIGURES, terms=terms, roles=roles,
    )  # fmt: skip
    assert found.findings == ()
    return calculate(MonthInput(
        month=JANUARY, person=person, contracts=(contract,), types=catalogue.of(company, "de"),
        roles=roles, contributions=found.contributions, figures=FIGURES, terms=terms,
        institutions=book.institutions(dt.date(2026, 1, 31)), carry=Carry(),
        movements=(Movement(type=roles["child"], amount=D(215)),),
    ))  # fmt: skip


def test_the_slip_of_the_worked_example(slip):
    assert (slip.gross, slip.payout, slip.findings) == (D("6715.00"), D("5940.15"), ())
    both = {one.insurance.value: (one.employee, one.employer) for one in slip.charges}
    assert both == {
        "ahv": (D("344.50"), D("344.50")), "alv": (D("71.50"), D("71.50")), "bu": (0, D("11.05")),
        "nbu": (D("78.00"), 0), "ktg": (D("39.00"), D("39.00")), "bvg": (D("241.85"), D("241.85")),
        "fak": (0, D("78.00")), "admin": (0, D("13.80")),
    }  # fmt: skip


def test_its_entry_leaves_the_clearing_account_with_the_payout(company, slip):
    """Liabilities of the example: 2271 708.80, 2272 483.70, 2273 89.05, 2274 78.00; cost 7299.70."""
    plan = plan_of(company, END)
    saldo = Counter()
    for line in slip.lines:
        insurance = next((c for c in slip.charges if c.type == line.type), None)
        account = plan.of_type(line.type, institution=insurance and insurance.institution)
        if line.paid and account:
            saldo[account.number] += line.amount
            saldo[plan.clearing().number] -= line.amount
    for one in slip.charges:
        expense, liability = plan.of_charge(one)
        saldo[expense.number] += one.employer
        saldo[liability.number] -= one.employer
    assert saldo == {
        "5000": D("6500.00"), "5700": D("429.80"), "5710": D("78.00"), "5720": D("241.85"),
        "5730": D("11.05"), "5740": D("39.00"), "1091": D("-5940.15"), "2271": D("-708.80"),
        "2272": D("-483.70"), "2273": D("-89.05"), "2274": D("-78.00"),
    }  # fmt: skip
    assert Insurance.AHV in {one.insurance for one in slip.charges}
