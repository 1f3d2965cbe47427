"""A company that pays wages, for tests: insured as the payslip P1 of 2026, people hired by the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.banking.booking import save_bank_account
from accounting.banking.models import BankAccount
from erp.companies.models import Module
from payroll.employees.facts import (
    AllowanceKind,
    Child,
    CivilStatus,
    Insured,
    Pension,
    Residence,
    Status,
)
from payroll.runs import approving, beginning, booking, calculating
from payroll.runs.digest import digest_of_run
from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.models import PayrollSettings, Solution
from payroll.setup.settings import change_settings
from payroll.setup.solutions import save_solution
from payroll.wage_types.founding import found_types
from tests import make
from tests.payroll.employees.books import JANUARY, ZURICH, hire, payout, person, personal, wage

BANK = "CH5604835012345678009"
NEW_YEAR = dt.date(2026, 1, 1)
MARCH = dt.date(2026, 3, 1)
_RATES = {
    "ahv": ("104.000", "1", [("admin", "0", "2.0")]),
    "fak": ("104.000", "1", [("fak", "0", "1.2")]),
    "uvg": ("", "A1", [("bu", "0", "0.17"), ("nbu", "1.2", "0")]),
    "ktg": ("", "11", [("ktg", "0.6", "0.6")]),
    "bvg": ("", "1", []),
}


def company(**more):
    """A company with wage types, settings, insurances and a bank account, in the year 2026."""
    new = make.company(modules=Module.values, **more)
    by = make.owner_of(new)
    found_types(company=new, by=by)
    change_settings(company=new, by=by, pay_day=25)
    if not PayrollSettings.of(new).exists():
        PayrollSettings.unscoped.create(company=new)
    for kind, (member, code, rates) in _RATES.items():
        told = {"kind": kind, "name": kind.upper(), "member_number": member}
        if kind == "fak":
            told |= {"canton": "ZH", "liability": make.account(new, "2271")}
        row = save_institution(company=new, by=by, **told)
        save_solution(institution=row, by=by, code=code, rates=[
            Rate(insures=insures, valid_from=dt.date(2024, 1, 1), employee_percent=Decimal(employee),
                 employer_percent=Decimal(employer))
            for insures, employee, employer in rates
        ])  # fmt: skip
    save_bank_account(BankAccount(company=new, name="Bank", iban=BANK, currency="CHF",
                                  account=make.account(new, "1020")), by=by)  # fmt: skip
    return new


def bank_of(company):
    return BankAccount.of(company).select_related("account").get()


def insured(company):
    rows = Solution.of(company).filter(institution__kind__in=["uvg", "ktg", "bvg"])
    return Insured(solutions=tuple(rows.order_by("pk").values_list("pk", flat=True)))


def p1(company, **more):
    """Anna, born 1986, 6500 a month and 13 times a year, with a child: the payslip P1."""
    pension = Pension(employee_amount=Decimal("241.85"), employer_amount=Decimal("241.85"))
    child = Child(first_name="Lia", birth_date=dt.date(2018, 5, 4), allowance=AllowanceKind.CHILD,
                  amount=Decimal("215.00"))  # fmt: skip
    return employee(company, "6500.00", pension, child, **more)


def employee(
    company, amount, *facts, iban="CH9300762011623852957", number=0, entry=JANUARY, **more
):
    """Somebody with a monthly wage, single, in Zurich; ``more`` is of the wage."""
    names = {"first_name": "Anna" if not number else f"Person{number}"}
    told = {} if not number else {"ahv_number": ahv(number)}
    return hire(
        company, entry=entry, person=person(**names), personal=personal(**told),
        facts=(CivilStatus(status=Status.SINGLE), Residence(canton="ZH", commune=ZURICH),
               wage(amount, **more), payout(iban), insured(company), *facts),
    )  # fmt: skip


def ahv(number):
    """An AHV number with its check digit (EAN-13)."""
    digits = f"756{number:09d}"
    total = sum(int(one) * (3 if nth % 2 else 1) for nth, one in enumerate(digits))
    whole = f"{digits}{-total % 10}"
    return f"{whole[:3]}.{whole[3:7]}.{whole[7:11]}.{whole[11:]}"


def iban(number):
    """A Swiss IBAN with its check digits."""
    account = f"00762{number:012d}"
    check = 98 - int(f"{account}121700") % 97
    return f"CH{check:02d}{account}"


def begun(company, month=NEW_YEAR, **more):
    return beginning.begin(company=company, month=month, by=make.owner_of(company), **more)


def calculated(company, month=NEW_YEAR, **more):
    return calculating.calculate_all(begun(company, month, **more), by=make.owner_of(company))


def approved(company, month=NEW_YEAR, **more):
    run = calculated(company, month, **more)
    return approving.approve(run, seen=digest_of_run(run), by=make.owner_of(company))


def posted(company, month=NEW_YEAR, **more):
    return booking.post(approved(company, month, **more), by=make.owner_of(company))
