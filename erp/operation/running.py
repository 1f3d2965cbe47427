"""How an installation runs (Betriebszustand): services, work that waits, proofs, backups, space."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounting.ledger.verifying import HEADS as LEDGER_HEADS
from erp.audit.verifying import HEADS as TRAIL_HEADS
from erp.core import clock, records
from erp.core.version import VERSION
from erp.operation.findings import Finding, State, fault, fine, watch
from erp.reference.statuses import statuses

OLDEST_POSTGRESQL: Final = 15
#: Beat and worker leave a mark each minute.
ALIVE: Final = dt.timedelta(minutes=4)
#: Work that waits longer, waits for something to be put right.
JOBS_WAIT: Final = dt.timedelta(minutes=15)
MAILS_WAIT: Final = dt.timedelta(hours=1)
LATELY: Final = dt.timedelta(days=1)
#: How old they may be: a proof and a base backup of each night, the stream, a restore of each quarter.
PROVEN: Final = dt.timedelta(hours=36)
BACKED_UP: Final = dt.timedelta(hours=36)
FOLLOWED: Final = dt.timedelta(minutes=5)
#: The stream may be behind by so many bytes.
BEHIND: Final = 10**9
RESTORED: Final = dt.timedelta(days=100)
LITTLE_SPACE: Final = 5 * 10**9  # bytes
NO_SPACE: Final = 10**9
#: Clocks may differ by so many seconds: limits, leases and codes are reckoned with them.
SKEW: Final = 3


def database() -> Finding:
    """That PostgreSQL answers, is new enough, and agrees about the time."""
    title = _("Database")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int, clock_timestamp()")
            version, there = cursor.fetchone()
    except DatabaseError:
        return fault(
            "database",
            title,
            _("PostgreSQL does not answer."),
            _("Start PostgreSQL, and look at its log and at DATABASE_URL."),
        )
    figures = {
        "version": version,
        "skew_seconds": round(abs((clock.now() - there).total_seconds()), 1),
    }
    name = f"PostgreSQL {version // 10000}.{version % 100}"
    if version // 10000 < OLDEST_POSTGRESQL:
        return fault(
            "database",
            title,
            _("%(name)s is too old.") % {"name": name},
            _("Move to PostgreSQL %(version)s or newer.") % {"version": OLDEST_POSTGRESQL},
            figures,
        )
    if figures["skew_seconds"] > SKEW:
        return watch(
            "database",
            title,
            _("The clocks of database and program differ by %(seconds)s s.")
            % {"seconds": figures["skew_seconds"]},
            _("Let both machines keep time by NTP."),
            figures,
        )
    return fine("database", title, _("%(name)s answers.") % {"name": name}, figures=figures)


def migrations() -> Finding:
    """That the schema is that of the program."""
    title = _("Schema")
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return fault(
            "migrations",
            title,
            _("%(count)s migrations are not applied.") % {"count": len(waiting)},
            "manage.py migrate --database=owner",
            {"waiting": len(waiting)},
        )
    return fine(
        "migrations",
        title,
        _("The schema is that of version %(version)s.") % {"version": VERSION},
        figures={"waiting": 0, "program": VERSION, "python": platform.python_version()},
    )


def queue() -> Finding:
    """That Redis or Valkey answers. Without it pages and endpoints go on."""
    title = _("Queue")
    if cache.answers():  # type: ignore[attr-defined]
        return fine("queue", title, _("It answers."))
    return watch(
        "queue",
        title,
        _("It is away: jobs, mails and recurring work wait."),
        _("Start Valkey or Redis, and look at REDIS_URL. What waits follows by itself."),
    )


def workers() -> Finding:
    """That beat and at least one worker are alive: one sends a mark each minute, the other writes it."""
    title = _("Work in the background")
    mark = records.kept("alive")
    if mark is not None and clock.now() - mark.at < ALIVE:
        return fine(
            "workers",
            title,
            _("Beat and worker are at work."),
            figures={"at": mark.at.isoformat()},
        )
    since = {"since": timesince(mark.at, clock.now())} if mark else {}
    return watch(
        "workers",
        title,
        _("No sign of beat and worker for %(since)s.") % since
        if mark
        else _("No sign of beat and worker yet."),
        _("Start both, and look at their logs. What waits follows by itself."),
        {"at": mark.at.isoformat() if mark else None},
    )


def waiting() -> list[Finding]:
    """Jobs and mails of all companies that wait or failed, by figures alone."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rappen_work_waiting(%s)", [now - LATELY])
        found = {kind: rest for kind, *rest in cursor.fetchall()}
    return [
        _waiting(
            "jobs",
            _("Jobs"),
            found["jobs"],
            JOBS_WAIT,
            _("See that workers run; start more where they are always busy."),
        ),
        _waiting(
            "mails",
            _("Outgoing mail"),
            found["mails"],
            MAILS_WAIT,
            _("Try RAPPEN_EMAIL_URL from the worker’s machine; companies see more under “Mails”."),
        ),
    ]


def _waiting(code: str, title: str, row: list[Any], most: dt.timedelta, remedy: str) -> Finding:
    count, oldest, failed = row
    figures = {
        "waiting": count,
        "oldest": oldest.isoformat() if oldest else None,
        "failed_in_a_day": failed,
    }
    text = _("%(waiting)s wait, %(failed)s failed within a day.") % {
        "waiting": count,
        "failed": failed,
    }
    if oldest is not None and clock.now() - oldest > most:
        return Finding(
            code,
            title,
            State.WARNING,
            text
            + " "
            + _("The oldest waits for %(since)s.") % {"since": timesince(oldest, clock.now())},
            remedy,
            figures,
        )
    return Finding(
        code, title, State.WARNING if failed else State.OK, text, remedy if failed else "", figures
    )


def reference() -> Finding:
    """That banks, places, rates and tariffs are as new as they should be."""
    title = _("Reference data")
    stale = [one for one in statuses() if one.is_stale and one.is_on]
    if stale:
        return watch(
            "reference",
            title,
            _("Too old: %(names)s.") % {"names": ", ".join(str(one.title) for one in stale)},
            _("See the page of reference data; upload a file where there is no network."),
            {"stale": [one.name for one in stale]},
        )
    return fine("reference", title, _("All are as new as they should be."), figures={"stale": []})


def proofs() -> Finding:
    """That ledgers and trails were proven lately, and are as they were."""
    title = _("Proof of the books")
    found = {name: records.kept(name) for name in ("verify_ledger", "verify_audit")}
    figures = {
        name: {"at": one.at.isoformat(), "sound": one.sound} if one else None
        for name, one in found.items()
    }
    whole = records.kept("verify_all")  # files, keys and fences, too; as often as somebody wants
    broken = [
        name for name, one in (*found.items(), ("verify_all", whole)) if one and not one.sound
    ]
    if broken:
        return fault(
            "proofs",
            title,
            _("%(names)s found breaks.") % {"names": ", ".join(broken)},
            _("Stop posting, keep everything as it is, and compare with the last good backup."),
            figures,
        )
    if torn := [one.path.name for one in (LEDGER_HEADS, TRAIL_HEADS) if one.is_torn()]:
        return watch(
            "proofs",
            title,
            _("The last line of %(names)s was not written whole; it counts for nothing.")
            % {"names": ", ".join(torn)},
            _("See that the disk has room. The next heads that are kept take its place."),
            figures,
        )
    if any(one is None or clock.now() - one.at > PROVEN for one in found.values()):
        return watch(
            "proofs",
            title,
            _("Ledgers and audit trails were not proven lately."),
            _("Let verify_ledger and verify_audit run each night."),
            figures,
        )
    return fine(
        "proofs",
        title,
        _("Ledgers and audit trails are as they were recorded."),
        figures=figures,
    )


def backup() -> Finding:
    """That a base backup is new, and the stream at work where a folder is named."""
    title = _("Backup")
    last = records.kept("backup")
    if last is None and not settings.BACKUP:
        return watch(
            "backup",
            title,
            _("This installation knows of no backup."),
            _("Set RAPPEN_BACKUP, or see to it otherwise: see the operator’s guide."),
        )
    figures: dict[str, Any] = {"at": last.at.isoformat() if last else None, "followed": None}
    if last is None or not last.sound:
        why = last.told.get("why", "") if last else ""
        return fault(
            "backup",
            title,
            _("The last backup failed: %(why)s") % {"why": why}
            if last
            else _("No backup was made yet."),
            _("Let manage.py backup run, and look at what it says."),
            figures,
        )
    if clock.now() - last.at > BACKED_UP:
        return fault(
            "backup",
            title,
            _("The last backup is %(since)s old.") % {"since": timesince(last.at, clock.now())},
            _("Let manage.py backup run, and look at what it says."),
            figures,
        )
    return _stream(title, figures)


def _stream(title: str, figures: dict[str, Any]) -> Finding:
    """That what is written since the base backup is streamed, and not far behind."""
    mark = records.kept("backup_follow")
    followed = mark.at if mark else None
    figures["followed"] = followed.isoformat() if followed else None
    if followed is None or clock.now() - followed > FOLLOWED:
        return watch(
            "backup",
            title,
            _("The base backup is new, but what is written since is not streamed."),
            _("Start manage.py backup_follow, and look at its log."),
            figures,
        )
    figures["behind_bytes"] = behind = int((mark and mark.told.get("behind_bytes")) or 0)
    if behind > BEHIND:
        return watch(
            "backup",
            title,
            _("What is written since is streamed, but is behind by %(megabytes)s MB.")
            % {"megabytes": behind // 10**6},
            _(
                "See that network and disk of the backups keep up, and look at the log of backup_follow."
            ),
            figures,
        )
    return fine(
        "backup",
        title,
        _("The base backup is new, and what is written since is streamed."),
        figures=figures,
    )


def restore() -> Finding:
    """That a backup was restored and proven lately."""
    title = _("Restore")
    last = records.kept("restore_check")
    if last is None or clock.now() - last.at > RESTORED:
        return watch(
            "restore",
            title,
            _("No backup was restored and proven lately."),
            _("Let manage.py restore_check run each quarter, better each week."),
            {"at": last.at.isoformat() if last else None},
        )
    figures = {"at": last.at.isoformat(), "seconds": last.told.get("seconds")}
    if not last.sound:
        return fault(
            "restore",
            title,
            _("The last restore failed: %(why)s") % {"why": last.told.get("why", "")},
            _("Take a new backup, restore it, and keep the damaged one until you know why."),
            figures,
        )
    return fine("restore", title, _("The last restore was proven good."), figures=figures)


def space() -> Finding:
    """That the data folder has room left."""
    title = _("Disk space")
    found = shutil.disk_usage(settings.RAPPEN_VAR)
    figures = {"free_bytes": found.free, "total_bytes": found.total}
    text = _("%(free)s of %(total)s GB are free in the data folder.") % {
        "free": found.free // 10**9,
        "total": found.total // 10**9,
    }
    if found.free < LITTLE_SPACE:
        return Finding(
            "space",
            title,
            State.FAULT if found.free < NO_SPACE else State.WARNING,
            text,
            _("Make room, or give the data folder a larger disk."),
            figures,
        )
    return fine("space", title, text, figures=figures)


CHECKS: Final[tuple[Callable[[], Finding | list[Finding]], ...]] = (
    migrations,
    queue,
    workers,
    waiting,
    reference,
    proofs,
    backup,
    restore,
    space,
)


def running() -> list[Finding]:
    """How everything stands, the database first: without it only what needs none is told."""
    found = [database()]
    if found[0].code == "database" and found[0].state is State.FAULT and not found[0].figures:
        return [*found, queue(), workers(), space()]
    for check in CHECKS:
        one = check()
        found += one if isinstance(one, list) else [one]
    return found
