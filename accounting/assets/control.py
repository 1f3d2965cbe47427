"""Register and ledger side by side (Abstimmung): by account, on a day; and whether the year is depreciated."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounting.assets.categories import categories
from accounting.assets.models import AssetMovement
from accounting.assets.standings import in_use, outlooks
from accounting.ledger.balances import account_sums
from accounting.ledger.models import Account, FiscalYear
from accounting.ledger.queries import year_of
from erp.companies.models import Company
from erp.core.money import ZERO


@dataclass(frozen=True, slots=True)
class ControlRow:
    """An account of assets: what the register says and what the ledger does, debit positive."""

    account: Account
    register: Decimal
    ledger: Decimal

    @property
    def difference(self) -> Decimal:
        """What the ledger has more than the register."""
        return self.ledger - self.register


def control(company: Company, *, until: dt.date) -> list[ControlRow]:
    """Each account of a category as of the end of a day, by number. Three queries."""
    sums = {
        pk: (cost, gone)
        for pk, cost, gone in AssetMovement.of(company).filter(date__lte=until).order_by()
        .values_list("category").annotate(Sum("cost"), Sum("depreciation"))
    }  # fmt: skip
    accounts: dict[int, Account] = {}
    register: dict[int, Decimal] = {}
    for category in categories(company):
        cost, gone = sums.get(category.pk, (ZERO, ZERO))
        for account, amount in ((category.account, cost), (category.credited, -gone)):
            accounts[account.pk] = account
            register[account.pk] = register.get(account.pk, ZERO) + amount
    if not accounts:
        return []
    year = year_of(company, until)
    ledger = account_sums(company, year=year, until=min(until, year.end)) if year else {}
    return [
        ControlRow(account, register[pk], ledger[pk].closing if pk in ledger else ZERO)
        for pk, account in sorted(accounts.items(), key=lambda one: one[1].number)
    ]


def differs(company: Company, *, until: dt.date) -> list[ControlRow]:
    """The accounts on which register and ledger are not equal."""
    return [row for row in control(company, until=until) if row.difference]


def undepreciated(company: Company, *, year: FiscalYear) -> dict[int, Decimal]:
    """What is still to be depreciated until the end of a fiscal year, whether or not a run covers it.

    In the company's currency, by the asset's id; those with nothing left are not there. Raises
    ``NoRule`` for a category without a rule.
    """
    found = outlooks(company, in_use(company, year.end), year=year, until=year.end)
    return {row.asset.pk: row.amount for row in found if row.amount}
