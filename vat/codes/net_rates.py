"""Net tax rates (Saldosteuersätze): the ordinance's steps and their technical codes, dated data."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from vat.codes.catalogue import DATA


class NoNetTaxRate(DomainError):
    code = "vat.no_net_tax_rate"
    message = _("%(value)s %% is no net tax rate on %(date)s. Choose one of %(rates)s.")
    field = "percent"


@dataclass(frozen=True, slots=True)
class NetTaxRate:
    """A step of the net tax rates, in percent, with the days it holds.

    ``technical_code`` stands for it in a return from 2025 on that declares supplies made before.
    Source: SR 641.202.62, in force since 2025-01-01; codes by eCH-0217 2.0.0.
    """

    valid_from: dt.date
    valid_to: dt.date | None
    percent: Decimal
    technical_code: str
    source: str

    def holds_on(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@cache
def _all() -> tuple[NetTaxRate, ...]:
    with (DATA / "net_tax_rates.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            NetTaxRate(
                valid_from=dt.date.fromisoformat(row["valid_from"]),
                valid_to=dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                percent=Decimal(row["percent"]),
                technical_code=row["technical_code"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


def net_tax_rates_on(day: dt.date) -> list[Decimal]:
    """The net tax rates in percent that may be granted on a day, the lowest first."""
    return sorted(rate.percent for rate in _all() if rate.holds_on(day))


def require_net_tax_rate(percent: Decimal, day: dt.date) -> NetTaxRate:
    """The step of a percentage on a day. Raises ``NoNetTaxRate``."""
    for rate in _all():
        if rate.percent == percent and rate.holds_on(day):
            return rate
    rates = ", ".join(f"{one} %" for one in net_tax_rates_on(day))
    raise NoNetTaxRate(value=percent, date=day, rates=rates)


def technical_code(percent: Decimal, day: dt.date) -> str:
    """The code ``T0001`` to ``T0020`` of a net tax rate on the day of supply.

    Raises ``NoNetTaxRate``.
    """
    return require_net_tax_rate(percent, day).technical_code
