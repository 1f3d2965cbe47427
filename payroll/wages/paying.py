"""From the net wage to the payout: what balances, what is garnished, what stays (Auszahlung)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from erp.core.money import ZERO, to_centimes
from payroll.wages import reasons
from payroll.wages.drafting import Draft, is_after_net
from payroll.wages.gross import Worth, put
from payroll.wages.kinds import Kind
from payroll.wages.reasons import because
from payroll.wages.values import Movement

#: The wage types that balance: of the car, where there is one, of other benefits, of what was paid to others.
CAR, KIND, PAID = "balance_car", "balance_kind", "balance_paid"
_KINDS = {Kind.BENEFIT_IN_KIND: KIND, Kind.EMPLOYER_PAID: PAID}
_CODES = {
    CAR: reasons.BALANCE_KIND, KIND: reasons.BALANCE_KIND, PAID: reasons.BALANCE_PAID,
}  # fmt: skip


def balance(draft: Draft) -> None:
    """Take out again what raised the gross wage without being paid in money (Ausgleich).

    Benefits in kind and what was paid to others are balanced by one line each, a company car by its
    own, since its private share lowers the costs of the car; what somebody balanced by hand is left
    out.
    """
    open_parts = _benefits(draft)
    if not any(open_parts.values()):
        return
    numbers = {draft.given.roles.get(role): role for role in open_parts}
    others = ZERO
    for line in draft.lines:
        if line.kind is Kind.NET_CORRECTION:
            role = numbers.get(line.type)
            if role is None:
                others += line.amount
            else:
                open_parts[role] += line.amount
    if open_parts.get(CAR, ZERO) < ZERO:  # its type balanced something else by hand
        others, open_parts[CAR] = others + open_parts[CAR], ZERO
    for role, amount in open_parts.items():
        used = max(-amount, others) if amount > ZERO and others < ZERO else ZERO
        others -= used
        _balance(draft, role, amount + used)


def _benefits(draft: Draft) -> dict[str, Decimal]:
    """What is to be balanced, by the role of the wage type that does it."""
    roles = draft.given.roles
    parts = {CAR: ZERO, KIND: ZERO, PAID: ZERO} if CAR in roles else {KIND: ZERO, PAID: ZERO}
    for line in draft.lines:
        role = _KINDS.get(line.kind)
        if role is not None:
            is_car = CAR in parts and line.type == roles.get("company_car")
            parts[CAR if is_car else role] += line.amount
    return parts


def garnish(draft: Draft, movements: Sequence[Movement]) -> None:
    """Take what exceeds the minimum for existence (Lohnpfändung): of wage and family allowances.

    Expenses are not garnished, advances come after. With an amount, at most so much is taken.
    Source: SchKG Art. 93.
    """
    for movement in movements:
        wage_type = draft.given.types[str(movement.type)]
        contract = draft.contract_for(movement)
        keeps = movement.keeps
        if contract is None or keeps is None:
            continue
        net = attachable(draft)
        amount = max(ZERO, to_centimes(net - keeps))
        if movement.amount is not None:
            amount = min(amount, to_centimes(movement.amount))
        why = because(reasons.GARNISHMENT_OVER, keeps=keeps, net=net, amount=amount)
        if amount:
            worth = Worth(amount=amount, why=(why,), base=net)
            put(draft, movement, wage_type, worth, contract)


def attachable(draft: Draft) -> Decimal:
    """Net wage with all family allowances, less what was garnished already."""
    return sum(
        (
            line.amount
            for line in draft.lines
            if line.paid
            and (not is_after_net(line) or line.kind is Kind.FAMILY or _garnished(line.why))
        ),
        ZERO,
    )


def _garnished(why: tuple[reasons.Reason, ...]) -> bool:
    return bool(why) and why[0].code == reasons.GARNISHMENT_OVER


def _balance(draft: Draft, role: str, amount: Decimal) -> None:
    if not amount:
        return
    wage_type = draft.role(role)
    if wage_type is not None:
        draft.add(wage_type, -amount, why=(because(_CODES[role], amount=amount),))
