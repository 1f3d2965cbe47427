"""Taking in an edition (Stand übernehmen): fetch, parse, plausibility, difference, in force.

Whatever goes wrong, the rows in force stay as they are, and the attempt stays on record. The same
steps are gone for what is fetched, uploaded or bundled.
"""

from __future__ import annotations

import datetime as dt
import time
import zlib
from typing import Any, Final

from django.db import DataError, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.retrying import retried
from erp.reference import merging, touching
from erp.reference.attempts import (
    UNCHANGED,
    File,
    Origin,
    Outcome,
    State,
    lock,
    note,
    note_asked,
    problem,
    refuse,
)
from erp.reference.editions import Edition, Given, NotOutYet
from erp.reference.fetching import base_of, fetch, packed_on, unpacked
from erp.reference.merging import EXAMPLES, Difference
from erp.reference.models import ReferenceChange, ReferenceVersion
from erp.reference.plausibility import compared, require_not_older, require_sound
from erp.reference.sources import Source, source_of

PAUSE: Final = [1]  # seconds between two questions of the same run
TOUCHED_SHOWN: Final = 100


class UnreadableValues(DomainError):
    code = "reference.unreadable_values"
    message = _(
        "The database cannot read a value of the file: %(reason)s. Download the file again."
    )
    field = "file"


class NobodyIsAsked(DomainError):
    code = "reference.nobody_is_asked"
    message = _("%(source)s is not fetched from anywhere. Upload a file.")
    field = "source"


def update(
    name: str,
    *,
    content: bytes | None = None,
    filename: str = "",
    by: User | None = None,
    accept: bool = False,
    on: dt.date | None = None,
) -> list[Outcome]:
    """Take in what a source publishes, or the ``content`` of a file (Quelle nachführen).

    ``accept`` takes what is older, or fewer rows than plausible, all the same. One outcome for each
    file: rates come by day and month. What is refused is told by its ``refusal``, and raises
    nothing; rows in force stay untouched. Raises ``NoSuchSource`` or ``NobodyIsAsked``.
    """  # fmt: skip
    source, today = source_of(name), on or clock.today()
    activate_due(today, only=name)
    if content is not None:
        given = Given(filename, packed_on(content))
        file = File(content, Origin.UPLOAD, filename[:300], given, by=by)
        return [_taken(source, file, today, accept=accept)]
    outcomes: list[Outcome] = []
    for nth, path in enumerate(paths(name, on=today)):
        if nth:
            time.sleep(PAUSE[0])
        outcomes.append(_fetched(source, path, today, accept=accept))
        if outcomes[-1].refusal is not None:
            break  # the rest is asked for the next time
    return outcomes


def paths(name: str, *, on: dt.date) -> list[str]:
    """What a source is to be asked for, oldest first; where nothing is missing, that is noted.

    Raises ``NoSuchSource`` or ``NobodyIsAsked``.
    """
    source = source_of(name)
    if not base_of(source):
        raise NobodyIsAsked(source=source.title)
    found = source.asks(on, _newest(source))
    if not found:
        note(source, None)
    return found


def ask(name: str, path: str, *, on: dt.date) -> Outcome:
    """Ask a source for one file, as ``update`` asks for each of ``paths``."""
    return _fetched(source_of(name), path, on, accept=False)


def take_bundled(name: str, content: bytes, *, filename: str, on: dt.date | None = None) -> Outcome:
    """Take in an edition that came with the program, unless one as new is in force."""
    source = source_of(name)
    file = File(content, Origin.BUNDLED, filename, Given(filename))
    return _taken(source, file, on or clock.today(), accept=False)


def activate_due(on: dt.date, *, only: str | None = None) -> list[Outcome]:
    """Put in force the editions whose day has come (vorgemerkte Stände), oldest first.

    They are read and compared again; one that is not plausible any more is refused.
    """
    waiting = ReferenceVersion.objects.filter(state=State.STAGED, valid_from__lte=on)
    if only is not None:
        waiting = waiting.filter(source=only)
    found = waiting.order_by("valid_from", "pk").values_list("pk", "source")
    return [_activated(pk, source_of(name), on) for pk, name in found]


def _fetched(source: Source, path: str, today: dt.date, *, accept: bool) -> Outcome:
    known = (
        ReferenceVersion.objects.filter(
            source=source.name, state__in=[State.ACTIVE, State.STAGED], origin=Origin.FETCHED,
            address=base_of(source).rstrip("/") + path,
        ).order_by("-pk").defer("content").first()
    )  # fmt: skip
    if known is not None and _overtaken(known):
        known = None
    try:
        came = fetch(source, path, etag=known.etag if known else "",
                     last_modified=known.last_modified if known else "")  # fmt: skip
        if came.content is None:
            note(source, None)
            return Outcome(source.name, UNCHANGED, known)
    except DomainError as refusal:
        missing = File(b"", Origin.FETCHED, base_of(source).rstrip("/") + path, Given())
        return refuse(source, missing, refusal)
    given = Given(path, came.dated or today)  # what comes today is of today, unless it is dated
    file = File(came.content, Origin.FETCHED, came.address[:300], given,
                 came.etag, came.last_modified)  # fmt: skip
    return _taken(source, file, today, accept=accept)


def _overtaken(known: ReferenceVersion) -> bool:
    """Whether something newer came in by another way, so that the file is wanted again."""
    return (
        ReferenceVersion.objects.filter(
            source=known.source, scope=known.scope, state__in=[State.ACTIVE, State.STAGED],
            pk__gt=known.pk,
        ).exists()
    )  # fmt: skip


def _taken(source: Source, file: File, today: dt.date, *, accept: bool) -> Outcome:
    """The steps from bytes to rows, for whatever way they came."""
    try:
        same = _same_as_known(source, file)
        if same is not None:
            note(source, None, file.origin)
            return Outcome(source.name, UNCHANGED, same)
        content = unpacked(source, file.content)
        edition = source.parse(content, file.given)
        require_sound(source, edition, today=today)
        outcome = retried(lambda: _entered(source, file, content, edition, today, accept))
    except NotOutYet as refusal:
        if file.origin == Origin.UPLOAD:
            return refuse(source, file, refusal)
        note_asked(source)
        return Outcome(source.name, UNCHANGED)
    except DomainError as refusal:
        return refuse(source, file, refusal)
    except DataError as error:
        reason = str(error).partition("\n")[0][:200]
        return refuse(source, file, UnreadableValues(reason=reason))
    note(source, None, file.origin)
    transaction.on_commit(lambda: _tell_touched(outcome), robust=True)
    return outcome


def _same_as_known(source: Source, file: File) -> ReferenceVersion | None:
    """The edition with the same bytes, if it is in force or waits; bundled ones also if past."""
    states = [State.ACTIVE, State.STAGED]
    if file.origin == Origin.BUNDLED:
        states.append(State.SUPERSEDED)
    return (
        ReferenceVersion.objects.defer("content")
        .filter(source=source.name, digest=file.digest, state__in=states).order_by("-pk").first()
    )  # fmt: skip


@transaction.atomic
def _entered(
    source: Source, file: File, content: bytes, edition: Edition, today: dt.date, accept: bool
) -> Outcome:
    """Put an edition in force, or in wait for its day, under the source's lock."""
    lock(source)
    same = _same_as_known(source, file)  # another process may have been faster
    if same is not None:
        return Outcome(source.name, UNCHANGED, same)
    active = _in_force(source, edition.scope)
    if file.origin == Origin.BUNDLED and _is_as_new(active, edition):
        return Outcome(source.name, UNCHANGED, active)
    if not accept:
        require_not_older(active, edition)
    version = ReferenceVersion(
        source=source.name, scope=edition.scope, origin=file.origin, address=file.address,
        etag=file.etag, last_modified=file.last_modified, edition_date=edition.edition_date,
        valid_from=None if edition.valid_from == dt.date.min else edition.valid_from,
        rows=len(edition.rows),
        digest=file.digest, by=file.by,
    )  # fmt: skip
    found = compared(source, edition, accept=accept)
    if active is not None and found.is_none and _says_the_same(active, version):
        return Outcome(source.name, UNCHANGED, _seen_again(active, version))
    version.report = {**found.told(), **_left_out(edition)}
    if accept:
        version.report["accepted"] = True
    if edition.valid_from > today:
        ReferenceVersion.objects.filter(
            source=source.name, scope=edition.scope, state=State.STAGED,
            edition_date=edition.edition_date,
        ).update(state=State.SUPERSEDED, content=None)  # fmt: skip
        version.state, version.content = State.STAGED, zlib.compress(content)
        version.save()
        return Outcome(source.name, State.STAGED, version)
    _put_in_force(source, edition, version, found, active)
    return Outcome(source.name, State.ACTIVE, version)


def _is_as_new(active: ReferenceVersion | None, edition: Edition) -> bool:
    known = active.edition_date if active is not None else None
    return known is not None and known >= edition.edition_date


def _says_the_same(active: ReferenceVersion, version: ReferenceVersion) -> bool:
    """Whether only the moment of making is another one, as in a header."""
    return (active.origin, active.edition_date) == (version.origin, version.edition_date)


def _seen_again(active: ReferenceVersion, version: ReferenceVersion) -> ReferenceVersion:
    """Remember the newer bytes, so that they are known the next time."""
    for name in ("digest", "etag", "last_modified", "address"):
        setattr(active, name, getattr(version, name))
    active.save(update_fields=["digest", "etag", "last_modified", "address"])
    return active


def _put_in_force(
    source: Source, edition: Edition, version: ReferenceVersion, found: Difference,
    active: ReferenceVersion | None,
) -> None:  # fmt: skip
    if active is not None:
        ReferenceVersion.objects.filter(pk=active.pk).update(state=State.SUPERSEDED)
    version.state, version.activated_at, version.content = State.ACTIVE, clock.now(), None
    version.save()
    if source.table is None:
        return
    merging.merge(source.table, edition, version, found, first=active is None)
    examples: dict[str, list[dict[str, Any]]] = dict(version.report.get("examples", {}))
    for kind in ReferenceChange.Kind.values:
        if version.report.get(kind):
            rows: Any = ReferenceChange.objects.filter(version=version, kind=kind).order_by("pk")
            examples[kind] = list(rows.values("key", "before", "after")[:EXAMPLES])
    if examples:
        version.report = {**version.report, "examples": examples}
        version.save(update_fields=["report"])


def _activated(pk: int, source: Source, on: dt.date) -> Outcome:
    try:
        outcome = retried(lambda: _activate(pk, source, on))
    except (DomainError, DataError) as error:
        refusal = (
            error if isinstance(error, DomainError) else UnreadableValues(reason=str(error)[:200])
        )
        version = ReferenceVersion.objects.get(pk=pk)
        version.state, version.content = State.REFUSED, None
        version.report = {**version.report, **problem(refusal)}
        version.save(update_fields=["state", "content", "report"])
        note(source, refusal)
        return Outcome(source.name, State.REFUSED, version, refusal)
    transaction.on_commit(lambda: _tell_touched(outcome), robust=True)
    return outcome


@transaction.atomic
def _activate(pk: int, source: Source, on: dt.date) -> Outcome:
    lock(source)
    version = ReferenceVersion.objects.select_for_update().get(pk=pk)
    if version.state != State.STAGED or version.content is None:
        return Outcome(source.name, UNCHANGED, version)
    given = Given(version.address, version.edition_date)
    edition = source.parse(zlib.decompress(version.content), given)
    active = _in_force(source, version.scope)
    accepted = bool(version.report.get("accepted"))
    if not accepted:
        require_not_older(active, edition)
    found = compared(source, edition, accept=accepted)
    version.report = {**found.told(), **_left_out(edition)}
    _put_in_force(source, edition, version, found, active)
    return Outcome(source.name, State.ACTIVE, version)


def _in_force(source: Source, scope: str) -> ReferenceVersion | None:
    return ReferenceVersion.objects.filter(
        source=source.name, scope=scope, state=State.ACTIVE
    ).first()


def _newest(source: Source) -> dt.date | None:
    """The day of the newest edition in force."""
    found = ReferenceVersion.objects.filter(source=source.name, state=State.ACTIVE)
    return found.order_by("-edition_date").values_list("edition_date", flat=True).first()


def _left_out(edition: Edition) -> dict[str, Any]:
    return {"left_out": dict(edition.left_out)} if edition.left_out else {}


def _tell_touched(outcome: Outcome) -> None:
    """Add to the report what of our own refers to what has changed.

    After the commit, as it opens one company after the other.
    """
    version = outcome.version
    if version is None or outcome.state != State.ACTIVE:
        return
    found = touching.touched(version)
    if found:
        version.report = {
            **version.report, "touched_count": len(found),
            "touched": [vars(one) for one in found[:TOUCHED_SHOWN]],
        }  # fmt: skip
        version.save(update_fields=["report"])
