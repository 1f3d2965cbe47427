"""The 13th month's wage (13. Monatslohn): earned month by month, paid when the contract says so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from erp.core.money import ZERO
from payroll.wages import reasons
from payroll.wages.drafting import Draft
from payroll.wages.gross import THIRTEENTH_ROLES
from payroll.wages.kinds import Pay, Thirteenth
from payroll.wages.reasons import because

DECEMBER = 12

_MONTHS: Mapping[Thirteenth, frozenset[int]] = {
    Thirteenth.NONE: frozenset({12}),  # what was earned before the terms changed
    Thirteenth.DECEMBER: frozenset({12}),
    Thirteenth.HALVES: frozenset({6, 12}),
    Thirteenth.QUARTERS: frozenset({3, 6, 9, 12}),
    Thirteenth.MONTHLY: frozenset(range(1, 13)),
}
_KEPT = Decimal("0.000000000001")


def pay_thirteenth(draft: Draft) -> Mapping[str, Decimal]:
    """Pay what is due of the 13th, and give what stays open by employment and pay.

    It is a twelfth of the contract's wages as they were paid, or a percentage of wages by hours.
    It is due in the months of the contract, in December and at the exit; what somebody typed was
    paid and is left out. Open parts are unrounded, so that a year's parts add up to the whole.
    """
    opened = _opened(draft)
    if not opened:
        return {}
    typed = _take_out_typed(draft, opened)
    month = draft.given.month.month
    for key, amount in sorted(opened.items()):
        employment, pay = int(key.partition(":")[0]), Pay(key.partition(":")[2])
        left, due = _due(draft, employment, month)
        if not due:
            continue
        payable = draft.rounded(amount)
        if payable > ZERO:
            wage_type = draft.role(THIRTEENTH_ROLES[pay])
            if wage_type is None:
                continue
            why = because(
                reasons.THIRTEENTH_PAID, earned=payable + typed.get(key, ZERO),
                typed=typed.get(key, ZERO),
            )  # fmt: skip
            draft.add(wage_type, payable, why=(why,), employment=employment)
            opened[key] = amount - payable
        elif payable < ZERO and left:
            draft.findings.append(reasons.warn(reasons.THIRTEENTH_OVERPAID, amount=-payable))
        if left or month == DECEMBER:
            del opened[key]
    return {key: amount.quantize(_KEPT) for key, amount in opened.items()}


def _opened(draft: Draft) -> dict[str, Decimal]:
    """What was open, and what this month earned."""
    carry = draft.given.carry
    opened = dict(carry.thirteenths)
    if not opened and carry.thirteenth:
        contract = draft.contract_of(0)
        if contract is not None:
            opened[f"{contract.employment}:{contract.pay.value}"] = carry.thirteenth
    for key, amount in draft.earned.items():
        opened[key] = opened.get(key, ZERO) + amount
    return opened


def _take_out_typed(draft: Draft, opened: dict[str, Decimal]) -> dict[str, Decimal]:
    typed: dict[str, Decimal] = {}
    for pay, role in THIRTEENTH_ROLES.items():
        number = draft.given.roles.get(role)
        for line in draft.lines:
            key = f"{line.employment}:{pay.value}"
            if line.type == number and key in opened:
                opened[key] -= line.amount
                typed[key] = typed.get(key, ZERO) + line.amount
    return typed


def _due(draft: Draft, employment: int, month: int) -> tuple[bool, bool]:
    """Whether somebody has left that employment, and whether its 13th is due."""
    contracts = [one for one in draft.times.known if one.employment == employment]
    if not contracts:
        return False, month == DECEMBER
    latest = max(contracts, key=lambda one: one.first)
    left = latest.exit is not None and latest.exit <= draft.times.last
    return left, left or month in _MONTHS[latest.thirteenth]
