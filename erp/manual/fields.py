"""Fields with a trap (Felder mit Tücken): which place of the manual explains a field of a form or a mask."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from erp.manual.finding import address

FILE: Final = Path(__file__).resolve().parent / "fields.toml"


@cache
def forms() -> Mapping[str, Mapping[str, str]]:
    """By the dotted name of a form: its fields, each with ``page#anchor``."""
    return _read()["forms"]


@cache
def masks() -> Mapping[str, Mapping[str, str]]:
    """The same by the name of a mask that is drawn without a form."""
    return _read()["masks"]


def of_form(kind: type, field: str) -> str:
    """Where a field of a form is explained, as an address; blank where nothing needs to be.

    What a form does not say itself holds as its parents say it.
    """
    for one in kind.__mro__:
        if place := forms().get(f"{one.__module__}.{one.__qualname__}", {}).get(field):
            return address(*place.split("#"))
    return ""


def of_mask(mask: str, field: str) -> str:
    """The same for an input of a mask."""
    place = masks().get(mask, {}).get(field, "")
    return address(*place.split("#")) if place else ""


def places() -> list[str]:
    """Every ``page#anchor`` that is named."""
    return [
        place for kinds in (forms(), masks()) for told in kinds.values() for place in told.values()
    ]


@cache
def _read() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
