"""Net tax rates as they are typed for a comparison: by number of the income account."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import parse_amount


class BadRates(DomainError):
    code = "vat.bad_typed_rate"
    message = _(
        "“%(value)s” is no net tax rate of an account. Write account and percent such as 3200:2.1."
    )
    field = "rates"


def rates_of(typed: Mapping[str, str]) -> dict[str, Decimal]:
    """Percents by account. Raises ``BadRates``."""
    try:
        return {number: parse_amount(value) for number, value in typed.items()}
    except DomainError:
        raise BadRates(value=", ".join(typed.values())) from None


def rates_in(text: str) -> dict[str, Decimal]:
    """Rates out of ``3200:2.1,3400:6.2``. Raises ``BadRates``."""
    typed: dict[str, str] = {}
    for part in filter(None, text.split(",")):
        number, colon, percent = part.strip().partition(":")
        if not (number and colon and percent):
            raise BadRates(value=part)
        typed[number] = percent
    return rates_of(typed)
