"""Taking in an edition (Stand übernehmen): fetch, parse, plausibility, difference, in force.

Whatever goes wrong, the rows in force stay as they are, and the attempt stays on record. The same
steps are gone for what is fetched, uploaded or bundled.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import zlib
from dataclasses import dataclass
from typing import Any, Final

from django.db import DataError, connection, transaction
from django.utils.translation import gettext_lazy as _

from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.retrying import retried
from erp.reference import merging, touching
from erp.reference.editions import Edition, Given, NotOutYet
from erp.reference.fetching import base_of, fetch, packed_on, unpacked
from erp.reference.merging import EXAMPLES, Difference
from erp.reference.models import ReferenceChange, ReferenceVersion, SourceState
from erp.reference.sources import Source, source_of

Origin, State = ReferenceVersion.Origin, ReferenceVersion.State

UNCHANGED: Final = "unchanged"
PAUSE: Final = [1]  # seconds between two questions of the same run
TOUCHED_SHOWN: Final = 100
FURTHEST: Final = 400  # days ahead that an edition may be dated


class TooFewRows(DomainError):
    code = "reference.too_few_rows"
    message = _("The file has %(rows)s rows; %(source)s has at least %(least)s. Download it again.")
    field = "file"


class TooManyRows(DomainError):
    code = "reference.too_many_rows"
    message = _("The file has %(rows)s rows; %(source)s has at most %(most)s. Download it again.")
    field = "file"


class TooMuchGone(DomainError):
    code = "reference.too_much_gone"
    message = _("%(before)s rows are in force and the file has %(rows)s, %(percent)s %% fewer; "
                "%(limit)s %% are plausible. If it is right all the same, let it be accepted.")  # fmt: skip
    field = "file"


class OlderEdition(DomainError):
    code = "reference.older_edition"
    message = _("The edition in force is of %(active)s, the file of %(edition)s. Take a newer one; to "
                "go back to this one, let it be accepted.")  # fmt: skip
    field = "file"


class TooFarAhead(DomainError):
    code = "reference.too_far_ahead"
    message = _("The file is dated %(edition)s, which is too far ahead. Download it again.")
    field = "file"


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
class _File:
    """A file on its way in."""

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
        file = _File(content, Origin.UPLOAD, filename[:300], given, by=by)
        return [_taken(source, file, today, accept=accept)]
    if not base_of(source):
        raise NobodyIsAsked(source=source.title)
    outcomes: list[Outcome] = []
    for nth, path in enumerate(source.asks(today, _newest(source))):
        if nth:
            time.sleep(PAUSE[0])
        outcomes.append(_fetched(source, path, today, accept=accept))
        if outcomes[-1].refusal is not None:
            break  # the rest is asked for the next time
    if not outcomes:
        _note(source, None)
    return outcomes


def take_bundled(name: str, content: bytes, *, filename: str, on: dt.date | None = None) -> Outcome:
    """Take in an edition that came with the program, unless one as new is in force."""
    source = source_of(name)
    file = _File(content, Origin.BUNDLED, filename, Given(filename))
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
            _note(source, None)
            return Outcome(source.name, UNCHANGED, known)
    except DomainError as refusal:
        missing = _File(b"", Origin.FETCHED, base_of(source).rstrip("/") + path, Given())
        return _refused(source, missing, refusal)
    given = Given(path, came.dated or today)  # what comes today is of today, unless it is dated
    file = _File(came.content, Origin.FETCHED, came.address[:300], given,
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


def _taken(source: Source, file: _File, today: dt.date, *, accept: bool) -> Outcome:
    """The steps from bytes to rows, for whatever way they came."""
    try:
        same = _same_as_known(source, file)
        if same is not None:
            _note(source, None, file.origin)
            return Outcome(source.name, UNCHANGED, same)
        content = unpacked(source, file.content)
        edition = source.parse(content, file.given)
        _require_count(source, edition)
        if (edition.edition_date - today).days > FURTHEST:
            raise TooFarAhead(edition=edition.edition_date)
        source.requires(edition)
        outcome = retried(lambda: _entered(source, file, content, edition, today, accept))
    except NotOutYet as refusal:
        if file.origin == Origin.UPLOAD:
            return _refused(source, file, refusal)
        SourceState.objects.update_or_create(
            source=source.name, defaults={"checked_at": clock.now()}
        )
        return Outcome(source.name, UNCHANGED)
    except DomainError as refusal:
        return _refused(source, file, refusal)
    except DataError as error:
        reason = str(error).partition("\n")[0][:200]
        return _refused(source, file, UnreadableValues(reason=reason))
    _note(source, None, file.origin)
    transaction.on_commit(lambda: _tell_touched(outcome), robust=True)
    return outcome


def _same_as_known(source: Source, file: _File) -> ReferenceVersion | None:
    """The edition with the same bytes, if it is in force or waits; bundled ones also if past."""
    states = [State.ACTIVE, State.STAGED]
    if file.origin == Origin.BUNDLED:
        states.append(State.SUPERSEDED)
    return (
        ReferenceVersion.objects.defer("content")
        .filter(source=source.name, digest=file.digest, state__in=states).order_by("-pk").first()
    )  # fmt: skip


def _require_count(source: Source, edition: Edition) -> None:
    rows = len(edition.rows)
    if rows < source.least_rows:
        raise TooFewRows(rows=rows, source=source.title, least=source.least_rows)
    if rows > source.most_rows:
        raise TooManyRows(rows=rows, source=source.title, most=source.most_rows)


@transaction.atomic
def _entered(
    source: Source, file: _File, content: bytes, edition: Edition, today: dt.date, accept: bool
) -> Outcome:
    """Put an edition in force, or in wait for its day, under the source's lock."""
    _lock(source)
    same = _same_as_known(source, file)  # another process may have been faster
    if same is not None:
        return Outcome(source.name, UNCHANGED, same)
    active = _in_force(source, edition.scope)
    if active is not None and active.edition_date is not None and not accept:
        if file.origin == Origin.BUNDLED and edition.edition_date <= active.edition_date:
            return Outcome(source.name, UNCHANGED, active)
        if edition.edition_date < active.edition_date:
            raise OlderEdition(active=active.edition_date, edition=edition.edition_date)
    version = ReferenceVersion(
        source=source.name, scope=edition.scope, origin=file.origin, address=file.address,
        etag=file.etag, last_modified=file.last_modified, edition_date=edition.edition_date,
        valid_from=None if edition.valid_from == dt.date.min else edition.valid_from,
        rows=len(edition.rows),
        digest=file.digest, by=file.by,
    )  # fmt: skip
    compared = _compared(source, edition, accept=accept)
    if active is not None and compared.is_none and _says_the_same(active, version):
        return Outcome(source.name, UNCHANGED, _seen_again(active, version))
    version.report = {**compared.told(), **_left_out(edition)}
    if edition.valid_from > today:
        ReferenceVersion.objects.filter(
            source=source.name, scope=edition.scope, state=State.STAGED,
            edition_date=edition.edition_date,
        ).update(state=State.SUPERSEDED, content=None)  # fmt: skip
        version.state, version.content = State.STAGED, zlib.compress(content)
        version.save()
        return Outcome(source.name, State.STAGED, version)
    _put_in_force(source, edition, version, compared, active)
    return Outcome(source.name, State.ACTIVE, version)


def _says_the_same(active: ReferenceVersion, version: ReferenceVersion) -> bool:
    """Whether only the moment of making is another one, as in a header."""
    return (active.origin, active.edition_date) == (version.origin, version.edition_date)


def _seen_again(active: ReferenceVersion, version: ReferenceVersion) -> ReferenceVersion:
    """Remember the newer bytes, so that they are known the next time."""
    for name in ("digest", "etag", "last_modified", "address"):
        setattr(active, name, getattr(version, name))
    active.save(update_fields=["digest", "etag", "last_modified", "address"])
    return active


def _compared(source: Source, edition: Edition, *, accept: bool) -> Difference:
    """Take an edition up and compare it. Raises ``TooMuchGone``."""
    if source.table is None:
        return Difference(0, len(edition.rows), 0, 0, 0, 0)
    merging.take_up(source.table, edition)
    found = merging.difference(source.table, edition)
    before = found.before or _rows_before(source, edition)
    percent = max(before - found.after, 0) * 100 // before if before else 0
    if percent > source.drop_percent and not accept:
        raise TooMuchGone(before=before, rows=found.after, percent=percent,
                          limit=source.drop_percent)  # fmt: skip
    return found


def _rows_before(source: Source, edition: Edition) -> int:
    """Of a part that is new, as a day or a canton's year, how many rows the one before has."""
    if not edition.scope:
        return 0
    found = ReferenceVersion.objects.filter(
        source=source.name, state=State.ACTIVE, edition_date__lte=edition.edition_date
    )
    if " " in edition.scope:  # a canton and its year
        found = found.filter(scope__startswith=edition.scope.partition(" ")[0] + " ")
    return found.order_by("-edition_date", "-pk").values_list("rows", flat=True).first() or 0


def _put_in_force(
    source: Source, edition: Edition, version: ReferenceVersion, compared: Difference,
    active: ReferenceVersion | None,
) -> None:  # fmt: skip
    if active is not None:
        ReferenceVersion.objects.filter(pk=active.pk).update(state=State.SUPERSEDED)
    version.state, version.activated_at, version.content = State.ACTIVE, clock.now(), None
    version.save()
    if source.table is None:
        return
    merging.merge(source.table, edition, version, compared, first=active is None)
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
        version.report = {**version.report, **_problem(refusal)}
        version.save(update_fields=["state", "content", "report"])
        _note(source, refusal)
        return Outcome(source.name, State.REFUSED, version, refusal)
    transaction.on_commit(lambda: _tell_touched(outcome), robust=True)
    return outcome


@transaction.atomic
def _activate(pk: int, source: Source, on: dt.date) -> Outcome:
    _lock(source)
    version = ReferenceVersion.objects.select_for_update().get(pk=pk)
    if version.state != State.STAGED or version.content is None:
        return Outcome(source.name, UNCHANGED, version)
    given = Given(version.address, version.edition_date)
    edition = source.parse(zlib.decompress(version.content), given)
    active = _in_force(source, version.scope)
    if active is not None and active.edition_date and active.edition_date > edition.edition_date:
        raise OlderEdition(active=active.edition_date, edition=edition.edition_date)
    compared = _compared(source, edition, accept=False)
    version.report = {**compared.told(), **_left_out(edition)}
    _put_in_force(source, edition, version, compared, active)
    return Outcome(source.name, State.ACTIVE, version)


def _in_force(source: Source, scope: str) -> ReferenceVersion | None:
    return ReferenceVersion.objects.filter(
        source=source.name, scope=scope, state=State.ACTIVE
    ).first()


def _newest(source: Source) -> dt.date | None:
    """The day of the newest edition in force."""
    found = ReferenceVersion.objects.filter(source=source.name, state=State.ACTIVE)
    return found.order_by("-edition_date").values_list("edition_date", flat=True).first()


def _lock(source: Source) -> None:
    """One edition of a source at a time; held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"reference:{source.name}"])


def _left_out(edition: Edition) -> dict[str, Any]:
    return {"left_out": dict(edition.left_out)} if edition.left_out else {}


def _problem(refusal: DomainError) -> dict[str, Any]:
    return {"code": refusal.code, "problem": str(refusal)}


def _refused(source: Source, file: _File, refusal: DomainError) -> Outcome:
    """Keep an attempt that was refused on record; the same again is counted, not repeated."""
    digest = file.digest if file.content else ""
    with transaction.atomic():
        _lock(source)
        last = ReferenceVersion.objects.filter(source=source.name).order_by("-pk").first()
        if (last is not None and last.state == State.REFUSED and last.digest == digest
                and last.address == file.address and last.report.get("code") == refusal.code):  # fmt: skip
            last.report = {**_problem(refusal), "attempts": last.report.get("attempts", 1) + 1}
            last.fetched_at = clock.now()
            last.save(update_fields=["report", "fetched_at"])
            version = last
        else:
            version = ReferenceVersion.objects.create(
                source=source.name, state=State.REFUSED, origin=file.origin, address=file.address,
                digest=digest, report=_problem(refusal), by=file.by,
            )  # fmt: skip
        _note(source, refusal, file.origin)
    return Outcome(source.name, State.REFUSED, version, refusal)


def _note(source: Source, refusal: DomainError | None, origin: str = Origin.FETCHED) -> None:
    """Remember that a source was asked, or a file given, and how it went.

    Only the publisher's own answer says that what is in force is still right.
    """
    now = clock.now()
    told: dict[str, Any] = {"checked_at": now}
    if refusal is None and origin == Origin.BUNDLED:
        return
    if refusal is None:
        told |= {"error": "", "error_at": None, "warned_at": None}
        if origin == Origin.FETCHED:
            told["succeeded_at"] = now
    else:
        told |= {"error": str(refusal), "error_at": now}
    SourceState.objects.update_or_create(source=source.name, defaults=told)


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
