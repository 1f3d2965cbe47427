"""What is looked at before a return is filed (Prüfungen): errors refuse it, warnings are accepted.

Each check says what it found, how much, and where it is mended. All of them together ask a fixed
number of queries, and read the return's spans alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from vat.returns.checking import accounts, amounts, earlier, order, portal, rates, waiting
from vat.returns.checking.looking import Look
from vat.returns.computing import Computed
from vat.returns.findings import CheckFailed, Finding
from vat.returns.models import VatReturn

Check = Callable[[Look], Iterator[Finding]]
CHECKS: Final[list[Check]] = [
    order.earlier_open, order.overlapping, order.not_over, portal.refused, portal.activities,
    rates.unknown_rates, rates.other_rates, amounts.tax_of_base, accounts.turnover, accounts.taxes,
    accounts.bare_entries, accounts.cancelled, amounts.taken_over, amounts.difference, earlier.late,
    earlier.other_methods, earlier.closing, earlier.elsewhere, earlier.unusual,
    earlier.acquisitions_missing, waiting.unfinished,
]  # fmt: skip


def run(one: VatReturn, found: Computed) -> list[Finding]:
    """All findings, errors first, then what is only said last."""
    look = Look(one, found)
    findings = [finding for asked in CHECKS for finding in asked(look)]
    return sorted(findings, key=lambda finding: (not finding.is_error, finding.is_info))


def errors(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.is_error]


__all__ = ["CHECKS", "Check", "CheckFailed", "Finding", "errors", "run"]
