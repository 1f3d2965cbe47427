"""An example for every body that is sent or answered as JSON, in the OpenAPI document.

Bodies of the daily work are written by hand (``examples.json``, by operation); the others follow
from their schema, each field by its name or its format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_JSON: Final = "application/json"
_DEEPEST: Final = 6
WRITTEN: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)

#: By the name of a field, where its type alone says too little.
_BY_NAME: Final[dict[str, str]] = {
    "account": "1020", "number": "1020", "vat_code": "UN", "currency": "CHF", "country": "CH",
    "iban": "CH93 0076 2011 6238 5295 7", "uid": "CHE-123.456.788", "town": "Langnau",
    "postcode": "3550", "street": "Dorfstrasse", "house_number": "4", "canton": "BE",
    "name": "Muster Bau AG", "first_name": "Anna", "last_name": "Muster", "text": "Miete März",
    "name_de": "Bank", "name_fr": "Banque", "name_it": "Banca", "name_en": "Bank",
    "posted_by": "anna@muster-bau.example", "email": "anna@muster-bau.example",
    "next": "https://rappen.example/api/v1/…?cursor=cD0y", "reference": "RF18 5390 0754 7034",
    "or_position": "959a-1-1a", "voucher": "K-17", "subject": "Umbau Küche",
}  # fmt: skip
_BY_FORMAT: Final[dict[str, str]] = {
    "date": "2026-03-31", "date-time": "2026-03-31T09:30:00+02:00", "email": "anna@muster-bau.example",
    "uri": "https://rappen.example/", "uuid": "5b0fd1a2-6b1e-4c4e-9f3a-2f6f1f4f7a10",
    "binary": "", "time": "09:30:00", "decimal": "108.10", "duration": "P1D",
}  # fmt: skip
#: The first that a pattern lets through is taken.
_BY_PATTERN: Final = ("108.10", "2026-03", "CHF", "BE", "7", "1020", "ab12cd34", "756.1234.5678.97")
_BY_TYPE: Final[dict[str, Any]] = {
    "integer": 7, "number": 1, "boolean": True, "null": None, "object": {},
}  # fmt: skip


def add_examples(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Put an example beside every JSON body of the document (a hook of drf-spectacular)."""
    schemas = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            sent = operation.get("requestBody", {}).get("content", {}).get(_JSON)
            if sent and "schema" in sent:
                written = WRITTEN.get(operation["operationId"])
                sent["example"] = written or example(sent["schema"], schemas, whole=False)
            for status, answer in operation["responses"].items():
                told = answer.get("content", {}).get(_JSON)
                if status.startswith("2") and told and "schema" in told:
                    told["example"] = example(told["schema"], schemas, whole=True)
    return result


def example(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], *, whole: bool, name: str = "",
    depth: int = 0,
) -> Any:  # fmt: skip
    """A value that a schema lets through; ``whole`` with what may be left out, too."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    for several in ("allOf", "oneOf", "anyOf"):
        if several in schema:
            schema = schema[several][
                -1 if several == "anyOf" else 0
            ]  # of a list that is followed a page
            return example(schema, schemas, whole=whole, name=name, depth=depth)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type", "object" if "properties" in schema else "")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "array":
        if depth > _DEEPEST and not schema.get("minItems"):
            return []
        one = example(schema.get("items", {}), schemas, whole=whole, name=name, depth=depth + 1)
        return [one] * schema.get("minItems", 1)
    if kind == "object" and "properties" in schema:
        wanted = set(schema.get("required", ()))
        return {
            key: example(inner, schemas, whole=whole, name=key, depth=depth + 1)
            for key, inner in schema["properties"].items()
            if key in wanted or (whole and depth <= _DEEPEST)
        }
    return _text(schema, name) if kind == "string" else _number(schema, kind)


def _number(schema: Mapping[str, Any], kind: str) -> Any:
    value = _BY_TYPE.get(kind, {})
    if kind in {"integer", "number"}:
        value = min(max(value, schema.get("minimum", value)), schema.get("maximum", value))
    return value


def _text(schema: Mapping[str, Any], name: str) -> str:
    longest = schema.get("maxLength", 10_000)
    if pattern := schema.get("pattern"):
        return next((one for one in _BY_PATTERN if re.search(pattern, one)), "")
    if told := _BY_FORMAT.get(schema.get("format", "")):
        return told
    value = _BY_NAME.get(name, name.replace("_", " ") or "text")
    return value if len(value) <= longest else value[:longest]
