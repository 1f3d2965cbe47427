"""How the checks of a year stand (Abschluss-Checkliste): what they found, and what somebody said to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounting.closing.models import CheckNote
from accounting.ledger.models import FiscalYear
from accounting.ledger.year_end import Check, Evidence, Finding, State, Weight, checks
from erp.companies.models import Company


@dataclass(frozen=True)
class Standing:
    """A check of a year: what it found, and the word on it that is not withdrawn.

    ``is_seen`` says whether who asks may see the figures; without it only the state is told.
    """

    check: Check
    finding: Finding
    note: CheckNote | None
    is_seen: bool = True

    @property
    def found(self) -> State:
        """How it stands but for what somebody said."""
        return self.check.state(self.finding)

    @property
    def is_current(self) -> bool:
        """Whether the word on it was said to what is found now."""
        return self.note is not None and self.note.finding == self.finding.digest

    @property
    def is_accepted(self) -> bool:
        return self.found == State.OPEN and self.is_current

    @property
    def has_lapsed(self) -> bool:
        """Whether the figures have changed since somebody accepted them."""
        return self.found == State.OPEN and self.note is not None and not self.is_current

    @property
    def state(self) -> State:
        return State.OK if self.is_accepted else self.found

    @property
    def is_word(self) -> bool:
        """Whether somebody confirms that it is done, rather than accepts that it is not."""
        return self.check.weight == Weight.CONFIRM

    @property
    def reason(self) -> str:
        return self.finding.reason if self.is_seen else ""

    @property
    def word(self) -> str:
        """What somebody said to it: a reason often tells what the figures do."""
        return self.note.text if self.note is not None and self.is_seen else ""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.finding.evidence if self.is_seen else ()

    def told(self) -> dict[str, Any]:
        """As a closing keeps it, for whoever may see it."""
        note = self.note if self.is_accepted else None
        return {
            "code": self.check.code, "title": str(self.check.title), "state": self.state.value,
            "permission": self.check.permission.value, "reason": self.finding.reason,
            "evidence": [
                {"label": e.label, "amount": None if e.amount is None else str(e.amount), "text": e.text}
                for e in self.finding.evidence
            ],
            "accepted": None if note is None else {
                "text": note.text, "at": note.at.isoformat(), "by": note.by_id, "file": note.file_id,
            },
        }  # fmt: skip


def standings(company: Company, year: FiscalYear, *, may: Any = None) -> list[Standing]:
    """All checks of a year in their order; ``may`` tells of a permission whether who asks has it."""
    return judged(company, year, {one.code: one.ask(company, year) for one in checks()}, may=may)


def judged(
    company: Company, year: FiscalYear, found: Mapping[str, Finding], *, may: Any = None
) -> list[Standing]:
    """As ``standings``, of what all checks found already; what somebody said to them is read now."""
    rows = CheckNote.of(company).filter(fiscal_year=year, is_withdrawn=False)
    notes = {note.check_code: note for note in rows.select_related("by", "file")}
    return [
        Standing(one, found[one.code], notes.get(one.code), may is None or may(one.permission))
        for one in checks()
    ]


def standing_of(company: Company, year: FiscalYear, code: str) -> Standing:
    """One check of a year, without what somebody said to it. Raises ``KeyError`` where there is none."""
    check = {one.code: one for one in checks()}[code]
    return Standing(check, check.ask(company, year), None)


def is_ready(found: list[Standing]) -> bool:
    """Whether nothing keeps the year from being closed."""
    return all(one.state not in {State.OPEN, State.BLOCKING} for one in found)
