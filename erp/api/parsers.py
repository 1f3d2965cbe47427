"""Reading request bodies: UTF-8 JSON within limits, nothing else."""

from __future__ import annotations

import json
from typing import IO, Any, Final

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from erp.api.sizes import LARGEST_BODY, TooLarge

DEEPEST: Final = 20


class StrictJSONParser(BaseParser):
    """JSON in UTF-8, at most 5 MB and 20 levels; no NaN, no duplicate keys."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        charset = (media_type or "").lower().partition("charset=")[2].strip(' "')
        if charset and charset not in {"utf-8", "utf8"}:
            raise ParseError("Send JSON in UTF-8.")
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise TooLarge(LARGEST_BODY)
        try:
            text = raw.decode("utf-8")
            if "\x00" in text or "\\u0000" in text:
                raise ParseError("NUL characters are not accepted.")
            value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise ParseError(f"This is no JSON: {error}") from None
        if _depth(value) > DEEPEST:
            raise ParseError(f"The body is nested deeper than {DEEPEST} levels.")
        return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not accepted")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is given twice")
    return found


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        if deepest > DEEPEST:
            return deepest
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return deepest
