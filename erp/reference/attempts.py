"""Attempts to bring a source up to date, and what is kept of them: good or bad, nothing is silent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.reference.editions import Given
from erp.reference.models import ReferenceVersion, SourceState
from erp.reference.sources import Source

Origin, State = ReferenceVersion.Origin, ReferenceVersion.State

UNCHANGED: Final = "unchanged"


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt: ``state`` is that of its edition, or unchanged."""

    source: str
    state: str
    version: ReferenceVersion | None = None
    refusal: DomainError | None = None

    @property
    def report(self) -> dict[str, Any]:
        return self.version.report if self.version is not None else {}


@dataclass(frozen=True)
class File:
    """A file on its way in, and how it came."""

    content: bytes
    origin: str
    address: str
    given: Given
    etag: str = ""
    last_modified: str = ""
    by: User | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def lock(source: Source) -> None:
    """One edition of a source at a time; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reference:{source.name}"])


def note(source: Source, refusal: DomainError | None, origin: str = Origin.FETCHED) -> None:
    """Remember that a source was asked, or a file given, and how it went.

    Only the publisher's own answer says that what is in force is still right.
    """
    if refusal is None and origin == Origin.BUNDLED:
        return
    now = clock.now()
    told: dict[str, Any] = {"checked_at": now}
    if refusal is not None:
        told |= {"error": str(refusal), "error_at": now}
    else:
        told |= {"error": "", "error_at": None, "warned_at": None}
        if origin == Origin.FETCHED:
            told["succeeded_at"] = now
    SourceState.objects.update_or_create(source=source.name, defaults=told)


def note_asked(source: Source) -> None:
    """Remember that a source was asked for something that is not out yet."""
    asked = {"checked_at": clock.now()}
    SourceState.objects.update_or_create(source=source.name, defaults=asked)


def refuse(source: Source, file: File, refusal: DomainError) -> Outcome:
    """Keep an attempt that was refused on record; the same again is counted, not repeated."""
    digest = file.digest if file.content else ""
    with transaction.atomic():
        lock(source)
        last = ReferenceVersion.objects.filter(source=source.name).order_by("-pk").first()
        if last is not None and _is_same(last, digest, file, refusal):
            last.report = {**problem(refusal), "attempts": last.report.get("attempts", 1) + 1}
            last.fetched_at = clock.now()
            last.save(update_fields=["report", "fetched_at"])
        else:
            last = ReferenceVersion.objects.create(
                source=source.name, state=State.REFUSED, origin=file.origin, address=file.address,
                digest=digest, report=problem(refusal), by=file.by,
            )  # fmt: skip
        note(source, refusal, file.origin)
    return Outcome(source.name, State.REFUSED, last, refusal)


def _is_same(last: ReferenceVersion, digest: str, file: File, refusal: DomainError) -> bool:
    return (last.state, last.digest, last.address, last.report.get("code")) == (
        State.REFUSED, digest, file.address, refusal.code
    )  # fmt: skip


def problem(refusal: DomainError) -> dict[str, Any]:
    """A refusal as a report holds it."""
    return {"code": refusal.code, "problem": str(refusal)}
