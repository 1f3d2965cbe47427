"""What counts in a return (Steuerfaktoren), piece by piece: the SQL under form, pages and proofs.

A piece is what one entry brings under one code, rate and day of supply. With agreed consideration
these are the entry's own VAT lines. With received consideration the VAT lines of a document count
with each settlement, by its share in what was owed, rounded so that all shares come to the document;
what was never owed counts with its entry, and so does import tax. The same pieces, added up by code,
are the form.

Received consideration is valued as it was booked when it came in: of a claim in foreign currency
the difference of rates lowers or raises it (MWSTV Art. 45).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from accounting.ledger.models import Account
from erp.companies.models import Company
from vat.codes.models import VatSettings
from vat.returns.carrying import STANDING, Closing, carried, share
from vat.returns.spans import Span

Key = tuple[dt.date, int, int, Decimal, int]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: the spans of a return, its basis, and how fine the pieces are.

    ``switched_on`` is the day the basis changed, where the return has to carry what was open then;
    ``closing`` is told where it carries what is open in the end, because the method changes, too.
    ``by_account`` tells pieces apart by the account of the consideration, as net tax rates need it.
    """

    company: Company
    spans: Sequence[Span]
    basis: str
    switched_on: dt.date | None = None
    by_account: bool = False
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What counted under one code and rate; debit positive, in francs. See ``form.CodeSum``."""

    code: int
    rate: Decimal
    account: int | None
    supply_date: dt.date | None
    net: Decimal
    gross: Decimal
    tax: Decimal
    owed: Decimal
    hidden: Decimal


class Amounts(NamedTuple):
    """Debit positive, in francs."""

    net: Decimal
    gross: Decimal
    tax: Decimal
    owed: Decimal


@dataclass(frozen=True, slots=True)
class Piece:
    """What one entry brought; ``document`` is the entry that it settled, if it did.

    ``so_far`` is what all asked for come to up to it, ``total`` what all of them come to.
    """

    entry: int
    document: int | None
    carried: bool
    date: dt.date
    place: int
    number: int
    text: str
    voucher: str
    code: int
    rate: Decimal
    supply_date: dt.date
    net: Decimal
    gross: Decimal
    tax: Decimal
    owed: Decimal
    document_number: int | None
    so_far: Amounts
    total: Amounts

    @property
    def key(self) -> Key:
        """Where the next page begins."""
        return (self.date, self.place, self.code, self.rate, self.document or 0)


def sums(asked: Question) -> list[Sum]:
    """The pieces added up by code and rate, with ``by_account`` by account and day, too; one query."""
    told = _told(asked)
    fine = "p.account, p.supply_date" if asked.by_account else "NULL::bigint, NULL::date"
    rows = _rows(
        f"""{_pieces(asked)}
        SELECT p.code, p.rate, {fine}, sum({_NET}), sum({_GROSS}), sum(p.tax), sum(p.owed),
               sum({_HIDDEN})
        FROM pieces p GROUP BY 1, 2, 3, 4 ORDER BY 1, 2 DESC, 3, 4""",
        told,
    )
    return [Sum(*row) for row in rows]


def listed(
    asked: Question, *, codes: Sequence[int] | None = None, rate: Decimal | None = None,
    accounts: Sequence[int] | None = None, supplied: tuple[dt.date, dt.date] | None = None,
    after: Key | None = None, limit: int | None = None,
) -> list[Piece]:  # fmt: skip
    """The pieces themselves, by day and place in the chain; one query.

    ``after`` is the ``key`` of the last piece of the page before; ``accounts`` and ``supplied``
    narrow to an activity, which needs ``by_account``.
    """
    told = _told(asked) | {"codes": list(codes or []), "rate": rate, "limit": limit,
                           "accounts": list(accounts or [])}  # fmt: skip
    conditions = {
        "p.code = ANY (%(codes)s)": codes,
        "p.rate = %(rate)s": rate,
        "p.account = ANY (%(accounts)s)": accounts,
        "p.supply_date BETWEEN %(supplied_from)s AND %(supplied_until)s": supplied,
    }
    where = ["true", *(one for one, wanted in conditions.items() if wanted is not None)]
    if supplied is not None:
        told |= {"supplied_from": supplied[0], "supplied_until": supplied[1]}
    follows = "true"
    if after is not None:
        names = ("last_date", "last_place", "last_code", "last_rate", "last_document")
        told |= dict(zip(names, after, strict=True))
        follows = """(p.date, p.place, p.code, p.rate, coalesce(p.document, 0))
            > (%(last_date)s, %(last_place)s, %(last_code)s, %(last_rate)s, %(last_document)s)"""
    order = "p.date, p.place, p.code, p.rate, coalesce(p.document, 0)"
    sums = ", ".join(
        f"sum(p.{name}) OVER {over} AS {of}_{name}"
        for of, over in (("so_far", f"(ORDER BY {order})"), ("total", "()"))
        for name in Amounts._fields
    )
    rows = _rows(
        f"""{_pieces(asked)},
        summed AS (
            SELECT p.entry_id, p.document, p.carried, p.date, p.place, p.code, p.rate,
                   min(p.supply_date) AS supply_date, sum({_NET}) AS net, sum({_GROSS}) AS gross,
                   sum(p.tax) AS tax, sum(p.owed) AS owed
            FROM pieces p WHERE {" AND ".join(where)} GROUP BY 1, 2, 3, 4, 5, 6, 7
        ),
        added AS (SELECT p.*, {sums} FROM summed p),
        paged AS (SELECT p.* FROM added p WHERE {follows} ORDER BY {order} LIMIT %(limit)s)
        SELECT p.entry_id, p.document, p.carried, p.date, p.place, e.number, e.text, e.voucher, p.code,
               p.rate, p.supply_date, p.net, p.gross, p.tax, p.owed, d.number,
               so_far_net, so_far_gross, so_far_tax, so_far_owed,
               total_net, total_gross, total_tax, total_owed
        FROM paged p JOIN accounting_journalentry e
          ON e.company_id = %(company)s AND e.id = p.entry_id
        LEFT JOIN accounting_journalentry d ON d.company_id = %(company)s AND d.id = p.document
        ORDER BY {order}""",
        told,
    )
    return [_piece(row[:16], row[16:20], row[20:]) for row in rows]


def _piece(told: Any, so_far: Any, total: Any) -> Piece:
    return Piece(*told, *(Amounts(*amounts) for amounts in (so_far, total)))


def booked(asked: Question) -> list[tuple[int, Decimal]]:
    """The tax of a return as it stands on the accounts, debit positive, by account; one query."""
    rows = _rows(
        f"""{_pieces(asked, taxes=True)}
        SELECT p.account, sum(p.tax + p.owed) FROM pieces p
        GROUP BY 1 HAVING sum(p.tax + p.owed) <> 0 ORDER BY 1""",
        _told(asked),
    )
    return [(account, amount) for account, amount in rows]


_NET: Final = "CASE WHEN p.whole THEN round(p.base * 100 / (100 + p.rate), 2) ELSE p.base END"
_GROSS: Final = "CASE WHEN p.whole THEN p.base ELSE p.base + p.tax END"
_HIDDEN: Final = """CASE WHEN NOT p.whole THEN 0 WHEN p.rate = 100 THEN p.base
    ELSE p.base - round(p.base * 100 / (100 + p.rate), 2) END"""
#: Consideration of which no tax was split off, though there is a rate: it was booked gross.
_WHOLE: Final = "{tax} = 0 AND {owed} = 0 AND abs({base}) * rate >= 0.5"

#: The account of acquisition tax.
_OWING: Final = """(SELECT a.id FROM accounting_account a
    WHERE a.company_id = %(company)s AND a.purpose = %(owing)s)"""
_GROUPED: Final = """
    SELECT l.entry_id, e.date, e.chain_position AS place, l.vat_code_id AS code, l.vat_rate AS rate,
           l.supply_date, {account} AS account,
           coalesce(sum(l.vat_base) FILTER (WHERE l.vat_part = 'B'), 0) AS base,
           coalesce(sum(l.debit - l.credit) FILTER (
               WHERE l.vat_part = 'T' AND l.account_id IS DISTINCT FROM {owing}), 0) AS tax,
           coalesce(sum(l.debit - l.credit) FILTER (
               WHERE l.vat_part = 'T' AND l.account_id = {owing}), 0) AS owed
    FROM {entries}
    JOIN accounting_entryline l ON l.company_id = e.company_id AND l.entry_id = e.id {days}
    WHERE e.company_id = %(company)s AND l.company_id = %(company)s
      AND l.vat_code_id IS NOT NULL {parts} AND {which}
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
_BY_CODE: Final = f"""
    SELECT x.*, {_WHOLE.format(tax="tax", owed="owed", base="base")} AS whole FROM ({{grouped}}) x
"""
#: The tax stands on accounts of its own: each account of consideration takes its share of it.
_BY_ACCOUNT: Final = f"""
    SELECT y.entry_id, y.date, y.place, y.code, y.rate, y.supply_date, y.account, y.base,
           CASE WHEN y.base_all = 0 THEN y.tax WHEN y.account IS NULL THEN 0
                ELSE round(y.tax_all * y.base / y.base_all, 2) END AS tax, y.owed,
           {_WHOLE.format(tax="tax_all", owed="owed_all", base="base_all")} AS whole
    FROM (SELECT x.*, sum(x.tax) OVER g AS tax_all, sum(x.base) OVER g AS base_all,
                 sum(x.owed) OVER g AS owed_all
          FROM ({{grouped}}) x
          WINDOW g AS (PARTITION BY x.entry_id, x.code, x.rate, x.supply_date)) y
"""
_ENTRIES: Final = "accounting_journalentry e"
_WINDOWS: Final = """
    unnest(%(starts)s::date[], %(ends)s::date[], %(afters)s::bigint[], %(untils)s::bigint[])
        AS w (first_day, last_day, after, until)
    JOIN accounting_journalentry e ON e.company_id = %(company)s
     AND e.chain_position > w.after AND e.chain_position <= w.until
     AND e.date BETWEEN w.first_day AND w.last_day
"""
_IN_PERIOD: Final = """e.date BETWEEN %(start)s AND %(end)s
    AND e.chain_position > %(after)s AND e.chain_position <= %(until)s"""
#: An entry whose items are settled later: it opens some, settles none, and is not money itself.
_DOCUMENT: Final = """(e.source NOT IN ('bank', 'cash')
    AND EXISTS (SELECT FROM accounting_openitem i
                WHERE i.company_id = e.company_id AND i.entry_id = e.id)
    AND NOT EXISTS (SELECT FROM accounting_settlement s
                    WHERE s.company_id = e.company_id AND s.entry_id = e.id))"""
#: Import tax is deducted when it was assessed, paid or not (MWSTG Art. 40 para. 4).
_IMPORT: Final = """l.vat_code_id IN (SELECT c.id FROM vat_vatcode c
    WHERE c.company_id = %(company)s AND c.kind = 'import')"""
_MOVES: Final = """
    SELECT s.id, i.entry_id AS document, e.id AS entry_id, e.date, e.chain_position AS place
    FROM {entries}
    JOIN accounting_settlement s ON s.company_id = e.company_id AND s.entry_id = e.id {days}
    JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id
    WHERE e.company_id = %(company)s AND s.company_id = %(company)s AND {which}
"""
#: Settlements of documents in the order they were posted, each with the sum up to it.
_RUNNING: Final = """
    SELECT s.id, i.entry_id AS document, s.base, s.date, e.chain_position AS place,
           sum(s.base) OVER (PARTITION BY i.entry_id ORDER BY e.chain_position, s.id) AS so_far
    FROM (SELECT DISTINCT document FROM {of}) d
    JOIN accounting_openitem i ON i.company_id = %(company)s AND i.entry_id = d.document
    JOIN accounting_settlement s ON s.company_id = %(company)s AND s.item_id = i.id
    JOIN accounting_journalentry e ON e.company_id = %(company)s AND e.id = s.entry_id
    LEFT JOIN accounting_settlement u ON u.company_id = %(company)s AND u.id = s.undoes_id
    WHERE coalesce(u.kind, s.kind) <> 'currency'
"""
_OWED: Final = """
    SELECT i.entry_id AS document, sum(i.base) AS total
    FROM (SELECT DISTINCT document FROM {of}) d
    JOIN accounting_openitem i ON i.company_id = %(company)s AND i.entry_id = d.document
    GROUP BY 1 HAVING sum(i.base) <> 0
"""
_PLAIN: Final = """
    SELECT g.entry_id, NULL::bigint AS document, false AS carried, g.date, g.place, g.code, g.rate,
           g.supply_date, g.account, g.base, g.tax, g.owed, g.whole FROM ({groups}) g
"""


def _pieces(asked: Question, *, taxes: bool = False) -> str:
    """``WITH … pieces AS (…)``; ``taxes`` takes the tax lines alone, by their account."""
    received = asked.basis == VatSettings.Basis.RECEIVED
    grain = _Grain(asked.by_account and not taxes, taxes)
    late = len(asked.spans) > 1
    direct = "e.kind <> 'opening'"
    if received:
        direct += f" AND (NOT {_DOCUMENT} OR {_IMPORT})"
    parts = [_PLAIN.format(groups=grain.groups(_ENTRIES, f"{_IN_PERIOD} AND {direct}", days=True))]
    if late:
        parts.append(_PLAIN.format(groups=grain.groups(_WINDOWS, direct)))
    named = []
    if received:
        moves = _MOVES.format(entries=_ENTRIES, which=_IN_PERIOD,
                              days="AND s.date BETWEEN %(start)s AND %(end)s")  # fmt: skip
        if late:
            moves += " UNION ALL " + _MOVES.format(entries=_WINDOWS, which="true", days="")
        named += [("moves", moves), *_documents("moves", grain)]
        parts.append(f"""
            SELECT m.entry_id, m.document, false, m.date, m.place, g.code, g.rate, g.supply_date,
                   g.account, {share("base")}, {share("tax")}, {share("owed")}, g.whole
            FROM moves m JOIN moves_running r ON r.id = m.id
            JOIN moves_owed t ON t.document = m.document
            JOIN moves_lines g ON g.entry_id = m.document""")
    if asked.switched_on is not None or asked.closing is not None:
        named += [("standing", STANDING), *_documents("standing", grain)]
        parts += carried(asked.basis, asked.closing)
    named.append(("pieces", " UNION ALL ".join(parts)))
    return "WITH " + ", ".join(f"{name} AS ({text})" for name, text in named)


@dataclass(frozen=True, slots=True)
class _Grain:
    """How fine lines are grouped: by code, by account of the consideration, or of the tax."""

    by_account: bool
    taxes: bool

    def groups(self, entries: str, which: str, *, days: bool = False) -> str:
        account = "NULL::bigint"
        if self.taxes:
            account = "l.account_id"
        elif self.by_account:
            account = "CASE WHEN l.vat_part = 'B' THEN l.account_id END"
        grouped = _GROUPED.format(
            account=account, entries=entries, which=which,
            days="AND l.date BETWEEN %(start)s AND %(end)s" if days else "",
            parts="AND l.vat_part = 'T'" if self.taxes else "", owing=_OWING,
        )  # fmt: skip
        return (_BY_ACCOUNT if self.by_account else _BY_CODE).format(grouped=grouped)


def _documents(of: str, grain: _Grain) -> list[tuple[str, str]]:
    """What is needed of the documents named in ``of``: settlements, what was owed, VAT lines."""
    entries = f"{of}_owed t JOIN accounting_journalentry e ON e.id = t.document"
    return [
        (f"{of}_running", _RUNNING.format(of=of)),
        (f"{of}_owed", _OWED.format(of=of)),
        (f"{of}_lines", grain.groups(entries, f"{_DOCUMENT} AND NOT {_IMPORT}")),
    ]


def _told(asked: Question) -> dict[str, Any]:
    first, *late = asked.spans
    edge, carried, early = asked.switched_on, 0, [first.until, *(s.after for s in late)]
    if asked.closing is not None:
        edge, carried = asked.closing.day + dt.timedelta(days=1), asked.closing.place
        early += [place for place in (carried, first.after) if place]
    return {
        "company": asked.company.pk, "owing": Account.Purpose.ACQUISITION_TAX, "edge": edge,
        "carried": carried,
        "start": first.start, "end": first.end, "after": first.after, "until": first.until,
        "starts": [s.start for s in late], "ends": [s.end for s in late],
        "afters": [s.after for s in late], "untils": [s.until for s in late],
        "early": min(early),
    }  # fmt: skip


def _rows(sql: str, told: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, told)
        return cursor.fetchall()
