"""People, contracts and figures to reckon wages with; the figures are those of 2025 and 2026."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Base, Insurance, Kind, Method, Sex
from payroll.wages.values import (
    AgeCredit,
    AgeStep,
    Contract,
    Contribution,
    Figures,
    MonthInput,
    Movement,
    Person,
    Slip,
    WageType,
)

D = Decimal

FIGURES = Figures(
    ahv_employee=D("5.3"),
    ahv_employer=D("5.3"),
    alv_employee=D("1.1"),
    alv_employer=D("1.1"),
    alv_ceiling=D(148200),
    allowance_month=D(1400),
    small_wage=D(2500),
    uvg_ceiling=D(148200),
    reference_ages=(
        AgeStep(Sex.MALE, 9999, 65, 0),
        AgeStep(Sex.FEMALE, 1960, 64, 0),
        AgeStep(Sex.FEMALE, 1961, 64, 3),
        AgeStep(Sex.FEMALE, 1962, 64, 6),
        AgeStep(Sex.FEMALE, 1963, 64, 9),
        AgeStep(Sex.FEMALE, 9999, 65, 0),
    ),
    bvg_threshold=D(22680),
    bvg_coordination=D(26460),
    bvg_upper=D(90720),
    bvg_minimum=D(3780),
    median_wage=D(5875),
    bvg_credits=(
        AgeCredit(25, 34, D(7)),
        AgeCredit(35, 44, D(10)),
        AgeCredit(45, 54, D(15)),
        AgeCredit(55, 65, D(18)),
    ),
    car_percent=D("0.9"),
    car_minimum=D(150),
    thirteenth_percent=D("8.33"),
)

_AHV = frozenset({Base.AHV, Base.ALV, Base.FAK, Base.BVG})
_FULL = _AHV | {Base.UVG, Base.UVGZ, Base.KTG, Base.QST, Base.GROSS}
_TAXED = frozenset({Base.QST, Base.GROSS})


def _type(number: int, kind: Kind, bases: frozenset[Base] = frozenset(), **more: Any) -> WageType:
    return WageType(number=number, kind=kind, bases=bases, name=str(number), **more)


TYPES = {
    str(one.number): one
    for one in [
        *(
            _type(number, Kind.EARNING, _FULL)
            for number in (
                1000, 1001, 1006, 1010, 1033, 1160, 1161, 1162, 1163, 1200, 1201, 1202, 1203,
                1205, 1212, 1230,
            )
        ),
        _type(1005, Kind.EARNING, _FULL, method=Method.QUANTITY),
        _type(1061, Kind.EARNING, _FULL, method=Method.QUANTITY, percent=D(125)),
        _type(1218, Kind.EARNING, _FULL, method=Method.PERCENT, percent=D(10), of=(1000, 1061)),
        _type(1219, Kind.EARNING, _FULL, method=Method.PERCENT, percent=D(50), of=(1218,)),
        _type(1410, Kind.EARNING, _TAXED),
        _type(1900, Kind.BENEFIT_IN_KIND, _FULL),
        _type(1910, Kind.BENEFIT_IN_KIND, _FULL, box="2.2"),
        _type(1962, Kind.BENEFIT_IN_KIND, _FULL),
        _type(1972, Kind.EMPLOYER_PAID, _FULL),
        _type(1980, Kind.INFO),
        _type(2000, Kind.THIRD_PARTY, _AHV | {Base.KTG, Base.QST, Base.GROSS}),
        _type(2005, Kind.THIRD_PARTY, _FULL),
        _type(2030, Kind.THIRD_PARTY, _TAXED),
        _type(2035, Kind.THIRD_PARTY, _TAXED),
        _type(2050, Kind.CORRECTION, _FULL),
        _type(2060, Kind.CORRECTION, _TAXED),
        _type(2065, Kind.BASE_ONLY, _FULL - {Base.QST, Base.GROSS}),
        _type(2070, Kind.THIRD_PARTY, _TAXED),
        _type(2075, Kind.THIRD_PARTY, _TAXED),
        _type(3000, Kind.FAMILY, _TAXED),
        _type(3099, Kind.FAMILY, frozenset({Base.QST})),  # paid after the net wage
        *(
            _type(number, Kind.DEDUCTION)
            for number in (5010, 5012, 5014, 5040, 5042, 5045, 5050, 5052, 5060, 5061)
        ),
        _type(5150, Kind.DEDUCTION, _FULL, box="2.2"),
        *(_type(number, Kind.NET_CORRECTION) for number in (5200, 5210, 5212, 5214)),
        _type(6000, Kind.EXPENSE),
        _type(6510, Kind.ADVANCE),
        _type(6520, Kind.ADVANCE),
        _type(7000, Kind.INFO, method=Method.QUANTITY),
        _type(7010, Kind.INFO, method=Method.QUANTITY),
    ]
}  # fmt: skip

ROLES = {
    "monthly_wage": 1000, "hourly_wage": 1005, "lesson_wage": 1006,
    "holiday_hourly": 1160, "public_hourly": 1161, "holiday_lesson": 1162, "public_lesson": 1163,
    "thirteenth": 1200, "thirteenth_hourly": 1201, "thirteenth_lesson": 1202,
    "company_car": 1910, "balance_kind": 5200, "balance_paid": 5212,
    "ahv": 5010, "alv": 5012, "nbu": 5040, "uvgz": 5042, "ktg": 5045, "bvg": 5050, "extra": 5014,
    "tax": 5060, "tax_correction": 5061, "work_days": 7000, "work_days_abroad": 7010,
}  # fmt: skip


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def person(born: str = "1986-03-10", sex: Sex = Sex.MALE, **more: Any) -> Person:
    return Person(birth_date=day(born), sex=sex, **more)


def contract(
    wage: str = "6500.00", first: str = "2020-01-01", exit: str | None = None, **more: Any
) -> Contract:
    given = {
        "first": day(first), "entry": day(first), "last": dt.date.max,
        "exit": day(exit) if exit else None, "wage": D(wage),
    }  # fmt: skip
    return Contract(**(given | more))


def typed(number: int, amount: object = None, **more: Any) -> Movement:
    return Movement(type=number, amount=None if amount is None else D(str(amount)), **more)


def insured(
    key: str,
    insurance: Insurance,
    base: Base,
    employee: str = "0",
    employer: str = "0",
    *,
    first: str = "2024-01-01",
    last: str = "2099-12-31",
    **more: Any,
) -> Contribution:
    return Contribution(
        key=key,
        insurance=insurance,
        base=base,
        first=day(first),
        last=day(last),
        employee_percent=D(employee),
        employer_percent=D(employer),
        **more,
    )


def given(text: str = "2026-01", **more: Any) -> MonthInput:
    more.setdefault("person", person())
    more.setdefault("contracts", (contract(),))
    more.setdefault("types", TYPES)
    more.setdefault("roles", ROLES)
    more.setdefault("figures", FIGURES)
    return MonthInput(month=month(text), **more)


def slip(text: str = "2026-01", **more: Any) -> Slip:
    return calculate(given(text, **more))


def year(
    months: Iterable[str], movements: dict[str, list[Movement]] | None = None, **more: Any
) -> dict[str, Slip]:
    """The slips of months one after the other, each with what the one before carried on."""
    slips: dict[str, Slip] = {}
    carry = more.pop("carry", Carry())
    base = given(**more)
    for text in months:
        typed_now = tuple((movements or {}).get(text, ()))
        one = replace(base, month=month(text), movements=base.movements + typed_now, carry=carry)
        slips[text] = calculate(one)
        carry = slips[text].carry
    return slips


def months(of: int, first: int = 1, last: int = 12) -> list[str]:
    return [f"{of}-{number:02}" for number in range(first, last + 1)]


def amounts(one: Slip) -> dict[int, Decimal]:
    """What a slip shows, by wage type."""
    shown: dict[int, Decimal] = {}
    for line in one.lines:
        shown[line.type] = shown.get(line.type, D("0.00")) + line.amount
    return shown


def codes(one: Slip) -> list[str]:
    return [finding.code for finding in one.findings]
