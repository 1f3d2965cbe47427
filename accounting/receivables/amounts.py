"""The arithmetic of a document (Rechnungsbeträge): lines in, totals out, each with its why.

Nothing here asks a database or a clock. Amounts are ``Decimal``, rounded half away from zero; a
credit note is a document with negative amounts, and has those of its invoice with the other sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.receivables.lines import (
    HUNDRED,
    BadPercent,
    DiscountTooLarge,
    Kind,
    Line,
    TooManyDecimals,
    TwoDiscounts,
    check,
    decimals,
    vat_key,
    within,
)
from erp.core.errors import DomainError
from erp.core.money import CENTIME, ZERO, to_centimes, to_five_centimes
from vat.codes.breakdown import Basis
from vat.codes.tax import tax_in_gross, tax_on_net


class Rounding(StrEnum):
    """When lines are rounded; stored on the document, as it changes its total."""

    EACH_LINE = "each_line"  # the total is the sum of the amounts one sees
    AT_THE_END = "at_the_end"  # lines stay exact, each rate's sum is rounded once


class Total(StrEnum):
    """The totals of a document that tell how they came."""

    SUM = "sum"
    DISCOUNT = "discount"
    NET = "net"
    VAT = "vat"
    GROSS = "gross"
    ROUNDING = "rounding"
    PAYABLE = "payable"


class OnlyFrancsRound(DomainError):
    code = "receivables.only_francs_round"
    message = _(
        "A total in %(value)s is not rounded to 0.05; only one in CHF is. Switch rounding off."
    )
    field = "five_centimes"


@dataclass(frozen=True, slots=True)
class Step:
    """How a total came: ``parts`` are what was added up, with a name each.

    ``rate`` and ``vat_code`` are those of a VAT rate's totals; ``of`` is what a tax or a percentage
    was taken of, in which case ``parts`` is empty.
    """

    total: Total
    amount: Decimal
    parts: tuple[tuple[str, Decimal], ...] = ()
    vat_code: str = ""
    rate: Decimal | None = None
    of: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineAmount:
    """A line with its figures: ``before`` less ``discount`` is ``amount``, as it is printed."""

    line: Line
    before: Decimal
    discount: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VatGroup:
    """What falls under one VAT code and rate: ``net`` plus ``vat`` is ``gross``, always."""

    vat_code: str
    rate: Decimal
    lines: Decimal  # the sum of its lines, as they were priced
    discount: Decimal  # its share of the document's discount
    net: Decimal
    vat: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Amounts:
    """All figures of a document. ``payable`` is ``gross`` plus ``rounding``."""

    currency: str
    basis: str
    lines: tuple[LineAmount, ...]
    groups: tuple[VatGroup, ...]
    sum: Decimal
    discount: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    rounding: Decimal
    payable: Decimal
    steps: tuple[Step, ...]


def reckon(
    lines: Sequence[Line], *, basis: str, currency: str = "CHF",
    rounding: str = Rounding.EACH_LINE, discount_percent: Decimal = Decimal(0),
    discount_amount: Decimal = Decimal(0), five_centimes: bool = False,
) -> Amounts:  # fmt: skip
    """Reckon a document.

    ``basis`` says whether prices (and ``discount_amount``) include VAT. The document's discount is
    shared among the VAT rates in proportion, as it lessens the consideration of each; lines that are
    not ``discountable`` bear none. VAT is
    rounded once per code and rate, and never to 0.05; the payable total is, in CHF, where
    ``five_centimes`` is set, and the difference is its own figure. The order of lines changes
    nothing but their order. Raises ``Refusals``, ``BadPercent``, ``TwoDiscounts``,
    ``DiscountTooLarge``, ``TooManyDecimals`` or ``OnlyFrancsRound``. Source: MWSTG Art. 24.
    """
    check(lines)
    _check_document(discount_percent, discount_amount)
    if five_centimes and currency != "CHF":
        raise OnlyFrancsRound(value=currency)
    exact = [_exact(line) for line in lines]
    if rounding == Rounding.EACH_LINE:
        exact = [(to_centimes(before), to_centimes(before) - to_centimes(after)) for before, after in
                 ((before, before - less) for before, less in exact)]  # fmt: skip
    totals = _sums(lines, exact)
    reduced = _sums([line for line in lines if line.discountable],
                    [one for line, one in zip(lines, exact, strict=True) if line.discountable])  # fmt: skip
    shares = dict.fromkeys(totals, ZERO)
    shares |= _shares(reduced, percent=discount_percent, amount=discount_amount)
    groups = tuple(
        _group(code, rate, total, shares[code, rate], basis=basis)
        for (code, rate), total in totals.items()
    )
    return _totals(_printed(lines, exact, totals), groups, basis=basis, currency=currency,
                   five_centimes=five_centimes)  # fmt: skip


def _check_document(percent: Decimal, amount: Decimal) -> None:
    if not 0 <= percent <= HUNDRED:
        raise BadPercent(field="discount_percent", value=percent)
    if decimals(amount) > 2:
        raise TooManyDecimals(field="discount_amount", value=amount, most=2)
    if percent and amount:
        raise TwoDiscounts(field="discount_amount", percent=percent, amount=amount)


def _exact(line: Line) -> tuple[Decimal, Decimal]:
    """The unrounded amount of a line, and its discount."""
    if line.kind != Kind.ITEM:
        return Decimal(0), Decimal(0)
    before = line.quantity * line.price
    return before, line.discount_amount or before * line.discount_percent / HUNDRED


def _sums(
    lines: Sequence[Line], exact: Sequence[tuple[Decimal, Decimal]]
) -> dict[tuple[str, Decimal], Decimal]:
    """What the items of each rate come to, rounded once."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for line, (before, less) in zip(lines, exact, strict=True):
        if line.kind == Kind.ITEM:
            sums[vat_key(line)] = sums.get(vat_key(line), Decimal(0)) + before - less
    return {key: to_centimes(amount) for key, amount in sorted(sums.items())}


def _shares(
    totals: dict[tuple[str, Decimal], Decimal], *, percent: Decimal, amount: Decimal
) -> dict[tuple[str, Decimal], Decimal]:
    """What of the document's discount each rate bears; the shares add up to the whole."""
    whole = sum(totals.values(), ZERO)
    discount = to_centimes(whole * percent / HUNDRED) if percent else to_centimes(amount)
    if discount and not within(discount, whole):
        raise DiscountTooLarge(field="discount_amount", discount=discount, amount=whole)
    if not discount:
        return dict.fromkeys(totals, ZERO)
    shares = {key: to_centimes(discount * total / whole) for key, total in totals.items()}
    largest = max(totals, key=lambda key: (abs(totals[key]), key))
    shares[largest] += discount - sum(shares.values(), ZERO)
    return shares


def _group(code: str, rate: Decimal, total: Decimal, share: Decimal, *, basis: str) -> VatGroup:
    amount = total - share
    if basis == Basis.GROSS:
        vat = tax_in_gross(amount, rate=rate)
        return VatGroup(code, rate, total, share, amount - vat, vat, amount)
    vat = tax_on_net(amount, rate=rate)
    return VatGroup(code, rate, total, share, amount, vat, amount + vat)


def _printed(
    lines: Sequence[Line],
    exact: Sequence[tuple[Decimal, Decimal]],
    totals: dict[tuple[str, Decimal], Decimal],
) -> tuple[LineAmount, ...]:
    """The lines with amounts that add up to the totals of their rates, and subtotals to these."""
    figures = [to_centimes(before - less) for before, less in exact]
    for key, total in totals.items():
        places = [nth for nth, line in enumerate(lines)
                  if line.kind == Kind.ITEM and vat_key(line) == key]  # fmt: skip
        rest = total - sum((figures[nth] for nth in places), ZERO)
        step = CENTIME if rest > 0 else -CENTIME
        off = sorted(places, key=lambda n: ((figures[n] - exact[n][0] + exact[n][1]) * step, -n))
        for nth in off[: int(abs(rest) / CENTIME)]:  # those that rounding took most from
            figures[nth] += step
    printed, since = [], ZERO
    for line, (before, _less), amount in zip(lines, exact, figures, strict=True):
        if line.kind == Kind.SUBTOTAL:
            printed.append(LineAmount(line, since, ZERO, since))
            since = ZERO
            continue
        since += amount
        shown = (
            amount if not (line.discount_percent or line.discount_amount) else to_centimes(before)
        )
        printed.append(LineAmount(line, shown, shown - amount, amount))
    return tuple(printed)


def _totals(
    lines: tuple[LineAmount, ...], groups: tuple[VatGroup, ...], *, basis: str, currency: str,
    five_centimes: bool,
) -> Amounts:  # fmt: skip
    whole = sum((group.lines for group in groups), ZERO)
    discount = sum((group.discount for group in groups), ZERO)
    net = sum((group.net for group in groups), ZERO)
    vat = sum((group.vat for group in groups), ZERO)
    gross = net + vat
    payable = to_five_centimes(gross) if five_centimes else gross
    steps = [Step(Total.SUM, whole, tuple((name(group), group.lines) for group in groups)),
             Step(Total.DISCOUNT, discount, tuple((name(group), group.discount) for group in groups))]  # fmt: skip
    for group in groups:
        base = group.gross if basis == Basis.GROSS else group.net
        steps.append(Step(Total.VAT, group.vat, (), group.vat_code, group.rate, base))
    steps += [Step(Total.NET, net, tuple((name(group), group.net) for group in groups)),
              Step(Total.VAT, vat, tuple((name(group), group.vat) for group in groups)),
              Step(Total.GROSS, gross, ((Total.NET, net), (Total.VAT, vat))),
              Step(Total.ROUNDING, payable - gross, ((Total.PAYABLE, payable), (Total.GROSS, -gross))),
              Step(Total.PAYABLE, payable, ((Total.GROSS, gross), (Total.ROUNDING, payable - gross)))]  # fmt: skip
    return Amounts(currency, basis, lines, groups, whole, discount, net, vat, gross, payable - gross,
                   payable, tuple(steps))  # fmt: skip


def name(group: VatGroup) -> str:
    """A rate as an explanation names it: ``UN81 8.1 %``."""
    return f"{group.vat_code} {group.rate:f} %".strip()


#: What each kind of step says; ``told`` fills it in.
_SENTENCES: Final = {
    Total.SUM: _("Sum of the lines"),
    Total.DISCOUNT: _("Discount on the document, shared among the VAT rates"),
    Total.NET: _("Consideration without VAT"),
    Total.VAT: _("VAT, rounded once per rate"),
    Total.GROSS: _("Consideration and VAT"),
    Total.ROUNDING: _("Rounded to 0.05, in CHF only; VAT stays as it is"),
    Total.PAYABLE: _("To be paid"),
}


def told(step: Step) -> str:
    """A step in a sentence, in the language of the reader."""
    if step.of is not None:
        return str(_("%(rate)s %% VAT of %(of)s: %(amount)s") % {
            "rate": f"{step.rate:f}", "of": f"{step.of:.2f}", "amount": f"{step.amount:.2f}"})  # fmt: skip
    parts = " + ".join(f"{part:.2f}" for _name, part in step.parts).replace("+ -", "- ")
    return f"{_SENTENCES[step.total]}: {parts or '0.00'} = {step.amount:.2f}"
