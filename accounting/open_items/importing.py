"""Taking over open items from a file (Übernahme offener Posten): a dry run that is the import.

A row is an item as it was open in the books before. All of them make one opening entry, or a bad
row keeps all of them out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounting.ledger.entering import PurposeMissing
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.posting import open_year
from accounting.open_items.checking import comparison
from accounting.open_items.columns import COLUMNS, NEEDED
from accounting.open_items.errors import NothingToTakeOver
from accounting.open_items.models import OpenItem
from accounting.open_items.opening import OWNER
from accounting.open_items.rows import Reading
from accounting.open_items.taking_over import TakenOver, take_over
from erp.access.models import User
from erp.companies.models import Company
from erp.core.display import chf, swiss_date
from erp.core.errors import DomainError, Refusals
from erp.core.importing import BadRow, ColumnMissing
from erp.core.money import ZERO
from erp.core.spreadsheets import Row, rows_of

MOST_REFUSALS: Final = 1_000
MOST_FIRST: Final = 50  # rows of a large file that are looked at beforehand
MOST_SHOWN: Final = 50  # items of a preview
MOST_WARNINGS: Final = 20


@dataclass(frozen=True)
class Terms:
    """How items are taken over: on which day, and against what.

    ``contra`` None is the opening account; ``in_balance`` says that the control accounts hold the
    sum already.
    """

    date: dt.date
    contra: Account | None = None
    in_balance: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """A control account and its items after the take-over; the company's currency, debit positive."""

    account: Account
    taken: Decimal
    ledger: Decimal
    items: Decimal

    @property
    def difference(self) -> Decimal:
        return self.ledger - self.items


@dataclass
class Preview:
    """What an import would take over; ``refusals`` name every bad row, ``bad_rows`` counts them."""

    items: list[TakenOver] = field(default_factory=list)
    rows: int = 0
    refusals: list[DomainError] = field(default_factory=list)
    bad_rows: int = 0
    warnings: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def first(self) -> list[TakenOver]:
        return self.items[:MOST_SHOWN]

    def add(self, other: Preview) -> None:
        self.items += other.items
        self.rows += other.rows
        self.refusals += other.refusals[: MOST_REFUSALS - len(self.refusals)]
        self.bad_rows += other.bad_rows


class Checking:
    """A file that is checked as the import would, in parts if need be; nothing is written.

    ``columns`` maps our names to the file's titles where they differ; a blank title leaves a column
    out. Raises ``ColumnMissing``, ``UnreadableFile``, ``NothingToTakeOver``, ``NoOpenYear``,
    ``PeriodLocked`` or ``PurposeMissing``.
    """

    def __init__(
        self, *, company: Company, content: bytes, terms: Terms,
        columns: Mapping[str, str] | None = None, most_rows: int | None = None,
    ) -> None:  # fmt: skip
        self.company, self.content, self.terms = company, content, terms
        open_year(company, terms.date)
        accounts = list(Account.of(company).order_by("number"))
        if terms.contra is None and not terms.in_balance:
            purpose = Account.Purpose.OPENING
            if not any(account.purpose == purpose for account in accounts):
                raise PurposeMissing(purpose=purpose.label)
        self.names: dict[str, str] = {}
        self._rows: list[Row] = []
        self._read(columns or {}, most_rows)
        if not self._rows:
            raise NothingToTakeOver
        self._reading = Reading(company, accounts, terms.date)

    @property
    def total(self) -> int:
        return len(self._rows)

    def part(self, start: int = 0, end: int | None = None) -> Preview:
        """Check some of the rows; bad ones are collected, not raised."""
        found = Preview()
        for row in self._rows[start:end]:
            found.rows += 1
            try:
                found.items.append(self._reading.item(row.cells, row.number))
            except DomainError as refusal:
                found.bad_rows += 1
                found.refusals += self._placed(refusal, row)
        return found

    def whole(self) -> Preview:
        """All rows, what they do to the control accounts, and what is odd about them."""
        found = self.part()
        self.finish(found)
        return found

    def finish(self, found: Preview) -> None:
        """Add to all that was checked what is to be said of it together."""
        found.effects = _effects(self.company, found.items, self.terms)
        odd = list(dict.fromkeys(self._reading.warnings))
        if len(odd) > MOST_WARNINGS:
            more = _("… and %s more rows whose number and name differ.") % (
                len(odd) - MOST_WARNINGS
            )
            odd = [*odd[:MOST_WARNINGS], more]
        found.warnings = [*self._doubts(found), *odd]

    def _doubts(self, found: Preview) -> list[str]:
        doubts = []
        if stands_from(self.company, self.content):
            doubts.append(
                _("This very file was taken over before. Its items would be there twice.")
            )
        elif there := _there_already(self.company, found.items):
            doubts.append(_("%s of these items are open already: same contact, document and "
                            "amount.") % there)  # fmt: skip
        for one in found.effects:
            if one.difference:
                told = {"account": one.account.number, "ledger": chf(one.ledger),
                        "items": chf(one.items)}  # fmt: skip
                doubts.append(
                    _("After that account %(account)s holds %(ledger)s, its items come to "
                      "%(items)s.") % told + " " + self._advice(one)
                )  # fmt: skip
        return doubts

    def _advice(self, one: Effect) -> str:
        if not self.terms.in_balance and one.difference == one.taken:
            return _("What you take over is on the account already: choose “already in the "
                     "balance”.")  # fmt: skip
        if self.terms.in_balance and one.difference == -one.taken:
            return _("The sum is not on the account yet: choose the opening account.")
        return _("Look for the difference in the list of %s.") % swiss_date(self.terms.date)

    def _read(self, chosen: Mapping[str, str], most_rows: int | None) -> None:
        for row in rows_of(self.content, most_rows):
            if not self.names:
                self._name_columns(list(row.cells), chosen)
            cells = {
                name: (row.cells.get(title) or "").strip() for name, title in self.names.items()
            }
            self._rows.append(Row(row.number, cells))

    def _name_columns(self, titles: list[str], chosen: Mapping[str, str]) -> None:
        for name, known in COLUMNS.items():
            wanted = [chosen[name].strip().lower()] if name in chosen else list(known)
            taken = set(self.names.values())
            title = next(
                (one for one in wanted if one and one in titles and one not in taken), None
            )
            if title is not None:
                self.names[name] = title
        missing = [name for name in NEEDED if name not in self.names]
        missing += [pair[0] for pair in (("contact", "party"), ("side", "account"))
                    if not self.names.keys() & set(pair)]  # fmt: skip
        if missing:
            raise ColumnMissing(column=missing[0], found=", ".join(titles)[:200])

    def _placed(self, refusal: DomainError, row: Row) -> list[DomainError]:
        """A refusal with row, column and value of the file, the column as it is titled there."""
        placed: list[DomainError] = []
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            column = one.place or ""
            placed.append(BadRow(
                row=row.number, column=self.names.get(column, column),
                value=row.cells.get(column, "")[:60], remedy=str(one),
            ))  # fmt: skip
        return placed


def dry_run(**told: Any) -> Preview:
    """Read and check a file as the import would, writing nothing. Takes what ``Checking`` does."""
    return Checking(**told).whole()


def first_rows(**told: Any) -> Preview:
    """What a large file begins with, checked; reads no further."""
    return Checking(**told, most_rows=MOST_FIRST).part()


@transaction.atomic
def import_items(
    *, company: Company, content: bytes, terms: Terms, by: User,
    columns: Mapping[str, str] | None = None,
) -> Preview:  # fmt: skip
    """Take over the items of a file in one opening entry, or none (all that ``dry_run`` found is told).

    Raises ``Refusals`` with each bad row, and what ``take_over`` raises.
    """
    one_at_a_time(company)
    preview = dry_run(company=company, content=content, terms=terms, columns=columns)
    if preview.refusals:
        raise Refusals(preview.refusals)
    take_over(
        company=company, date=terms.date, items=preview.items, by=by, contra=terms.contra,
        in_balance=terms.in_balance, source_key=_key_of(content), text=str(_("Open items taken over")),
    )  # fmt: skip
    return preview


def one_at_a_time(company: Company) -> None:
    """Wait for another import of the company, until it has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                       [f"items-import:{company.pk}"])  # fmt: skip


def was_imported(company: Company, content: bytes) -> int:
    """How often a file of the same content was taken over, undone or not."""
    rows = JournalEntry.of(company).filter(source=OWNER, source_key=_key_of(content))
    return rows.filter(reverses=None).count()


def stands_from(company: Company, content: bytes) -> bool:
    """Whether items of a file of the same content are in the books, and were not undone."""
    rows = JournalEntry.of(company).filter(source=OWNER, source_key=_key_of(content))
    return rows.filter(reverses=None, reversals=None).exists()


def _key_of(content: bytes) -> str:
    return "file:" + hashlib.sha256(content).hexdigest()[:40]


def _there_already(company: Company, items: list[TakenOver]) -> int:
    rows = OpenItem.of(company).filter(settled_on=None, contact__isnull=False)
    there = set(rows.values_list("side", "contact_id", "document", "amount"))
    told = [
        (one.account.control, one.party.contact, one.document, one.item.amount) for one in items
    ]
    return sum(one in there for one in told)


def _effects(company: Company, items: list[TakenOver], terms: Terms) -> list[Effect]:
    taken: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for one in items:
        base = one.item.amount if one.item.base is None else one.item.base
        taken[one.account.pk] += base if one.account.control == "receivables" else -base
    return [
        Effect(row.account, taken[row.account.pk],
               row.ledger + (ZERO if terms.in_balance else taken[row.account.pk]),
               row.items + taken[row.account.pk])
        for row in comparison(company, terms.date) if row.account.pk in taken
    ]  # fmt: skip
