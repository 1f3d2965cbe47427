"""The Swiss SME chart of accounts and the law's order of the statements, as shipped: data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ChartAccount:
    """A heading or account of the KMU chart; blank where something does not apply."""

    number: str
    parent: str
    level: str
    type: str
    side: str
    or_position: str
    vat_code: str
    purpose: str
    control: str
    currency: str
    legal_forms: str
    name_de: str
    name_fr: str
    name_it: str
    name_en: str


@dataclass(frozen=True, slots=True)
class OrPosition:
    """A row of balance sheet or income statement in the law's order (OR 959a, 959b).

    ``kind`` is ``section``, ``group``, ``line`` or ``total:…`` with the codes it adds up.
    ``side`` is D where debits show as positive figures, C where credits do.
    """

    code: str
    statement: str
    side: str
    kind: str
    name_de: str
    name_fr: str
    name_it: str
    name_en: str

    def name_in(self, language: str) -> str:
        name: str = getattr(self, f"name_{language[:2]}", self.name_de)
        return name

    @property
    def adds(self) -> tuple[str, ...]:
        """The codes a total adds up."""
        return tuple(self.kind.removeprefix("total:").split("+")) if ":" in self.kind else ()


@cache
def _all() -> tuple[ChartAccount, ...]:
    with (DATA / "chart_kmu.csv").open(encoding="utf-8", newline="") as file:
        return tuple(ChartAccount(**row) for row in csv.DictReader(file))


@cache
def or_positions() -> tuple[OrPosition, ...]:
    """Every row of the statements, in order."""
    with (DATA / "or_positions.csv").open(encoding="utf-8", newline="") as file:
        return tuple(OrPosition(**row) for row in csv.DictReader(file))


def statement_of(position: str) -> str:
    """``balance`` or ``income`` for a position accounts may have; blank for anything else."""
    return next(
        (p.statement for p in or_positions() if p.code == position and p.kind == "line"), ""
    )


def position_like(number: str, kind: str) -> str:
    """Where the KMU chart puts an account of this type with a number like this; blank if nowhere.

    The account that shares the most leading digits counts, at least the first two.
    """
    for length in range(len(number), 1, -1):
        for row in _all():
            if row.type == kind and row.or_position and row.number.startswith(number[:length]):
                return row.or_position
    return ""


def kmu_chart(legal_form: str) -> list[ChartAccount]:
    """The chart fit for a legal form: equity accounts and their names differ.

    ``legal_form`` is a value of ``LegalForm``.
    """
    return [
        row for row in _all() if not row.legal_forms or legal_form in row.legal_forms.split(";")
    ]
