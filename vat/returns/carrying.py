"""What was open when the basis changed (Übertrag beim Wechsel): the SQL of it, for ``pieces``.

A change of basis alone is carried by the first return after it (MWSTV Art. 106 and 107). Where the
method changes with it, the last return of the old method carries it, at its rates (MWSTV Art. 79
para. 4 and Art. 81 para. 6, as in force since 2025).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from vat.codes.models import VatSettings


@dataclass(frozen=True, slots=True)
class Closing:
    """The last day of a method, where the basis changes with it: what is open then is carried there.

    ``basis`` is the one from the next day on. Up to a ``place`` in the chain all that was posted until
    the day is carried, of what came later what the spans cover: the rest counts by the new basis.
    """

    day: dt.date
    basis: str
    place: int


#: Documents that were open on the day of a switch; also those whose settlement came late.
STANDING: Final = """
    SELECT i.entry_id AS document FROM accounting_openitem i
    WHERE i.company_id = %(company)s AND i.opened_on < %(edge)s
      AND (i.settled_on IS NULL OR i.settled_on >= %(edge)s)
    UNION
    SELECT i.entry_id FROM accounting_journalentry e
    JOIN accounting_settlement s ON s.company_id = e.company_id AND s.entry_id = e.id
    JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id
    WHERE e.company_id = %(company)s AND e.chain_position > %(early)s AND e.date < %(edge)s
"""
#: What was declared by the basis before a switch: what came late counts by the one after it.
_BEFORE: Final = """{of}.date < %(edge)s AND {of}.place <= %(until)s AND NOT EXISTS (
    SELECT FROM unnest(%(starts)s::date[], %(ends)s::date[], %(afters)s::bigint[])
        AS w (first_day, last_day, after)
    WHERE {of}.date BETWEEN w.first_day AND w.last_day AND {of}.place > w.after)"""
#: What is declared by the method that ends, when the basis changes with it.
_CLOSED: Final = """{of}.date < %(edge)s AND ({of}.place <= %(carried)s
    OR ({of}.date BETWEEN %(start)s AND %(end)s AND {of}.place > %(after)s AND {of}.place <= %(until)s)
    OR EXISTS (
        SELECT FROM unnest(%(starts)s::date[], %(ends)s::date[], %(afters)s::bigint[], %(untils)s::bigint[])
            AS w (first_day, last_day, after, until)
        WHERE {of}.date BETWEEN w.first_day AND w.last_day
          AND {of}.place > w.after AND {of}.place <= w.until))"""


def carried(basis: str, closing: Closing | None) -> list[str]:
    """What was open when the basis changed: declared by the one to agreed, taken off by that to received.

    SQL over the tables ``standing_…`` of ``pieces``; ``basis`` is that of a return after the change,
    ``closing`` is told for the one before it.
    """
    way = -1 if (basis if closing is None else closing.basis) == VatSettings.Basis.RECEIVED else 1
    day = "%(edge)s::date" if closing is None else "(%(edge)s::date - 1)"
    told = f"g.entry_id, NULL, true, {day}, g.place, g.code, g.rate, g.supply_date, g.account"
    whole = ", ".join(f"{way} * g.{name}" for name in ("base", "tax", "owed"))
    paid = ", ".join(f"{-way} * ({share(name)})" for name in ("base", "tax", "owed"))
    of = "FROM standing_owed t JOIN standing_lines g ON g.entry_id = t.document"
    counts = (_BEFORE if closing is None else _CLOSED).format
    opened = counts(of="g") if closing is None else "g.date < %(edge)s"
    return [
        f"SELECT {told}, {whole}, g.whole {of} WHERE {counts(of='g')}",
        f"""SELECT {told}, {paid}, g.whole {of}
            JOIN standing_running r ON r.document = t.document WHERE {opened} AND {counts(of="r")}""",
    ]


def share(column: str) -> str:
    """The part of a document's column that a settlement counts with, so that all come to the whole."""
    upto, before = "r.so_far", "(r.so_far - r.base)"
    whole = f"g.{column} * {upto} / t.total"
    return f"round({whole}, 2) - round(g.{column} * {before} / t.total, 2)"
