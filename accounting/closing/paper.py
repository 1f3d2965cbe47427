"""What the annual accounts are printed with beside figures: the chart, the notes, their look, and whose they are.

A closing keeps it, so that the accounts of a closed year stay as they were signed (OR 958f), whatever
an account is called or a company becomes later.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from accounting.closing.notes import Note, notes_of
from accounting.ledger.models import FiscalYear, YearClosing
from accounting.ledger.queries import ChartRow, chart_rows
from erp.companies.models import Company
from erp.layouts.queries import look_of
from erp.layouts.values import Kind, Look, look_from


@dataclass(frozen=True)
class Paper:
    """Names are in ``language``, the company's; ``uid`` is without dots, blank where there is none.

    ``logo`` is the digest of its picture, blank without one.
    """

    language: str
    legal_form: str
    name: str
    town: str
    uid: str
    chart: tuple[ChartRow, ...]
    notes: tuple[Note, ...]
    look: Look
    logo: str

    def told(self) -> dict[str, Any]:
        """As a closing keeps it."""
        notes = [asdict(note) for note in self.notes]
        return {**vars(self), "notes": notes, "look": self.look.told()}


def paper_of(company: Company, year: FiscalYear, closing: YearClosing | None = None) -> Paper:
    """As it is now, or as ``closing`` kept it."""
    if closing is None:
        return Paper(
            company.language, company.legal_form, company.name, company.town, company.uid,
            tuple(chart_rows(company, language=company.language)), tuple(notes_of(company, year)),
            look_of(company, Kind.ANNUAL), company.logo_digest,
        )  # fmt: skip
    kept = dict(closing.paper)
    chart = tuple(ChartRow(*row) for row in kept.pop("chart"))
    look = look_from(kept.pop("look"))
    notes = tuple(Note(**one) for one in kept.pop("notes"))
    return Paper(chart=chart, notes=notes, look=look, **kept)
