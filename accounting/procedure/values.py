"""What the procedure documentation is made of, and who says what of it.

A room above this one registers its part (``register``), so that none is imported upwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from accounting.procedure.happened import Happened
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import swiss_date

NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under heads; without rows it is said that there is none."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What a part tells: facts, tables, paragraphs of the company's own.

    ``withheld`` are the rights that the reader lacks to see the rest.
    """

    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    withheld: tuple[Permission, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Of whom and of which year it is asked, with which rights, at which moment."""

    company: Company
    year: FiscalYear
    granted: frozenset[str]
    at: dt.datetime
    happened: Happened = field(repr=False)

    def may(self, right: Permission) -> bool:
        return right in self.granted

    @cached_property
    def begins(self) -> dt.datetime:
        """The moment at which the year begins."""
        return clock.starts(self.year.start)

    @cached_property
    def ends(self) -> dt.datetime:
        """The moment at which the year is over."""
        return clock.starts(self.year.end + dt.timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Part:
    """Who tells a chapter. ``module`` is the one it is about; None: it is always there."""

    code: str
    ask: Callable[[Asked], Content]
    module: str | None = None


_parts: Final[dict[str, Part]] = {}


def register(code: str, ask: Callable[[Asked], Content], *, module: str | None = None) -> None:
    """Let a part be told in the chapter ``code`` of ``data/chapters.toml``; a code registers once."""
    _parts[code] = Part(code, ask, module)


def parts() -> dict[str, Part]:
    return dict(_parts)


def yes(value: bool) -> str:
    return _("yes") if value else _("no")


def day(moment: dt.datetime | dt.date | None) -> str:
    """The day of a moment in Zurich, or a day."""
    if isinstance(moment, dt.datetime):
        moment = moment.astimezone(clock.ZURICH).date()
    return swiss_date(moment) or NONE


def label(model: Any, name: str) -> str:
    """What a field of a model is called."""
    told = str(model._meta.get_field(name).verbose_name)
    return told[:1].upper() + told[1:]


def facts_of(row: Any, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Fields of a row with what they are called, as people read them."""
    return tuple((label(row, name), shown(row, name)) for name in names)


def shown(row: Any, name: str) -> str:
    """What a field of a row holds, as people read it."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return yes(value)
    if isinstance(value, dt.date):
        return day(value)
    return str(value) if value not in (None, "") else NONE
