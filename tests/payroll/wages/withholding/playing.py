"""A person's year, month by month, through the door that slips use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import replace

from payroll.wages.carrying import Carry
from payroll.wages.kinds import Base, Kind, Pay, Sex, TaxModel
from payroll.wages.values import (
    AgeStep,
    Contract,
    Figures,
    Finding,
    MonthInput,
    Person,
    SlipLine,
    TariffRow,
    Tax,
    Withholding,
)
from payroll.wages.withholding import taxes

FIGURES = Figures(
    ahv_employee=Decimal("5.3"), ahv_employer=Decimal("5.3"), alv_employee=Decimal("1.1"),
    alv_employer=Decimal("1.1"), alv_ceiling=Decimal(148200), allowance_month=Decimal(1400),
    small_wage=Decimal(2500), uvg_ceiling=Decimal(148200),
    reference_ages=(AgeStep(Sex.MALE, 9999, 65, 0),), median_wage=Decimal(5775),
)  # fmt: skip
WAGE, HOURLY, BONUS = 1000, 1005, 1210


def flat(**percents):
    """Tariffs of one rate each, such as ``ZH_A0N=10``."""
    return {
        key.replace("_", " "): (TariffRow(income_from=Decimal(0), percent=Decimal(str(percent))),)
        for key, percent in percents.items()
    }


def tariff(*steps, minimum=0):
    return tuple(
        TariffRow(income_from=Decimal(str(low)), percent=Decimal(str(percent)),
                  minimum=Decimal(minimum))
        for low, percent in steps
    )  # fmt: skip


def line(amount, *, periodic=True, type=None, quantity=None, for_month=None, taxed=True, box=""):
    return SlipLine(
        type=type or (WAGE if periodic else BONUS), kind=Kind.EARNING, name="", periodic=periodic,
        amount=Decimal(str(amount)), quantity=None if quantity is None else Decimal(str(quantity)),
        for_month=for_month, box=box, bases=frozenset({Base.QST} if taxed else ()),
    )  # fmt: skip


@dataclass
class Year:
    """Plays months in order. ``held`` is what is known of the person at the time."""

    tariffs: dict
    year: int = 2025
    pay: Pay = Pay.MONTH
    carry: Carry = field(default_factory=Carry)
    held: tuple[Withholding, ...] = ()
    taxes: list[Tax] = field(default_factory=list)
    findings: tuple[Finding, ...] = ()

    def hold(self, code, canton="ZH", *, since=1, until=12, model=TaxModel.MONTHLY, **more):
        """From the first of a month on; what held before ends the day before."""
        first = dt.date(self.year, since, 1)
        before = tuple(
            replace(one, last=first - dt.timedelta(days=1)) if one.last >= first else one
            for one in self.held if one.first < first
        )  # fmt: skip
        last = dt.date(self.year + until // 12, until % 12 + 1, 1) - dt.timedelta(days=1)
        self.held = (
            *before,
            Withholding(first=first, last=last, canton=canton, code=code, model=model, **more),
        )

    def given(self, month, **more):
        first = dt.date(self.year, month, 1)
        contract = Contract(
            first=dt.date(self.year, 1, 1), last=dt.date(self.year, 12, 31),
            entry=dt.date(self.year, 1, 1), pay=self.pay,
        )  # fmt: skip
        return MonthInput(
            month=first, person=Person(birth_date=dt.date(1985, 1, 1), sex=Sex.MALE),
            contracts=(contract,), types={}, roles={"hourly_wage": HOURLY}, figures=FIGURES,
            tariffs=self.tariffs, withholdings=self.held, carry=self.carry, **more,
        )  # fmt: skip

    def month(self, month, *lines, days=30, **more):
        """Tax a month; returns what is taken. What stops leaves the year as it was."""
        told = taxes(self.given(month, **more), lines, days=days)
        self.carry = replace(self.carry, taxed=told.taxed, untaxed=told.untaxed)
        self.findings, self.last = told.findings, told.taxes
        self.taxes += told.taxes
        return sum((tax.amount for tax in told.taxes), Decimal("0.00"))

    @property
    def codes(self):
        return [finding.code for finding in self.findings]
