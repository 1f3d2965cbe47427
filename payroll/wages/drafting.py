"""A slip in the making: its lines and findings, and what they are looked up in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from erp.core.money import ZERO, rounded_to
from payroll.wages import reasons
from payroll.wages.kinds import Base, Kind, Pay
from payroll.wages.spans import Times, times_of
from payroll.wages.values import Contract, Finding, MonthInput, Movement, Reason, SlipLine, WageType

#: Amounts that are typed positive and lower the payout.
TURNED = frozenset({Kind.DEDUCTION, Kind.NET_CORRECTION, Kind.ADVANCE})
#: What stands on a slip without being paid.
UNPAID = frozenset({Kind.BASE_ONLY, Kind.INFO})
#: What a column for amounts holds.
LARGEST = Decimal("9999999999.99")

_SECTIONS = {Kind.DEDUCTION: 1, Kind.NET_CORRECTION: 2, Kind.EXPENSE: 3, Kind.ADVANCE: 4, Kind.INFO: 5}  # fmt: skip
_STABLE = Decimal("0.000001")


class Draft:
    """What is known of a slip while it is reckoned; lines are added in the order of reckoning."""

    __slots__ = ("_missing", "earned", "findings", "given", "lines", "step", "times")

    def __init__(self, given: MonthInput) -> None:
        self.given = given
        self.times: Times = times_of(given.month, given.contracts)
        self.step = given.terms.rounding
        self.lines: list[SlipLine] = []
        self.findings: list[Finding] = []
        self.earned: dict[str, Decimal] = {}  # of the 13th month's wage, by employment and pay
        self._missing: set[str] = set()

    def rounded(self, amount: Decimal) -> Decimal:
        """To what the company rounds to, half away from zero; exact halves survive divisions."""
        if abs(amount) > LARGEST:
            return amount  # refused with its line
        return rounded_to(amount.quantize(_STABLE), self.step)

    def role(self, name: str) -> WageType | None:
        """The wage type that the program uses for something; a missing one stops the run, once."""
        number = self.given.roles.get(name)
        found = None if number is None else self.given.types.get(str(number))
        if found is None and name not in self._missing:
            self._missing.add(name)
            self.findings.append(reasons.stop(reasons.ROLE_MISSING, role=name))
        return found

    def add(
        self,
        wage_type: WageType,
        amount: Decimal,
        *,
        why: tuple[Reason, ...],
        quantity: Decimal | None = None,
        rate: Decimal | None = None,
        base: Decimal | None = None,
        percent: Decimal | None = None,
        text: str = "",
        employment: int = 0,
        cost_centre: str = "",
        for_month: dt.date | None = None,
    ) -> None:
        """Put a line on the slip. ``amount`` is signed as the employee sees it."""
        if abs(amount) > LARGEST:
            self.findings.append(reasons.stop(reasons.MOVEMENT_OVERFLOW, type=wage_type.number))
            return
        kind = wage_type.kind
        self.lines.append(
            SlipLine(
                type=wage_type.number,
                kind=kind,
                name=wage_type.name,
                amount=amount,
                quantity=quantity,
                rate=rate,
                base=base,
                percent=percent,
                text=text,
                employment=employment,
                cost_centre=cost_centre,
                for_month=for_month,
                box=wage_type.box,
                bases=wage_type.bases,
                periodic=wage_type.periodic,
                paid=kind not in UNPAID,
                why=why,
            )
        )

    def contract_for(self, movement: Movement, pay: Pay | None = None) -> Contract | None:
        """The terms that a movement belongs to, those paid so if there are any.

        An employment that has not begun stops the run; nobody employed at all is found elsewhere.
        """
        contract = self.contract_of(movement.employment, pay)
        if contract is None and pay is not None:
            contract = self.contract_of(movement.employment)
        if contract is None and self.times.known:
            self.findings.append(
                reasons.stop(
                    reasons.MOVEMENT_UNKNOWN_EMPLOYMENT,
                    type=movement.type,
                    employment=movement.employment,
                )
            )
        return contract

    def contract_of(self, employment: int, pay: Pay | None = None) -> Contract | None:
        """The terms that something typed belongs to: of the month, or the last ones before.

        Employment 0 is the first one. With ``pay`` only terms paid so are meant.
        """
        of_month = [part.contract for part in self.times.parts]
        fitting = _fitting(of_month, employment, pay)
        if not fitting:
            known = sorted(self.times.known, key=lambda one: one.first)
            fitting = _fitting(known, employment, pay)[-1:]
        if not fitting:
            return None
        return [one for one in fitting if one.employment == fitting[0].employment][-1]

    def earn(self, contract: Contract, amount: Decimal) -> None:
        """Count a part of a 13th month's wage as earned, unrounded."""
        key = f"{contract.employment}:{contract.pay.value}"
        self.earned[key] = self.earned.get(key, ZERO) + amount


def _fitting(contracts: Iterable[Contract], employment: int, pay: Pay | None) -> list[Contract]:
    return [
        one
        for one in contracts
        if (not employment or one.employment == employment) and (pay is None or one.pay == pay)
    ]


def is_after_net(line: SlipLine) -> bool:
    """Whether a line stands below the net wage: expenses, advances, and family allowances whose
    wage type is no part of the gross wage."""
    if line.kind is Kind.FAMILY:
        return Base.GROSS not in line.bases
    return line.kind is Kind.EXPENSE or line.kind is Kind.ADVANCE


def in_order(lines: Iterable[SlipLine]) -> tuple[SlipLine, ...]:
    """Lines as a slip shows them: wages, deductions, balancing, expenses, advances, infos."""
    return tuple(sorted(lines, key=_place))


def _place(line: SlipLine) -> tuple[int, int]:
    section = _SECTIONS.get(line.kind, 0)
    if line.kind is Kind.DEDUCTION and Base.GROSS in line.bases:
        section = 0  # it lowers the gross wage, such as what is paid for the car
    return (3 if section == 0 and is_after_net(line) else section, line.type)
