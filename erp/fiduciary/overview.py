"""All clients of a firm in rows (Mandatsübersicht): filtered, sorted, as a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from erp.access.firms.gate import FirmAccess
from erp.access.models import User
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.money import ZERO
from erp.fiduciary.deadlines import Deadline
from erp.fiduciary.figures import Count, Figures, figures
from erp.fiduciary.models import MandateSetting
from erp.web.export import Table

FAR: Final = dt.date.max
#: What somebody has to do something about; open periods and sign-ins alone are no work.
WORK: Final = (
    "overdue",
    "to_firm",
    "bank",
    "inbox",
    "vouchers",
    "differing",
    "drafts",
    "invoices",
    "bills",
    "runs",
    "findings",
)


@dataclass(frozen=True)
class Row:
    """A client as the cockpit shows it."""

    company: Company
    rights: frozenset[str]
    figures: Figures
    responsible: User | None
    on: dt.date

    @property
    def counts(self) -> Mapping[str, Count | None]:
        return self.figures.counts

    @property
    def deadlines(self) -> Sequence[Deadline]:
        return self.figures.deadlines

    @property
    def next(self) -> Deadline | None:
        return next(iter(self.figures.deadlines), None)

    @property
    def is_late(self) -> bool:
        return self.next is not None and self.next.is_late(self.on)

    @property
    def control(self) -> Decimal | None:
        return self.figures.control

    @property
    def drafts(self) -> int:
        """Entries, invoices and bills that are not posted."""
        return sum(self.figures.number(name) for name in ("drafts", "invoices", "bills"))

    @property
    def signed_in(self) -> dt.date | None:
        count = self.counts.get("signed_in")
        return count.since if count else None

    @property
    def has_work(self) -> bool:
        return bool(self.is_late or self.control or any(self.figures.number(name) for name in WORK))


@dataclass(frozen=True)
class Wanted:
    """What of it is to be seen: blank filters let all through.

    ``responsible`` is a user's id, 0 for clients nobody answers for; ``until`` takes those with a
    deadline up to that day.
    """

    q: str = ""
    responsible: int | None = None
    until: dt.date | None = None
    work: bool = False
    sort: str = "deadline"

    def takes(self, row: Row) -> bool:
        words = self.q.casefold().split()
        told = f"{row.company.name} {row.company.short_name} {row.company.town}".casefold()
        return (
            all(word in told for word in words)
            and (self.responsible is None or self.responsible == (row.responsible.pk if row.responsible else 0))
            and (self.until is None or (row.next is not None and row.next.day <= self.until))
            and (not self.work or row.has_work)
        )  # fmt: skip


Key = Callable[[Row], Any]


def _most(name: str) -> Key:
    return lambda row: -row.figures.number(name)


#: How rows are put in order; then by name.
ORDERS: Final[Mapping[str, Key]] = {
    "deadline": lambda row: row.next.day if row.next else FAR,
    "name": lambda row: "",
    "responsible": lambda row: str(row.responsible).casefold() if row.responsible else "\uffff",
    "bank": _most("bank"),
    "inbox": _most("inbox"),
    "vouchers": _most("vouchers"),
    "drafts": lambda row: -row.drafts,
    "control": lambda row: -(row.control or ZERO),
    "questions": _most("to_firm"),
    "checklist": lambda row: (-row.figures.number("overdue"), -row.figures.number("checklist")),
    "periods": _most("periods"),
    "findings": _most("findings"),
    "signed_in": lambda row: row.signed_in or dt.date.min,
}


@dataclass(frozen=True)
class Cockpit:
    """What the page shows: ``rows`` as wanted, of ``total`` clients."""

    rows: list[Row]
    total: int
    people: list[User]

    @property
    def late(self) -> int:
        return sum(row.is_late for row in self.rows)


def cockpit(access: FirmAccess, wanted: Wanted, today: dt.date) -> Cockpit:
    """All clients with their figures, in six queries."""
    told = figures(access, today)
    settings = MandateSetting.of_firm(access.firm).select_related("responsible")
    answers = {one.company_id: one.responsible for one in settings}
    rows = [
        Row(company, access.rights[pk], told[pk], answers.get(pk), today)
        for pk, company in access.companies.items()
    ]
    people = {one.pk: one for one in answers.values() if one is not None}
    return Cockpit(
        _sorted((row for row in rows if wanted.takes(row)), wanted.sort),
        len(rows), sorted(people.values(), key=lambda one: str(one).casefold()),
    )  # fmt: skip


def _sorted(rows: Iterable[Row], order: str) -> list[Row]:
    key = ORDERS[order]
    return sorted(rows, key=lambda row: (key(row), row.company.name.casefold(), row.company.pk))


def table(found: Cockpit, today: dt.date) -> Table:
    """The rows as they stand, for a file; what one may not see stays blank."""
    return Table(
        title=_("Clients"), subtitle=swiss_date(today), name="cockpit", wide=True,
        head=[
            _("No."), _("Client"), _("Responsible"), _("Due"), _("Deadline"), _("Deadlines"),
            _("Bank lines"), _("Inbox"), _("Missing vouchers"), _("Drafts"), _("Control accounts"),
            _("Bank accounts that differ"), _("Open periods"), _("open since"), _("Payroll runs"),
            _("Findings"), _("Questions to answer"), _("Questions to the client"),
            _("Checklist, open"), _("Checklist, overdue"), _("Last sign-in"),
        ],
        rows=[_cells(row) for row in found.rows],
    )  # fmt: skip


def _cells(row: Row) -> list[Any]:
    def count(name: str) -> int | None:
        found = row.counts.get(name)
        return found.number if found else None

    periods = row.counts.get("periods")
    first = row.next
    return [
        row.company.pk, row.company.name, str(row.responsible or ""), first.day if first else None,
        f"{first.label} {first.what}" if first else "", len(row.deadlines), count("bank"),
        count("inbox"), count("vouchers"), row.drafts, row.control, count("differing"),
        count("periods"), periods.since if periods else None, count("runs"), count("findings"),
        count("to_firm"), count("to_client"), count("checklist"), count("overdue"),
        row.signed_in,
    ]  # fmt: skip
