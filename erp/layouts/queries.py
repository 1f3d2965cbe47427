"""Which layout holds for a paper: its own, else that of all papers, else the usual one."""

from __future__ import annotations

from dataclasses import dataclass

from erp.companies.models import Company
from erp.layouts.models import Layout
from erp.layouts.values import PLAIN, Kind, Look


@dataclass(frozen=True, slots=True)
class Chosen:
    """The layout of a kind of paper; ``own`` is false where it is that of all papers, or the usual one."""

    kind: Kind
    look: Look
    own: bool

    @property
    def label(self) -> str:
        return str(self.kind.label)


def look_of(company: Company, kind: str) -> Look:
    """How a paper of a kind looks from now on. One query."""
    found = {row.kind: row for row in Layout.of(company).filter(kind__in=(kind, Kind.DEFAULT))}
    row = found.get(kind) or found.get(Kind.DEFAULT)
    return row.look if row is not None else PLAIN


def layouts(company: Company) -> list[Chosen]:
    """The layouts of all kinds, that of all papers first. One query."""
    rows = {row.kind: row.look for row in Layout.of(company)}
    usual = rows.get(Kind.DEFAULT, PLAIN)
    return [Chosen(kind, rows.get(kind, usual), kind in rows) for kind in Kind]


def layout_of(company: Company, kind: str) -> Chosen:
    """The layout of one kind, which must be one of ``Kind``."""
    return next(one for one in layouts(company) if one.kind == kind)
