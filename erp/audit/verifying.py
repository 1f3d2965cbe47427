"""Proving the audit trail (Prüfung): every event and its place, from the rows alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from django.db import connection

from erp.access.seals import seal_number, sealing
from erp.audit import chain
from erp.audit.anchors import Anchor, Anchors
from erp.audit.models import AuditHead
from erp.companies.models import Company

CHANGED, MISSING, INSERTED, REORDERED = "changed", "missing", "inserted", "reordered"
CUT: Final = "cut off"
UNREADABLE: Final = "head unreadable"

_BATCH: Final = 1000
_EVENTS: Final = f"""
    SELECT e.id, at, {seal_number("e.by_id")}, action, subject, subject_id, details::text, address, agent, via,
           request_id, position, content_digest, digest
    FROM erp_auditevent e LEFT JOIN erp_user u ON u.id = e.by_id
    WHERE company_id = %(company)s ORDER BY position, e.id
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class Break:
    """Something that is not as it was recorded; ``event`` is its id, if it is there."""

    kind: str
    event: int | None
    details: str


@dataclass(slots=True)
class Verdict:
    """What the proof found. ``head`` is the last link of the chain, for keeping elsewhere."""

    company: int
    events: int = 0
    head: str = ""
    position: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.breaks


class _Row(NamedTuple):
    id: int
    at: Any
    by: int
    action: str
    subject: str
    subject_id: int | None
    details: str
    address: str
    agent: str
    via: str
    request_id: str
    position: int | None
    content: bytes
    digest: bytes


def verify_audit(company: Company, *, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Prove a company's audit trail from its rows (LOG-3).

    Reads every event once, in the order of the chain, in flat memory; others may act meanwhile.
    Finds what was changed, removed, inserted or put in another order, and a chain that was cut: by
    its head, and by ``anchors`` kept elsewhere. The first break of the chain comes first.
    """
    verdict, walk = Verdict(company.pk), _Walk()
    kept = defaultdict[int, set[str]](set)
    head = head_of(company)  # before the events: what comes in meanwhile lies behind it
    for anchor in (head, *anchors):
        if anchor.damaged:
            verdict.breaks.append(Break(UNREADABLE, None, anchor.damaged))
        elif anchor.position:
            kept[anchor.position].add(anchor.digest)
    unplaced = []
    for row in _events(company):
        verdict.events += 1
        if row.position is None:
            unplaced.append(Break(INSERTED, row.id, "it has no place in the chain"))
            continue
        if _content_of(company, row) != row.content:
            verdict.breaks.append(
                Break(CHANGED, row.id, "the content differs from what was recorded")
            )
        if found := walk.step(row):
            verdict.breaks.append(found)
        if kept.pop(walk.place, {walk.link.hex()}) != {walk.link.hex()}:
            verdict.breaks.append(
                Break(CHANGED, row.id, "the chain differs from a head that was kept")
            )
    verdict.head, verdict.position = walk.link.hex(), walk.position
    verdict.breaks += unplaced
    verdict.breaks += [
        Break(CUT, None, f"a head at place {place} was kept, and the place is gone")
        for place in sorted(kept)
    ]
    if walk.place == walk.position:  # what was inserted is named already
        verdict.breaks += _past_the_head(company)
    return verdict


class _Walk:
    """Follows the links from event to event."""

    def __init__(self) -> None:
        self.position, self.link = 0, chain.NO_LINK
        self._link_before = chain.NO_LINK
        self._last: int | None = None
        self._fitted = False  # whether the last event was in order
        self._pushed = 0  # places by which inserted events pushed back the others

    @property
    def place(self) -> int:
        """Where the last event stood when it was recorded."""
        return self.position - self._pushed

    def step(self, row: _Row) -> Break | None:
        """Take the next event; what is wrong with its place, if anything."""
        place = row.position or 0
        if place <= self.position:
            return Break(INSERTED, row.id, f"place {place} in the chain is taken twice")
        found = None
        if place > self.position + 1:
            gap = str(self.position + 1)
            if place > self.position + 2:
                gap += f" to {place - 1}"
            found = Break(MISSING, None, f"place {gap} in the chain is empty, event {row.id} "
                          "comes next")  # fmt: skip
        elif not self._fits(row, self.link, self._pushed):
            if self._fitted and self._fits(row, self._link_before, self._pushed + 1):
                found = Break(INSERTED, self._last, f"event {row.id} links to the one before it")
                self._pushed += 1
            else:
                found = Break(REORDERED, row.id, "the link to the event before is broken")
        self._link_before, self.link = self.link, row.digest
        self.position, self._last = place, row.id
        self._fitted = found is None
        return found

    def _fits(self, row: _Row, link: bytes, pushed: int) -> bool:
        place = (row.position or 0) - pushed
        return place > 0 and row.digest == chain.link(link, position=place, content=row.content)


def head_of(company: Company) -> Anchor:
    """The present end of the chain, to be kept where the program cannot rewrite it."""
    head = AuditHead.of(company).first()
    return Anchor(head.position, bytes(head.digest).hex()) if head else Anchor(0, "")


HEADS: Final = Anchors("audit-heads", head_of)


def _events(company: Company) -> Iterator[_Row]:
    connection.ensure_connection()
    with connection.connection.cursor(name="rappen_verify_audit") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_EVENTS, sealing(company))
        for *told, content, digest in cursor:
            yield _Row._make((*told, bytes(content or b""), bytes(digest or b"")))


def _content_of(company: Company, row: _Row) -> bytes:
    return chain.content_digest(
        company=company.seal_number, id=row.id, at=row.at, by=row.by, action=row.action,
        subject=row.subject, subject_id=row.subject_id, address=row.address, agent=row.agent,
        via=row.via, request_id=row.request_id, details=row.details,
    )  # fmt: skip


def _past_the_head(company: Company) -> list[Break]:
    """Events behind the head as it is now; those that came in meanwhile have moved it on."""
    with connection.cursor() as cursor:
        cursor.execute(_PAST_THE_HEAD, [company.pk])
        rows = cursor.fetchall()
    if rows and not rows[0][1]:
        return [Break(CUT, None, "the head of the chain is gone")]
    return [Break(INSERTED, event, f"the head of the chain says place {head}")
            for event, head in rows]  # fmt: skip


_PAST_THE_HEAD: Final = """
    SELECT e.id, coalesce(h.position, 0)
    FROM erp_auditevent e LEFT JOIN erp_audithead h ON h.company_id = e.company_id
    WHERE e.company_id = %s AND e.position > coalesce(h.position, 0)
    ORDER BY e.position LIMIT 20
"""
