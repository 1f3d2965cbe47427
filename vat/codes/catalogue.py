"""The catalogue of Swiss VAT codes (MWST-Codes), as shipped: data, read once."""

from __future__ import annotations

import csv
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
