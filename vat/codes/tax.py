"""Tax arithmetic (Steuerberechnung): values in, values out."""

from __future__ import annotations

from decimal import Decimal

from erp.core.money import to_centimes


def tax_in_gross(gross: Decimal, *, rate: Decimal) -> Decimal:
    """VAT contained in a gross amount (Steuer im Hundert).

    ``gross`` and the result are in the same currency, ``rate`` is in percent (8.1); the result
    is rounded to 0.01 and keeps the sign of ``gross``. Source: MWSTG Art. 24 and 25.
    """
    return to_centimes(gross * rate / (100 + rate))


def tax_on_net(net: Decimal, *, rate: Decimal) -> Decimal:
    """VAT due on a net amount (Steuer vom Hundert): rounded to 0.01, with the sign of ``net``."""
    return to_centimes(net * rate / 100)


def net_of_tax(tax: Decimal, *, rate: Decimal) -> Decimal:
    """The consideration a tax amount belongs to, rounded to 0.01. ``rate`` must not be zero."""
    return to_centimes(tax * 100 / rate)
