"""Withholding-tax tariffs as they are loaded (Quellensteuertarife): rows, commission, median wage.

The tables are those of ``erp.reference``, where files of the ESTV are taken in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.money import FIVE_CENTIMES, rounded_to
from erp.reference.models import ReferenceVersion, WithholdingTariff
from payroll.rates.cantonal import CANTONS
from payroll.wages.values import TariffRow
from payroll.wages.withholding.tariff import EXEMPT, is_code, row_for, tax_by

Kind = WithholdingTariff.Kind
SOURCE: Final = "tariffs"


class TariffMissing(DomainError):
    code = "rates.tariff_missing"
    message = _("The withholding-tax tariff of %(canton)s for %(year)s is not loaded. Load the file of "
                "the ESTV under “Reference data”.")  # fmt: skip
    field = "canton"
    conflict = True


class UnknownTaxCode(DomainError):
    code = "rates.unknown_code"
    message = _("The tariff of %(canton)s for %(year)s has no code “%(value)s”. Choose one that it has, "
                "such as A0N: letter, children, church tax Y or N.")  # fmt: skip
    field = "code"


@dataclass(frozen=True, slots=True)
class LoadedTariff:
    """A canton's tariff of a year. ``edition_date`` is the day it was made, None where it is missing."""

    canton: str
    year: int
    edition_date: dt.date | None = None
    rows: int = 0

    @property
    def is_missing(self) -> bool:
        return self.edition_date is None


@dataclass(frozen=True, slots=True)
class LookUp:
    """What a tariff says of an income: CHF a month, percent, and the tax to 0.05."""

    canton: str
    year: int
    code: str
    determinant: Decimal
    taxable: Decimal
    income_from: Decimal
    percent: Decimal
    minimum: Decimal
    tax: Decimal
    is_minimum: bool


def _in_force(day: dt.date) -> QuerySet[WithholdingTariff]:
    """The rows of the newest editions for the day's year, until the day."""
    start = dt.date(day.year, 1, 1)
    return WithholdingTariff.objects.filter(
        valid_to=None, valid_from__gte=start, valid_from__lte=day
    )


def tariffs_for(
    wanted: Iterable[tuple[str, str]], day: dt.date
) -> Mapping[str, tuple[TariffRow, ...]]:
    """The tariffs of cantons and codes for the year of a day, by ``ZH A0N``, ordered by income.

    One query however many are wanted. Where a canton's tariff of the year is not loaded its keys
    are left out; where it is, but lacks a code, that has no rows: ``withholding.taxes`` makes
    findings of both. Never another year's.
    """
    codes: dict[str, set[str]] = {}
    for canton, code in wanted:
        codes.setdefault(canton, set()).add(code)
    if not codes:
        return {}
    asked = Q(pk=None)
    for canton, theirs in codes.items():
        asked |= Q(canton=canton, kind__in=[Kind.PROGRESSIVE, Kind.CATEGORY], code__in=theirs)
    asked |= Q(
        canton__in=codes, kind=Kind.MEDIAN_WAGE
    )  # each file has one: it tells what is loaded
    rows = _in_force(day).filter(asked).order_by("canton", "code", "valid_from", "income_from")
    found: dict[str, dict[dt.date, list[TariffRow]]] = {}
    loaded = set()
    for canton, kind, code, since, low, percent, least in rows.values_list(
        "canton", "kind", "code", "valid_from", "income_from", "percent", "minimum_tax"
    ):
        loaded.add(canton)
        if kind != Kind.MEDIAN_WAGE:
            row = TariffRow(income_from=low, percent=percent, minimum=least)
            found.setdefault(f"{canton} {code}", {}).setdefault(since or day, []).append(row)
    return {
        key: tuple(found[key][max(found[key])]) if key in found else ()
        for canton, theirs in codes.items() if canton in loaded
        for key in (f"{canton} {code}" for code in sorted(theirs))
    }  # fmt: skip


def look_up(
    canton: str, code: str, day: dt.date, *, determinant: Decimal, taxable: Decimal | None = None
) -> LookUp:
    """What a tariff takes of ``taxable`` CHF at the rate of ``determinant`` CHF a month.

    Without ``taxable`` both are the same. One query. Raises ``TariffMissing`` or ``UnknownTaxCode``.
    """
    taxed = determinant if taxable is None else taxable
    if code not in EXEMPT and not is_code(code):
        raise UnknownTaxCode(canton=canton, year=day.year, value=code[:10])
    rows = tariffs_for([(canton, code)], day).get(f"{canton} {code}")
    if rows is None:
        raise TariffMissing(canton=canton, year=day.year)
    if not rows:
        raise UnknownTaxCode(canton=canton, year=day.year, value=code[:10])
    row = row_for(rows, determinant)
    tax = tax_by(row, taxed)
    return LookUp(
        canton, day.year, code, determinant, taxed, row.income_from, row.percent, row.minimum,
        rounded_to(tax, FIVE_CENTIMES), bool(row.minimum) and tax == row.minimum,
    )  # fmt: skip


def codes_of(canton: str, day: dt.date) -> list[str]:
    """The codes that a canton's tariff of the year has; none where it is not loaded. One query."""
    rows = _in_force(day).filter(canton=canton, kind__in=[Kind.PROGRESSIVE, Kind.CATEGORY])
    return sorted(rows.values_list("code", flat=True).distinct())


def commission(canton: str, day: dt.date, kind: str) -> Decimal:
    """What the employer keeps for its work, in percent of the tax (Bezugsprovision).

    ``kind`` is PEL (electronic), PPA (paper) or PSP (special). Raises ``TariffMissing``.
    """
    rows = _in_force(day).filter(canton=canton, kind=Kind.COMMISSION, code=kind)
    found = rows.order_by("-valid_from").values_list("percent", flat=True).first()
    if found is None:
        raise TariffMissing(canton=canton, year=day.year)
    return found


def median_wage(canton: str, day: dt.date) -> Decimal:
    """The median wage of the canton's tariff, in CHF a month. Raises ``TariffMissing``."""
    rows = _in_force(day).filter(canton=canton, kind=Kind.MEDIAN_WAGE)
    found = rows.order_by("-valid_from").values_list("minimum_tax", flat=True).first()
    if found is None:
        raise TariffMissing(canton=canton, year=day.year)
    return found


def loaded_for(year: int) -> list[LoadedTariff]:
    """All cantons with the edition of their tariff of a year, or none; one query."""
    active = ReferenceVersion.objects.filter(
        source=SOURCE, state=ReferenceVersion.State.ACTIVE, scope__endswith=f" {year}"
    )
    found = {one.scope[:2]: one for one in active.only("scope", "edition_date", "rows")}
    return [
        LoadedTariff(canton, year, found[canton].edition_date, found[canton].rows)
        if canton in found else LoadedTariff(canton, year)
        for canton in CANTONS
    ]  # fmt: skip
