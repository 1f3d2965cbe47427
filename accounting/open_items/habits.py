"""How parties pay (Zahlungsgewohnheiten): how long it takes, and how often it is late."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from accounting.open_items.models import Side
from erp.companies.models import Company

MONTHS: Final = 24

# Payments that stand, of what was owed; each weighs what it comes to in the books.
_HABITS = """
    SELECT p.contact_id, count(DISTINCT p.item_id),
           round(sum(p.weight * p.days) / sum(p.weight), 1),
           round(sum(p.weight * p.late) / sum(p.weight), 1),
           round(100 * coalesce(sum(p.weight) FILTER (WHERE p.late > 0), 0) / sum(p.weight), 1),
           greatest(max(p.late), 0), sum(p.weight), max(p.date)
    FROM (
        SELECT i.contact_id, i.id AS item_id, s.base AS weight, s.date,
               s.date - i.document_date AS days, s.date - i.due_date AS late
        FROM accounting_settlement s
        JOIN accounting_openitem i ON i.company_id = s.company_id AND i.id = s.item_id
        WHERE s.company_id = %(company)s AND i.side = %(side)s AND i.contact_id IS NOT NULL
          AND s.kind = 'payment' AND s.base > 0 AND i.amount > 0
          AND s.date <= %(on)s AND s.date > %(on)s::date - make_interval(months => %(months)s)
          AND NOT EXISTS (SELECT 1 FROM accounting_settlement u
                          WHERE u.company_id = s.company_id AND u.undoes_id = s.id)
          {more}
    ) AS p
    GROUP BY p.contact_id ORDER BY p.contact_id
"""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a contact has paid; days and shares are weighted by the amounts paid.

    ``days`` run from the document's date to the payment, ``days_late`` from the due date (negative
    where it was paid before). ``percent_late`` is the part of the money that came after the due
    date, ``latest`` the most days one payment was late. ``paid`` is in the company's currency.
    """

    contact: int
    items: int
    days: Decimal
    days_late: Decimal
    percent_late: Decimal
    latest: int
    paid: Decimal
    last_paid: dt.date


def payment_habits(
    company: Company, on: dt.date, side: Side, *, months: int = MONTHS
) -> dict[int, Habits]:
    """How all contacts have paid in the months before a day, in the order of their ids; one query."""
    return _asked(company, on, side, months)


def habits_of(
    company: Company, contact: int, on: dt.date, side: Side, *, months: int = MONTHS
) -> Habits | None:
    """How one contact has paid; None where it has paid nothing in these months."""
    return _asked(company, on, side, months, contact=contact).get(contact)


def _asked(
    company: Company, on: dt.date, side: Side, months: int, *, contact: int | None = None
) -> dict[int, Habits]:
    told: dict[str, Any] = {"company": company.pk, "side": str(side), "on": on, "months": months,
                            "contact": contact}  # fmt: skip
    more = "" if contact is None else "AND i.contact_id = %(contact)s"
    with connection.cursor() as cursor:
        cursor.execute(_HABITS.format(more=more), told)
        return {row[0]: Habits(*row) for row in cursor.fetchall()}
