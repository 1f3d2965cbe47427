"""Posting (Buchen): the one door through which money gets into the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from accounting.ledger import chain
from accounting.ledger.errors import (
    AlreadyReversed,
    DraftGone,
    NoOpenYear,
    NotADraft,
    NotPosted,
    PeriodLocked,
    TextMissing,
    UndoneElsewhere,
)
from accounting.ledger.lines import (
    Line,
    line_of,
    require_balance,
    require_possible_amounts,
    require_sound_lines,
)
from accounting.ledger.models import EntryVoucher, FiscalYear, JournalEntry, Period
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, crashpoints
from erp.core.errors import DomainError
from erp.documents.models import StoredFile

LINE_COLUMNS = (
    "position", "account_id", "debit", "credit", "text", "currency", "amount_foreign",
    "cost_centre_id", "cost_object_id", "vat_code_id", "vat_part", "vat_rate", "vat_base",
    "supply_date",
)  # fmt: skip
_LINE_TYPES = (
    "int", "bigint", "numeric", "numeric", "text", "text", "numeric",
    "bigint", "bigint", "bigint", "text", "numeric", "numeric", "date",
)  # fmt: skip
ENTRY_COLUMNS = (
    "company_id", "fiscal_year_id", "date", "text", "voucher", "kind", "source", "source_key",
    "reverses_id", "series", "created_at", "created_by_id",
)  # fmt: skip

_WRITE_LINES = (
    f"INSERT INTO accounting_entryline (company_id, entry_id, date, {', '.join(LINE_COLUMNS)})"
    f" SELECT %s, {{entry}}, %s, l.* FROM {{source}}"
    f" unnest({', '.join(f'%s::{kind}[]' for kind in _LINE_TYPES)}) AS l"
)
_WRITE_ENTRY = (
    f"WITH e AS (INSERT INTO accounting_journalentry ({', '.join(ENTRY_COLUMNS)})"
    f" VALUES ({', '.join(['%s'] * len(ENTRY_COLUMNS))}) RETURNING id),"
    f" l AS ({_WRITE_LINES.format(entry='e.id', source='e,')})"
    " SELECT id FROM e"
)
_REPLACE_LINES = _WRITE_LINES.format(entry="%s::bigint", source="")


#: What other rooms have to say before an entry is reversed: entry and ``owner`` in; they raise.
before_reversal: list[Callable[[JournalEntry, str], None]] = []
#: What guards of other rooms refuse when an entry is sealed: by their code, from what they told.
further_refusals: dict[str, Callable[[str], DomainError]] = {}


@transaction.atomic
def post(
    *,
    company: Company,
    date: dt.date,
    text: str,
    lines: Sequence[Line],
    by: User,
    voucher: str = "",
    vouchers: Sequence[StoredFile] = (),
    kind: str = JournalEntry.Kind.NORMAL,
    source: str = JournalEntry.Source.MANUAL,
    source_key: str = "",
    reverses: JournalEntry | None = None,
    owner: str = "",
) -> JournalEntry:
    """Enter a transaction in the books (buchen). Money gets in through here alone.

    Amounts are in the company's currency and never negative; ``voucher`` is the reference printed
    on the original, ``vouchers`` the stored originals themselves, ``owner`` the sub-ledger that
    posts. Returns the numbered entry.
    Raises ``UnbalancedEntry``, ``NoOpenYear``, ``PeriodLocked`` or what is wrong with a line;
    then nothing is written.
    """
    require_balance(lines)
    require_sound_lines(company, lines, date=date, owner=owner)
    entry = write_draft(
        company=company, date=date, text=text, lines=lines, by=by, voucher=voucher,
        vouchers=vouchers, kind=kind, source=source, source_key=source_key, reverses=reverses,
    )  # fmt: skip
    crashpoints.reach("posting.written")
    entry = seal(entry, rows_of(lines), [file.digest for file in vouchers], by=by)
    crashpoints.reach("posting.sealed")
    return entry


@transaction.atomic
def write_draft(
    *,
    company: Company,
    date: dt.date,
    text: str,
    lines: Sequence[Line],
    by: User,
    voucher: str = "",
    vouchers: Sequence[StoredFile] = (),
    kind: str = JournalEntry.Kind.NORMAL,
    source: str = JournalEntry.Source.MANUAL,
    source_key: str = "",
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Write an entry without a number: a draft (Entwurf), which need not balance yet.

    Raises ``TextMissing``, ``NoOpenYear``, ``PeriodLocked`` or what ``require_possible_amounts``
    raises.
    """
    if not text.strip():
        raise TextMissing
    require_possible_amounts(company, lines)
    year = open_year(company, date)
    entry = JournalEntry(
        company=company, fiscal_year=year, date=date, text=text, voucher=voucher, kind=kind,
        source=source, source_key=source_key, reverses=reverses, created_at=clock.now(),
        created_by=by,
    )  # fmt: skip
    header = [getattr(entry, column) for column in ENTRY_COLUMNS]
    columns = _columns(rows_of(lines))
    with refused_by_database(entry), connection.cursor() as cursor:
        cursor.execute(_WRITE_ENTRY, [*header, company.pk, date, *columns])
        entry.pk = cursor.fetchone()[0]
    entry._state.adding = False
    entry._state.db = "default"
    attach(entry, vouchers)
    return entry


@transaction.atomic
def change_draft(
    draft: JournalEntry, *, date: dt.date, text: str, lines: Sequence[Line], by: User,
    voucher: str = "", kind: str | None = None,
) -> JournalEntry:  # fmt: skip
    """Put new contents into a draft; its kind stays unless ``kind`` says otherwise.

    Raises ``NotADraft`` and what ``write_draft`` raises.
    """
    draft = locked_draft(draft)
    if not text.strip():
        raise TextMissing
    require_possible_amounts(draft.company, lines)
    draft.fiscal_year = open_year(draft.company, date)
    draft.date, draft.text, draft.voucher, draft.kind = date, text, voucher, kind or draft.kind
    draft.lines.all().delete()
    draft.save(update_fields=["fiscal_year", "date", "text", "voucher", "kind"])
    columns = _columns(rows_of(lines))
    with connection.cursor() as cursor:
        cursor.execute(_REPLACE_LINES, [draft.company_id, draft.pk, date, *columns])
    return draft


@transaction.atomic
def delete_draft(draft: JournalEntry, *, by: User) -> None:
    """Throw a draft away. Raises ``NotADraft``."""
    draft = locked_draft(draft)
    trail.record(company=draft.company, by=by, action="draft.delete", subject=draft,
                 details=trail.filled(trail.values(draft, "date", "text", "voucher")))  # fmt: skip
    draft.vouchers.all().delete()
    draft.lines.all().delete()
    draft.delete()


@transaction.atomic
def post_draft(draft: JournalEntry, *, by: User) -> JournalEntry:
    """Number and freeze a draft (definitiv verbuchen).

    Raises ``NotADraft``, ``UnbalancedEntry`` and what ``post`` raises.
    """
    draft = locked_draft(draft)
    stored = draft.lines.order_by("position").select_related(
        "account", "cost_centre", "cost_object", "vat_code"
    )
    lines = [line_of(row) for row in stored]
    require_balance(lines)
    require_sound_lines(draft.company, lines, date=draft.date)
    open_year(draft.company, draft.date)
    digests = draft.vouchers.values_list("file__digest", flat=True)
    return seal(draft, rows_of(lines), list(digests), by=by)


@transaction.atomic
def reverse(
    entry: JournalEntry, *, date: dt.date, by: User, text: str = "", owner: str = ""
) -> JournalEntry:
    """Undo a posted entry by its mirror image (stornieren); both stay in the journal.

    ``date`` must lie in an open period; blocked accounts and cost rules do not stand in the way of
    undoing. What another room posted is undone there: ``owner`` is the room that asks. Raises
    ``NotPosted``, ``AlreadyReversed``, ``UndoneElsewhere``, ``NoOpenYear`` or ``PeriodLocked``.
    """
    if not entry.is_posted:
        raise NotPosted
    if entry.source == JournalEntry.Source.BANK and owner != JournalEntry.Source.BANK:
        raise UndoneElsewhere(number=entry.number)
    if JournalEntry.of(entry.company_id).filter(reverses=entry).exists():
        raise AlreadyReversed(number=entry.number)
    for asked in before_reversal:
        asked(entry, owner)
    stored = entry.lines.order_by("position").select_related(
        "account", "cost_centre", "cost_object", "vat_code"
    )
    lines = [line_of(row).mirrored() for row in stored]
    mirror = write_draft(
        company=entry.company, date=date, text=text or _reversal_text(entry), lines=lines, by=by,
        voucher=entry.voucher, kind=JournalEntry.Kind.REVERSAL, source=entry.source,
        reverses=entry,
    )  # fmt: skip
    return seal(mirror, rows_of(lines), [], by=by)


def seal(
    entry: JournalEntry, rows: Sequence[Sequence[Any]], vouchers: Sequence[str], *, by: User
) -> JournalEntry:
    """Number, chain and total a draft under one short lock, taken last; note it in the trail."""
    moment = clock.now()
    digest = chain.content_digest(
        company=entry.company.seal_number, fiscal_year=entry.fiscal_year_id, date=entry.date,
        kind=entry.kind, text=entry.text, voucher=entry.voucher, source=entry.source,
        source_key=entry.source_key, reverses=entry.reverses_id,
        posted_by=by.seal_number(entry.company), posted_at=moment, lines=rows, vouchers=vouchers,
    )  # fmt: skip
    with refused_by_database(entry), connection.cursor() as cursor:
        cursor.execute(
            "SELECT given FROM accounting_seal(%s, %s, %s, %s, %s)",
            [entry.company_id, [entry.pk], [digest], by.pk, moment],
        )
        sealed = cursor.fetchall()
    if len(sealed) != 1:
        raise RuntimeError(f"sealing draft {entry.pk} gave {len(sealed)} numbers")
    entry.number, entry.posted_at, entry.posted_by = sealed[0][0], moment, by
    entry.content_digest = digest
    undone = {"reverses": entry.reverses.number} if entry.reverses is not None else {}
    trail.record(company=entry.company, by=by, action="entry.post", subject=entry,
                 details={"number": entry.number, "date": entry.date, **undone})  # fmt: skip
    return entry


def attach(entry: JournalEntry, files: Sequence[StoredFile]) -> None:
    """Hang stored originals on an entry; a posted entry takes further ones, and keeps them."""
    EntryVoucher.unscoped.bulk_create(
        [EntryVoucher(company=entry.company, entry=entry, file=file) for file in files],
        ignore_conflicts=True,
    )


def open_year(company: Company, date: dt.date) -> FiscalYear:
    """The fiscal year of a day whose period is open. Raises ``NoOpenYear`` or ``PeriodLocked``.

    The database decides again, under the period's lock, when the entry is sealed.
    """
    period = (
        Period.of(company).filter(start__lte=date, end__gte=date).select_related("fiscal_year")
    ).first()
    if period is None:
        raise NoOpenYear(date=date)
    if period.lock == Period.Lock.LOCKED:
        raise PeriodLocked(date=date)
    year: FiscalYear = period.fiscal_year
    return year


def sent_before(company: Company, key: str) -> JournalEntry | None:
    """The entry a page sent before under this key, held against a second one at the same time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                       [f"{company.pk}:{key}"])  # fmt: skip
    return JournalEntry.of(company).filter(
        source=JournalEntry.Source.MANUAL, source_key=key
    ).first()  # fmt: skip


def is_open(company: Company, date: dt.date) -> bool:
    """Whether entries of a day are taken."""
    try:
        open_year(company, date)
    except (NoOpenYear, PeriodLocked):
        return False
    return True


def locked_draft(draft: JournalEntry) -> JournalEntry:
    """The draft as it is now, held until the transaction ends.

    Raises ``NotADraft`` or ``DraftGone``.
    """
    current = JournalEntry.of(draft.company_id).select_for_update().filter(pk=draft.pk).first()
    if current is None:
        raise DraftGone
    if current.is_posted:
        raise NotADraft(number=current.number)
    return current


def rows_of(lines: Sequence[Line]) -> list[tuple[Any, ...]]:
    """The lines as stored: the columns of ``LINE_COLUMNS``, in order of position."""
    return [
        (
            position, line.account.pk, line.debit, line.credit, line.text, line.currency,
            line.amount_foreign,
            line.cost_centre.pk if line.cost_centre else None,
            line.cost_object.pk if line.cost_object else None,
            *(
                (line.vat.code.pk, line.vat.part, line.vat.rate, line.vat.base,
                 line.vat.supply_date)
                if line.vat
                else (None, "", None, None, None)
            ),
        )
        for position, line in enumerate(lines, 1)
    ]  # fmt: skip


@contextmanager
def refused_by_database(entry: JournalEntry) -> Iterator[None]:
    """Tell a refusal of the database's own guards as what it is; anything else is a bug."""
    try:
        yield
    except IntegrityError as error:
        if "entry_reversed_once" in str(error) and entry.reverses is not None:
            raise AlreadyReversed(number=entry.reverses.number) from error
        raise
    except DatabaseError as error:
        hint, told = told_by_guard(error)
        if hint in {"ledger.period_locked", "ledger.no_period"}:
            kind = PeriodLocked if hint == "ledger.period_locked" else NoOpenYear
            raise kind(date=entry.date) from error
        if hint in {"ledger.frozen", "ledger.no_draft"}:
            raise NotADraft(number=entry.number or "–") from error
        if hint in further_refusals:
            raise further_refusals[hint](told) from error
        raise


def told_by_guard(error: DatabaseError) -> tuple[str, str]:
    """The code a guard of the database refuses with, and what it says; blank where none spoke."""
    diagnosis = getattr(error.__cause__, "diag", None)
    hint = getattr(diagnosis, "message_hint", None) or ""
    return hint, (getattr(diagnosis, "message_primary", None) or "").removeprefix(f"{hint}: ")


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in LINE_COLUMNS]


def _reversal_text(entry: JournalEntry) -> str:
    return (str(_("Reversal %(number)s: %(text)s")) % {"number": entry.number, "text": entry.text})[
        :200
    ]
