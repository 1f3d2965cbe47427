"""A run as a journal entry (Buchungssatz des Lohnlaufs): pure, from slips to debits and credits.

Everything goes through the clearing account, which is left with what is to be paid: wages are debited
to their accounts, deductions credited to who gets them, the employer's parts debited to expenses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.models import Account, CostCentre
from accounting.ledger.models.accounts import Rule
from erp.core.money import ZERO, split_by
from payroll.runs.families import fund_of
from payroll.runs.models import SlipContent
from payroll.runs.refusals import DoesNotAddUp
from payroll.setup.accounts import AccountPlan
from payroll.wages.kinds import Base, Kind
from payroll.wages.values import Charge, SlipLine

Key = tuple[int, str]  # account and cost centre


@dataclass(frozen=True, slots=True)
class Tax:
    """Tax of a code on an account, debit positive; its facts tell the base."""

    amount: Decimal
    facts: VatFacts

    def plus(self, amount: Decimal, base: Decimal) -> Tax:
        return Tax(self.amount + amount, replace(self.facts, base=self.facts.base + base))


@dataclass
class Entry:
    """Debits and credits of a run by account and cost centre; ``plan`` raises what is missing."""

    plan: AccountPlan
    by_centre: bool = True
    sums: dict[bool, dict[Key, Decimal]] = field(
        default_factory=lambda: {True: defaultdict(Decimal), False: defaultdict(Decimal)}
    )
    known: dict[int, Account] = field(default_factory=dict)
    paid: Decimal = ZERO
    supplied: dict[int, VatFacts] = field(default_factory=dict)  # by account: code, rate and day
    taxes: dict[tuple[int, int], Tax] = field(default_factory=dict)  # by account and code

    @cached_property
    def clearing(self) -> Account:
        return self.plan.clearing()

    def add(self, content: SlipContent) -> None:
        """Book a slip. Raises ``DoesNotAddUp`` where its lines are not what it pays."""
        slip, before = content.slip, self._left()
        weights = _weights(content) if self.by_centre else {"": Decimal(1)}
        owed = _owed(content)
        for line in slip.lines:
            amount = line.amount
            if not line.paid or not amount:
                continue
            if (number := owed.name_of(line.type)) is not None:  # the charge says who gets it
                owed.sums[number] += amount
                continue
            centres = _of_line(line, weights, content)
            if line.kind is Kind.FAMILY:
                canton, fund = fund_of(content.given, line)
                self._of_type(line.type, amount, centres, canton=canton, institution=fund)
            else:
                self._of_type(line.type, amount, centres)
        for number, rest in owed.sums.items():
            if rest:
                self._of_type(number, rest, {"": Decimal(1)})
        for charge in slip.charges:
            self._charge(charge, weights)
        for tax in slip.taxes:
            if tax.amount:
                self._owe(self.plan.liability("tax", canton=tax.canton), tax.amount)
        self.paid += slip.payout
        if self._left() - before != slip.payout:
            raise DoesNotAddUp(payout=slip.payout, lines=self._left() - before)

    def lines(self, centres: Mapping[str, CostCentre]) -> list[Line]:
        """The entry, debits first, by account, taxes last; the clearing account takes what is left to pay."""
        found = []
        taxed = {account for account, _code in self.taxes}
        for is_debit in (True, False):
            rows = self.sums[is_debit]
            for (account, centre), amount in sorted(rows.items(), key=self._place):
                if amount and account not in taxed:
                    facts = self.supplied.get(account)
                    vat = facts and replace(facts, base=amount if is_debit else -amount)
                    found.append(
                        _line(self.known[account], amount, is_debit, centres.get(centre), vat)
                    )
        for (account, _code), tax in self.taxes.items():
            if tax.amount:
                found.append(
                    _line(self.known[account], abs(tax.amount), tax.amount > 0, None, tax.facts)
                )
        return found

    def _place(self, row: tuple[Key, Decimal]) -> tuple[str, str]:
        (account, centre), _amount = row
        return self.known[account].number, centre

    def _charge(self, charge: Charge, weights: Mapping[str, Decimal]) -> None:
        if not charge.employee and not charge.employer:
            return
        expense, liability = self.plan.of_charge(charge)
        if charge.employee:
            self._owe(liability, charge.employee)
        if charge.employer:
            self._debit(expense, charge.employer, weights)
            self._put(liability, -charge.employer)

    def _owe(self, account: Account, amount: Decimal) -> None:
        """The employee's part: from the clearing account to who gets it."""
        self._put(self.clearing, amount)
        self._put(account, -amount)

    def _of_type(
        self, number: int, amount: Decimal, weights: Mapping[str, Decimal], *, canton: str = "",
        institution: int | None = None,
    ) -> None:  # fmt: skip
        """What a wage type pays is debited to its account, what it takes credited."""
        account = self.plan.of_type(number, canton=canton, institution=institution)
        if account is None:
            return
        supply = self.plan.supplies.of(account, amount) if self.plan.supplies else None
        self._debit(account, supply.net if supply else amount, weights)
        self._put(self.clearing, -amount)
        if supply:
            self.supplied[account.pk] = supply.facts
            for owed, tax, facts in supply.taxes:
                self._put(owed, tax)
                key = (owed.pk, facts.code.pk)
                self.taxes[key] = self.taxes.get(key, Tax(ZERO, replace(facts, base=ZERO))).plus(
                    tax, facts.base
                )

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
        key = (self.clearing.pk, "")
        return self.sums[False].get(key, ZERO) - self.sums[True].get(key, ZERO)


@dataclass(frozen=True, slots=True)
class _Owed:
    """What charges and taxes deduct, by the wage type of their lines; both types of taxes are one."""

    sums: dict[int, Decimal]
    same: Mapping[int, int]

    def name_of(self, number: int) -> int | None:
        number = self.same.get(number, number)
        return number if number in self.sums else None


def _owed(content: SlipContent) -> _Owed:
    roles = content.given.roles
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for charge in content.slip.charges:
        number = charge.type if charge.type is not None else roles.get(charge.insurance.value)
        if number is not None and charge.employee:
            sums[number] += charge.employee
    tax, correction = roles.get("tax"), roles.get("tax_correction")
    for one in content.slip.taxes:
        if tax is not None:
            sums[tax] += one.amount
    same = {correction: tax} if tax is not None and correction is not None else {}
    return _Owed(dict(sums), same)


def _of_line(
    line: SlipLine, weights: Mapping[str, Decimal], content: SlipContent
) -> Mapping[str, Decimal]:
    """The cost centres of a line: its own, or those of its employment, or of all the person's wages."""
    if line.cost_centre:
        return {line.cost_centre: Decimal(1)}
    split = _split(content, line.employment)
    return split or weights


def _split(content: SlipContent, employment: int) -> dict[str, Decimal]:
    terms = [
        one for one in content.given.contracts if one.employment == employment and one.cost_split
    ]
    return dict(terms[-1].cost_split) if terms else {}


def _weights(content: SlipContent) -> dict[str, Decimal]:
    """By what parts of the gross wages the employer's contributions are shared out over cost centres."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for line in content.slip.lines:
        if not line.paid or line.amount <= 0 or Base.GROSS not in line.bases:
            continue
        own = {line.cost_centre: Decimal(1)}
        split = (None if line.cost_centre else _split(content, line.employment)) or own
        for centre, weight in split.items():
            found[centre] += line.amount * weight / sum(split.values())
    if found and any(found):
        return dict(sorted(found.items()))
    latest = [one for one in content.given.contracts if one.cost_split]
    return dict(latest[-1].cost_split) if latest else {"": Decimal(1)}


def _line(
    account: Account, amount: Decimal, is_debit: bool, centre: CostCentre | None,
    vat: VatFacts | None,
) -> Line:  # fmt: skip
    if is_debit:
        return Line(account, debit=amount, cost_centre=centre, vat=vat)
    return Line(account, credit=amount, cost_centre=centre, vat=vat)


def entry_of(contents: Iterable[SlipContent], plan: AccountPlan, *, by_centre: bool) -> Entry:
    """The entry of all slips of a run."""
    entry = Entry(plan, by_centre)
    for content in contents:
        entry.add(content)
    return entry
