"""The trial balance (Summen- und Saldenliste)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounting.ledger.balances import AccountSums, account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.queries import chart_rows
from erp.companies.models import Company
from erp.core.money import ZERO

NOTHING = AccountSums()


@dataclass(frozen=True, slots=True)
class TrialBalanceRow:
    """An account: amounts in the company's currency, balances debit positive.

    ``foreign`` is the closing balance of an account that is kept in a ``currency``; of others None.
    """

    number: str
    name: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    currency: str = ""
    foreign: Decimal | None = None

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class TrialBalance:
    """All accounts with anything on them up to a day. The balances add up to zero."""

    year: FiscalYear
    until: dt.date
    rows: list[TrialBalanceRow]

    @property
    def has_foreign(self) -> bool:
        """Whether an account is kept in another currency."""
        return any(row.foreign is not None for row in self.rows)

    @property
    def opening(self) -> Decimal:
        return sum((row.opening for row in self.rows), ZERO)

    @property
    def debit(self) -> Decimal:
        return sum((row.debit for row in self.rows), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((row.credit for row in self.rows), ZERO)

    @property
    def closing(self) -> Decimal:
        return sum((row.closing for row in self.rows), ZERO)


def trial_balance(
    company: Company, *, year: FiscalYear, until: dt.date, cost_centre: int | None = None
) -> TrialBalance:
    """Opening, turnover and closing balance of every account up to and including ``until``.

    Income and expense accounts start the year at zero, but for what its opening entries say: what
    they held before stands on the account for the result carried forward, whether or not the year before was closed.
    """
    sums = account_sums(company, year=year, until=until, cost_centre=cost_centre)
    accounts = chart_rows(company, language=get_language() or "de")
    carried = ZERO
    if cost_centre is None:
        carried = sum((sums[a.pk].before for a in accounts if a.is_result and a.pk in sums), ZERO)
    rows = []
    if carried and not any(a.purpose == Account.Purpose.RETAINED_EARNINGS for a in accounts):
        rows.append(TrialBalanceRow("", str(_("Results of earlier years")), carried, ZERO, ZERO))
    for account in accounts:
        own = sums.get(account.pk, NOTHING)
        opening = own.opened if account.is_result else own.before + own.opened
        if account.purpose == Account.Purpose.RETAINED_EARNINGS:
            opening += carried
        if opening or own.debit or own.credit:
            rows.append(
                TrialBalanceRow(
                    account.number,
                    account.name,
                    opening,
                    own.debit,
                    own.credit,
                    account.currency,
                    own.foreign if account.currency and cost_centre is None else None,
                )
            )
    return TrialBalance(year, until, rows)
