"""The figures of a year as it is closed: of totals alone, so that their cost follows the accounts.

The digest stands on what was posted, by the accounts' ids: renaming an account changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from accounting.ledger.balances import AccountSums, account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.queries import ChartRow, chart_rows
from erp.companies.models import Company
from erp.core.money import ZERO

FORM: Final = "rappen-year-1"  # another form of the digest gets another name


@dataclass(frozen=True)
class Frozen:
    """A year's balances. ``result`` and ``carried`` are profit positive, as ``YearClosing`` keeps them."""

    rows: list[dict[str, Any]]
    result: Decimal
    carried: Decimal
    digest: str


def frozen(company: Company, year: FiscalYear, chart: Sequence[ChartRow] | None = None) -> Frozen:
    """What stands on all accounts at the end of a year; two queries over totals.

    ``chart`` is the one of the company, where it is at hand.
    Income and expense open at zero. What they held before stands on the account for the result
    carried forward, as in the trial balance.
    """
    sums = account_sums(company, year=year, until=year.end)
    accounts = chart_rows(company, language=company.language) if chart is None else chart
    before = sum((sums[a.pk].before for a in accounts if a.is_result and a.pk in sums), ZERO)
    result = -sum((sums[a.pk].of_year for a in accounts if a.is_result and a.pk in sums), ZERO)
    carried = result - before
    rows = []
    for account in accounts:
        own = sums.get(account.pk, AccountSums())
        opening = own.opened if account.is_result else own.before + own.opened
        if account.purpose == Account.Purpose.RETAINED_EARNINGS:
            carried -= own.closing
            opening += before
        if opening or own.debit or own.credit:
            rows.append(_row(account, opening, own))
    return Frozen(rows, ZERO + result, ZERO + carried, digest_of(year, sums))


def digest_of(year: FiscalYear, sums: dict[int, AccountSums]) -> str:
    """SHA-256 of what was posted on each account: its id, before, opened, debit, credit."""
    lines = [FORM, f"{year.start}|{year.end}"]
    for pk in sorted(sums):
        one = sums[pk]
        lines.append(f"{pk}|{one.before:.2f}|{one.opened:.2f}|{one.debit:.2f}|{one.credit:.2f}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _row(account: ChartRow, opening: Decimal, own: AccountSums) -> dict[str, Any]:
    return {
        "id": account.pk, "account": account.number, "name": account.name,
        "opening": f"{opening:.2f}", "debit": f"{own.debit:.2f}", "credit": f"{own.credit:.2f}",
        "closing": f"{opening + own.debit - own.credit:.2f}",
    }  # fmt: skip
