"""A run as a journal entry (Buchungssatz des Lohnlaufs): pure, from slips to debits and credits.

Everything goes through the clearing account, which is left with what is to be paid: wages are debited
to their accounts, deductions credited to who gets them, the employer's parts debited to expenses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from accounting.ledger.lines import Line
from accounting.ledger.models import Account, CostCentre
from accounting.ledger.models.accounts import Rule
from erp.core.money import ZERO, split_by
from payroll.runs.models import SlipContent
from payroll.runs.refusals import DoesNotAddUp
from payroll.wages.values import Charge, SlipLine


class Accounts(Protocol):
    """Where wages are booked, as ``payroll.setup.accounts`` knows it; each raises what is missing."""

    @property
    def clearing(self) -> Account: ...

    def of_type(self, number: int) -> Account: ...

    def liability(self, institution: int | None, insurance: str, canton: str = "") -> Account: ...

    def expense(self, institution: int | None, insurance: str, canton: str = "") -> Account: ...

    def tax(self, canton: str) -> Account: ...


Key = tuple[int, str]  # account and cost centre


@dataclass
class Entry:
    """Debits and credits of a run by account and cost centre."""

    accounts: Accounts
    by_centre: bool = True
    sums: dict[bool, dict[Key, Decimal]] = field(
        default_factory=lambda: {True: defaultdict(Decimal), False: defaultdict(Decimal)}
    )
    known: dict[int, Account] = field(default_factory=dict)
    paid: Decimal = ZERO

    def add(self, content: SlipContent) -> None:
        """Book a slip. Raises ``DoesNotAddUp`` where its lines are not what it pays."""
        slip, before = content.slip, self._left()
        weights = _weights(content) if self.by_centre else {"": Decimal(1)}
        owed = _owed(content)
        for line in slip.lines:
            amount = line.amount
            if not line.paid or not amount:
                continue
            if line.type in owed:  # the charge itself says who gets it
                owed[line.type] += amount
                continue
            self._paid(self.accounts.of_type(line.type), amount, _of_line(line, weights, content))
        for number, rest in owed.items():
            if rest:
                self._paid(self.accounts.of_type(number), rest, {"": Decimal(1)})
        for charge in slip.charges:
            self._charge(charge, weights)
        for tax in slip.taxes:
            self._owe(self.accounts.tax(tax.canton), tax.amount)
        self.paid += slip.payout
        if self._left() - before != slip.payout:
            raise DoesNotAddUp(payout=slip.payout, lines=self._left() - before)

    def lines(self, centres: Mapping[str, CostCentre]) -> list[Line]:
        """The entry, debits first, by account; the clearing account takes what is left to pay."""
        found = []
        for is_debit in (True, False):
            rows = self.sums[is_debit]
            for (account, centre), amount in sorted(rows.items(), key=self._place):
                if amount:
                    found.append(_line(self.known[account], amount, is_debit, centres.get(centre)))
        return found

    def _place(self, row: tuple[Key, Decimal]) -> tuple[str, str]:
        (account, centre), _amount = row
        return self.known[account].number, centre

    def _charge(self, charge: Charge, weights: Mapping[str, Decimal]) -> None:
        told = (charge.institution, charge.insurance.value, charge.canton)
        if charge.employee:
            self._owe(self.accounts.liability(*told), charge.employee)
        if charge.employer:
            self._debit(self.accounts.expense(*told), charge.employer, weights)
            self._put(self.accounts.liability(*told), -charge.employer)

    def _owe(self, account: Account, amount: Decimal) -> None:
        """The employee's part: from the clearing account to who gets it."""
        self._put(self.accounts.clearing, amount)
        self._put(account, -amount)

    def _paid(self, account: Account, amount: Decimal, weights: Mapping[str, Decimal]) -> None:
        self._debit(account, amount, weights)
        self._put(self.accounts.clearing, -amount)

    def _debit(self, account: Account, amount: Decimal, weights: Mapping[str, Decimal]) -> None:
        takes = not account.is_balance_sheet and account.cost_centre_rule != Rule.NO
        if not takes or set(weights) == {""}:
            self._put(account, amount)
            return
        parts = split_by(amount, list(weights.values()))
        for centre, part in zip(weights, parts, strict=True):
            self._put(account, part, centre)

    def _put(self, account: Account, amount: Decimal, centre: str = "") -> None:
        """Debit what is positive, credit what is negative."""
        self.known[account.pk] = account
        self.sums[amount > 0][account.pk, centre] += abs(amount)

    def _left(self) -> Decimal:
        key = (self.accounts.clearing.pk, "")
        return self.sums[False][key] - self.sums[True][key]


def _owed(content: SlipContent) -> dict[int, Decimal]:
    """What charges and taxes deduct, by the wage type of their lines."""
    owed: dict[int, Decimal] = defaultdict(Decimal)
    for charge in content.slip.charges:
        if charge.type is not None:
            owed[charge.type] += charge.employee
    roles = content.given.roles
    types = {line.type for line in content.slip.lines}
    for tax in content.slip.taxes:
        usual = "tax_correction" if tax.is_correction and roles.get("tax_correction") in types else "tax"
        if usual in roles:
            owed[roles[usual]] += tax.amount
    return dict(owed)


def _of_line(
    line: SlipLine, weights: Mapping[str, Decimal], content: SlipContent
) -> Mapping[str, Decimal]:
    """The cost centres of a line: its own, or those of its employment, or of all the person's wages."""
    if line.cost_centre:
        return {line.cost_centre: Decimal(1)}
    split = _split(content, line.employment)
    return split or weights


def _split(content: SlipContent, employment: int) -> dict[str, Decimal]:
    terms = [one for one in content.given.contracts if one.employment == employment and one.cost_split]
    return dict(terms[-1].cost_split) if terms else {}


def _weights(content: SlipContent) -> dict[str, Decimal]:
    """By what parts of the wages the employer's contributions are shared out over cost centres."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in content.slip.lines:
        if not line.paid or line.amount <= 0:
            continue
        own = {line.cost_centre: Decimal(1)}
        split = (None if line.cost_centre else _split(content, line.employment)) or own
        for centre, weight in split.items():
            found[centre] += line.amount * weight / sum(split.values())
    if found and any(found):
        return dict(sorted(found.items()))
    latest = [one for one in content.given.contracts if one.cost_split]
    return dict(latest[-1].cost_split) if latest else {"": Decimal(1)}


def _line(account: Account, amount: Decimal, is_debit: bool, centre: CostCentre | None) -> Line:
    if is_debit:
        return Line(account, debit=amount, cost_centre=centre)
    return Line(account, credit=amount, cost_centre=centre)


def entry_of(
    contents: Iterable[SlipContent], accounts: Accounts, *, by_centre: bool
) -> Entry:
    """The entry of all slips of a run."""
    entry = Entry(accounts, by_centre)
    for content in contents:
        entry.add(content)
    return entry
