"""A month's wages of one person (Lohnberechnung): from what is given to the slip.

Order: gross lines, bases, deductions, withholding tax (of the gross wage), net wage, then expenses,
garnishment, advances, and the payout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from erp.core.money import ZERO
from payroll.wages import reasons
from payroll.wages.accumulating import Accounts
from payroll.wages.ahv import charge_ahv
from payroll.wages.carrying import Carry
from payroll.wages.checking import (
    check_employment,
    check_family,
    check_insurance,
    check_quantities,
)
from payroll.wages.contributions import amounts_by_base, charge_contributions
from payroll.wages.drafting import Draft, in_order, is_after_net
from payroll.wages.gross import contract_lines, movement_lines, supplements
from payroll.wages.kinds import Base
from payroll.wages.paying import balance, garnish
from payroll.wages.percentages import percentage_lines
from payroll.wages.simplified import charge_tax
from payroll.wages.thirteenth import pay_thirteenth
from payroll.wages.values import Charge, MonthInput, Movement, Slip, SlipLine, Tax, WageType
from payroll.wages.withholding import taxes as withheld


def calculate(given: MonthInput) -> Slip:
    """Reckon a month's slip of a person.

    Nothing is read beside ``given``, and the same input gives the same slip. What is wrong with
    the data of people becomes a finding that stops the run, never an exception. ``ValueError`` is a
    bug of the caller: a month that is not its first day.
    """
    if given.month.day != 1:
        raise ValueError("a month is given by its first day")
    draft = Draft(given)
    thirteenths, garnishments = _gross(draft)
    bases = amounts_by_base(draft.lines)
    accounts = Accounts(given.carry.sums, draft.step, given.earlier)
    status = charge_ahv(draft, accounts, bases)
    held = charge_contributions(draft, accounts, bases, status)
    charge_tax(draft, accounts, bases)
    _deduct(draft, accounts.charges)
    taxable = replace(given, withholdings=(), tax_changes=()) if given.terms.simplified else given
    tax = withheld(taxable, tuple(draft.lines), days=draft.times.days)
    draft.findings.extend(tax.findings)
    _deduct_taxes(draft, tax.taxes)
    balance(draft)
    garnish(draft, garnishments)
    check_quantities(draft)
    check_insurance(draft, held, accounts, status)
    check_family(draft, bases)
    lines = in_order(draft.lines)
    payout = _sum(line.amount for line in lines if line.paid)
    if payout < ZERO:
        draft.findings.append(reasons.stop(reasons.PAYOUT_NEGATIVE, amount=payout))
    return Slip(
        month=given.month,
        lines=lines,
        charges=tuple(accounts.charges),
        taxes=tax.taxes,
        gross=_sum(x.amount for x in lines if x.paid and Base.GROSS in x.bases),
        net=_sum(line.amount for line in lines if line.paid and not is_after_net(line)),
        payout=payout,
        days=draft.times.days,
        carry=Carry(
            sums=accounts.sums,
            types=_types(given.carry.types, lines),
            taxed=tax.taxed,
            thirteenth=_sum(thirteenths.values()),
            thirteenths=thirteenths,
            untaxed=tax.untaxed,
        ),
        findings=tuple(draft.findings),
    )


def _gross(draft: Draft) -> tuple[Mapping[str, Decimal], list[Movement]]:
    """All lines that are no deductions of the program; garnishments wait for the net wage."""
    contract_lines(draft)
    later = movement_lines(draft)
    supplements(draft)
    thirteenths = pay_thirteenth(draft)
    if later:
        percentage_lines(draft, [one for one in later if one.keeps is None])
    check_employment(draft)
    return thirteenths, [one for one in later if one.keeps is not None]


def _deduct(draft: Draft, charges: Iterable[Charge]) -> None:
    """The employee's parts as lines, under the wage type of the contribution."""
    types = draft.given.types
    for charge in charges:
        if not charge.employee:
            continue
        number = charge.type
        if number is None:
            number = draft.given.roles.get(charge.insurance.value)
        wage_type = None if number is None else types.get(str(number))
        if wage_type is None:
            draft.findings.append(
                reasons.stop(reasons.CONTRIBUTION_NO_TYPE, key=charge.key, code=charge.code)
            )
            continue
        fixed = not charge.employee_percent
        draft.add(
            wage_type,
            -charge.employee,
            why=charge.why,
            base=None if fixed else charge.insured,
            percent=None if fixed else charge.employee_percent,
            text=charge.code,
        )


def _deduct_taxes(draft: Draft, taxes: Iterable[Tax]) -> None:
    for tax in taxes:
        if not tax.amount:
            continue
        wage_type: WageType | None = draft.role("tax_correction" if tax.is_correction else "tax")
        if wage_type is None:
            continue
        draft.add(
            wage_type,
            -tax.amount,
            why=tax.why,
            base=tax.taxable,
            percent=tax.percent,
            text=f"{tax.canton} {tax.code}",
            for_month=tax.month if tax.month != draft.given.month else None,
        )


def _types(before: Mapping[str, Decimal], lines: Iterable[SlipLine]) -> dict[str, Decimal]:
    """Amounts of the year by wage type, as the lines are signed."""
    types = dict(before)
    for line in lines:
        key = str(line.type)
        types[key] = types.get(key, ZERO) + line.amount
    return types


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
