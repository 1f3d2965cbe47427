"""Own fields in forms (Masken): what an input shows and sends; the inputs are a component.

``{% include "erp/components/own_fields.html" with own=… %}`` takes what ``inputs`` gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from erp.core.display import swiss_date
from erp.own_fields.lists import FILTER
from erp.own_fields.models import OwnField


@dataclass(frozen=True)
class OwnInput:
    """An own field in a form: what it holds as text, and what is wrong with it."""

    field: OwnField
    value: str
    fault: str

    @property
    def name(self) -> str:
        return FILTER + self.field.code


def inputs(
    fields: Iterable[OwnField], typed: Mapping[str, str], faults: Mapping[str, str]
) -> list[OwnInput]:
    """The inputs of a form; ``faults`` are refusals by place, such as ``own_values.colour``."""
    return [
        OwnInput(one, typed.get(one.code, ""), faults.get(f"own_values.{one.code}", ""))
        for one in fields
    ]


def sent(fields: Iterable[OwnField], query: Mapping[str, Any]) -> dict[str, str]:
    """What was typed into a form, by code; blank inputs are there, with nothing."""
    return {one.code: str(query.get(FILTER + one.code, "")).strip() for one in fields}


def as_typed(fields: Iterable[OwnField], values: Mapping[str, Any]) -> dict[str, str]:
    """Kept values as a form has them, by code."""
    return {one.code: _typed(one, values[one.code]) for one in fields if one.code in values}


def _typed(field: OwnField, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.kind == OwnField.Kind.DATE:
        return swiss_date(dt.date.fromisoformat(value))
    return str(value)
