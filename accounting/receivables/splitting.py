"""When and how an amount is paid (Zahlungsbedingungen): terms, instalments, foreign currency."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from accounting.receivables.amounts import Amounts, VatGroup
from accounting.receivables.lines import HUNDRED, BadPercent
from erp.core.errors import DomainError
from erp.core.money import ZERO, split_by, to_centimes


class BadTerms(DomainError):
    code = "receivables.bad_terms"
    message = _("%(value)s is given twice, or a later day brings more discount. Give each number of days "
                "once, with less discount the later one pays.")  # fmt: skip
    field = "terms"


class NoRate(DomainError):
    code = "receivables.no_rate"
    message = _(
        "%(value)s is no exchange rate. Enter a rate above zero, and for how many units it holds."
    )
    field = "rate"


@dataclass(frozen=True, slots=True)
class Term:
    """``percent`` discount (Skonto) if paid within ``days``; 0 is payment without any."""

    days: int
    percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be paid until a day: ``discount`` plus ``amount`` is the payable total."""

    until: dt.date
    percent: Decimal
    discount: Decimal
    amount: Decimal


def dues(payable: Decimal, *, date: dt.date, terms: Sequence[Term]) -> tuple[Due, ...]:
    """What is due until when; the last is the due date (Fälligkeit).

    Discounts are rounded to 0.01. Without terms all is due on ``date``. Raises ``BadTerms`` or
    ``BadPercent``.
    """
    ordered = sorted(terms or [Term(0)], key=lambda term: term.days)
    for earlier, later in pairwise(ordered):
        if later.days == earlier.days or later.percent >= earlier.percent:
            raise BadTerms(value=later.days)
    found = []
    for term in ordered:
        if not 0 <= term.percent < HUNDRED:
            raise BadPercent(field="terms", value=term.percent)
        if term.days < 0:
            raise BadTerms(value=term.days)
        discount = to_centimes(payable * term.percent / HUNDRED)
        until = date + dt.timedelta(days=term.days)
        found.append(Due(until, term.percent, discount, payable - discount))
    return tuple(found)


def instalments(
    payable: Decimal, *, weights: Sequence[Decimal], five_centimes: bool = False
) -> tuple[Decimal, ...]:
    """Split a payable total without losing a centime (Raten).

    With ``five_centimes`` each part is a multiple of 0.05 where the total is one; a rest smaller than
    that is in the last part. ``weights`` are not negative and not all zero, else ``ValueError``.
    """
    if not five_centimes:
        return tuple(split_by(payable, weights))
    pieces = int(payable / Decimal("0.05"))  # toward zero
    rest = payable - pieces * Decimal("0.05")
    parts = [
        (part * 5).quantize(Decimal("0.01"))
        for part in split_by(Decimal(pieces).scaleb(-2), weights)
    ]
    parts[-1] += rest
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class InBase:
    """A document in the company's currency: all parts converted, the total their sum.

    ``payable`` is what the claim is entered at; it may differ by centimes from the converted total.
    """

    groups: tuple[VatGroup, ...]
    net: Decimal
    vat: Decimal
    rounding: Decimal
    payable: Decimal


def in_base(amounts: Amounts, *, rate: Decimal, units: int = 1) -> InBase:
    """Convert a document: ``rate`` is in base currency for ``units`` of the document's.

    Net and VAT of each code and rate are converted and rounded to 0.01, and what is owed is their
    sum, so that the entry balances. Source of the rate: MWSTV Art. 45. Raises ``NoRate``.
    """
    if rate <= 0 or units <= 0:
        raise NoRate(value=rate)

    def converted(amount: Decimal) -> Decimal:
        return to_centimes(amount * rate / units)

    groups = []
    for group in amounts.groups:
        net, vat = converted(group.net), converted(group.vat)
        groups.append(VatGroup(group.vat_code, group.rate, converted(group.lines),
                               converted(group.discount), net, vat, net + vat))  # fmt: skip
    net = sum((group.net for group in groups), ZERO)
    vat = sum((group.vat for group in groups), ZERO)
    rounding = converted(amounts.rounding)
    return InBase(tuple(groups), net, vat, rounding, net + vat + rounding)
