"""Own fields in lists (Listen): which there are, filters by them, columns of files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import DecimalField, Func, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IContains

from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.own_fields.models import OwnField
from erp.own_fields.values import checked

COLUMN: Final = "own."  # before the code, in the title of a file's column
#: The kinds that a list offers a filter of; others are found by typing, or by the address.
FILTERED: Final = frozenset({OwnField.Kind.CHOICE, OwnField.Kind.FLAG})
FILTER: Final = "own-"  # before the code, in the name of an input


def fields_of(company: Company | int, subject: str) -> list[OwnField]:
    """The own fields of a kind of record, in the order they are shown. One query."""
    rows = OwnField.of(company).filter(subject=subject)
    return list(rows.order_by("position", "code"))


def asked(fields: Iterable[OwnField], query: Mapping[str, Any]) -> dict[str, str]:
    """What a list is asked for, as it was typed: ``own-colour=red`` as ``{"colour": "red"}``."""
    typed = {one.code: str(query.get(FILTER + one.code, "")).strip() for one in fields}
    return {code: text[:200] for code, text in typed.items() if text}


def narrowed(
    rows: QuerySet[Any], fields: Sequence[OwnField], wanted: Mapping[str, Any]
) -> QuerySet[Any]:
    """The rows whose ``own_values`` are what is wanted; of a text, those that hold it.

    A value that its field does not take, or a code of no field, is met by no row.
    """
    kinds = {one.code: one.kind for one in fields}
    try:
        kept = checked(fields, wanted)
    except DomainError:
        return rows.none()
    for code, value in kept.items():
        text = KeyTextTransform(code, "own_values")
        if kinds[code] == OwnField.Kind.TEXT:
            rows = rows.filter(IContains(text, value))
        elif kinds[code] == OwnField.Kind.NUMBER:
            number = Cast(text, DecimalField(max_digits=40, decimal_places=20))
            rows = rows.filter(Exact(number, Decimal(value)))
        else:
            rows = rows.filter(own_values__contains={code: value})
    return rows


def holds(word: str) -> IContains:
    """The condition that a value among ``own_values`` holds a word, as it is kept."""
    values = Func(
        "own_values",
        function="jsonb_path_query_array",
        template="%(function)s(%(expressions)s, '$.*')",
    )
    return IContains(Cast(values, TextField()), word)


def heads(fields: Iterable[OwnField]) -> list[str]:
    """The titles of a file's columns: ``own.`` and the code, as an import finds them again."""
    return [COLUMN + one.code for one in fields]


def cells(fields: Iterable[OwnField], values: Mapping[str, Any]) -> list[str]:
    """The cells of a file's row, as an import takes them."""
    row = [values.get(one.code) for one in fields]
    return [str(v).lower() if isinstance(v, bool) else str(v or "") for v in row]


def titles(field: OwnField) -> tuple[str, ...]:
    """What the column of a field may be called in a file: ``own.`` and code, code, its names."""
    names = (field.name_de, field.name_fr, field.name_it, field.name_en)
    return (COLUMN + field.code, field.code, *(name.lower() for name in names if name))
