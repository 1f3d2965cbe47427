"""Making the archive of a year (Archivpaket erstellen): stage after stage, page after page.

Nothing is read whole: each step writes one part of a file and remembers how many there are. What
posted entries say cannot change meanwhile; that the year is still closed, and has the same entries,
is looked at again in the end. The package is checked by its own verifier before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from accounting.archive import journal, originals, packing, reports, sheets, trail
from accounting.archive.errors import BooksChanged
from accounting.archive.names import Names
from accounting.archive.queries import require_closed
from accounting.archive.rights import FURTHER, NEEDED
from accounting.archive.tables import rows_as_csv
from accounting.archive.workroom import Workroom
from accounting.ledger.models import EntryLine, FiscalYear, JournalEntry
from accounting.receivables import archiving
from accounting.receivables.models import SalesDocument
from erp.access.models import User
from erp.access.permissions import Permission
from erp.companies.models import Company

ENTRIES_AT_ONCE: Final = 2_000
LINKS_AT_ONCE: Final = 20_000
LINES_AT_ONCE: Final = 5_000
EVENTS_AT_ONCE: Final = 5_000
ORIGINALS_AT_ONCE: Final = 500
PAPERS_AT_ONCE: Final = 20


@dataclass
class Making:
    """How far an archive is: the cursor of its job, as values."""

    stage: str = ""
    at: dict[str, Any] = field(default_factory=dict)  # where the stage goes on
    parts: dict[str, int] = field(default_factory=dict)  # how many there are of each file
    facts: dict[str, Any] = field(default_factory=dict)  # what the manifest will say
    done: int = 0

    def as_cursor(self) -> Mapping[str, Any]:
        return asdict(self)


@dataclass
class Work:
    """What a stage works with."""

    company: Company
    year: FiscalYear
    by: User
    room: Workroom
    making: Making
    memory: dict[str, Any]
    may: Callable[[Permission], bool]

    @property
    def names(self) -> Names:
        if "names" not in self.memory:
            self.memory["names"] = Names.of(self.company)
        found: Names = self.memory["names"]
        return found

    def add(self, name: str, content: bytes) -> None:
        """The next part of a file."""
        part = self.making.parts.get(name, 0)
        self.room.write(name, part, content)
        self.making.parts[name] = part + 1

    def count(self, name: str, amount: int) -> None:
        self.making.facts[name] = self.making.facts.get(name, 0) + amount


#: A stage does one step and says where it goes on, or None when it is through.
Stage = Callable[[Work], "dict[str, Any] | None"]


def begin(work: Work) -> None:
    """Look at what there is. Raises ``YearStillOpen``."""
    require_closed(work.year)
    found, facts = _bounds(work), work.making.facts
    first, last = found["first"] or 1, found["last"] or 0
    before = JournalEntry.of(work.company).filter(chain_position=first - 1).first()
    facts |= {
        "before": first - 1, "after": max(last, first - 1),
        "link_before": bytes(before.chain_digest).hex() if before and before.chain_digest else "",
        "found": found, "trail": asdict(trail.span_of(work.company, work.year)),
        "expected": EntryLine.of(work.company)
        .filter(date__range=(work.year.start, work.year.end)).count(),
        "entries": 0, "lines": 0, "total": "0.00", "people": [work.by.pk], "originals": 0,
    }  # fmt: skip


def require_unchanged(work: Work) -> None:
    """Raises ``YearStillOpen`` or ``BooksChanged``."""
    require_closed(work.year)
    if _bounds(work) != work.making.facts["found"]:
        raise BooksChanged(year=work.year)


def _bounds(work: Work) -> dict[str, int | None]:
    rows = JournalEntry.of(work.company).filter(fiscal_year=work.year, number__isnull=False)
    return dict(rows.aggregate(first=Min("chain_position"), last=Max("chain_position")))


def _journal(work: Work) -> dict[str, Any] | None:
    facts, after = work.making.facts, work.making.at.get("after")
    page = journal.journal_page(
        work.company, work.year, work.names, after=facts["before"] if after is None else after,
        until=facts["after"], size=ENTRIES_AT_ONCE, is_first=after is None,
    )  # fmt: skip
    work.add("journal.jsonl", page.sealed)
    work.add("journal.csv", page.readable)
    work.count("entries", page.entries)
    work.count("lines", page.lines)
    facts["total"] = str(Decimal(facts["total"]) + page.debit)
    facts["people"] = sorted({*facts["people"], *page.people})
    work.making.done += page.lines
    return None if page.after is None else {"after": page.after}


def _links(work: Work) -> dict[str, Any] | None:
    facts = work.making.facts
    content, after = journal.links_page(
        work.company, after=work.making.at.get("after", facts["before"]), until=facts["after"],
        size=LINKS_AT_ONCE,
    )  # fmt: skip
    work.add("links.jsonl", content)
    return None if after is None else {"after": after}


def _sheets(work: Work) -> dict[str, Any] | None:
    place = sheets.Place(**work.making.at)
    known = work.memory
    if "carried" not in known:
        known["used"] = sheets.accounts_with_lines(work.company, work.year, work.names)
        known["carried"] = reports.carried(work.company, work.year, work.names)
    rows, following = sheets.sheet_rows(
        work.company, work.year, work.names, accounts=known["used"], carried=known["carried"],
        place=place, size=LINES_AT_ONCE,
    )  # fmt: skip
    head = sheets.HEAD if "account_sheets.csv" not in work.making.parts else ()
    work.add("account_sheets.csv", rows_as_csv(rows, head=head))
    work.making.done += len(rows)
    return None if following is None else asdict(following)


def _balances(work: Work) -> None:
    for files in (
        reports.chart(work.company, work.names),
        reports.balances(work.company, work.year, work.names),
        {"bank_statements.csv": rows_as_csv(originals.statements_of(work.company, work.year),
                                            head=originals.STATEMENTS)},
    ):  # fmt: skip
        for name, content in files.items():
            work.add(name, content)


def _balance_sheet(work: Work) -> None:
    for name, content in reports.statement(work.company, work.year, "balance_sheet").items():
        work.add(name, content)


def _income_statement(work: Work) -> None:
    for name, content in reports.statement(work.company, work.year, "income_statement").items():
        work.add(name, content)


def _closing(work: Work) -> None:
    for name, content in reports.closing(work.company, work.year).items():
        work.add(name, content)


def _procedure(work: Work) -> None:
    """How the books are kept; who has access only where who has it made may see that."""
    more = [right.value for right in FURTHER if work.may(right)]
    for name, content in reports.procedure(work.company, work.year, NEEDED | set(more)).items():
        work.add(name, content)
    work.making.facts["further"] = more


def _trail(work: Work) -> dict[str, Any] | None:
    facts = work.making.facts
    content, after, who = trail.trail_page(
        work.company, after=work.making.at.get("after", facts["trail"]["before"]),
        until=facts["trail"]["after"], size=EVENTS_AT_ONCE,
    )  # fmt: skip
    work.add("trail.jsonl", content)
    work.count("events", content.count(b"\n"))
    facts["people"] = sorted({*facts["people"], *who})
    return None if after is None else {"after": after}


def _papers(work: Work) -> dict[str, Any] | None:
    """Invoices of the year whose PDF nobody has asked for yet are printed now, as they were issued."""
    rows = SalesDocument.of(work.company).filter(
        entry__fiscal_year=work.year, file=None, status=SalesDocument.Status.ISSUED
    )
    found = list(rows.order_by("pk")[:PAPERS_AT_ONCE])
    for document in found:
        archiving.archive(document, by=work.by)
    return {"again": True} if len(found) == PAPERS_AT_ONCE else None


def _originals(work: Work) -> dict[str, Any] | None:
    found, following = originals.originals_page(
        work.company, work.year, kind=work.making.at.get("kind", 0),
        after=work.making.at.get("after", 0), size=ORIGINALS_AT_ONCE,
    )  # fmt: skip
    head = originals.HEAD if "originals.csv" not in work.making.parts else ()
    work.add("originals.csv", rows_as_csv([one.row() for one in found], head=head))
    work.count("originals", len(found))
    return None if following is None else dict(zip(("kind", "after"), following, strict=True))


def _people(work: Work) -> None:
    for name, content in reports.people(work.company, work.making.facts["people"]).items():
        work.add(name, content)


#: In their order; what is said while they are done.
STAGES: Final[Mapping[str, tuple[Stage, Callable[[], str]]]] = {
    "journal": (_journal, lambda: _("Writing the journal …")),
    "links": (_links, lambda: _("Writing the journal …")),
    "sheets": (_sheets, lambda: _("Writing the account sheets …")),
    "balances": (_balances, lambda: _("Writing the reports …")),
    "balance_sheet": (_balance_sheet, lambda: _("Writing the reports …")),
    "income_statement": (_income_statement, lambda: _("Writing the reports …")),
    "closing": (_closing, lambda: _("Writing the reports …")),
    "procedure": (_procedure, lambda: _("Writing the reports …")),
    "trail": (_trail, lambda: _("Writing the audit trail …")),
    "papers": (_papers, lambda: _("Collecting the vouchers …")),
    "originals": (_originals, lambda: _("Collecting the vouchers …")),
    "people": (_people, lambda: _("Collecting the vouchers …")),
    "pack": (packing.pack, lambda: _("Packing …")),
    "check": (packing.check, lambda: _("Checking the archive …")),
}


def step(work: Work) -> str:
    """One step of the stage that is due; what the next one is, blank behind the last."""
    making = work.making
    if making.stage == "pack":
        require_unchanged(work)
    do, _message = STAGES[making.stage]
    making.at = do(work) or {}
    if not making.at:
        order = list(STAGES)
        following = order.index(making.stage) + 1
        making.stage = order[following] if following < len(order) else ""
    return making.stage
