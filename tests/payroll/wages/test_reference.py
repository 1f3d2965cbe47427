"""The reference persons: what their year comes to, from published figures (Referenzpersonen)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from payroll.wages.kinds import Base, Insurance, Pay, Sex, Thirteenth
from payroll.wages.values import Contract, Movement, Slip
from tests.payroll.wages.made import D, contract, insured, months, person, year

#: Box 9 of the wage certificate: AHV, ALV, its solidarity percent, and NBU.
BOX_9 = (5010, 5012, 5014, 5040)
BALANCED = {"5212", "5050"}  # reckoned, not typed


@pytest.fixture(scope="module")
def cases(shared: Path) -> dict[str, Any]:
    text = (shared / "payroll/examples.json").read_text()
    return json.loads(text, parse_float=Decimal)["social_insurance_reference"]["cases"]


def movements(case: dict[str, Any], skip: set[str]) -> dict[str, list[Movement]]:
    found: dict[str, list[Movement]] = {}
    for number, row in case["wage_types"].items():
        if number not in skip:
            for text, amount in row["amounts"].items():
                found.setdefault(text, []).append(Movement(type=int(number), amount=D(amount)))
    return found


def accident(code: str, **more: Any) -> tuple[Any, ...]:
    """UVG A: NBU 1.606 % by the employee where the digit is 1."""
    return (
        insured(f"uvg.{code}", Insurance.BU, Base.UVG, "0", "0.5", code=code, **more),
        *(
            [insured(f"nbu.{code}", Insurance.NBU, Base.UVG, "1.606", "0", code=code, **more)]
            if code == "A1"
            else []
        ),
    )


def solidarity(**more: Any) -> Any:
    """ALV above the ceiling: abolished in 2023, and kept by the reference tenant."""
    return insured(
        "alvz", Insurance.EXTRA, Base.ALV, "0.5", "0.5",
        wage_from=D(148200), wage_to=D(370500), **more,
    )  # fmt: skip


def ktg(code: str, low: int, high: int, percent: str, **more: Any) -> Any:
    return insured(
        f"ktg.{code}", Insurance.KTG, Base.KTG, percent, percent,
        code=code, wage_from=D(low), wage_to=D(high), **more,
    )  # fmt: skip


def uvgz(code: str, low: int, high: int, percent: str, **more: Any) -> Any:
    return insured(
        f"uvgz.{code}", Insurance.UVGZ, Base.UVGZ, percent, "0",
        code=code, wage_from=D(low), wage_to=D(high), **more,
    )  # fmt: skip


def fund(employee: str, **more: Any) -> Any:
    return insured("bvg", Insurance.BVG, Base.BVG, employee_amount=D(employee), **more)


FAK = insured("fak", Insurance.FAK, Base.FAK, "0", "1.2", canton="LU")


def total(slips: dict[str, Slip], number: int) -> Decimal:
    return sum(
        (line.amount for one in slips.values() for line in one.lines if line.type == number),
        D("0.00"),
    )


def last(slips: dict[str, Slip]) -> Slip:
    return list(slips.values())[-1]


def insured_of(slips: dict[str, Slip], key: str) -> Decimal:
    return last(slips).carry.sums[key].insured


def box_9(slips: dict[str, Slip]) -> Decimal:
    return -sum((total(slips, number) for number in BOX_9), D("0.00"))


def box_10(slips: dict[str, Slip]) -> Decimal:
    return total(slips, 1972) - total(slips, 5050)


def gross(slips: dict[str, Slip]) -> Decimal:
    return sum((one.gross for one in slips.values()), D("0.00"))


def test_an_hourly_wage_with_payments_after_the_exit(cases):
    """TF01: three months by the hour, then EO in May and a gratification in October."""
    case, expected = cases["TF01"], cases["TF01"]["expected"]
    terms: Contract = contract(
        "40.00", first="2025-01-01", exit="2025-03-31", pay=Pay.HOUR, thirteenth=Thirteenth.MONTHLY,
        holiday_percent=D("8.33"), public_holiday_percent=D(4),
    )  # fmt: skip
    slips = year(
        months(2025),
        movements(case, BALANCED | {"1160", "1161", "1201"}),
        person=person("1979-06-30", Sex.FEMALE),
        contracts=(terms,),
        contributions=(
            *accident("A1"), solidarity(), uvgz("11", 0, 148200, "0.774"),
            ktg("12", 88200, 500000, "0.123"), FAK, fund("53.00"),
        ),
    )  # fmt: skip

    for number in ("1160", "1161", "1201"):  # reckoned from the hourly wage, to the cent
        paid = {text: total({text: one}, int(number)) for text, one in slips.items()}
        assert {k: v for k, v in paid.items() if v} == case["wage_types"][number]["amounts"]
    assert total(slips, 5212) == -expected["cert"]["box7"]
    assert insured_of(slips, "ahv") == expected["AHV_income"]
    assert insured_of(slips, "alv") == expected["ALV_income"]
    assert insured_of(slips, "alvz") == expected["ALVZ_income"]
    assert insured_of(slips, "fak") == expected["FAK_wage"]
    assert last(slips).carry.sums["nbu.A1"].wages == expected["UVG_base"]
    assert insured_of(slips, "nbu.A1") == expected["UVG_contributory"]
    assert insured_of(slips, "uvgz.11") == expected["UVGZ11_contributory"]
    assert insured_of(slips, "ktg.12") == expected["KTG12_contributory"]
    assert gross(slips) == expected["UVG_gross"] == expected["cert"]["box8"]
    assert box_9(slips) == expected["cert"]["box9"]
    assert gross(slips) - box_9(slips) - box_10(slips) == expected["cert"]["box11"]
    assert box_10(slips) == expected["cert"]["box10_1"]


def test_a_woman_reaches_the_reference_age_within_the_year(cases):
    """TF03: 64 years and 3 months in May 2025; from June the allowance, and no ALV."""
    case, expected = cases["TF03"], cases["TF03"]["expected"]
    until, since = {"last": "2025-05-31"}, {"first": "2025-06-01"}
    slips = year(
        months(2025),
        movements(case, BALANCED),
        person=person("1961-02-05", Sex.FEMALE),
        contracts=(contract("0"),),
        contributions=(
            *accident("A1", **until), *accident("A3", **since), solidarity(),
            uvgz("12", 148200, 300000, "0.508", **until),
            ktg("12", 88200, 500000, "0.123", **until), ktg("11", 0, 120000, "1.309", **since),
            FAK, fund("385.00", **until),
        ),
    )  # fmt: skip

    to_may, whole = expected["Jan_May"], expected["Jun_Dec"]
    assert insured_of(slips, "ahv") == to_may["AHV_income"]
    assert insured_of(slips, "alv") == to_may["ALV_income"]
    assert insured_of(slips, "alvz") == to_may["ALVZ_income"]
    assert insured_of(slips, "nbu.A1") == to_may["UVG_contributory"]
    assert insured_of(slips, "uvgz.12") == to_may["UVGZ12_contributory"]
    assert insured_of(slips, "ktg.12") == to_may["KTG12_contributory"]
    assert last(slips).carry.sums["ahv.pension"].wages == whole["AHV_base"]
    assert insured_of(slips, "ahv.pension") == whole["AHV_income"]
    assert insured_of(slips, "uvg.A3") == whole["UVG_contributory"]
    assert insured_of(slips, "ktg.11") == whole["KTG11_contributory"]
    assert insured_of(slips, "fak") == expected["FAK_wage"]
    assert gross(slips) == expected["cert"]["box8"]
    assert box_9(slips) == expected["cert"]["box9"]
    assert gross(slips) - box_9(slips) - box_10(slips) == expected["cert"]["box11"]
    assert box_10(slips) == expected["cert"]["box10_1"]


def test_a_high_wage_over_all_ceilings(cases):
    """TF04: 30000 a month with a 13th and a 14th."""
    case, expected = cases["TF04"], cases["TF04"]["expected"]
    slips = year(
        months(2025),
        movements(case, BALANCED | {"1000", "1200"}),
        person=person("1969-10-19"),
        contracts=(contract("30000.00", thirteenth=Thirteenth.DECEMBER),),
        contributions=(
            *accident("A1"), solidarity(), uvgz("12", 148200, 300000, "0.508"),
            ktg("12", 88200, 500000, "0.105"), FAK, fund("2800.00"),
        ),
    )  # fmt: skip

    assert insured_of(slips, "ahv") == expected["AHV_income"] == gross(slips)
    assert insured_of(slips, "alv") == expected["ALV_income"]
    assert insured_of(slips, "alvz") == expected["ALVZ_income"]
    assert insured_of(slips, "nbu.A1") == expected["UVG_contributory"]
    assert insured_of(slips, "uvgz.12") == expected["UVGZ12_contributory"]
    assert insured_of(slips, "ktg.12") == expected["KTG12_contributory"]
    assert box_9(slips) == expected["cert"]["box9"]
    assert gross(slips) - box_9(slips) - box_10(slips) == expected["cert"]["box11"]
    assert box_10(slips) == expected["cert"]["box10_1"]
    without = box_9(slips) + total(slips, 5014)
    assert without == D("26270.30")
