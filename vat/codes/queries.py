"""Questions about rates, codes and settings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.reference.queries import Rate, rate
from vat.codes.models import RateClass, VatCode, VatRate, VatSettings


class NoRate(DomainError):
    code = "vat.no_rate"
    message = _("There is no %(rate_class)s on %(date)s. Check the supply date.")
    field = "supply_date"


def rate_on(rate_class: str, supply_date: dt.date) -> Decimal:
    """The statutory rate in percent on the day of supply; zero for codes without tax.

    Raises ``NoRate`` where the law knew none on that day.
    """
    if rate_class == RateClass.NONE:
        return Decimal("0.00")
    found = (
        VatRate.objects.filter(rate_class=rate_class, valid_from__lte=supply_date)
        .order_by("-valid_from")
        .first()
    )
    if found is None or (found.valid_to is not None and found.valid_to < supply_date):
        raise NoRate(rate_class=RateClass(rate_class).label, date=supply_date)
    percent: Decimal = found.percent
    return percent


def rates_on(day: dt.date) -> dict[str, Decimal]:
    """The statutory rate of each class on a day, in one query; codes without tax have 0."""
    found = (
        VatRate.objects.filter(valid_from__lte=day)
        .exclude(valid_to__lt=day)
        .order_by("valid_from")
        .values_list("rate_class", "percent")
    )
    return {RateClass.NONE.value: Decimal("0.00"), **dict(found)}


def was_ever_a_rate(percent: Decimal) -> bool:
    """Whether the law ever knew this rate, in any class."""
    return VatRate.objects.filter(percent=percent).exists()


def all_rates() -> set[tuple[str, dt.date, Decimal]]:
    """All statutory rates ever, as (class, first day, percent)."""
    return set(VatRate.objects.values_list("rate_class", "valid_from", "percent"))


def codes_of(company: Company) -> QuerySet[VatCode]:
    """The company's codes that may be used, in the catalogue's order."""
    return VatCode.of(company).filter(active=True).order_by("position", "code")


def is_liable_on(company: Company, day: dt.date) -> bool:
    """Whether the company settles VAT on a day, and keeps it in this program."""
    settings = settings_on(company, day)
    liable = settings is not None and settings.method != VatSettings.Method.NOT_LIABLE
    return liable and company.uses("vat")


def settings_on(company: Company, day: dt.date) -> VatSettings | None:
    """How the company settles VAT on a day; None before its first settings."""
    return VatSettings.of(company).filter(valid_from__lte=day).order_by("-valid_from").first()


def exchange_rate(company: Company, currency: str, on: dt.date) -> Rate:
    """The official rate of a currency on a day, by the method the company has chosen for it.

    In francs for one unit. Raises ``reference.queries.NoRate``.
    """
    settings = settings_on(company, on)
    method = settings.rate_method if settings else VatSettings.RateMethod.DAILY
    return rate(currency, on, method=method)
