"""Gross lines of a slip (Bruttolohn): what contracts say, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from erp.core.money import ZERO, to_centimes
from payroll.wages import reasons
from payroll.wages.drafting import LARGEST, TURNED, Draft
from payroll.wages.kinds import Method, Pay, Thirteenth
from payroll.wages.reasons import because
from payroll.wages.spans import MONTH_DAYS
from payroll.wages.values import HUNDRED, Contract, Movement, Reason, WageType
from payroll.wages.withholding import days as days_of_work

#: Roles of the wage types for wages by hours and lessons, and of their supplements.
WAGE_ROLES: Mapping[Pay, str] = {
    Pay.MONTH: "monthly_wage", Pay.HOUR: "hourly_wage", Pay.LESSON: "lesson_wage",
}  # fmt: skip
HOLIDAY_ROLES: Mapping[Pay, str] = {Pay.HOUR: "holiday_hourly", Pay.LESSON: "holiday_lesson"}
PUBLIC_ROLES: Mapping[Pay, str] = {Pay.HOUR: "public_hourly", Pay.LESSON: "public_lesson"}
THIRTEENTH_ROLES: Mapping[Pay, str] = {
    Pay.MONTH: "thirteenth", Pay.HOUR: "thirteenth_hourly", Pay.LESSON: "thirteenth_lesson",
}  # fmt: skip

MONTHS = 12
_MONTH = Decimal(MONTH_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a movement comes to, before its sign, and how."""

    amount: Decimal
    why: tuple[Reason, ...]
    quantity: Decimal | None = None
    rate: Decimal | None = None
    base: Decimal | None = None
    percent: Decimal | None = None


def contract_lines(draft: Draft) -> None:
    """Monthly wages as contracts say, in proportion to the days (Monatslohn).

    A whole month is paid as agreed, a part of it rounded; the parts of a month whose terms changed
    add up to what its days are worth, rounded once.
    """
    exact: dict[int, Decimal] = {}
    for part in draft.times.parts:
        contract = part.contract
        if contract.pay is not Pay.MONTH or not contract.wage:
            continue
        wage_type = draft.role(WAGE_ROLES[Pay.MONTH])
        if wage_type is None:
            continue
        days = part.end - part.start
        if days == MONTH_DAYS:
            amount = to_centimes(contract.wage)
            why = because(reasons.WAGE_MONTH, wage=contract.wage, degree=contract.degree)
        else:
            before = exact.get(contract.employment, ZERO)
            after = before + contract.wage * days / _MONTH
            exact[contract.employment] = after
            amount = draft.rounded(after) - draft.rounded(before)
            why = because(reasons.WAGE_DAYS, wage=contract.wage, days=days)
        if contract.thirteenth is not Thirteenth.NONE:
            draft.earn(contract, amount / MONTHS)
        draft.add(
            wage_type,
            amount,
            why=(why,),
            quantity=None if days == MONTH_DAYS else Decimal(days),
            rate=contract.wage,
            employment=contract.employment,
            cost_centre=_only_centre(contract),
        )


def movement_lines(draft: Draft) -> list[Movement]:
    """Lines of what was typed or recurs; percentages and garnishments are handed back for later."""
    later: list[Movement] = []
    days = {draft.given.roles.get(role) for role in days_of_work.ROLES}
    for movement in draft.given.movements:
        if movement.type in days:  # no money, but a figure for the withholding tax
            continue
        wage_type = draft.given.types.get(str(movement.type))
        if wage_type is None:
            draft.findings.append(reasons.stop(reasons.MOVEMENT_UNKNOWN_TYPE, type=movement.type))
        elif movement.keeps is not None or (movement.amount is None and is_percentage(wage_type)):
            later.append(movement)
        else:
            add_movement(draft, movement, wage_type)
    return later


def is_percentage(wage_type: WageType) -> bool:
    return wage_type.method is Method.PERCENT or (
        wage_type.method is Method.AMOUNT and bool(wage_type.of)
    )


def add_movement(draft: Draft, movement: Movement, wage_type: WageType) -> None:
    """Put a movement on the slip that needs no other line; a wage by hours earns a 13th part."""
    pay = _paid_by(draft, wage_type.number)
    contract = draft.contract_for(movement, pay)
    if contract is None:
        return
    worth = _worth(draft, movement, wage_type, contract)
    if worth is None:
        return
    put(draft, movement, wage_type, worth, contract)
    if pay is Pay.MONTH and contract.pay is pay and contract.thirteenth is not Thirteenth.NONE:
        draft.earn(contract, worth.amount / MONTHS)


def put(
    draft: Draft, movement: Movement, wage_type: WageType, worth: Worth, contract: Contract
) -> None:
    """A line with a movement's text, cost centre and month, signed as the employee sees it."""
    draft.add(
        wage_type,
        -worth.amount if wage_type.kind in TURNED else worth.amount,
        why=worth.why,
        quantity=worth.quantity,
        rate=worth.rate,
        base=worth.base,
        percent=worth.percent,
        text=movement.text,
        employment=movement.employment or contract.employment,
        cost_centre=movement.cost_centre or _only_centre(contract),
        for_month=movement.for_month,
    )


def supplements(draft: Draft) -> None:
    """Holidays, public holidays and the 13th of wages by hours and lessons, each shown by itself.

    Percent of the base; the 13th is of base and both supplements. What was typed replaces what
    would be reckoned. Source: OR Art. 329d, payroll practice (8.33 % is a twelfth).
    """
    for pay in (Pay.HOUR, Pay.LESSON):
        number = draft.given.roles.get(WAGE_ROLES[pay])
        bases: dict[int, Decimal] = {}
        for line in draft.lines:
            if line.type == number:
                bases[line.employment] = bases.get(line.employment, ZERO) + line.amount
        for employment, base in bases.items():
            contract = draft.contract_of(employment, pay)
            if contract is not None:
                _supplements_of(draft, contract, base)


def _supplements_of(draft: Draft, contract: Contract, base: Decimal) -> None:
    pay = contract.pay
    holiday = _supplement(
        draft, contract, HOLIDAY_ROLES[pay], base, contract.holiday_percent,
        reasons.SUPPLEMENT_HOLIDAY,
    )  # fmt: skip
    public = _supplement(
        draft, contract, PUBLIC_ROLES[pay], base, contract.public_holiday_percent,
        reasons.SUPPLEMENT_PUBLIC_HOLIDAY,
    )  # fmt: skip
    whole, percent = base + holiday + public, draft.given.figures.thirteenth_percent
    if contract.thirteenth is Thirteenth.MONTHLY:
        _supplement(
            draft, contract, THIRTEENTH_ROLES[pay], whole, percent, reasons.SUPPLEMENT_THIRTEENTH
        )
    elif contract.thirteenth is not Thirteenth.NONE:
        draft.earn(contract, whole * percent / HUNDRED)


def _supplement(
    draft: Draft, contract: Contract, role: str, base: Decimal, percent: Decimal, code: str
) -> Decimal:
    """Add a supplement and give its amount, or that of the lines somebody typed instead."""
    number = draft.given.roles.get(role)
    typed = [x for x in draft.lines if x.type == number and x.employment == contract.employment]
    if typed:
        return sum((line.amount for line in typed), ZERO)
    if not percent or not base:
        return ZERO
    wage_type = draft.role(role)
    if wage_type is None:
        return ZERO
    amount = draft.rounded(base * percent / HUNDRED)
    draft.add(
        wage_type,
        amount,
        why=(because(code, percent=percent, base=base),),
        base=base,
        percent=percent,
        employment=contract.employment,
        cost_centre=_only_centre(contract),
    )
    return amount


def _worth(
    draft: Draft, movement: Movement, wage_type: WageType, contract: Contract
) -> Worth | None:
    quantity, rate = movement.quantity, movement.rate
    if movement.amount is not None:
        return Worth(
            amount=movement.amount
            if abs(movement.amount) > LARGEST
            else to_centimes(movement.amount),
            why=(because(reasons.LINE_TYPED),),
            quantity=quantity,
            rate=rate,
        )
    if quantity is None and rate is not None:
        if wage_type.number == draft.given.roles.get("company_car"):
            return _car(draft, rate)
        quantity = Decimal(1)
    if quantity is None:
        draft.findings.append(reasons.stop(reasons.MOVEMENT_NO_AMOUNT, type=wage_type.number))
        return None
    why: tuple[Reason, ...] = ()
    if rate is None:
        found = _rate(draft, movement, wage_type, contract)
        if found is None:
            draft.findings.append(reasons.stop(reasons.MOVEMENT_NO_RATE, type=wage_type.number))
            return None
        rate, reason = found
        why = (reason,)
    why = (because(reasons.LINE_QUANTITY, quantity=quantity, rate=rate), *why)
    return Worth(amount=draft.rounded(quantity * rate), why=why, quantity=quantity, rate=rate)


def _car(draft: Draft, price: Decimal) -> Worth:
    """The private share of a company car (Privatanteil Geschäftswagen): so much of its price a month.

    Source: Berufskostenverordnung Art. 5a, guide to the wage certificate no. 21 ff.
    """
    percent, least = draft.given.figures.car_percent, draft.given.figures.car_minimum
    why = because(reasons.CAR_SHARE, price=price, percent=percent, minimum=least)
    amount = max(draft.rounded(price * percent / HUNDRED), to_centimes(least))
    return Worth(amount=amount, why=(why,), base=price, percent=percent)


def _rate(
    draft: Draft, movement: Movement, wage_type: WageType, contract: Contract
) -> tuple[Decimal, Reason] | None:
    """The rate of a quantity that was typed without one: the contract's, or its percentage.

    Percentages such as 125 for overtime are of the wage of an hour, which is the monthly wage at
    100 % by the company's hours a month. Rounded to 0.01.
    """
    percent = movement.percent if movement.percent is not None else wage_type.percent
    if percent is None:
        if contract.wage and _paid_by(draft, wage_type.number) is contract.pay:
            return contract.wage, because(reasons.WAGE_RATE, wage=contract.wage)
        return None
    hour, hours = contract.wage, draft.given.terms.monthly_hours
    if contract.pay is Pay.MONTH:
        if not contract.degree or not hours:
            return None
        hour = hour * HUNDRED / contract.degree / hours
    if not hour:
        return None
    why = because(
        reasons.WAGE_RATE_RECKONED,
        wage=contract.wage,
        degree=contract.degree,
        hours=hours,
        percent=percent,
    )
    return to_centimes(hour * percent / HUNDRED), why


def _paid_by(draft: Draft, number: int) -> Pay | None:
    roles = draft.given.roles
    return next((pay for pay, role in WAGE_ROLES.items() if roles.get(role) == number), None)


def _only_centre(contract: Contract) -> str:
    return contract.cost_split[0][0] if len(contract.cost_split) == 1 else ""
