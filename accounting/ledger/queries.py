"""Questions about journal, accounts and what was typed before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet

from accounting.ledger.balances import balance_before, results_before
from accounting.ledger.models import Account, EntryLine, EntryVoucher, FiscalYear, JournalEntry
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES, RESULT_TYPES
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company

PAGE = 100


@dataclass(frozen=True)
class JournalPage:
    """A page of the journal; ``after`` and ``before`` are keys for the pages next to it."""

    entries: list[JournalEntry]
    after: str
    before: str


def year_of(company: Company, day: dt.date) -> FiscalYear | None:
    """The fiscal year of a day, else the last one that began before, else the first."""
    years = FiscalYear.of(company).order_by("-start")
    return years.filter(start__lte=day).first() or years.last()


def within_reach(access: Access) -> QuerySet[JournalEntry]:
    """What somebody may see: all that is posted, drafts of their own, and of others by right."""
    entries = JournalEntry.of(access.company)
    if access.may(Permission.LEDGER_DRAFT_ALL):
        return entries
    return entries.filter(Q(number__isnull=False) | Q(created_by=access.user))


def vouchers_within_reach(access: Access) -> QuerySet[EntryVoucher]:
    """The originals on entries that somebody may see."""
    vouchers = EntryVoucher.of(access.company)
    if access.may(Permission.LEDGER_DRAFT_ALL):
        return vouchers
    return vouchers.filter(Q(entry__number__isnull=False) | Q(entry__created_by=access.user))


def drafts_of(access: Access) -> QuerySet[JournalEntry]:
    """The drafts that somebody may see: their own, and those of others by right."""
    return within_reach(access).filter(number=None)


def journal(
    company: Company, *, search: str = "", start: dt.date | None = None, end: dt.date | None = None,
    account: str = "", drafts: bool | None = False, reach: QuerySet[JournalEntry] | None = None,
) -> QuerySet[JournalEntry]:  # fmt: skip
    """Entries with their lines, filtered; posted ones, ``drafts`` or (None) both.

    With drafts, ``reach`` are the entries that whoever asks may see (``within_reach``).
    """
    entries = JournalEntry.of(company) if reach is None or drafts is False else reach
    if drafts is not None:
        entries = entries.filter(number__isnull=drafts)
    if start:
        entries = entries.filter(date__gte=start)
    if end:
        entries = entries.filter(date__lte=end)
    if account:
        lines = EntryLine.of(company).filter(account__number=account)
        entries = entries.filter(pk__in=lines.values("entry"))
    if search:
        found = Q(text__icontains=search) | Q(voucher__icontains=search)
        if search.isascii() and search.isdigit():
            found |= Q(number=int(search))
        entries = entries.filter(found)
    return entries.prefetch_related(
        Prefetch(
            "lines",
            EntryLine.unscoped.select_related(
                "account", "vat_code", "cost_centre", "cost_object"
            ).order_by("position"),
        ),
        "vouchers__file",
    ).select_related("posted_by", "created_by", "fiscal_year")


def journal_page(
    entries: QuerySet[JournalEntry], *, after: str = "", before: str = "", size: int = PAGE
) -> JournalPage:
    """A page by key (date, number, id), newest first: the last page costs what the first does.

    ``after`` continues towards older entries, ``before`` towards newer ones.
    """
    key, backwards = (before, True) if before else (after, False)
    if key:
        day, number, pk = key.split(".")
        place = {"date": dt.date.fromisoformat(day), "number": int(number), "id": int(pk)}
        if not place["number"]:  # drafts have none
            del place["number"]
        columns = ", ".join(f"accounting_journalentry.{name}" for name in place)
        entries = entries.extra(  # a row comparison uses the index, a chain of ORs does not
            where=[f"({columns}) {'>' if backwards else '<'} ({', '.join(['%s'] * len(place))})"],
            params=list(place.values()),
        )
    order = ("date", "number", "pk") if backwards else ("-date", "-number", "-pk")
    rows = list(entries.order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    older = more if not backwards else True
    newer = bool(key) if not backwards else more
    return JournalPage(
        rows,
        after=_key(rows[-1]) if rows and older else "",
        before=_key(rows[0]) if rows and newer else "",
    )


def _key(entry: JournalEntry) -> str:
    return f"{entry.date.isoformat()}.{entry.number or 0}.{entry.pk}"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A line on the account sheet; ``balance`` runs, debit positive, ``balance_foreign`` beside it.

    That is in the account's own currency, and says nothing where lines are in several.
    """

    entry: int
    number: int
    date: dt.date
    text: str
    voucher: str
    contra: str
    vat_code: str
    cost_centre: str
    debit: Decimal
    credit: Decimal
    balance: Decimal
    currency: str
    amount_foreign: Decimal | None
    has_file: bool
    balance_foreign: Decimal


@dataclass(frozen=True)
class Sheet:
    """An account sheet (Kontoblatt) for a span of days."""

    account: Account
    start: dt.date
    end: dt.date
    opening: Decimal
    rows: list[SheetRow]
    debit: Decimal
    credit: Decimal
    foreign_opening: Decimal
    complete: bool

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit

    @property
    def has_foreign(self) -> bool:
        """Whether lines are in other currencies though the account has none of its own."""
        return not self.account.currency and any(row.currency for row in self.rows)

    @property
    def foreign_closing(self) -> Decimal | None:
        """In the account's own currency; not known where only some lines are shown."""
        if not self.complete:
            return None
        return sum((row.amount_foreign or Decimal(0) for row in self.rows), self.foreign_opening)


_SHEET = """
    SELECT e.id, e.number, l.date, CASE l.text WHEN '' THEN e.text ELSE l.text END, e.voucher,
           coalesce((SELECT CASE count(DISTINCT o.account_id) WHEN 1 THEN min(a.number) ELSE '…' END
                     FROM accounting_entryline o
                     JOIN accounting_account a ON a.company_id = o.company_id AND a.id = o.account_id
                     WHERE o.company_id = l.company_id AND o.entry_id = l.entry_id
                       AND (o.debit > 0) <> (l.debit > 0) AND o.vat_part <> 'T'), ''),
           coalesce(c.code, ''), coalesce(k.number, ''), l.debit, l.credit,
           %(opening)s + sum(l.debit - l.credit) OVER (ORDER BY l.date, e.number, l.position),
           l.currency, l.amount_foreign,
           EXISTS (SELECT 1 FROM accounting_entryvoucher v
                   WHERE v.company_id = l.company_id AND v.entry_id = l.entry_id),
           %(foreign)s + sum(coalesce(l.amount_foreign, 0)) OVER (ORDER BY l.date, e.number, l.position)
    FROM accounting_entryline l
    JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
    LEFT JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    LEFT JOIN accounting_costcentre k ON k.company_id = l.company_id AND k.id = l.cost_centre_id
    WHERE l.company_id = %(company)s AND l.account_id = %(account)s
      AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL {centre}
    ORDER BY l.date, e.number, l.position
    LIMIT %(limit)s
"""


def account_sheet(
    company: Company, account: Account, *, start: dt.date, end: dt.date, limit: int = 5000,
    cost_centre: int | None = None,
) -> Sheet:  # fmt: skip
    """The lines of an account from ``start`` to ``end`` with the balance running.

    The opening balance comes from the totals; the lines of the span are read once. Income and
    expense accounts start each fiscal year at zero, so ``end`` is brought into the year of
    ``start`` for them; the account for the result carried forward opens with the results of all
    years before. At most ``limit`` rows; ``complete`` says
    whether that was all.
    """
    year = year_of(company, start)
    if year and not account.is_balance_sheet:
        end = min(end, year.end)
    opening, foreign = balance_before(
        company, account=account.pk, day=start, year=year, carried=account.is_balance_sheet,
        cost_centre=cost_centre,
    )  # fmt: skip
    if account.purpose == Account.Purpose.RETAINED_EARNINGS and year and cost_centre is None:
        opening += results_before(company, year)
    told: dict[str, Any] = {
        "company": company.pk, "account": account.pk, "start": start, "end": end,
        "opening": opening, "foreign": foreign, "limit": limit + 1, "centre": cost_centre,
    }  # fmt: skip
    centre = "AND l.cost_centre_id = %(centre)s" if cost_centre else ""
    with connection.cursor() as cursor:
        cursor.execute(_SHEET.format(centre=centre), told)
        rows = [SheetRow(*row) for row in cursor.fetchall()]
    complete, rows = len(rows) <= limit, rows[:limit]
    debit = sum((row.debit for row in rows), Decimal(0))
    credit = sum((row.credit for row in rows), Decimal(0))
    if not complete:
        debit, credit = _turnover(told, centre)
    return Sheet(account, start, end, opening, rows, debit, credit, foreign, complete)


def _turnover(told: dict[str, Any], centre: str) -> tuple[Decimal, Decimal]:
    """Debit and credit of the whole span, where not all of its lines are shown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(l.debit), sum(l.credit) FROM accounting_entryline l"
            " JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id"
            " WHERE l.company_id = %(company)s AND l.account_id = %(account)s"
            f" AND l.date BETWEEN %(start)s AND %(end)s AND e.number IS NOT NULL {centre}",
            told,
        )
        debit, credit = cursor.fetchone()
    return debit, credit


class ChartRow(NamedTuple):
    """What a report needs of an account."""

    pk: int
    number: str
    name: str
    type: str
    or_position: str
    purpose: str
    group_number: str
    currency: str = ""

    @property
    def is_balance_sheet(self) -> bool:
        return self.type in BALANCE_SHEET_TYPES

    @property
    def is_result(self) -> bool:
        return self.type in RESULT_TYPES


def chart_rows(company: Company, *, language: str) -> list[ChartRow]:
    """Every account in order of its number, with its name in a language or the first filled."""
    columns = ("pk", "number", "type", "or_position", "purpose", "group_number", "currency",
               f"name_{language[:2]}", "name_de", "name_fr", "name_it", "name_en")  # fmt: skip
    rows = Account.of(company).order_by("number").values_list(*columns)
    return [
        ChartRow(
            pk, number, next(filter(None, names), ""), kind, position, purpose, group, currency
        )
        for pk, number, kind, position, purpose, group, currency, *names in rows
    ]


_HISTORY = """
    WITH recent AS (
        SELECT e.id, e.text, e.date, e.number FROM accounting_journalentry e
        WHERE e.company_id = %(company)s AND e.number IS NOT NULL AND e.kind = 'normal'
        ORDER BY e.date DESC, e.number DESC, e.id DESC LIMIT %(look_at)s
    )
    SELECT r.text, max(a.number) FILTER (WHERE l.debit > 0),
           max(a.number) FILTER (WHERE l.credit > 0), coalesce(max(c.code), ''),
           coalesce(max(k.number), '')
    FROM recent r
    JOIN accounting_entryline l ON l.company_id = %(company)s AND l.entry_id = r.id
         AND l.vat_part <> 'T'
    JOIN accounting_account a ON a.company_id = l.company_id AND a.id = l.account_id
    LEFT JOIN vat_vatcode c ON c.company_id = l.company_id AND c.id = l.vat_code_id
    LEFT JOIN accounting_costcentre k ON k.company_id = l.company_id AND k.id = l.cost_centre_id
    GROUP BY r.id, r.text, r.date, r.number HAVING count(*) = 2
    ORDER BY r.date DESC, r.number DESC, r.id DESC
"""


def history(company: Company, *, look_at: int = 1000, limit: int = 300) -> list[list[str]]:
    """What was booked lately: text, debit, credit, VAT code, cost centre; each text once.

    Looks at the last ``look_at`` entries, whatever the size of the journal.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"company": company.pk, "look_at": look_at})
        rows = cursor.fetchall()
    latest = {row[0]: list(row) for row in reversed(rows) if row[1] and row[2]}
    return list(reversed(latest.values()))[:limit]
