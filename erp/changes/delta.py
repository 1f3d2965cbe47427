"""What changed since (Abgleich): read without gaps, whatever is being written meanwhile.

The number of a transaction is given when it first writes, and transactions commit in any order.
So changes are read only below the oldest one that still runs: what commits later lies beyond
every cursor that was given out. A long transaction delays changes; none is ever lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext_lazy as _

from erp.companies.models import Company
from erp.core.errors import DomainError

_LAST: Final = 2**63 - 1
_WRITTEN: Final = re.compile(r"([0-9a-f]{12})\.([0-9]{1,18})\.([0-9]{1,19})")


class BadCursor(DomainError):
    code = "sync.bad_cursor"
    message = _("“%(cursor)s” is no cursor. Send one that was given, or none to begin.")
    field = "changed_since"


class TooOld(DomainError):
    """Not all that went away since is known any more, or the books are other ones."""

    code = "sync.too_old"
    message = _(
        "This cursor is too old. Begin anew: ask for a new cursor, then read the whole list."
    )
    field = "changed_since"


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: ``place`` and ``record`` of the last change, in an ``epoch``."""

    epoch: str
    place: int
    record: int = _LAST

    def __str__(self) -> str:
        return f"{self.epoch}.{self.place}.{self.record}"

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Raises ``BadCursor``."""
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found[3]) > _LAST:
            raise BadCursor(cursor=text[:60])
        return cls(found[1], int(found[2]), int(found[3]))


@dataclass(frozen=True)
class Changed:
    """A record that was added or changed, or is ``gone``."""

    record: int
    place: int
    gone: bool


@dataclass(frozen=True)
class Delta:
    """Changes in their order, and the cursor behind them; ``more`` says that there are further ones.

    ``end`` is the cursor behind all that is settled; of no record that changed does it tell anything.
    """

    changes: Sequence[Changed]
    cursor: Cursor
    more: bool
    end: Cursor

    def behind(self, one: Changed) -> Cursor:
        """The cursor behind one of the changes."""
        return Cursor(self.end.epoch, one.place, one.record)


# The epoch changes with the company's era, and with the server or database that keeps the books: a
# backup that was restored elsewhere counts its transactions anew.
_WORD: Final = (
    "left(md5(concat_ws(':', coalesce(f.era, 0), s.system_identifier, c.timeline_id, d.oid)), 12)"
)
#: The epochs of all open companies, as ``company`` and ``epoch``.
EPOCHS: Final = f"""
    SELECT o.id AS company, {_WORD} AS epoch
    FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d, erp_company o
    LEFT JOIN erp_changefloor f ON f.company_id = o.id AND f.resource = ''
    WHERE d.datname = current_database()
"""  # noqa: S608 - our own text
_EPOCH: Final = f"""
    SELECT {_WORD} AS epoch,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS beyond,
           (SELECT max(r.place) FROM erp_changefloor r
            WHERE r.company_id = %(company)s AND r.resource = %(resource)s) AS floor
    FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d
    LEFT JOIN erp_changefloor f ON f.company_id = %(company)s AND f.resource = ''
    WHERE d.datname = current_database()
"""  # noqa: S608 - our own text
_SINCE: Final = f"""
    WITH now AS MATERIALIZED ({_EPOCH})
    SELECT now.epoch, now.beyond, now.floor, now.horizon, found.* FROM now LEFT JOIN LATERAL (
        SELECT k.record, k.place, k.gone FROM erp_change k
        WHERE k.company_id = %(company)s AND k.resource = %(resource)s
          AND (k.place, k.record) > (%(place)s, %(record)s) AND k.place < now.horizon
        ORDER BY k.place, k.record LIMIT %(limit)s
    ) found ON true ORDER BY found.place, found.record
"""  # noqa: S608 - our own text
_NOW: Final = f"""
    WITH now AS MATERIALIZED ({_EPOCH})
    SELECT now.epoch, greatest((
        SELECT k.place FROM erp_change k
        WHERE k.company_id = %(company)s AND k.resource = %(resource)s AND k.place < now.horizon
        ORDER BY k.place DESC LIMIT 1
    ), now.floor, 0) FROM now
"""  # noqa: S608 - our own text


def beginning(company: Company | int, resource: str) -> Cursor:
    """The cursor from which to read what changes from now on: take it first, then read all there is."""
    ((epoch, place),) = _asked(_NOW, company, resource)
    return Cursor(epoch, place)


def since(company: Company | int, resource: str, cursor: Cursor, *, limit: int) -> Delta:
    """At most ``limit`` changes behind ``cursor``, each record once, by its last change.

    One query. Raises ``TooOld`` where the cursor is of another epoch, or tombstones behind it are
    forgotten.
    """
    rows = _asked(_SINCE, company, resource, place=cursor.place, record=cursor.record,
                  limit=limit + 1)  # fmt: skip
    epoch, beyond, floor, horizon = rows[0][:4]
    if cursor.epoch != epoch or cursor.place >= beyond or cursor.place < (floor or 0):
        raise TooOld
    found = [Changed(*row[4:]) for row in rows if row[4] is not None]
    changes = found[:limit]
    if changes:
        cursor = Cursor(epoch, changes[-1].place, changes[-1].record)
    end = max(Cursor(epoch, horizon - 1), cursor, key=lambda one: (one.place, one.record))
    return Delta(changes, cursor, more=len(found) > limit, end=end)


def epoch_of(company: Company | int) -> str:
    """The epoch that a company's cursors are of."""
    ((epoch, _place),) = _asked(_NOW, company, "")
    return str(epoch)


def _asked(sql: str, company: Company | int, resource: str, **more: Any) -> list[Any]:
    pk = company if isinstance(company, int) else company.pk
    with connection.cursor() as cursor:
        cursor.execute(sql, {"company": pk, "resource": resource, **more})
        return cursor.fetchall()


@dataclass(frozen=True)
class Transactions:
    """What whole transactions changed, of several resources: (resource, record, gone), up to ``place``.

    ``complete`` is False where a transaction changed more than was asked for; ``is_new_epoch`` says
    that the books are other ones than before, so that everything is to be read anew.
    """

    epoch: str
    place: int
    changes: Sequence[tuple[str, int, bool]]
    complete: bool = True
    is_new_epoch: bool = False


_WHOLE: Final = f"""
    WITH now AS MATERIALIZED ({_EPOCH})
    SELECT now.epoch, now.horizon, found.* FROM now LEFT JOIN LATERAL (
        SELECT k.resource, k.record, k.place, k.gone FROM erp_change k
        WHERE k.company_id = %(company)s AND k.resource = ANY (%(resources)s)
          AND k.place > %(place)s AND k.place < now.horizon
        ORDER BY k.place LIMIT %(limit)s
    ) found ON true ORDER BY found.place
"""  # noqa: S608 - our own text


def transactions_since(
    company: Company | int, resources: Sequence[str], epoch: str, place: int, *, limit: int
) -> Transactions:
    """Whole transactions behind ``place``, about ``limit`` changes of them: for those who are told.

    The newest that does not fit is left for the next time; one that is larger than all is cut.
    """
    rows = _asked(_WHOLE, company, "", place=place, limit=limit + 1, resources=list(resources))
    now, horizon = rows[0][:2]
    if now != epoch:
        return Transactions(now, horizon - 1, [], complete=False, is_new_epoch=True)
    found = [row[2:] for row in rows if row[3] is not None]
    complete = True
    if len(found) > limit:
        last = found[-1][2]
        fitting = [row for row in found if row[2] < last]
        complete = bool(fitting)
        found = fitting or found[:limit]
    changes = [(row[0], row[1], row[3]) for row in found]
    return Transactions(now, found[-1][2] if found else place, changes, complete)


def beginning_of(company: Company | int) -> Cursor:
    """As ``beginning``, of all resources together: it does not tell when a record changed last."""
    rows = _asked(_WHOLE, company, "", place=_LAST, limit=1, resources=[])
    return Cursor(rows[0][0], rows[0][1] - 1)
