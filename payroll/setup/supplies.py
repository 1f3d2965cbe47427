"""What employees get for a part of their wage, and the tax on it (Leistungen an das Personal).

Private use of a company car is a supply to the employee, worth what the wage certificate says, tax
included. Whatever wages credit to an account whose usual VAT code is one of turnover is such a supply.
Source: MWSTV Art. 47; MWST-Info 08, private shares.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from accounting.ledger.entering import PurposeMissing
from accounting.ledger.lines import VatFacts
from accounting.ledger.models import Account
from erp.companies.models import Company
from vat.codes.breakdown import break_down
from vat.codes.models import CodeKind, VatSettings
from vat.codes.queries import rates_on, settings_on


@dataclass(frozen=True, slots=True)
class Supply:
    """An amount taken apart, debit positive: ``net`` on its account, and the tax on others."""

    net: Decimal
    facts: VatFacts
    taxes: Sequence[tuple[Account, Decimal, VatFacts]]


class Supplies:
    """Taxes what is booked to accounts of supplies; asks twice, and only if there is something to tax."""

    def __init__(self, company: Company, date: dt.date, accounts: Mapping[str, Account]) -> None:
        self.company, self.date = company, date
        self.accounts = accounts

    @cached_property
    def _method(self) -> str:
        found = settings_on(self.company, self.date)
        return found.method if found is not None else VatSettings.Method.NOT_LIABLE

    @cached_property
    def _rates(self) -> Mapping[str, Decimal]:
        return rates_on(self.date)

    def of(self, account: Account, amount: Decimal) -> Supply | None:
        """An amount booked to an account, tax included and debit positive; None where it is no supply.

        With net and flat rates nothing is split off, the turnover counts as it is. Raises
        ``CodeInactive``, or ``PurposeMissing`` where no account is for the tax.
        """
        code = account.vat_code
        if code is None or code.kind != CodeKind.OUTPUT or account.is_balance_sheet or not amount:
            return None
        if self._method == VatSettings.Method.NOT_LIABLE:
            return None
        sign = 1 if amount > 0 else -1
        parts = break_down(code, abs(amount), supply_date=self.date,
                           rate_on=lambda rate_class, _day: self._rates[rate_class])  # fmt: skip
        if self._method != VatSettings.Method.EFFECTIVE:
            return Supply(amount, VatFacts(code, "B", parts.rate, amount, self.date), ())
        taxes = [
            (self._tax_account(tax.purpose), sign * tax.amount,
             VatFacts(code, "T", parts.rate, sign * parts.base, self.date))
            for tax in parts.tax_lines
        ]  # fmt: skip
        facts = VatFacts(code, "B", parts.rate, sign * parts.base, self.date)
        return Supply(sign * parts.net, facts, taxes)

    def _tax_account(self, purpose: str) -> Account:
        for account in self.accounts.values():
            if account.purpose == purpose:
                return account
        raise PurposeMissing(purpose=Account.Purpose(purpose).label)
