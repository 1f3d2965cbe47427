"""Where wage types are used (Verwendung): rooms above say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from erp.companies.models import Company
from payroll.wage_types.models import WageType


@dataclass(frozen=True, slots=True)
class Use:
    """Something that names wage types by number: ``numbers`` of a company, in few queries.

    What ``holds`` keeps a type from being switched off, such as wages that recur; all keep it from
    being deleted.
    """

    label: Any
    numbers: Callable[[Company], set[int]]
    holds: bool = False


_uses: Final = dict[str, Use]()


def register(name: str, use: Use) -> None:
    """Let a room above say what it uses; in its ``AppConfig.ready``. Twice is once."""
    _uses[name] = use


def used_in(company: Company, number: int, *, to_delete: bool = False) -> list[str]:
    """What names a wage type, in people's words: what holds it, or anything ``to_delete``."""
    return [
        str(use.label) for use in _uses.values()
        if (use.holds or to_delete) and number in use.numbers(company)
    ]  # fmt: skip


def _of_percentages(company: Company) -> set[int]:
    rows = WageType.of(company).filter(method=WageType.Method.PERCENT, is_active=True)
    return {number for of_types in rows.values_list("of_types", flat=True) for number in of_types}


def register_own() -> None:
    """Percentages name other wage types."""
    from django.utils.translation import gettext_lazy as _

    register("percentages", Use(_("percentages of other wage types"), _of_percentages, holds=True))
