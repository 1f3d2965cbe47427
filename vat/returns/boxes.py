"""The boxes of the form (Ziffern): their order and labels in four languages, data with days.

Page, PDF, XML and manual take them from here. Labels are those of the Federal Tax Administration's
form, articles are those of the VAT Act. Beside the boxes there are headings: ``I``, ``II``, ``III``
of the sections, ``D`` deductions, ``S`` supplies, ``A`` acquisition tax, ``V`` input tax.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from erp.core.money import ZERO
from vat.returns.form import Declaration, RateRow

DATA: Final = Path(__file__).parent / "data"
LANGUAGES: Final = ("de", "fr", "it", "en")


class BoxKind(StrEnum):
    """What a box says; ``DEBIT`` stands with the credits and takes off from them."""

    HEADING = "heading"
    TURNOVER = "turnover"
    MEMO = "memo"
    DEDUCTION = "deduction"
    TOTAL = "total"
    SUPPLY = "supply"
    ACQUISITION = "acquisition"
    CREDIT = "credit"
    DEBIT = "debit"
    PAYABLE = "payable"
    CLAIM = "claim"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the form of some methods, while a return's last day is within its days.

    ``element`` is where its amount stands in eCH-0217, ``parent/name`` (``*`` for the element of
    any method); blank where the file has none, as for totals.
    """

    number: str
    methods: frozenset[str]
    section: str
    kind: BoxKind
    labels: Mapping[str, str]
    element: str
    valid_from: dt.date
    valid_to: dt.date

    def stands(self, method: str, end: dt.date) -> bool:
        """Whether the form of a method has it for a period that ends on a day."""
        return method in self.methods and self.valid_from <= end <= self.valid_to


def label(box: str, method: str, language: str) -> str:
    """What stands beside a box or is a heading, in ``de``, ``fr``, ``it`` or ``en``.

    Blank where the form of the method has no such box.
    """
    found = (one for one in _boxes() if one.number == box and method in one.methods)
    return next((_in(one.labels, language) for one in found), "")


def form_order(method: str, end: dt.date) -> tuple[Box, ...]:
    """Boxes and headings of the form for a period that ends on a day, from top to bottom."""
    return tuple(box for box in _boxes() if box.stands(method, end))


def row_label(row: RateRow, method: str, language: str, *, acquired: bool = False) -> str:
    """What stands beside a row of section II: the activity, else the label of its box.

    A rate whose box has no label yet is called after what it taxes.
    """
    if row.activity or row.name:
        return row.name or row.activity
    return label(row.box, method, language) or label("A" if acquired else "S", method, language)


def amount_of(declaration: Declaration, box: Box) -> Decimal:
    """What stands in a box that has one amount: as declared, or a total; francs."""
    totals = {
        "289": declaration.deductions, "299": declaration.taxable, "399": declaration.due,
        "479": declaration.credit, "500": max(declaration.payable, ZERO),
        "510": max(-declaration.payable, ZERO),
    }  # fmt: skip
    return totals.get(box.number, declaration.box(box.number))


@cache
def _boxes() -> tuple[Box, ...]:
    with (DATA / "boxes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Box(
                number=row["box"],
                methods=frozenset(row["methods"].split(";")),
                section=row["section"],
                kind=BoxKind(row["kind"]),
                labels={language: row[f"label_{language}"] for language in LANGUAGES},
                element=row["element"],
                valid_from=read_day(row["valid_from"], dt.date.min),
                valid_to=read_day(row["valid_to"], dt.date.max),
            )
            for row in csv.DictReader(file)
        )


def read_day(text: str, otherwise: dt.date) -> dt.date:
    return dt.date.fromisoformat(text) if text else otherwise


def _in(labels: Mapping[str, str], language: str) -> str:
    return labels.get(language[:2], labels["de"])
