"""Values of own fields (Werte eigener Felder): checked by their definitions, shown, searched."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.core.display import swiss_date
from erp.core.errors import DomainError, Refusals
from erp.core.texts import one_line
from erp.own_fields.models import OwnField

_SWISS_DAY: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
YES: Final = frozenset({"1", "true", "yes", "ja", "oui", "si", "sì", "x", "on"})
NO: Final = frozenset({"0", "false", "no", "nein", "non"})


class UnknownOwnField(DomainError):
    code = "fields.unknown"
    message = _("There is no own field “%(value)s”. Add it in the settings, or leave it out.")
    field = "own_values"


class BadOwnValue(DomainError):
    code = "fields.bad_value"
    message = _("“%(value)s” is no value of the field “%(name)s”. It takes: %(expected)s.")
    field = "own_values"


#: What a kind of field takes, as a refusal says it.
EXPECTED: Final = {
    OwnField.Kind.TEXT: _("a text of one line, of 200 characters at most"),
    OwnField.Kind.NUMBER: _("a number, such as 12.5"),
    OwnField.Kind.DATE: _("a date, such as 31.12.2026"),
    OwnField.Kind.FLAG: _("yes or no"),
}


def checked(fields: Iterable[OwnField], told: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept: by code, in one form, blank ones left out.

    Numbers are texts with a point, days ISO texts. Raises ``Refusals`` of ``UnknownOwnField`` and
    ``BadOwnValue``, each of the field ``own_values.code``.
    """
    known = {one.code: one for one in fields}
    kept: dict[str, Any] = {}
    refusals: list[DomainError] = []
    for code, value in told.items():
        place = f"own_values.{code}"
        if code not in known:
            refusals.append(UnknownOwnField(field=place, value=str(code)[:40]))
            continue
        if value is None or value == "":
            continue
        try:
            kept[code] = _value(known[code], value)
        except (ValueError, InvalidOperation, DomainError):
            field = known[code]
            expected = ", ".join(field.choices) or EXPECTED.get(OwnField.Kind(field.kind), "")
            refusals.append(
                BadOwnValue(field=place, value=str(value)[:60], name=field.name, expected=expected)
            )
    if refusals:
        raise Refusals(refusals)
    return kept


def _value(field: OwnField, value: Any) -> Any:
    """A value in its kept form. Raises ``ValueError`` and its kin."""
    kind = OwnField.Kind(field.kind)
    if kind == OwnField.Kind.FLAG:
        return _flag(value)
    if not isinstance(value, str):
        raise ValueError(value)
    text = one_line(value, field=field.code, most=200)
    if kind == OwnField.Kind.NUMBER:
        number = Decimal(text.replace("’", "").replace("'", ""))
        if not number.is_finite() or abs(number) >= 10**15:
            raise ValueError(value)
        return f"{number:f}"
    if kind == OwnField.Kind.DATE:
        return _day(text).isoformat()
    if kind == OwnField.Kind.CHOICE:
        found = next((c for c in field.choices if c.casefold() == text.casefold()), None)
        if found is None:
            raise ValueError(value)
        return found
    return text


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in YES:
        return True
    if isinstance(value, str) and value.strip().lower() in NO:
        return False
    raise ValueError(value)


def _day(text: str) -> dt.date:
    swiss = _SWISS_DAY.fullmatch(text)
    if swiss:
        day, month, year = (int(part) for part in swiss.groups())
        return dt.date(year, month, day)
    return dt.date.fromisoformat(text)


def shown(
    fields: Iterable[OwnField], values: Mapping[str, Any], *, language: str = ""
) -> list[tuple[str, str]]:
    """The values there are, with the names of their fields, as people read them."""
    told: list[tuple[str, str]] = []
    for field in fields:
        value = values.get(field.code)
        if value is not None:
            told.append((field.name_in(language) if language else field.name, _text(field, value)))
    return told


def texts(fields: Iterable[OwnField], values: Mapping[str, Any]) -> list[str]:
    """The values of all of these fields, as people read them, blank where there is none: a row of a list."""
    told = ((field, values.get(field.code)) for field in fields)
    return ["" if value is None else _text(field, value) for field, value in told]


def _text(field: OwnField, value: Any) -> str:
    if field.kind == OwnField.Kind.FLAG:
        return str(_("yes") if value else _("no"))
    if field.kind == OwnField.Kind.DATE:
        return swiss_date(dt.date.fromisoformat(value))
    return str(value)


def printed(
    fields: Iterable[OwnField], values: Mapping[str, Any], *, language: str
) -> list[tuple[str, str]]:
    """What stands on a paper in a language: the values there are of printed fields."""
    with translation.override(language):
        return shown([one for one in fields if one.printed], values, language=language)


def searched(values: Mapping[str, Any]) -> list[str]:
    """The texts among the values, for what a list is searched in; numbers and days are left out."""
    return [
        one for one in values.values() if isinstance(one, str) and any(map(str.isalpha, one))
    ]  # fmt: skip
