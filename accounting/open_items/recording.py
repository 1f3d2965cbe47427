"""Writing settlements: the one door, used by the acts beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.ledger.models import JournalEntry
from accounting.open_items.errors import refused_by_database
from accounting.open_items.models import OpenItem, Settlement
from erp.access.models import User
from erp.audit import trail
from erp.core import clock


@dataclass(frozen=True, slots=True)
class Row:
    """A settlement to be written, on the line ``position`` of its entry."""

    item: OpenItem
    kind: str
    amount: Decimal
    base: Decimal
    position: int
    undoes: Settlement | None = None


MANY: Final = 100  # settlements beyond which one event tells of them all


def record(rows: Sequence[Row], *, entry: JournalEntry, by: User) -> list[Settlement]:
    """Write the settlements of an entry in one statement; the database reckons what is left open.

    Raises ``TooEarly``, ``SettledMeanwhile`` or ``AlreadyUndone``.
    """
    moment = clock.now()
    with refused_by_database(entry.date):
        written: list[Settlement] = Settlement.unscoped.bulk_create(
            Settlement(
                company_id=entry.company_id, item=row.item, kind=row.kind, date=entry.date,
                amount=row.amount, base=row.base, entry=entry, position=row.position,
                undoes=row.undoes, created_at=moment, created_by=by,
            )
            for row in rows
        )  # fmt: skip
    told = {"number": entry.number}
    if len(rows) > MANY:
        ids = [row.item.pk for row in rows]
        trail.record(company=entry.company, by=by, action="item.settle", subject=OpenItem(),
                     details={**told, "kind": rows[0].kind, "count": len(rows),
                              "first_id": min(ids), "last_id": max(ids)})  # fmt: skip
        return written
    for row in rows:
        trail.record(company=entry.company, by=by, action="item.settle", subject=row.item,
                     details={"kind": row.kind, "amount": row.amount, **told})  # fmt: skip
    return written
