"""By which rule and rates a day is valued (Bewertungskurse)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from accounting.valuation.errors import NotARate
from accounting.valuation.models import ValuationRule
from erp.companies.models import Company
from erp.reference import queries as reference
from erp.reference.models import ExchangeRate

TYPED: Final = "typed"  # the source of a rate that somebody wrote
HIGHEST: Final = Decimal(999_999)
DECIMALS: Final = 10


@dataclass(frozen=True, slots=True)
class UsedRate:
    """What one unit of a currency costs in the company's, and who says so; ``published`` by the source."""

    currency: str
    rate: Decimal
    source: str
    published: dt.date | None

    @property
    def source_name(self) -> str:
        return _("typed by hand") if self.source == TYPED else str(ExchangeRate.Source(self.source).label)  # fmt: skip

    @property
    def shown(self) -> str:
        """The rate without zeros at its end."""
        return f"{self.rate.normalize():f}"

    def stored(self) -> dict[str, Any]:
        day = self.published.isoformat() if self.published else None
        return {"currency": self.currency, "rate": self.shown, "source": self.source, "published": day}  # fmt: skip


def restored(told: Iterable[Mapping[str, Any]]) -> list[UsedRate]:
    """The rates as a run keeps them."""
    return [
        UsedRate(one["currency"], Decimal(one["rate"]), one["source"],
                 dt.date.fromisoformat(one["published"]) if one["published"] else None)
        for one in told
    ]  # fmt: skip


def rule_on(company: Company, day: dt.date) -> ValuationRule:
    """How the company values on a day; not stored where nothing was set, and as the default says."""
    found = ValuationRule.of(company).filter(valid_from__lte=day).order_by("-valid_from").first()
    return found or ValuationRule(company=company, valid_from=dt.date.min)


def rates_on(
    company: Company, currencies: Iterable[str], day: dt.date, *, source: str,
    typed: Mapping[str, Decimal],
) -> dict[str, UsedRate]:  # fmt: skip
    """The rates of a day by currency: those that were typed, else the source's. One query.

    A currency without a rate is left out. Official rates are in francs: where the books are in
    another currency only what is typed counts. Raises ``NotARate``.
    """
    for currency, rate in typed.items():
        if not (rate.is_finite() and 0 < rate <= HIGHEST):
            raise NotARate(field=f"rates.{currency}", value=rate, currency=currency)
    wanted = set(currencies)
    official = reference.rates(wanted, day, method=source) if company.currency == "CHF" else {}
    found = {
        one.currency: UsedRate(one.currency, one.value, one.source, one.published)
        for one in official.values()
    }
    return found | {
        currency: UsedRate(currency, rate, TYPED, None)
        for currency, rate in typed.items() if currency in wanted
    }  # fmt: skip
