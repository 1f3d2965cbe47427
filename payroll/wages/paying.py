"""From the net wage to the payout: what balances, what is garnished, what stays (Auszahlung)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from erp.core.money import to_centimes
from payroll.wages import reasons
from payroll.wages.drafting import Draft, is_after_net
from payroll.wages.gross import Worth, put
from payroll.wages.reasons import because
from payroll.wages.values import ZERO, Kind, Movement

_ROLES = {Kind.BENEFIT_IN_KIND: "balance_kind", Kind.EMPLOYER_PAID: "balance_paid"}
_CODES = {Kind.BENEFIT_IN_KIND: reasons.BALANCE_KIND, Kind.EMPLOYER_PAID: reasons.BALANCE_PAID}


def balance(draft: Draft) -> None:
    """Take out again what raised the gross wage without being paid in money (Ausgleich).

    Benefits in kind and what was paid to others are balanced by one line each; what somebody
    balanced by hand is left out.
    """
    open_parts = {kind: _total(draft, kind) for kind in _ROLES}
    if not any(open_parts.values()):
        return
    numbers = {draft.given.roles.get(role): kind for kind, role in _ROLES.items()}
    others = ZERO
    for line in draft.lines:
        if line.kind is Kind.NET_CORRECTION:
            kind = numbers.get(line.type)
            if kind is None:
                others += line.amount
            else:
                open_parts[kind] += line.amount
    for kind, amount in open_parts.items():
        used = max(-amount, others) if amount > ZERO and others < ZERO else ZERO
        others -= used
        _balance(draft, kind, amount + used)


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


def _total(draft: Draft, kind: Kind) -> Decimal:
    return sum((line.amount for line in draft.lines if line.kind is kind), ZERO)


def _balance(draft: Draft, kind: Kind, amount: Decimal) -> None:
    if not amount:
        return
    wage_type = draft.role(_ROLES[kind])
    if wage_type is not None:
        draft.add(wage_type, -amount, why=(because(_CODES[kind], amount=amount),))
