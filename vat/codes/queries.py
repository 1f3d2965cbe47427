"""Questions about rates, codes and settings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.reference.queries import Rate, rate
from vat.codes.models import RateClass, VatCode, VatRate, VatSettings

#: What stands in the catalogue for the box of a rate, and its place among the boxes of the rate.
RATE_BOXES: Final = {"output": 0, "acquisition": 1}
NO_BOXES: Final = ("", "")
Boxes = tuple[str, str]  # of turnover and of acquired supplies at a rate


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


def boxes_by_rate() -> dict[tuple[str, Decimal], Boxes]:
    """The boxes of the return by class of rate and percent: of turnover, and of acquisition tax.

    Where the law knew a rate twice, the newer one's boxes count. Blank where today's form has no box
    for it. One query.
    """
    rows = VatRate.objects.order_by("valid_from").values_list(
        "rate_class", "percent", "output_box", "acquisition_box"
    )
    return {(rate_class, percent): (out, acquired) for rate_class, percent, out, acquired in rows}


@dataclass(frozen=True)
class Form:
    """Which boxes of the return the rates of one day lead to."""

    rates: dict[str, Decimal]
    by_rate: dict[tuple[str, Decimal], Boxes]

    def boxes_of(self, code: VatCode) -> tuple[str, ...]:
        """The boxes a code feeds, in the form's order."""
        shipped = code.shipped
        boxes = {self.box(code, box) for box in (*shipped.base_boxes, shipped.tax_box)}
        return tuple(sorted(boxes - {""}))

    def box(self, code: VatCode, box: str) -> str:
        """A box of the catalogue, that of the code's rate where it stands for one; blank for none."""
        if box not in RATE_BOXES:
            return box
        rate = self.rates.get(code.rate_class, Decimal(0))
        return self.by_rate.get((code.rate_class, rate), NO_BOXES)[RATE_BOXES[box]]


def form_on(day: dt.date) -> Form:
    """The boxes of a day of supply, in two queries for however many codes."""
    return Form(rates_on(day), boxes_by_rate())


def boxes_of(code: VatCode, supply_date: dt.date) -> tuple[str, ...]:
    """The boxes a code feeds on a day of supply, in the form's order; of many codes ask ``form_on``."""
    return form_on(supply_date).boxes_of(code)


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
