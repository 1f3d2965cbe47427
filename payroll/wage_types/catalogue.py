"""Wage types as the calculation takes them (Lohnartenstamm): one query for all of a company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from erp.companies.models import Company
from payroll.wage_types.models import WageType
from payroll.wage_types.shipped import FLAGS
from payroll.wages import values
from payroll.wages.kinds import Base, Kind, Method


def of(company: Company, language: str) -> dict[str, values.WageType]:
    """All wage types by their number as text, named in ``language``, in one query.

    Those switched off are there, too: slips of the past name them, and what still recurs is found.
    """
    return {str(row.number): as_value(row, language) for row in rows_of(company)}


def roles(company: Company) -> dict[str, int]:
    """The number of the wage type for each thing the program needs one for, in one query.

    Keys are values of ``WageType.Role``; a role that no type has is missing.
    """
    return _roles(rows_of(company))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A company's wage types: ``types`` by language and number, and ``roles``."""

    types: Mapping[str, Mapping[str, values.WageType]]
    roles: Mapping[str, int]


def whole(company: Company, languages: Iterable[str]) -> Catalogue:
    """Both, for several languages at once, in one query."""
    rows = rows_of(company)
    types = {
        language: {str(row.number): as_value(row, language) for row in rows}
        for language in languages
    }
    return Catalogue(types, _roles(rows))


def rows_of(company: Company) -> list[WageType]:
    return list(WageType.of(company).order_by("number"))


def as_value(row: WageType, language: str) -> values.WageType:
    """A wage type as it counts."""
    return values.WageType(
        number=row.number, kind=Kind(row.kind), name=row.name_in(language), bases=bases_of(row),
        method=Method(row.method), percent=row.percent, of=tuple(row.of_types),
        periodic=row.is_periodic, box=row.box,
    )  # fmt: skip


def bases_of(row: WageType) -> frozenset[Base]:
    return frozenset(Base(base) for base, column in FLAGS.items() if getattr(row, column))


def _roles(rows: Iterable[WageType]) -> dict[str, int]:
    return {row.role: row.number for row in rows if row.role}
