"""What a document says to the ledger (Verbuchung): pure values in, entry lines out.

The control account takes what is owed; income accounts, or that of deposits, take the consideration
by account, VAT code, rate, day of supply and cost unit; tax lines stand per code, rate and day. The
lines come to zero, to the centime, in both currencies.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.ledger.lines import Line, VatFacts
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.open_items.opening import signed
from accounting.receivables.amounts import Amounts, VatGroup
from accounting.receivables.lines import HUNDRED, Kind, vat_key
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.reckoning import supplied
from accounting.receivables.splitting import in_base
from erp.core.money import ZERO, allotted
from vat.codes.breakdown import Basis
from vat.codes.models import VatCode


@dataclass(frozen=True, slots=True)
class Accounts:
    """Where the parts of a document go that no line names."""

    control: Account
    output_tax: Account | None
    rounding_expense: Account | None
    rounding_income: Account | None


@dataclass(frozen=True, slots=True)
class Claim:
    """Entry lines of a document; the first is that of the control account, if anything is owed.

    ``base`` is what is owed in the company's currency, positive on every kind of document.
    """

    lines: list[Line]
    base: Decimal


@dataclass(frozen=True)
class _Key:
    """What consideration is booked by."""

    account: Account
    code: VatCode | None
    rate: Decimal
    day: dt.date
    cost_centre: CostCentre | None
    cost_object: CostObject | None


def claim(
    document: SalesDocument, lines: Sequence[DocumentLine], amounts: Amounts, *,
    accounts: Accounts, rate: Decimal = Decimal(1), splits_tax: bool = True,
) -> Claim:  # fmt: skip
    """The entry of a document.

    ``rate`` is the company's currency for one unit of the document's. With net and flat rates no
    tax is split off (``splits_tax``): the turnover with its tax is booked. Every item has an
    account. A credit note's lines are the other way round.
    """
    own = in_base(amounts, rate=rate)
    sign = document.sign
    by_rate = {(group.vat_code, group.rate): group for group in own.groups}
    found: list[Line] = []
    if amounts.payable:
        foreign = document.currency != document.company.currency
        told = (
            {"currency": document.currency, "amount_foreign": sign * amounts.payable}
            if foreign
            else {}
        )
        found.append(signed(accounts.control, sign * own.payable, **told))
    for group in amounts.groups:
        booked = by_rate[group.vat_code, group.rate]
        items = [
            (line, told.amount) for line, told in zip(lines, amounts.lines, strict=True)
            if line.kind == Kind.ITEM and vat_key(told.line) == (group.vat_code, group.rate)
        ]  # fmt: skip
        found += _of_group(document, group, booked, items, accounts, rate, splits_tax=splits_tax)
    if own.rounding:
        short = accounts.rounding_income if sign * own.rounding > 0 else accounts.rounding_expense
        assert short is not None  # the caller looked them up
        found.append(signed(short, -sign * own.rounding))
    return Claim(found, own.payable)


def _of_group(
    document: SalesDocument, group: VatGroup, booked: VatGroup,
    items: list[tuple[DocumentLine, Decimal]], accounts: Accounts, rate: Decimal, *,
    splits_tax: bool,
) -> list[Line]:  # fmt: skip
    """The lines of one VAT rate: its consideration by account, and its tax by day."""
    bearing = [amount if line.deposit_id is None else ZERO for line, amount in items]
    shares = allotted(group.discount, bearing, _part(group.discount, sum(bearing, ZERO)))
    sums, texts = defaultdict[_Key, Decimal](Decimal), defaultdict[_Key, list[str]](list)
    for (line, amount), share in zip(items, shares, strict=True):
        key = _key(document, line, group.rate)
        sums[key] += amount - share
        texts[key].append(line.text.partition("\n")[0])
    keys = list(sums)
    factor = HUNDRED / (HUNDRED + group.rate) if document.basis == Basis.GROSS else Decimal(1)
    nets = allotted(booked.net, [sums[key] for key in keys], factor * rate)
    days = sorted({key.day for key in keys})
    by_day = [
        sum((net for key, net in zip(keys, nets, strict=True) if key.day == day), ZERO)
        for day in days
    ]
    taxes = allotted(booked.vat, by_day, group.rate / HUNDRED)
    if not splits_tax and booked.vat:
        extra = allotted(booked.vat, nets, group.rate / HUNDRED)
        nets = [net + tax for net, tax in zip(nets, extra, strict=True)]
        taxes = [ZERO for _tax in taxes]
    sign, found = -document.sign, []
    for key, net in zip(keys, nets, strict=True):
        if not net:
            continue
        facts = VatFacts(key.code, "B", key.rate, sign * net, key.day) if key.code else None
        text = texts[key][0][:200] if len(texts[key]) == 1 else ""
        found.append(signed(key.account, sign * net, text=text, cost_centre=key.cost_centre,
                            cost_object=key.cost_object, vat=facts))  # fmt: skip
    code = next((key.code for key in keys if key.code), None)
    for day, base, tax in zip(days, by_day, taxes, strict=True):
        if tax and code is not None:
            assert accounts.output_tax is not None  # the caller looked it up
            found.append(signed(accounts.output_tax, sign * tax,
                                vat=VatFacts(code, "T", group.rate, sign * base, day)))  # fmt: skip
    return found


def _key(document: SalesDocument, line: DocumentLine, rate: Decimal) -> _Key:
    assert line.account is not None  # checked before a document is issued
    start, until = supplied(document, line)
    return _Key(
        line.account, line.vat_code, rate, until or start, line.cost_centre, line.cost_object
    )


def _part(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else Decimal(0)
