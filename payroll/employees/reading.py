"""What was typed, read into values (Angaben lesen): texts of forms and files, JSON of programs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec
from django.utils.translation import gettext_lazy as _

from erp.core.display import figure, swiss_date
from erp.core.errors import DomainError, raise_all
from erp.core.identifiers import format_iban
from erp.core.money import typed_amount
from erp.own_fields.values import NO, YES
from erp.web.dates import read_day
from payroll.employees.common import ValueMissing
from payroll.employees.facts import KINDS, FactValue, Share
from payroll.employees.fields import SHARE, Field

V = TypeVar("V", bound=msgspec.Struct)
_PAIR: Final = re.compile(r"\s*([^=\s,;]{1,20})\s*=\s*([0-9.’']{1,9})\s*%?\s*")


class NotADate(DomainError):
    code = "people.not_a_date"
    message = _("“%(value)s” is no date. Write 31.12.2026.")


class NotAChoice(DomainError):
    code = "people.not_a_choice"
    message = _("“%(value)s” is not known here. Choose one of: %(known)s.")


class NotANumber(DomainError):
    code = "people.not_a_number"
    message = _("“%(value)s” is no number. Write digits alone.")


class NotAFlag(DomainError):
    code = "people.not_a_flag"
    message = _("“%(value)s” is neither yes nor no. Write one of them.")


class NotASplit(DomainError):
    code = "people.not_a_split"
    message = _("“%(value)s” is no division. Write cost centre = percent, such as 100=60, 200=40.")
    field = "cost_split"


class UnknownField(DomainError):
    code = "people.unknown_field"
    message = _("“%(value)s” is no field here. Its fields are: %(known)s.")


class UnknownKind(DomainError):
    code = "people.unknown_kind"
    message = _("There are no facts of the kind “%(value)s”. The kinds are: %(known)s.")
    field = "kind"


class BadContent(DomainError):
    code = "people.bad_content"
    message = _(
        "The content is not as expected: %(value)s. Send amounts as text and days as 2026-12-31."
    )
    field = "content"


def kind_named(name: str) -> type[FactValue]:
    """Raises ``UnknownKind``."""
    if name not in KINDS:
        raise UnknownKind(value=name[:20], known=", ".join(KINDS))
    return KINDS[name]


def day_of(text: str, field: str) -> dt.date | None:
    """A day that was typed, None where nothing was. Raises ``NotADate``."""
    if not text.strip():
        return None
    found = read_day(text)
    if found is None:
        raise NotADate(field=field, value=text[:20])
    return found


def read(kind: type[V], fields: Sequence[Field], told: Mapping[str, Any], *, prefix: str = "") -> V:
    """A value out of texts by field; what is blank is as if it had not been told.

    Lists are texts of several. Raises refusals with the fields they belong to, below ``prefix``.
    """
    types = {one.name: one for one in msgspec.structs.fields(kind)}
    faults: list[DomainError] = []
    values: dict[str, Any] = {}
    for field in fields:
        if field.name not in told and not types[field.name].required:
            continue
        told_now = told.get(field.name, "")
        text = told_now.strip() if isinstance(told_now, str) else told_now
        place = prefix + field.name
        if not text and types[field.name].type is not bool:
            if types[field.name].required:
                faults.append(ValueMissing(field=place, name=field.label))
            continue
        try:
            values[field.name] = _value(types[field.name].type, text, field, place)
        except DomainError as refusal:
            refusal.place = refusal.place if (refusal.place or "").startswith(place) else place
            faults.append(refusal)
    raise_all(faults)
    return kind(**values)


def _value(kind: Any, text: Any, field: Field, place: str) -> Any:
    if get_origin(kind) is UnionType:
        kind = next(one for one in get_args(kind) if one is not type(None))
    if get_origin(kind) is tuple:
        return _several(get_args(kind)[0], text, place)
    if get_origin(kind) is dict:
        return _split(text)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _choice(kind, str(text), field)
    return _READERS[kind](str(text), field)


def _several(kind: Any, text: Any, place: str) -> tuple[Any, ...]:
    if kind is Share:
        return tuple(
            read(Share, SHARE, one, prefix=f"{place}[{nth}].") for nth, one in enumerate(text)
        )
    parts = text if isinstance(text, list) else re.split(r"[\s,;]+", str(text))
    return tuple(_whole(part) for part in parts if part)


def _split(text: Any) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part in filter(str.strip, re.split(r"[,;]", str(text))):
        pair = _PAIR.fullmatch(part)
        if pair is None or pair[1] in found:
            raise NotASplit(value=part[:30])
        found[pair[1]] = typed_amount(pair[2])
    return found


def _choice(kind: type[StrEnum], text: str, field: Field) -> StrEnum:
    """A choice by its code, or as it is called in the language of whoever writes."""
    words = {str(label).casefold(): code for code, label in (field.choices or {}).items()}
    code = words.get(text.casefold(), text)
    found = next((one for one in kind if one.value.casefold() == code.casefold()), None)
    if found is None:
        known = ", ".join(str(label) for label in (field.choices or {}).values())
        raise NotAChoice(value=text[:40], known=known)
    return found


def _text(text: str, field: Field) -> str:
    """A text; one of choices by its code, or as it is called."""
    if field.choices is None:
        return text
    words = {str(label).casefold(): code for code, label in field.choices.items()}
    return words.get(text.casefold(), text)


def _day(text: str, field: Field) -> dt.date:
    found = read_day(text)
    if found is None:
        raise NotADate(value=text[:20])
    return found


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotANumber(value=text[:20])
    return int(text)


def _flag(text: str, field: Field) -> bool:
    if not text or text.lower() in NO:
        return False
    if text.lower() in YES:
        return True
    raise NotAFlag(value=text[:20])


_READERS: Final[dict[Any, Callable[[str, Field], Any]]] = {
    str: _text, bool: _flag, dt.date: _day,
    int: lambda text, field: _whole(text),
    Decimal: lambda text, field: typed_amount(text, decimals=field.decimals),
}  # fmt: skip


def defaults(kind: type[msgspec.Struct], fields: Sequence[Field]) -> dict[str, Any]:
    """What a form has before anything is typed: what holds where nothing is said."""
    found: dict[str, Any] = {one.name: "" for one in fields}
    for one in msgspec.structs.fields(kind):
        if one.name in found and one.default is not msgspec.NODEFAULT and one.default != ():
            found[one.name] = typed(one.default)
    return found


def as_typed(value: msgspec.Struct, fields: Sequence[Field]) -> dict[str, Any]:
    """A value as a form has it: what ``read`` reads again."""
    return {one.name: typed(getattr(value, one.name)) for one in fields}


def typed(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, dt.date):
        return swiss_date(value)
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, dict):
        return ", ".join(f"{number}={figure(share)}" for number, share in value.items())
    if isinstance(value, tuple):
        if any(isinstance(one, Share) for one in value):
            return [as_typed(one, SHARE) | {"iban": format_iban(one.iban)} for one in value]
        return [str(one) for one in value]
    return str(value)


def decoded(kind: str, content: Mapping[str, Any]) -> FactValue:
    """A fact out of JSON: amounts are texts with a point, days ISO texts.

    Raises ``UnknownKind``, ``UnknownField``, ``BadContent``.
    """
    return decoded_as(kind_named(kind), content)


def decoded_as(kind: type[V], content: Mapping[str, Any], *, place: str = "content") -> V:
    known = kind.__struct_fields__
    for name in content:
        if name not in known:
            raise UnknownField(field=f"{place}.{name}"[:80], value=str(name)[:30],
                               known=", ".join(known))  # fmt: skip
    if _has_float(content):
        raise BadContent(field=place, value=_("a number with a point"))
    try:
        tag = kind.__struct_config__.tag
        told = dict(content) | ({"fact": tag} if tag is not None else {})
        return msgspec.convert(told, type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise BadContent(field=place, value=str(error)[:120]) from None


def _has_float(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_float, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_has_float, value))
    return isinstance(value, float)


def encoded(value: msgspec.Struct) -> dict[str, Any]:
    """A value as JSON has it: amounts and days as texts."""
    told: dict[str, Any] = msgspec.to_builtins(value)
    told.pop("fact", None)
    return told
