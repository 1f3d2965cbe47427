"""What the annual accounts are printed with beside figures: the chart, the notes, and whose they are.

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


@dataclass(frozen=True)
class Paper:
    """Names are in ``language``, the company's; ``uid`` is without dots, blank where there is none."""

    language: str
    legal_form: str
    name: str
    town: str
    uid: str
    chart: tuple[ChartRow, ...]
    notes: tuple[Note, ...]

    def told(self) -> dict[str, Any]:
        """As a closing keeps it."""
        return {**vars(self), "notes": [asdict(note) for note in self.notes]}


def paper_of(company: Company, year: FiscalYear, closing: YearClosing | None = None) -> Paper:
    """As it is now, or as ``closing`` kept it."""
    if closing is None:
        return Paper(
            company.language, company.legal_form, company.name, company.town, company.uid,
            tuple(chart_rows(company, language=company.language)), tuple(notes_of(company, year)),
        )  # fmt: skip
    kept = dict(closing.paper)
    chart = tuple(ChartRow(*row) for row in kept.pop("chart"))
    return Paper(chart=chart, notes=tuple(Note(**one) for one in kept.pop("notes")), **kept)
