"""Reading what a page's script sends: an object, or a refusal."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NotUnderstood(DomainError):
    code = "web.not_understood"
    message = _("What was sent cannot be read. Load the page again.")


def read_object(raw: str | bytes, *, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """A JSON object whose values are texts, numbers and flags.

    Members named in ``lists`` are lists of such objects. Raises ``NotUnderstood``.
    """
    try:
        found = json.loads(raw or "{}", parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise NotUnderstood from None
    if not isinstance(found, dict):
        raise NotUnderstood
    for name in lists:
        rows = found.get(name) or []
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise NotUnderstood
        for row in rows:
            _require_plain(row)
    _require_plain({name: value for name, value in found.items() if name not in lists})
    return found


def _require_plain(values: dict[str, Any]) -> None:
    for value in values.values():
        if not isinstance(value, (str, bool, type(None))):
            raise NotUnderstood
        if isinstance(value, str) and ("\x00" in value or not _encodes(value)):
            raise NotUnderstood


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
