"""The catalogue of Swiss VAT codes (MWST-Codes), as shipped: data, read once."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CatalogueCode:
    """A code as every new company gets it.

    ``base_boxes`` are the boxes its consideration goes to, ``tax_box`` the box of its tax
    (``output`` and ``acquisition`` stand for the box of the rate on the supply date),
    ``input_purpose`` the purpose of the account that input tax is booked to.
    """

    code: str
    kind: str
    rate_class: str
    base_boxes: tuple[str, ...]
    tax_box: str
    input_purpose: str
    names: dict[str, str]


@cache
def catalogue() -> dict[str, CatalogueCode]:
    """All codes by their short name, in the order they are offered."""
    with (DATA / "codes.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: CatalogueCode(
                code=row["code"],
                kind=row["kind"],
                rate_class=row["rate_class"],
                base_boxes=tuple(filter(None, row["base_boxes"].split(";"))),
                tax_box=row["tax_box"],
                input_purpose=row["input_purpose"],
                names={name: row[name] for name in row if name.startswith("name_")},
            )
            for row in csv.DictReader(file)
        }


@cache
def _rate_boxes() -> list[tuple[str, str, dt.date, dt.date, str]]:
    with (DATA / "boxes.csv").open(encoding="utf-8", newline="") as file:
        return [
            (
                row["rate_class"],
                row["side"],
                dt.date.fromisoformat(row["valid_from"]),
                dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else dt.date.max,
                row["box"],
            )
            for row in csv.DictReader(file)
        ]


def rate_box(rate_class: str, side: str, supply_date: dt.date) -> str:
    """The form's box for a rate on the supply date, blank where today's form has none.

    ``side`` is ``output`` or ``acquisition``.
    """
    return next(
        (
            box
            for kind, where, first, last, box in _rate_boxes()
            if kind == rate_class and where == side and first <= supply_date <= last
        ),
        "",
    )


def boxes_of(code: str, supply_date: dt.date) -> tuple[str, ...]:
    """The boxes a code of the catalogue feeds on a supply date, in the form's order."""
    entry = catalogue()[code]
    boxes = {
        rate_box(entry.rate_class, box, supply_date) if box in {"output", "acquisition"} else box
        for box in (*entry.base_boxes, entry.tax_box)
        if box
    }
    return tuple(sorted(boxes - {""}))
