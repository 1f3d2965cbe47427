"""Money (Geld): the one place where amounts are read, rounded and split."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

ZERO = Decimal("0.00")
CENTIME = Decimal("0.01")
FIVE_CENTIMES = Decimal("0.05")
RATE_DIGITS = 6

_GROUPS = re.compile(r"['’\s]")
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:\.([0-9]{1,6}))?", re.ASCII)


class NotAnAmount(DomainError):
    code = "money.not_an_amount"
    message = _(
        "“%(value)s” is not an amount. Write digits with a point and at most %(decimals)s "
        "decimals, such as 1234.55."
    )
    field = "amount"


class FloatRefused(TypeError):
    """A float reached money code: a bug in the caller, never a user's mistake (MON-1)."""


def parse_amount(text: str, *, decimals: int = 2, field: str | None = None) -> Decimal:
    """Read an amount as API, forms and imports write it.

    ``text`` is an optional minus, ASCII digits (at most 13) and at most ``decimals`` decimals
    after a point: no exponent, no grouping, no blanks, no other scripts. ``-0`` is refused.
    Raises ``NotAnAmount``.
    """
    if isinstance(text, float):
        raise FloatRefused("amounts travel as text or Decimal, never as float")
    found = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    if found is None or len(found.group(1) or "") > decimals:
        raise NotAnAmount(field=field, value=str(text)[:40], decimals=decimals)
    amount = Decimal(text)
    if text.startswith("-") and not amount:
        raise NotAnAmount(field=field, value=text[:40], decimals=decimals)
    return amount.quantize(Decimal(1).scaleb(-decimals))


def typed_amount(text: str, *, decimals: int = 2, field: str | None = None) -> Decimal:
    """Read an amount as people type and spreadsheets show it: groups by ’ or blanks are left out.

    Raises ``NotAnAmount``.
    """
    plain = _GROUPS.sub("", text).replace("\u2212", "-")
    return parse_amount(plain, decimals=decimals, field=field)


def to_centimes(amount: Decimal) -> Decimal:
    """Round to 0.01, half away from zero (kaufmännisch): 0.995 gives 1.00, -0.995 gives -1.00."""
    return _rounded(amount, CENTIME)


def to_five_centimes(amount: Decimal) -> Decimal:
    """Round a payable CHF total to 0.05, half away from zero (Fünfrappenrundung).

    Only for payable totals in CHF; tax and ledger amounts are never rounded so.
    """
    return rounded_to(amount, FIVE_CENTIMES)


def rounded_to(amount: Decimal, step: Decimal) -> Decimal:
    """Round to a multiple of ``step`` (such as 1 or 100), half away from zero, in centimes."""
    return (_rounded(amount / step, Decimal(1)) * step).quantize(CENTIME)


def split_by(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split ``amount`` in proportion to ``weights`` without losing or creating a centime.

    The parts are rounded to 0.01 and add up to ``amount`` exactly: what rounding leaves goes,
    a centime each, to the parts that lost most (largest remainder; the earlier part on a tie).
    ``weights`` are not negative and not all zero, else ``ValueError``.
    """
    total = sum(weights, Decimal(0))
    if not weights or total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative nor all zero")
    if amount < 0:
        return [-part for part in split_by(-amount, weights)]
    centimes = int(amount.scaleb(2))
    if amount != Decimal(centimes).scaleb(-2):
        raise ValueError("the amount to split has more than two decimals")
    shares = [centimes * weight / total for weight in weights]
    parts = [int(share) for share in shares]
    rest = centimes - sum(parts)
    by_loss = sorted(range(len(parts)), key=lambda i: (parts[i] - shares[i], i))
    for i in by_loss[:rest]:
        parts[i] += 1
    return [Decimal(part).scaleb(-2) for part in parts]


def _rounded(amount: Decimal, step: Decimal) -> Decimal:
    if not isinstance(amount, Decimal):
        raise FloatRefused(f"money is Decimal, not {type(amount).__name__}")
    return amount.quantize(step, rounding=ROUND_HALF_UP)


def allotted(total: Decimal, weights: Sequence[Decimal], factor: Decimal) -> list[Decimal]:
    """``total`` in parts of about ``factor`` times each weight, which may have both signs.

    The parts are rounded to 0.01 and come to the total; what rounding leaves goes to the largest.
    """
    parts = [to_centimes(weight * factor) for weight in weights]
    if parts:
        largest = max(range(len(parts)), key=lambda nth: (abs(weights[nth]), -nth))
        parts[largest] += total - sum(parts, ZERO)
    return parts
