"""Proving the books (Prüfung): chain, numbers, balances, totals and vouchers, from the rows alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.db import connection

from accounting.ledger import chain
from accounting.ledger.models import LedgerHead
from accounting.ledger.posting import LINE_COLUMNS
from erp.companies.models import Company
from erp.documents.storing import is_intact

CHANGED, MISSING, INSERTED, REORDERED = "changed", "missing", "inserted", "reordered"
UNBALANCED, TOTALS, NUMBERS, ATTACHMENT = "unbalanced", "totals", "numbers", "attachment changed"
CUT = "cut off"

_BATCH: Final = 2000

_CHAIN = f"""
    SELECT e.chain_position, e.id, e.number, e.content_digest, e.chain_digest, e.fiscal_year_id,
           e.date, e.kind, e.text, e.voucher, e.source, e.source_key, e.reverses_id,
           e.posted_by_id, e.posted_at,
           array(SELECT f.digest::text FROM accounting_entryvoucher v
                 JOIN erp_storedfile f ON f.company_id = v.company_id AND f.id = v.file_id
                 WHERE v.company_id = e.company_id AND v.entry_id = e.id AND v.sealed),
           {", ".join(f"l.{column}" for column in LINE_COLUMNS)}
    FROM accounting_journalentry e
    LEFT JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id
    WHERE e.company_id = %s AND e.number IS NOT NULL
    ORDER BY e.chain_position, l.position
"""
_HEADER_WIDTH = 16

_WRONG_TOTALS = """
    SELECT coalesce(t.account_id, s.account_id), coalesce(t.month, s.month)
    FROM (
        SELECT e.fiscal_year_id, date_trunc('month', l.date)::date AS month,
               e.kind = 'opening' AS opening, l.account_id, coalesce(l.cost_centre_id, 0) AS centre,
               sum(l.debit) AS debit, sum(l.credit) AS credit,
               sum(coalesce(l.amount_foreign, 0)) AS amount_foreign
        FROM accounting_entryline l
        JOIN accounting_journalentry e ON e.company_id = l.company_id AND e.id = l.entry_id
        WHERE l.company_id = %(company)s AND e.number IS NOT NULL
        GROUP BY 1, 2, 3, 4, 5
    ) AS s
    FULL JOIN (
        SELECT *, coalesce(cost_centre_id, 0) AS centre FROM accounting_accounttotal
        WHERE company_id = %(company)s
    ) AS t USING (fiscal_year_id, month, opening, account_id, centre)
    WHERE (t.debit, t.credit, t.amount_foreign) IS DISTINCT FROM
          (s.debit, s.credit, s.amount_foreign)
    ORDER BY 2, 1 LIMIT 20
"""
_WRONG_NUMBERS = """
    SELECT y.name, coalesce(e.series, s.series), count(e.id), coalesce(max(e.number), 0),
           coalesce(max(s.last), 0)
    FROM accounting_journalentry e
    FULL JOIN accounting_numberseries s ON s.company_id = e.company_id
        AND s.fiscal_year_id = e.fiscal_year_id AND s.series = e.series
    JOIN accounting_fiscalyear y ON y.id = coalesce(e.fiscal_year_id, s.fiscal_year_id)
    WHERE coalesce(e.company_id, s.company_id) = %(company)s
      AND (e.id IS NULL OR e.number IS NOT NULL)
    GROUP BY 1, 2
    HAVING count(e.id) <> coalesce(max(e.number), 0) OR count(e.id) <> coalesce(max(s.last), 0)
"""


@dataclass(frozen=True, slots=True)
class Break:
    """Something that is not as it was posted; ``entry`` is its number, if it has one."""

    kind: str
    entry: int | None
    details: str


@dataclass(slots=True)
class Verdict:
    """What the proof found. ``head`` is the last link of the chain, for keeping elsewhere."""

    company: int
    entries: int = 0
    lines: int = 0
    head: str = ""
    position: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.breaks


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of the chain as it was kept outside the database."""

    position: int
    digest: str


def verify_ledger(company: Company, *, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Prove a company's ledger from its rows (LED-6 to LED-8).

    Reads every posted entry once, in order of the chain, in flat memory. Finds what was changed,
    removed, inserted or put in another order, entries that do not balance, totals that differ
    from the lines, gaps in the numbers, vouchers whose bytes changed, and a chain that was cut:
    by its head, and by ``anchors`` kept elsewhere. The first break of the chain comes first.
    """
    verdict = Verdict(company.pk)
    wanted = {anchor.position: anchor.digest for anchor in anchors}
    previous, position = chain.NO_LINK, 0
    for header, lines in _entries(company):
        verdict.entries += 1
        verdict.lines += len(lines)
        place, number, stored_link = header[0], header[2], bytes(header[4])
        if place != position + 1:
            kind = MISSING if place > position + 1 else INSERTED
            _note(verdict, kind, number, f"place {position + 1} in the chain, found {place}")
        content = _content_of(company, header, lines)
        if content != bytes(header[3]):
            _note(verdict, CHANGED, number, "the content differs from what was sealed")
        link = chain.link(previous, position=place, number=number, content=bytes(header[3]))
        if link != stored_link:
            _note(verdict, REORDERED if content == bytes(header[3]) else CHANGED, number,
                  "the link to the entry before is broken")  # fmt: skip
        debit = sum(line[2] for line in lines)
        if len(lines) < 2 or debit != sum(line[3] for line in lines):
            _note(verdict, UNBALANCED, number, f"debit {debit}")
        for digest in header[15]:
            if not is_intact(company.pk, digest):
                _note(verdict, ATTACHMENT, number, f"voucher {digest[:12]}…")
        previous, position = stored_link, place
        if place in wanted and wanted.pop(place) != stored_link.hex():
            _note(verdict, CHANGED, number, "the chain differs from the head kept elsewhere")
    verdict.head, verdict.position = previous.hex(), position
    _check_end(verdict, company, previous, position, wanted)
    _check_sums(verdict, company)
    return verdict


def head_of(company: Company) -> Anchor:
    """The present end of the chain, to be kept where the program cannot rewrite it (LED-7)."""
    head = LedgerHead.of(company).first()
    return Anchor(head.position, bytes(head.digest).hex()) if head else Anchor(0, "")


def _entries(company: Company) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    connection.ensure_connection()
    with connection.connection.cursor(name="rappen_verify") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_CHAIN, [company.pk])
        for _place, rows in groupby(cursor, key=lambda row: row[1]):
            group = list(rows)
            lines = [row[_HEADER_WIDTH:] for row in group if row[_HEADER_WIDTH] is not None]
            yield group[0][:_HEADER_WIDTH], lines


def _content_of(company: Company, header: tuple[Any, ...], lines: list[tuple[Any, ...]]) -> bytes:
    posted_at: dt.datetime = header[14]
    return chain.content_digest(
        company=company.pk, fiscal_year=header[5], date=header[6], kind=header[7], text=header[8],
        voucher=header[9], source=header[10], source_key=header[11], reverses=header[12],
        posted_by=header[13], posted_at=posted_at, lines=lines, vouchers=header[15],
    )  # fmt: skip


def _check_end(
    verdict: Verdict, company: Company, link: bytes, position: int, unmet: dict[int, str]
) -> None:
    head = head_of(company)
    if (head.position, head.digest) != (position, link.hex()):
        _note(verdict, CUT, None, f"the head says place {head.position}, the last entry is at "
              f"{position}")  # fmt: skip
    for place in sorted(unmet):
        _note(verdict, CUT, None, f"place {place} was kept elsewhere and is gone")


def _check_sums(verdict: Verdict, company: Company) -> None:
    told = {"company": company.pk}
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_TOTALS, told)
        for account, month in cursor.fetchall():
            _note(
                verdict, TOTALS, None, f"account {account}, {month:%Y-%m}: totals and lines differ"
            )
        cursor.execute(_WRONG_NUMBERS, told)
        for year, series, count, highest, last in cursor.fetchall():
            _note(verdict, NUMBERS, None, f"{year}, series {series}: {count} entries, highest number "
                  f"{highest}, last given {last}")  # fmt: skip


def _note(verdict: Verdict, kind: str, entry: int | None, details: str) -> None:
    verdict.breaks.append(Break(kind, entry, details))
