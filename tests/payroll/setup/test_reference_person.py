"""A reference person over a whole year: the rates of the tenant as solutions, the sums as published."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from decimal import Decimal

import pytest

from payroll.setup.contributions import PersonFacts, contributions
from payroll.setup.pensions import PensionSpan
from payroll.setup.persons import Insured
from payroll.wage_types import catalogue
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Thirteenth
from payroll.wages.values import Contract, MonthInput, Movement, Terms
from tests.payroll.setup.insurers import DAY, rate
from tests.payroll.setup.test_contributions import DECEMBER, FIGURES, MAN, book

pytestmark = pytest.mark.django_db
D = Decimal
TENANT = book(
    ("fak", "ZH", "1", [rate("fak", employer="1.2")]),
    ("uvg", "", "A1", [rate("bu", employer="0.5"), rate("nbu", "1.606")]),
    ("uvgz", "", "12", [rate("uvgz", "0.508", wage_from=D(148200), wage_to=D(300000))]),
    ("ktg", "", "12", [rate("ktg", "0.105", sex="M", wage_from=D(88200), wage_to=D(500000)),
                       rate("ktg", "0.123", sex="F", wage_from=D(88200), wage_to=D(500000))]),
    ("other", "", "1", [rate("extra", "0.5", base="alv", wage_from=D(148200), wage_to=D(370500))]),
    ("bvg", "", "1", []),
)  # fmt: skip


def test_a_year_of_high_wages(company, shared):
    """TF04: 30000 a month, 13th and 14th; UVG A1, UVGZ 12, KTG 12, and the solidarity percent as extra."""
    told = json.loads((shared / "payroll" / "examples.json").read_text(encoding="utf-8"))
    expected = told["social_insurance_reference"]["cases"]["TF04"]["expected"]
    contract = Contract(first=DAY, last=DECEMBER, entry=DAY, wage=D(30000), canton="ZH",
                        thirteenth=Thirteenth.DECEMBER)  # fmt: skip
    facts = PersonFacts(
        person=MAN, contracts=(contract,), insured=(Insured(DAY, None, (2, 3, 4, 5, 6)),),
        pensions=(PensionSpan(first=DAY, employee_amount=D(2800), employer_amount=D(2800)),),
    )  # fmt: skip
    types, roles = catalogue.of(company, "de"), catalogue.roles(company)
    carry, insured, employee = Carry(), Counter(), Counter()
    for month in range(1, 13):
        first = dt.date(2025, month, 1)
        until = DECEMBER if month == 12 else dt.date(2025, month + 1, 1) - dt.timedelta(1)
        found = contributions(
            TENANT, facts, until=until, figures=FIGURES, terms=Terms(), roles=roles
        )
        slip = calculate(MonthInput(
            month=first, person=MAN, contracts=(contract,), types=types, roles=roles,
            contributions=found.contributions, figures=FIGURES, carry=carry,
            movements=(Movement(type=1205, amount=D(30000)),) if month == 12 else (),
        ))  # fmt: skip
        assert not [one for one in (*slip.findings, *found.findings) if one.stops]
        carry = slip.carry
        for charge in slip.charges:
            insured[charge.insurance.value] += charge.insured
            employee[charge.insurance.value] += charge.employee
    assert {kind: insured[kind] for kind in ("ahv", "alv", "nbu", "uvgz", "ktg", "extra")} == {
        "ahv": expected["AHV_income"], "alv": expected["ALV_income"],
        "nbu": expected["UVG_contributory"], "uvgz": expected["UVGZ12_contributory"],
        "ktg": expected["KTG12_contributory"], "extra": expected["ALVZ_income"],
    }  # fmt: skip
    box9 = sum(employee[kind] for kind in ("ahv", "alv", "nbu", "extra"))
    assert abs(box9 - D(str(expected["cert"]["box9"]))) <= D(
        "0.10"
    )  # four lines, each rounded once
    assert employee["bvg"] == D(str(expected["cert"]["box10_1"]))
