"""Figures that a company enters itself, where the program has none (eigene Werte)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.texts import one_line
from payroll.rates.catalogue import FIGURES, Unit, label
from payroll.rates.figures import Figure, shipped
from payroll.rates.models import OwnFigure

HUNDRED: Final = Decimal(100)
MOST: Final = Decimal(10_000_000)
FIRST: Final = dt.date(2000, 1, 1)
LAST: Final = dt.date(2099, 12, 31)


class UnknownFigure(DomainError):
    code = "rates.unknown_figure"
    message = _("“%(value)s” is no figure. Choose one of the list.")
    field = "key"


class FigureKnown(DomainError):
    code = "rates.figure_known"
    message = _("The program knows “%(figure)s” for %(day)s: %(value)s. Own figures are for years "
                "that it does not know yet.")  # fmt: skip
    field = "valid_from"


class FigureTwice(DomainError):
    code = "rates.figure_twice"
    message = _("“%(figure)s” is already entered from %(day)s on. Remove it first, or choose "
                "another day.")  # fmt: skip
    field = "valid_from"


class BadFigure(DomainError):
    code = "rates.bad_figure"
    message = _("%(value)s is not possible here. A figure is not negative and has four decimals at "
                "most; a percentage is 100 at most.")  # fmt: skip
    field = "value"


class BadFigureDay(DomainError):
    code = "rates.bad_day"
    message = _("%(day)s is not possible. A figure is valid from a day between 2000 and 2099.")
    field = "valid_from"


class SourceMissing(DomainError):
    code = "rates.source_missing"
    message = _("Say where the figure comes from, such as the ordinance or the letter of the "
                "compensation fund.")  # fmt: skip
    field = "source"


def figures_of(company: Company) -> tuple[Figure, ...]:
    """What a company entered itself, in one query; for ``figures.figures_on(own=…)``.

    What is published each year holds until the end of its calendar year, anything else runs on.
    """
    return tuple(
        Figure(one.key, one.valid_from, last_day(one.key, one.valid_from), one.value, one.source,
               one.pk)
        for one in OwnFigure.of(company).order_by("key", "valid_from") if one.key in FIGURES
    )  # fmt: skip


def last_day(key: str, day: dt.date) -> dt.date | None:
    return dt.date(day.year, 12, 31) if FIGURES[key].is_yearly else None


@transaction.atomic
def enter_figure(
    *, company: Company, key: str, valid_from: dt.date, value: Decimal, source: str, by: User
) -> OwnFigure:
    """Enter a figure of law that the program does not know, in the unit of its key.

    Raises ``UnknownFigure``, ``BadFigureDay``, ``BadFigure``, ``SourceMissing``, ``FigureTwice``,
    and ``FigureKnown`` where the program has one for that day.
    """
    known = FIGURES.get(key)
    if known is None:
        raise UnknownFigure(value=key[:40])
    if not FIRST <= valid_from <= LAST:
        raise BadFigureDay(day=valid_from)
    most = HUNDRED if known.unit in {Unit.PERCENT, Unit.AGE} else MOST
    if not 0 <= value <= most or value != round(value, 4):
        raise BadFigure(value=value)
    source = one_line(source, field="source", most=200)
    if not source:
        raise SourceMissing
    there = next((one for one in shipped() if one.key == key and one.holds(valid_from)), None)
    if there is not None:
        raise FigureKnown(figure=label(key), day=valid_from, value=there.value)
    row, is_new = OwnFigure.unscoped.get_or_create(
        company=company, key=key, valid_from=valid_from,
        defaults={"value": value, "source": source},
    )  # fmt: skip
    if not is_new:
        raise FigureTwice(figure=label(key), day=valid_from)
    trail.record(
        company=company, by=by, action="own_figure.add", subject=row,
        details={"key": key, "valid_from": valid_from, "value": value, "source": source},
    )  # fmt: skip
    return row


@transaction.atomic
def remove_figure(row: OwnFigure, *, by: User) -> None:
    """Take back an own figure. What was reckoned with it stays: slips keep what they were made of."""
    trail.record(
        company=row.company, by=by, action="own_figure.remove", subject=row,
        details={"key": row.key, "valid_from": row.valid_from, "value": row.value},
    )  # fmt: skip
    row.delete()
