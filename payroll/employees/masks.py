"""Forms of people (Masken): inputs by field, what was sent, and faults beside what they are about."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import UnionType
from typing import Any, Final, get_args, get_origin

import msgspec
from django.http import QueryDict

from erp.core.errors import DomainError, Refusals
from payroll.employees.facts import Share
from payroll.employees.fields import SHARE, Field
from payroll.employees.known import Known
from payroll.setup.models import Institution

ROWS: Final = 3  # accounts that a form offers at first
_SHARE: Final = re.compile(r"shares\[(\d)\]\.([a-z]+)")


@dataclass
class Input:
    """An input as a template draws it. ``rows`` are accounts of a payout, each with its inputs.

    ``mask`` and ``field`` are what the manual knows it by.
    """

    name: str
    label: Any
    widget: str
    value: str = ""
    width: str = "w3 half"
    hint: Any = ""
    most: int = 120
    fault: str = ""
    choices: list[tuple[str, Any, bool]] = field(default_factory=list)
    rows: list[list[Input]] = field(default_factory=list)
    mask: str = ""
    field: str = ""


@dataclass
class Mask:
    """What a form shows: values as they were typed, faults by place, and those of no input."""

    values: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def refuse(self, refusal: DomainError, places: Mapping[str, str] | None = None) -> None:
        """Keep each fault at its place; ``places`` says what other rooms call an input of ours."""
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            place = (places or {}).get(one.place or "", one.place or "")
            self.faults[place] = str(one)

    def others(self, inputs: Sequence[Input]) -> list[str]:
        """The faults that no input shows."""
        shown = {one.name for one in inputs}
        shown |= {cell.name for one in inputs for row in one.rows for cell in row}
        return [text for place, text in self.faults.items() if place not in shown]


def inputs(
    kind: type[msgspec.Struct], fields: Sequence[Field], mask: Mask, known: Known, *,
    prefix: str = "",
) -> list[Input]:  # fmt: skip
    """The inputs of a value's fields, named by ``prefix`` and field."""
    types = {one.name: one.type for one in msgspec.structs.fields(kind)}
    made = [_input(types[one.name], one, mask, known, prefix) for one in fields]
    for shown, one in zip(made, fields, strict=True):
        shown.mask, shown.field = mask_of(kind), one.name
    return made


def mask_of(kind: type[msgspec.Struct]) -> str:
    """What the manual knows the mask of a kind of facts by, or that of what does not change."""
    return f"employee-{kind.__struct_config__.tag or 'personal'}"


def _input(kind: Any, one: Field, mask: Mask, known: Known, prefix: str) -> Input:
    name = prefix + one.name
    value = mask.values.get(name, "")
    made = Input(name, one.label, _widget(kind, one), width=one.width, hint=one.hint,
                 most=one.most, fault=_fault(mask, name))  # fmt: skip
    if made.widget == "shares":
        made.rows = _share_rows(value or [], mask, name)
    elif made.widget == "many":
        chosen = set(value or ())
        made.choices = [(key, label, key in chosen) for key, label in _offered(one.many, known)]
    elif made.widget == "choice":
        options = list((one.choices or {}).items()) if one.choices else _offered(one.many, known)
        if not one.choices:
            options = [("", "–"), *options]
        made.choices = [(code, label, code == value) for code, label in options]
    else:
        made.value = str(value)
    return made


def _fault(mask: Mask, name: str) -> str:
    inside = next((text for place, text in mask.faults.items() if place.startswith(f"{name}[")), "")
    return mask.faults.get(name, "") or (inside if not name.endswith("shares") else "")


def _widget(kind: Any, one: Field) -> str:
    if get_origin(kind) is UnionType:
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple:
        return "shares" if get_args(kind)[0] is Share else "many" if one.many else "text"
    if one.choices or one.many:
        return "choice"
    return {bool: "flag", dt.date: "day", Decimal: "amount"}.get(kind, "text")


def _offered(many: str, known: Known) -> list[tuple[str, Any]]:
    """Choices that a company has, by their numbers."""
    if many == "solutions":
        return [(str(pk), f"{one.institution.get_kind_display()}: {one} {one.name}".strip())
                for pk, one in known.solutions.items()]  # fmt: skip
    if many == "funds":
        return [(str(pk), one.name) for pk, one in known.institutions.items()
                if one.kind == Institution.Kind.BVG]  # fmt: skip
    return [(str(number), str(one)) for number, one in known.wage_types.items() if one.is_active]


OF_SHARES: Final = "employee-share"
_WIDGETS: Final = {"iban": "iban", "name": "text", "bic": "text"}


def _share_rows(value: list[Any], mask: Mask, name: str) -> list[list[Input]]:
    rows = [*value, *({} for _nth in range(max(1, ROWS - len(value))))]
    made = []
    for nth, row in enumerate(rows):
        cells = []
        for one in SHARE:
            place = f"{name}[{nth}].{one.name}"
            widget = _WIDGETS.get(one.name, "amount")
            cells.append(Input(place, one.label, widget, row.get(one.name, ""), one.width,
                               most=one.most, fault=mask.faults.get(place, ""), mask=OF_SHARES,
                               field=one.name))  # fmt: skip
        made.append(cells)
    return made


def sent(query: QueryDict, fields: Sequence[Field], *, prefix: str = "") -> dict[str, Any]:
    """What was typed, by field, as ``reading.read`` takes it."""
    told: dict[str, Any] = {}
    for one in fields:
        name = prefix + one.name
        if one.name == "shares":
            told[one.name] = _sent_shares(query, name)
        elif one.many == "solutions":
            told[one.name] = query.getlist(name)
        else:
            told[one.name] = query.get(name, "").strip()
    return told


def _sent_shares(query: QueryDict, name: str) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for place, text in query.items():
        if place.startswith(f"{name}["):
            part = _SHARE.fullmatch(place[len(name) - len("shares") :])
            if part:
                found.setdefault(int(part[1]), {})[part[2]] = str(text).strip()
    return [row for _nth, row in sorted(found.items()) if any(row.values())]


def values(told: Mapping[str, Any], *, prefix: str = "") -> dict[str, Any]:
    """Values by the names of inputs."""
    return {prefix + name: value for name, value in told.items()}
