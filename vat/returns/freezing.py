"""Figures of a return as they are frozen when it is filed, and read again (einfrieren)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from vat.codes.catalogue import catalogue
from vat.codes.queries import boxes_by_rate
from vat.returns.computing import Computed, Scope
from vat.returns.form import CodeSum, fill

_AMOUNTS: Final = ("net", "gross", "tax", "owed", "hidden")


def frozen(computed: Computed) -> dict[str, Any]:
    """The figures of a return as JSON: all that its form is made of."""
    return {"sums": [_written(one) for one in computed.sums]}


def thawed(scope: Scope, figures: dict[str, Any]) -> Computed:
    """A return from its frozen figures."""
    return of_sums(scope, sums_of(figures))


def sums_of(figures: dict[str, Any]) -> list[CodeSum]:
    """The sums of frozen figures."""
    return [_read(row) for row in figures["sums"]]


def of_sums(scope: Scope, sums: Iterable[CodeSum]) -> Computed:
    """A return of sums that are known."""
    rate_boxes, rows = boxes_by_rate(), tuple(sums)
    declaration = fill(
        rows, start=scope.start, end=scope.end, method=scope.method, basis=scope.basis,
        rate_boxes=rate_boxes, round_down=scope.round_down, note_280=scope.note_280,
    )  # fmt: skip
    return Computed(scope, rows, rate_boxes, declaration)


def added(*parts: Iterable[CodeSum]) -> list[CodeSum]:
    """Sums of several returns together."""
    found: dict[Any, CodeSum] = {}
    for one in (row for part in parts for row in part):
        key = (one.code, one.rate, one.activity, one.granted, one.old)
        before = found.get(key)
        told = {name: getattr(one, name) for name in _AMOUNTS}
        if before is not None:
            told = {name: told[name] + getattr(before, name) for name in _AMOUNTS}
        found[key] = CodeSum(one.code, one.shipped, one.rate, **told, activity=one.activity,
                             activity_name=one.activity_name, granted=one.granted, old=one.old)  # fmt: skip
    return list(found.values())


def digest(figures: dict[str, Any]) -> str:
    """What tells two states of a return apart."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _written(one: CodeSum) -> dict[str, Any]:
    told: dict[str, Any] = {name: str(getattr(one, name)) for name in _AMOUNTS}
    return told | {
        "code": one.code, "as": one.shipped.code, "rate": str(one.rate), "activity": one.activity,
        "name": one.activity_name, "old": one.old,
        "granted": None if one.granted is None else str(one.granted),
    }  # fmt: skip


def _read(row: dict[str, Any]) -> CodeSum:
    return CodeSum(
        row["code"], catalogue()[row["as"]], Decimal(row["rate"]),
        **{name: Decimal(row[name]) for name in _AMOUNTS},
        activity=row["activity"], activity_name=row["name"], old=row["old"],
        granted=None if row["granted"] is None else Decimal(row["granted"]),
    )  # fmt: skip
