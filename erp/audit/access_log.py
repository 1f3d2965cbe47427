"""Writing the access log (Zugriffsprotokoll): who looked at people's data (DSV Art. 4).

It stands apart from the audit trail: looking changes nothing. Rows are only ever added, and kept
for at least a year; nothing deletes them yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.db.models import QuerySet

from erp.access.models import User
from erp.audit.models import AccessLogEntry
from erp.companies.models import Company
from erp.core import clock, origin

_noted: ContextVar[list[AccessLogEntry] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[AccessLogEntry]]:
    """Gather what is noted meanwhile: an act that is undone was looked at all the same (see ``again``)."""
    gathered: list[AccessLogEntry] = []
    before = _noted.set(gathered)
    try:
        yield gathered
    finally:
        _noted.reset(before)


def again(noted: Iterable[AccessLogEntry]) -> None:
    """Note once more what went with a transaction; its clients are open."""
    for one in noted:
        one.pk = None
        one.save(force_insert=True)


def entries(
    company: Company, *, by: str = "", since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[AccessLogEntry]:
    """What was noted, newest first. ``by`` is an e-mail address."""
    found = AccessLogEntry.of(company).select_related("by").order_by("-pk")
    if by:
        found = found.filter(by__email=by.lower())
    if since:
        found = found.filter(at__gte=clock.starts(since))
    if until:
        found = found.filter(at__lt=clock.starts(until + dt.timedelta(days=1)))
    return found


def note(
    *,
    company: Company,
    by: User,
    kind: str,
    subject: type[models.Model] | models.Model,
    count: int | None = None,
    recipient: str = "",
) -> None:
    """Note that somebody looked at, listed, searched, exported or handed on people's data.

    ``subject`` is the one record that was looked at, or the model of ``count`` records.
    ``recipient`` is who got what left the house.
    """
    where = origin.current()
    entry = AccessLogEntry.unscoped.create(
        company=company, at=clock.now(), by=by, kind=kind, subject=subject._meta.model_name,
        subject_id=subject.pk if isinstance(subject, models.Model) else None, count=count,
        recipient=recipient[:120], address=where.address, via=where.via,
    )  # fmt: skip
    noted = _noted.get()
    if noted is not None:
        noted.append(entry)
