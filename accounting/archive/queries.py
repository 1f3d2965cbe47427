"""Questions about archives: may a year have one, and which were made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.http import Http404

from accounting.archive.errors import NoSuchYear, YearStillOpen
from accounting.ledger.models import FiscalYear, Period
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.documents.models import StoredFile

MADE = "year.archive"  # what the trail calls it


@dataclass(frozen=True)
class Archive:
    """An archive that was made, as the trail tells of it."""

    file: StoredFile
    year: int
    at: dt.datetime
    by: str
    entries: int
    lines: int
    is_outdated: bool  # a period of its year was opened again afterwards
    further: tuple[str, ...]  # rights that what is in it asks for beyond those of every archive


def require_closed(year: FiscalYear) -> None:
    """Raises ``YearStillOpen`` with the periods that are not locked."""
    rows = year.periods.exclude(lock=Period.Lock.LOCKED).order_by("start")
    if still := [f"{start:%m.%Y}" for start in rows.values_list("start", flat=True)]:
        raise YearStillOpen(year=year, periods=", ".join(still))


def year_with(company: Company, day: dt.date) -> FiscalYear:
    """The fiscal year of a day. Raises ``NoSuchYear``."""
    found: FiscalYear | None = FiscalYear.of(company).filter(start__lte=day, end__gte=day).first()
    if found is None:
        raise NoSuchYear(date=day)
    return found


def archives_of(company: Company) -> list[Archive]:
    """The archives of all years, the newest first; four queries.

    The trail is the list: what was made, when, by whom and with which SHA-256 stands there, and
    nobody takes it back. It tells, too, which were made before their year was opened again.
    """
    events = AuditEvent.of(company).filter(action=MADE, subject=FiscalYear._meta.model_name)
    rows = list(events.select_related("by").order_by("-pk"))
    digests = [row.details["sha256"] for row in rows]
    files = {file.digest: file for file in StoredFile.of(company).filter(digest__in=digests)}
    opened = _opened_again(company, {row.subject_id for row in rows})
    return [
        Archive(files[row.details["sha256"]], row.subject_id or 0, row.at, row.by.name or row.by.email,
                row.details["entries"], row.details["lines"],
                opened.get(row.subject_id or 0, 0) > row.pk, tuple(row.details["rights"]))
        for row in rows if row.details["sha256"] in files
    ]  # fmt: skip


def hold_periods(year: FiscalYear) -> None:
    """Let nobody open or lock a period of the year until this transaction ends; who just does is waited for."""
    list(year.periods.select_for_update().order_by("pk"))


def _opened_again(company: Company, years: Collection[int | None]) -> dict[int, int]:
    """The last event by which a locked period was opened again, by fiscal year."""
    of_year = dict(
        Period.of(company).filter(fiscal_year__in=years).values_list("pk", "fiscal_year")
    )
    events = AuditEvent.of(company).filter(
        action="period.lock", subject=Period._meta.model_name, subject_id__in=list(of_year),
        details__lock__0=Period.Lock.LOCKED,
    )  # fmt: skip
    found = {}
    for period, event in events.order_by("pk").values_list("subject_id", "pk"):
        found[of_year[period or 0]] = event
    return found


def archive_of(company: Company, pk: int) -> Archive:
    """An archive by the id of its file; what is no archive is a 404."""
    found = next((one for one in archives_of(company) if one.file.pk == pk), None)
    if found is None:
        raise Http404
    return found
