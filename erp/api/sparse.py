"""``?fields=``: of what is read, only what a client shows (Teilantworten)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

PARAMETER: Final = "fields"
LONGEST: Final = 2000  # letters
_DEEPEST: Final = 4

#: What is wanted, by field: each with what is wanted of it, or nothing where all is.
Wanted = dict[str, "Wanted"]  # type: ignore[misc]


def wanted_in(text: str) -> Wanted | None:
    """What ``id,name,addresses.town`` names; None where all is wanted. Raises ``ValidationError``."""
    if not text:
        return None
    found: Wanted = {}
    for path in text[:LONGEST].split(","):
        names = path.strip().split(".")
        if len(names) > _DEEPEST or not all(names):
            raise _unknown(path.strip()[:60])
        place = found
        for name in names:
            place = place.setdefault(name, {})
    return found


def narrow(serializer: Any, wanted: Wanted, path: str = "") -> None:
    """Leave in a serializer what is wanted alone. Raises ``ValidationError`` for what it has not."""
    shape = getattr(serializer, "child", serializer)
    if not isinstance(shape, serializers.BaseSerializer) or not hasattr(shape, "fields"):
        raise _unknown(f"{path}{next(iter(wanted))}")
    for name, inner in wanted.items():
        if name not in shape.fields:
            raise _unknown(f"{path}{name}")
        if inner:
            narrow(shape.fields[name], inner, f"{path}{name}.")
    for name in set(shape.fields) - set(wanted):
        shape.fields.pop(name)


def cut(data: Any, wanted: Wanted) -> Any:
    """The same of what is written already: of an object, of each of a list, of a page's results."""
    if isinstance(data, list):
        return [cut(one, wanted) for one in data]
    if not isinstance(data, Mapping):
        raise _unknown(next(iter(wanted)))
    if "results" in data:
        return {**data, "results": cut(data["results"], wanted)}
    for name in wanted:
        if name not in data:
            raise _unknown(name)
    return {name: cut(data[name], inner) if inner else data[name] for name, inner in wanted.items()}


def lean(rows: Any, wanted: Wanted, parts: Mapping[str, str]) -> Any:
    """Rows without the lookups ahead that only fields need which are not shown.

    ``parts`` says for a lookup which field shows what it brings.
    """
    if not isinstance(rows, QuerySet):
        return rows
    ahead: Any = rows._prefetch_related_lookups  # type: ignore[attr-defined]
    kept = [one for one in ahead if _field_of(one, parts) in {None, *wanted}]
    return rows if len(kept) == len(ahead) else rows.prefetch_related(None).prefetch_related(*kept)


def _field_of(lookup: Any, parts: Mapping[str, str]) -> str | None:
    name = lookup if isinstance(lookup, str) else lookup.prefetch_to
    return parts.get(name.split("__")[0])


def _unknown(name: str) -> ValidationError:
    told = _("There is no field “%s” here.") % name
    return ValidationError({PARAMETER: [ErrorDetail(told, "unknown")]})
