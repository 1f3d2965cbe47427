"""Withholding tax (Quellensteuer)."""

from __future__ import annotations

from collections.abc import Sequence

from payroll.wages.reasons import stop
from payroll.wages.values import Finding, MonthInput, SlipLine, Tax, TaxedMonth


def taxes(
    given: MonthInput, lines: Sequence[SlipLine], *, days: int
) -> tuple[tuple[Tax, ...], tuple[TaxedMonth, ...], tuple[Finding, ...]]:
    """Nobody is taxed at source; who should be stops the run."""
    if not given.withholdings:
        return (), given.carry.taxed, ()
    return (), given.carry.taxed, (stop("tax.not_reckoned", code=given.withholdings[-1].code),)
