"""The audit trail of a year (Protokoll) with its chain.

Events about records that the archive is about are told whole. Of all others, of wages, people and
access, stands the digest alone: it keeps the chain whole and says nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Min, Q

from accounting.archive.rights import NEEDED
from accounting.ledger.models import FiscalYear
from erp.access.seals import seal_number, sealing
from erp.audit import chain
from erp.audit.models import AuditEvent
from erp.audit.readers import readable
from erp.companies.models import Company
from erp.core import clock

_PAGE: Final = f"""
    SELECT e.id, at, {seal_number("e.by_id")}, action, subject, subject_id, details::text, address,
           agent, via, request_id, by_id, position, content_digest, digest
    FROM erp_auditevent e JOIN erp_user u ON u.id = e.by_id
    WHERE company_id = %(company)s AND position > %(after)s AND position <= %(until)s
    ORDER BY position LIMIT %(size)s
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Span:
    """The places of a year's events, the link before them and the last of theirs; none: 0 to 0."""

    before: int
    after: int
    link_before: str
    link_after: str


def span_of(company: Company, year: FiscalYear) -> Span:
    """From the first day of the year until its last, and on until its periods were last locked."""
    events = AuditEvent.of(company).exclude(position=None)
    periods = list(year.periods.values_list("pk", flat=True))
    first = events.filter(at__gte=clock.starts(year.start)).aggregate(place=Min("position"))[
        "place"
    ]
    locks = Q(action="period.lock", subject="period", subject_id__in=periods)
    ends = clock.starts(year.end + dt.timedelta(days=1))
    last = events.filter(Q(at__lt=ends) | locks).aggregate(place=Max("position"))["place"]
    if first is None or last is None or last < first:
        return Span(0, 0, "", "")
    links = dict(events.filter(position__in=[first - 1, last]).values_list("position", "digest"))
    before = links.get(first - 1)
    return Span(
        first - 1, last, bytes(before).hex() if before else "", bytes(links[last] or b"").hex()
    )


def trail_page(
    company: Company, *, after: int, until: int, size: int
) -> tuple[bytes, int | None, set[int]]:
    """The next events as lines of JSON, the place of the last, and who acted; one query."""
    told = readable(NEEDED)
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, sealing(company) | {"after": after, "until": until, "size": size})
        rows = cursor.fetchall()
    lines, who = [], set[int]()
    for row in rows:
        *event, doer, place, content, digest = row
        line: dict[str, Any] = {"position": place}
        if event[4] in told:
            line["event"] = _canonical(company, event)
            who.add(doer)
        line |= {"content_digest": bytes(content).hex(), "digest": bytes(digest).hex()}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(lines).encode(), rows[-1][12] if len(rows) == size else None, who


def _canonical(company: Company, event: list[Any]) -> str:
    pk, at, by, action, subject, subject_id, details, address, agent, via, request_id = event
    return chain.canonical(
        company=company.seal_number, id=pk, at=at, by=by, action=action, subject=subject,
        subject_id=subject_id, details=details, address=address, agent=agent, via=via,
        request_id=request_id,
    )  # fmt: skip
