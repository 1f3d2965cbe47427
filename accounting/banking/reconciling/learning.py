"""What past bookings teach (gelernte Vorschläge): how transactions like these were booked before.

Only bookings against one account count, and none that settled open items. Nothing of this is booked
by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from accounting.banking.contra import Contra
from accounting.banking.matching.reasons import Reason, Why, reason
from accounting.banking.models import BankTransaction
from accounting.ledger.models import Account
from erp.companies.models import Company

LOOKED_BACK: Final = 12  # bookings of a party or text that are looked at, the latest

# Of each kind of transaction the latest bookings, each with its only line beside bank and tax.
_BOOKED: Final = """
    WITH asked AS (
        SELECT DISTINCT * FROM unnest(%(habits)s::varchar[], %(inward)s::boolean[]) a (habit, inward)
    ), booked AS (
        SELECT a.habit, a.inward, t.id, t.booking_date, t.entry_id, t.bank_account_id
        FROM asked a CROSS JOIN LATERAL (
            SELECT * FROM accounting_banktransaction t
            WHERE t.company_id = %(company)s AND t.habit = a.habit AND t.entry_id IS NOT NULL
              AND (t.amount > 0) = a.inward AND NOT t.matched ? 'payments'
            ORDER BY t.booking_date DESC, t.id DESC LIMIT %(most)s
        ) t
    )
    SELECT b.habit, b.inward, b.booking_date, b.id, count(*),
           min(c.number), coalesce(min(v.code), ''), coalesce(min(k.number), ''), coalesce(min(o.number), ''),
           min(c.name_de), min(c.name_fr), min(c.name_it), min(c.name_en)
    FROM booked b
    JOIN accounting_bankaccount own ON own.company_id = %(company)s AND own.id = b.bank_account_id
    JOIN accounting_entryline l ON l.company_id = %(company)s AND l.entry_id = b.entry_id
         AND l.account_id <> own.account_id AND l.vat_part <> 'T'
    JOIN accounting_account c ON c.company_id = l.company_id AND c.id = l.account_id
    LEFT JOIN vat_vatcode v ON v.company_id = l.company_id AND v.id = l.vat_code_id
    LEFT JOIN accounting_costcentre k ON k.company_id = l.company_id AND k.id = l.cost_centre_id
    LEFT JOIN accounting_costobject o ON o.company_id = l.company_id AND o.id = l.cost_object_id
    WHERE c.control = ''
    GROUP BY b.habit, b.inward, b.booking_date, b.id
"""


@dataclass(frozen=True, slots=True)
class Learnt:
    """How transactions like one were booked most often: so ``count`` of ``total`` times."""

    contra: Contra
    count: int
    total: int
    last: dt.date

    @property
    def reasons(self) -> tuple[Reason, ...]:
        told = [reason(Why.BOOKED_SO, count=self.count, total=self.total, date=self.last)]
        if self.count < self.total:
            other = self.total - self.count
            told.append(reason(Why.BOOKED_OTHERWISE, count=other, total=self.total))
        return tuple(told)


def learnt(company: Company, movements: Iterable[BankTransaction]) -> dict[int, Learnt]:
    """For each transaction how its like was booked before, most often or last; one query."""
    rows = list(movements)
    kinds = sorted({(row.habit, row.amount > 0) for row in rows if row.habit})
    if not kinds:
        return {}
    told: dict[str, Any] = {"company": company.pk, "most": LOOKED_BACK, "habits": [habit for habit, _in in kinds],
            "inward": [inward for _habit, inward in kinds]}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, told)
        found = cursor.fetchall()
    by_kind = defaultdict[tuple[str, bool], list[tuple[dt.date, int, Contra | None]]](list)
    for habit, inward, date, pk, lines, *where in found:
        names = dict(zip(("name_de", "name_fr", "name_it", "name_en"), where[4:], strict=True))
        named = Account(**names).name
        number, code, centre, unit = where[:4]
        contra = Contra(number, code, centre, unit, account_name=named) if lines == 1 else None
        by_kind[habit, inward].append((date, pk, contra))
    best = {kind: one for kind, past in by_kind.items() if (one := _most(past)) is not None}
    return _of_rows(rows, best)


def _of_rows(
    rows: Iterable[BankTransaction], best: Mapping[tuple[str, bool], Learnt]
) -> dict[int, Learnt]:
    kinds: dict[int, Any] = {row.pk: (row.habit, row.amount > 0) for row in rows}
    return {pk: best[kind] for pk, kind in kinds.items() if kind in best}


def _most(past: list[tuple[dt.date, int, Contra | None]]) -> Learnt | None:
    """What was booked most often; the latest of those that were equally often."""
    last, count = dict[Contra, tuple[dt.date, int]](), defaultdict[Contra, int](int)
    for date, pk, contra in past:
        if contra is not None:
            count[contra] += 1
            last[contra] = max(last.get(contra, (date, pk)), (date, pk))
    if not count:
        return None
    best = max(count, key=lambda one: (count[one], last[one]))
    return Learnt(best, count[best], len(past), last[best][0])
