"""Proving the books (Prüfung): chain, numbers, balances, totals and vouchers, from the rows alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from django.db import connection

from accounting.ledger import chain
from accounting.ledger.models import LedgerHead
from accounting.ledger.posting import LINE_COLUMNS
from erp.access.seals import seal_number, sealing
from erp.audit.anchors import Anchor, Anchors
from erp.companies.models import Company
from erp.core.tenancy import set_local
from erp.documents.storing import is_intact

CHANGED, MISSING, INSERTED, REORDERED = "changed", "missing", "inserted", "reordered"
UNBALANCED, TOTALS, NUMBERS, ATTACHMENT = "unbalanced", "totals", "numbers", "attachment changed"
CUT, UNREADABLE = "cut off", "head unreadable"

_BATCH: Final = 2000

_CHAIN = f"""
    SELECT e.chain_position, e.id, e.number, e.content_digest, e.chain_digest, e.fiscal_year_id,
           e.date, e.kind, e.text, e.voucher, e.source, e.source_key, e.reverses_id,
           {seal_number("e.posted_by_id")}, e.posted_at, coalesce(v.digests, '{{}}'),
           {", ".join(f"l.{column}" for column in LINE_COLUMNS)}, l.date
    FROM accounting_journalentry e
    LEFT JOIN erp_user u ON u.id = e.posted_by_id
    LEFT JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id
    LEFT JOIN (
        SELECT s.entry_id, array_agg(f.digest::text) AS digests
        FROM accounting_entryvoucher s
        JOIN erp_storedfile f ON f.company_id = s.company_id AND f.id = s.file_id
        WHERE s.company_id = %(company)s AND s.sealed GROUP BY s.entry_id
    ) v ON v.entry_id = e.id
    WHERE e.company_id = %(company)s AND e.number IS NOT NULL
    ORDER BY e.chain_position, e.id, l.position
"""
_HEADER_WIDTH = 16

_WRONG_TOTALS = """
    SELECT a.number, coalesce(t.month, s.month)
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
    LEFT JOIN accounting_account a ON a.company_id = %(company)s AND a.id = account_id
    WHERE (t.debit, t.credit, t.amount_foreign) IS DISTINCT FROM
          (s.debit, s.credit, s.amount_foreign)
    ORDER BY 2, 1 LIMIT 20
"""
_WRONG_NUMBERS = """
    SELECT y.name, coalesce(e.series, s.series), count(e.id), coalesce(max(e.number), 0),
           coalesce(max(s.last), 0)
    FROM (SELECT * FROM accounting_journalentry
          WHERE company_id = %(company)s AND number IS NOT NULL) e
    FULL JOIN (SELECT * FROM accounting_numberseries WHERE company_id = %(company)s) s
        ON s.fiscal_year_id = e.fiscal_year_id AND s.series = e.series
    JOIN accounting_fiscalyear y
        ON y.company_id = %(company)s AND y.id = coalesce(e.fiscal_year_id, s.fiscal_year_id)
    GROUP BY 1, 2
    HAVING count(e.id) <> coalesce(max(e.number), 0) OR count(e.id) <> coalesce(max(s.last), 0)
"""
_PAST_THE_HEAD = """
    SELECT e.number, coalesce(h.position, 0)
    FROM accounting_journalentry e LEFT JOIN accounting_ledgerhead h ON h.company_id = e.company_id
    WHERE e.company_id = %s AND e.number IS NOT NULL AND e.chain_position > coalesce(h.position, 0)
    ORDER BY e.chain_position LIMIT 20
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


#: What rooms above add to the proof: each says what it finds broken in a company's books.
further_proofs: list[Callable[[Company], Iterable[Break]]] = []


def verify_ledger(company: Company, *, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Prove a company's ledger from its rows (LED-6 to LED-8).

    Reads every posted entry once, in order of the chain, in flat memory; others may post
    meanwhile. Finds what was changed, removed, inserted or put in another order, entries that do
    not balance, totals that differ from the lines, gaps in the numbers, vouchers whose bytes
    changed, and a chain that was cut: by its head, and by ``anchors`` kept elsewhere. The first
    break of the chain comes first.
    """
    verdict = Verdict(company.pk)
    set_local("enable_nestloop", "off")  # whole tables are read, even before they were analysed
    kept = defaultdict[int, set[str]](set)
    for anchor in (head_of(company), *anchors):
        if anchor.damaged:
            _note(verdict, UNREADABLE, None, anchor.damaged)
        elif anchor.position:
            kept[anchor.position].add(anchor.digest)
    walk = _Walk()
    for header, lines in _entries(company):
        number = header[2]
        verdict.entries += 1
        verdict.lines += len(lines)
        content = _content_of(company, header, [line[:-1] for line in lines])
        if content != bytes(header[3]) or any(line[-1] != header[6] for line in lines):
            _note(verdict, CHANGED, number, "the content differs from what was sealed")
        if found := walk.step(header):
            verdict.breaks.append(found)
        if kept.pop(walk.place, {walk.link.hex()}) != {walk.link.hex()}:
            _note(verdict, CHANGED, number, "the chain differs from a head that was kept")
        debit = sum(line[2] for line in lines)
        if len(lines) < 2 or debit != sum(line[3] for line in lines):
            _note(verdict, UNBALANCED, number, f"debit {debit}")
        for digest in header[15]:
            if not is_intact(company.pk, digest):
                _note(verdict, ATTACHMENT, number, f"voucher {digest[:12]}…")
    verdict.head, verdict.position = walk.link.hex(), walk.position
    for place in sorted(kept):
        _note(verdict, CUT, None, f"a head at place {place} was kept, and the place is gone")
    if walk.place == walk.position:  # what was inserted is named already
        _check_end(verdict, company)
    _check_sums(verdict, company)
    for proof in further_proofs:
        verdict.breaks.extend(proof(company))
    set_local("enable_nestloop", "on")
    return verdict


class _Walk:
    """Follows the links from entry to entry."""

    def __init__(self) -> None:
        self.position, self.link = 0, chain.NO_LINK
        self._link_before = chain.NO_LINK
        self._year: int | None = None
        self._number = 0
        self._fitted = False  # whether the last entry was in order
        self._pushed = 0  # places by which inserted entries pushed back the others

    @property
    def place(self) -> int:
        """Where the last entry stood when it was sealed."""
        return self.position - self._pushed

    def step(self, header: tuple[Any, ...]) -> Break | None:
        """Take the next entry; what is wrong with its place, if anything."""
        place, number = header[0], header[2]
        if place <= self.position:
            return Break(INSERTED, number, f"place {place} in the chain is taken twice")
        found = None
        if place > self.position + 1:
            found = Break(MISSING, self._first_missing(header), f"place {self.position + 1} in the "
                          f"chain is empty, entry {number} comes next")  # fmt: skip
        elif not self._fits(header, self.link, self._pushed):
            if self._fitted and self._fits(header, self._link_before, self._pushed + 1):
                found = Break(INSERTED, self._number, f"entry {number} links to the one before it")
                self._pushed += 1
            else:
                found = Break(REORDERED, number, "the link to the entry before is broken")
        self._link_before, self.link = self.link, bytes(header[4])
        self.position, self._number, self._year = place, number, header[5]
        self._fitted = found is None
        return found

    def _fits(self, header: tuple[Any, ...], link: bytes, pushed: int) -> bool:
        return bytes(header[4]) == chain.link(
            link, position=header[0] - pushed, number=header[2], content=bytes(header[3])
        )

    def _first_missing(self, header: tuple[Any, ...]) -> int | None:
        """The number that is gone, where the numbers around tell it."""
        told = self._year in {None, header[5]}
        alike = header[2] - self._number == header[0] - self.position
        return self._number + 1 if told and alike else None


def head_of(company: Company) -> Anchor:
    """The present end of the chain, to be kept where the program cannot rewrite it (LED-7)."""
    head = LedgerHead.of(company).first()
    return Anchor(head.position, bytes(head.digest).hex()) if head else Anchor(0, "")


HEADS: Final = Anchors("ledger-heads", head_of)


def _entries(company: Company) -> Iterator[tuple[tuple[Any, ...], list[tuple[Any, ...]]]]:
    connection.ensure_connection()
    with connection.connection.cursor(name="rappen_verify") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_CHAIN, sealing(company))
        for _place, rows in groupby(cursor, key=lambda row: row[1]):
            group = list(rows)
            lines = [row[_HEADER_WIDTH:] for row in group if row[_HEADER_WIDTH] is not None]
            yield group[0][:_HEADER_WIDTH], lines


def _content_of(company: Company, header: tuple[Any, ...], lines: list[tuple[Any, ...]]) -> bytes:
    posted_at: dt.datetime = header[14]
    return chain.content_digest(
        company=company.seal_number, fiscal_year=header[5], date=header[6], kind=header[7],
        text=header[8], voucher=header[9], source=header[10], source_key=header[11], reverses=header[12],
        posted_by=header[13], posted_at=posted_at, lines=lines, vouchers=header[15],
    )  # fmt: skip


def _check_end(verdict: Verdict, company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_PAST_THE_HEAD, [company.pk])
        for number, head in cursor.fetchall():
            if head:
                _note(verdict, INSERTED, number, f"the head of the chain says place {head}")
            else:
                _note(verdict, CUT, None, "the head of the chain is gone")
                return


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
