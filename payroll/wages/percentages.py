"""Wage types in percent of others (Prozentlohnarten): free of formulas, reckoned in their order."""

from __future__ import annotations

from collections.abc import Sequence

from erp.core.money import ZERO
from payroll.wages import reasons
from payroll.wages.drafting import Draft
from payroll.wages.gross import Worth, put
from payroll.wages.reasons import because
from payroll.wages.values import HUNDRED, Movement


def percentage_lines(draft: Draft, movements: Sequence[Movement]) -> None:
    """Lines in percent of other lines: of one employment where the movement names one.

    A percentage of percentages is reckoned after them; two that wait for each other stop the run.
    """
    waiting = list(movements)
    while waiting:
        numbers = {one.type for one in waiting}
        ready = [one for one in waiting if not numbers.intersection(_of(draft, one))]
        if not ready:
            draft.findings.append(reasons.stop(reasons.MOVEMENT_CIRCLE, type=waiting[0].type))
            return
        for movement in ready:
            _add(draft, movement)
        waiting = [one for one in waiting if one not in ready]


def _of(draft: Draft, movement: Movement) -> tuple[int, ...]:
    return draft.given.types[str(movement.type)].of


def _add(draft: Draft, movement: Movement) -> None:
    wage_type = draft.given.types[str(movement.type)]
    percent = movement.percent if movement.percent is not None else wage_type.percent
    contract = draft.contract_for(movement)
    if contract is None:
        return
    if percent is None or not wage_type.of:
        draft.findings.append(reasons.stop(reasons.MOVEMENT_NO_AMOUNT, type=wage_type.number))
        return
    base = sum(
        (
            line.amount
            for line in draft.lines
            if line.type in wage_type.of and movement.employment in (0, line.employment)
        ),
        ZERO,
    )
    worth = Worth(
        amount=draft.rounded(base * percent / HUNDRED),
        why=(because(reasons.LINE_PERCENT, percent=percent, base=base),),
        base=base,
        percent=percent,
    )
    put(draft, movement, wage_type, worth, contract)
