"""Own fields in queries of lists: ``own=colour:red``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers


class OwnQueryField(serializers.RegexField):
    """Code and value of an own field that rows must have."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[a-z0-9_-]{1,20}:.+$", **{
            "max_length": 230, "required": False,
            "help_text": "Code and value of an own field, such as colour:red", **kwargs,
        })  # fmt: skip


def asked_own(told: Mapping[str, Any]) -> dict[str, str]:
    """What a query asks of own fields, by code; nothing where ``own`` is not in it."""
    code, colon, value = told.get("own", "").partition(":")
    return {code: value} if colon else {}
