"""Insurers of a demo employer, made through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from payroll.setup.checking import Rate
from payroll.setup.institutions import save_institution
from payroll.setup.solutions import save_solution
from tests import make

D = Decimal
DAY = dt.date(2025, 1, 1)


def rate(insures, employee="0", employer="0", **more):
    return Rate(**{"insures": insures, "valid_from": DAY, "employee_percent": D(employee),
                   "employer_percent": D(employer)} | more)  # fmt: skip


def insurer(company, kind, *solutions, name="", **more):
    """An institution with solutions, each a code and its rates; returns both."""
    by = make.owner_of(company)
    one = save_institution(company=company, by=by, kind=kind, name=name or f"Kasse {kind}", **more)
    made = [
        save_solution(institution=one, by=by, code=code, rates=rates) for code, rates in solutions
    ]
    return one, made


def demo_employer(company):
    """Rates of the demo employer of the worked example P1 (2026): all institutions by their kind."""
    return {
        "ahv": insurer(company, "ahv", ("1", [rate("admin", employer="2")]), member_number="123"),
        "fak": insurer(company, "fak", ("1", [rate("fak", employer="1.2")]), canton="ZH"),
        "uvg": insurer(company, "uvg", ("A1", [rate("bu", employer="0.17"), rate("nbu", "1.2")]),
                       ("A0", []), ("A2", []), ("A3", [])),
        "ktg": insurer(company, "ktg", ("11", [rate("ktg", "0.6", "0.6")])),
        "bvg": insurer(company, "bvg", ("1", [rate("bvg", "5", "5", age_from=25)])),
    }  # fmt: skip
