"""Invented people with their wages, reckoned by the program: to print slips and certificates of."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from msgspec.structs import replace

from erp.companies.models import Company
from payroll.declarations.certificate import Certificate
from payroll.declarations.notes import Notes
from payroll.runs.keeping import content_of
from payroll.runs.models import Payment, PayrollRun, SlipContent
from payroll.wage_types.shipped import FLAGS, shipped_types
from payroll.wages.calculating import calculate
from payroll.wages.carrying import Carry
from payroll.wages.kinds import Base, Insurance, Kind, Method, Pay, Sex, Thirteenth
from payroll.wages.values import (
    AgeStep,
    Contract,
    Contribution,
    Figures,
    MonthInput,
    Movement,
    Person,
    WageType,
)

D: Final = Decimal
MARCH: Final = dt.date(2026, 3, 1)
FIGURES: Final = Figures(
    ahv_employee=D("5.3"), ahv_employer=D("5.3"), alv_employee=D("1.1"), alv_employer=D("1.1"),
    alv_ceiling=D(148200), allowance_month=D(1400), small_wage=D(2500), uvg_ceiling=D(148200),
    reference_ages=(AgeStep(Sex.MALE, 9999, 65, 0), AgeStep(Sex.FEMALE, 9999, 65, 0)),
    bvg_threshold=D(22680), bvg_coordination=D(26460), bvg_upper=D(90720), bvg_minimum=D(3780),
    median_wage=D(5875), bvg_credits=(), car_percent=D("0.9"), car_minimum=D(150),
    thirteenth_percent=D("8.33"),
)  # fmt: skip


def company() -> Company:
    """A company that is nowhere kept."""
    return Company(pk=1, name="Alpenholz Handels AG", short_name="alpenholz", street="Obere Gasse",
                   house_number="12a", postcode="7000", town="Chur", uid="CHE109322551")  # fmt: skip


def types(language: str) -> dict[str, WageType]:
    """The shipped wage types, named in a language."""
    return {
        str(number): WageType(
            number=number, kind=Kind(str(one.values["kind"])), name=str(one.values[f"name_{language}"]),
            bases=frozenset(Base(base) for base, column in FLAGS.items() if one.values[column]),
            method=Method(str(one.values["method"])), periodic=bool(one.values["is_periodic"]),
            box=str(one.values["box"]),
        )
        for number, one in shipped_types().items()
    }  # fmt: skip


def roles() -> dict[str, int]:
    return {str(one.values["role"]): number for number, one in shipped_types().items()
            if one.values["role"]}  # fmt: skip


def insured(
    key: str, insurance: Insurance, base: Base, employee: str, employer: str, **more: Any
) -> Contribution:
    return Contribution(
        key=key, insurance=insurance, base=base, first=dt.date(2024, 1, 1), last=dt.date(2099, 12, 31),
        employee_percent=D(employee), employer_percent=D(employer), **more,
    )  # fmt: skip


def contributions() -> tuple[Contribution, ...]:
    """Accident, daily sickness allowance, and a pension fund with an amount."""
    found = roles()
    return (
        insured("nbu", Insurance.NBU, Base.UVG, "1.2", "0", code="A1", type=found.get("nbu"),
                wage_to=D(148200)),
        insured("ktg", Insurance.KTG, Base.KTG, "0.6", "0.6", code="11", type=found.get("ktg")),
        insured("bvg", Insurance.BVG, Base.BVG, "0", "0", type=found.get("bvg"),
                employee_amount=D("241.85"), employer_amount=D("241.85")),
    )  # fmt: skip


def typed(number: int, amount: object = None, **more: Any) -> Movement:
    return Movement(type=number, amount=None if amount is None else D(str(amount)), **more)


def given(
    language: str = "de", *, month: dt.date = MARCH, wage: str = "6500.00", **more: Any
) -> MonthInput:
    contract = Contract(first=dt.date(2020, 1, 1), entry=dt.date(2020, 1, 1), last=dt.date.max, exit=None,
                        wage=D(wage), **more.pop("terms", {}))  # fmt: skip
    told: dict[str, Any] = {
        "person": Person(birth_date=dt.date(1986, 3, 10), sex=Sex.FEMALE), "contracts": (contract,),
        "types": types(language), "roles": roles(), "figures": FIGURES, "contributions": contributions(),
    }  # fmt: skip
    return MonthInput(month=month, **(told | more))


def month_of(number: int) -> tuple[Movement, ...]:
    """What is typed for a month, another selection for each number."""
    chance = random.Random(number)  # noqa: S311
    every = [
        typed(1210, "850.00", text="Projekt Seeblick"),
        typed(1410, "75.00"),
        typed(3000, "215.00"),
        typed(6000, "184.30", text="Bahn Chur–Zürich"),
        typed(6510, "300.00"),
        typed(1033, "120.00"),
    ]
    return tuple(one for one in every if chance.random() < 0.6)


def content(
    number: int = 1,
    *,
    language: str = "de",
    movements: Sequence[Movement] | None = None,
    **more: Any,
) -> SlipContent:
    """A slip as it is kept: of the third month of a year, with what two months before handed on."""
    who = more.pop("person_told", {})
    kept = {name: more.pop(name) for name in ("leave", "months") if name in more}
    now = given(language, **more)
    carry = Carry()
    for nth in (1, 2):
        carry = calculate(replace(now, month=dt.date(2026, nth, 1), carry=carry)).carry
    moved = month_of(number) if movements is None else tuple(movements)
    now = replace(now, movements=moved, carry=carry)
    slip = calculate(now)
    told = {
        "name": "Pia-Maria Rutschmann-Schnyder", "number": f"{number:04}", "ahv_number": "756.9217.0769.85",
        "address": "Frau\nPia-Maria Rutschmann-Schnyder\nGrosse Marktgasse 28\n9400 Rorschach",
        "function": "Leiterin Verkauf",
    }  # fmt: skip
    return content_of(
        now, slip, language=language, person=told | who,
        payout=(Payment(iban="CH9300762011623852957", amount=slip.payout),),
        leave=kept.get("leave", {"holidays": "17.5", "overtime": "12.25"}),
        months=kept.get("months", ()),
    )  # fmt: skip


def run(**more: Any) -> PayrollRun:
    """A posted run that is nowhere kept."""
    told: dict[str, Any] = {
        "company": company(), "month": MARCH, "date": dt.date(2026, 3, 31), "pay_date": dt.date(2026, 3, 25),
        "status": PayrollRun.Status.POSTED, "number": 3,
    }  # fmt: skip
    return PayrollRun(**(told | more))


def hourly(language: str = "de") -> SlipContent:
    """Somebody paid by the hour, with holiday pay, public holidays and the 13th in each month."""
    return content(
        7, language=language, wage="32.50", terms={"pay": Pay.HOUR, "holiday_percent": D("8.33"),
        "public_holiday_percent": D("3.50"), "thirteenth": Thirteenth.MONTHLY},
        movements=[typed(1005, quantity=D("84.25")), typed(1005, quantity=D("12.5"), text="Inventur"),
                   typed(6000, "42.00")],
    )  # fmt: skip


def certificate(number: int = 1, *, language: str = "de", **more: Any) -> Certificate:
    """A certificate of a year, another one for each number."""
    chance = random.Random(number)  # noqa: S311
    wage = D(chance.randrange(40_000, 180_000))
    told: dict[str, Any] = {
        "year": 2025, "first": dt.date(2025, 1, 1), "last": dt.date(2025, 12, 31), "doc": f"2025-{number:04}-1.1",
        "name": "Pia-Maria Rutschmann-Schnyder", "number": f"{number:04}", "ahv_number": "756.9217.0769.85",
        "birth_date": dt.date(1986, 3, 10), "language": language, "issued_on": dt.date(2026, 1, 15),
        "address": ("Frau", "Pia-Maria Rutschmann-Schnyder", "Grosse Marktgasse 28", "9400 Rorschach"),
        "boxes": {"1": wage, "2.2": D("5400.00"), "3": D("4250.00"), "9": wage * D("0.0745"),
                  "10.1": wage * D("0.061"), "12": D("3120.45"), "13.1.2": D("860.00"), "13.2.1": D("2400.00")},
        "kinds": {"3": "Bonuszahlung", "13.1.2": "Reisespesen", },
        "notes": Notes(canteen=True, benefits="Halbtaxabonnement", field_work=D(20)), "activity": D(80),
        "employer": ("Alpenholz Handels AG", "Obere Gasse 12a", "7000 Chur"), "place": "Chur",
        "contact": "Urs Meier", "phone": "081 252 10 20",
    }  # fmt: skip
    return Certificate(**(told | more))
