"""What two slips differ by (Differenz zweier Abrechnungen): pure; a correcting slip is made of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from erp.core.money import ZERO
from payroll.wages.carrying import Carry
from payroll.wages.values import Charge, Reason, Slip, SlipLine, Tax


@dataclass(frozen=True, slots=True)
class TypeChange:
    """A wage type on two slips: amounts as the employee sees them."""

    number: int
    name: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def by_type(before: Iterable[SlipLine], now: Iterable[SlipLine]) -> list[TypeChange]:
    """Amounts by wage type side by side, those that differ, in the order of their numbers."""
    sums: dict[int, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    names: dict[int, str] = {}
    for place, lines in enumerate((before, now)):
        for line in lines:
            sums[line.type][place] += line.amount
            names[line.type] = line.name
    return [
        TypeChange(number, names[number], *pair)
        for number, pair in sorted(sums.items()) if pair[0] != pair[1]
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MonthPair:
    """A month as it was posted, in one slip or several, and as today's data give it."""

    month: dt.date
    posted: Sequence[Slip]
    right: Slip | None


def correcting_slip(month: dt.date, pairs: Sequence[MonthPair], *, carry: Carry) -> Slip | None:
    """The slip that puts months right: what is right less what was posted; None if nothing differs.

    ``month`` is the first that is corrected. Lines, charges and taxes are differences, each with the
    month it is for; ``carry`` is that of the last month as it should be.
    """
    lines = [line for pair in pairs for line in _lines(pair)]
    charges = [charge for pair in pairs for charge in _charges(pair)]
    taxes = _together(tax for pair in pairs for tax in _taxes(pair))
    if not lines and not charges and not taxes:
        return None
    return Slip(
        month=month, lines=tuple(lines), charges=tuple(charges), taxes=tuple(taxes),
        gross=_change(pairs, "gross"), net=_change(pairs, "net"), payout=_change(pairs, "payout"),
        days=0, carry=carry,
        findings=tuple(one for pair in pairs if pair.right for one in pair.right.findings if one.stops),
    )  # fmt: skip


def _change(pairs: Sequence[MonthPair], name: str) -> Decimal:
    total = ZERO
    for pair in pairs:
        total += getattr(pair.right, name) if pair.right else ZERO
        total -= sum((getattr(slip, name) for slip in pair.posted), ZERO)
    return total


def _lines(pair: MonthPair) -> list[SlipLine]:
    def key(line: SlipLine) -> Any:
        return (line.type, line.employment, line.cost_centre, line.text, line.paid)

    sums: dict[Any, Decimal] = defaultdict(Decimal)
    quantities: dict[Any, Decimal] = defaultdict(Decimal)
    shown: dict[Any, SlipLine] = {}
    was: dict[Any, Decimal] = defaultdict(Decimal)
    for slip in pair.posted:
        for line in slip.lines:
            shown.setdefault(key(line), line)
            sums[key(line)] -= line.amount
            was[key(line)] += line.amount
            quantities[key(line)] -= line.quantity or ZERO
    for line in pair.right.lines if pair.right else ():
        shown[key(line)] = line
        sums[key(line)] += line.amount
        quantities[key(line)] += line.quantity or ZERO
    return [
        replace(
            line, amount=sums[place], quantity=quantities[place] or None, rate=None, base=None,
            percent=None, for_month=pair.month, why=(_why(was[place], was[place] + sums[place]),),
        )
        for place, line in shown.items() if sums[place]
    ]  # fmt: skip


def _why(before: Decimal, now: Decimal) -> Reason:
    return Reason("correction.difference", {"before": f"{before:.2f}", "now": f"{now:.2f}"})


def _charges(pair: MonthPair) -> list[Charge]:
    def key(charge: Charge) -> Any:
        return (charge.key, charge.institution, charge.type, charge.canton, charge.code)

    rows: dict[Any, Charge] = {}
    for sign, slips in ((-1, pair.posted), (1, [pair.right] if pair.right else [])):
        for slip in slips:
            for one in slip.charges:
                before = rows.get(key(one)) or _blank(one)
                rows[key(one)] = replace(
                    one, why=(), days=before.days + sign * one.days,
                    wages=before.wages + sign * one.wages,
                    insured=before.insured + sign * one.insured,
                    employee=before.employee + sign * one.employee,
                    employer=before.employer + sign * one.employer,
                )  # fmt: skip
    return [
        one for one in rows.values() if one.wages or one.insured or one.employee or one.employer
    ]


def _blank(charge: Charge) -> Charge:
    return replace(charge, days=0, wages=ZERO, insured=ZERO, employee=ZERO, employer=ZERO, why=())


def _tax_key(tax: Tax) -> Any:
    return (tax.month, tax.canton, tax.commune, tax.code)


def _together(taxes: Iterable[Tax]) -> list[Tax]:
    """One tax for each month and code: what a later run had taken late is taken in its month by now."""
    rows: dict[Any, Tax] = {}
    for one in taxes:
        before = rows.get(_tax_key(one))
        if before is not None:
            one = replace(
                one, taxable=before.taxable + one.taxable, amount=before.amount + one.amount
            )
        rows[_tax_key(one)] = one
    return [one for one in rows.values() if one.taxable or one.amount]


def _taxes(pair: MonthPair) -> list[Tax]:
    rows: dict[Any, Tax] = {}
    for sign, slips in ((-1, pair.posted), (1, [pair.right] if pair.right else [])):
        for slip in slips:
            for one in slip.taxes:
                before = rows.get(_tax_key(one))
                rows[_tax_key(one)] = replace(
                    one, why=(), is_correction=True,
                    taxable=(before.taxable if before else ZERO) + sign * one.taxable,
                    amount=(before.amount if before else ZERO) + sign * one.amount,
                )  # fmt: skip
    return [one for one in rows.values() if one.taxable or one.amount]
