"""Working on a job (Auftrag ausführen): take it, do step after step, leave it where it stands.

Whoever works holds a lease that a thread renews; who dies stops renewing it. A step and the move
of the cursor are one transaction, which ends with a comparison: only who still holds the lease, and
finds the step where they began it, commits. So two workers may meet in one job, and it has one
effect; and a kill between any two statements leaves a whole step, or nothing of it.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from contextlib import ExitStack
from typing import Any, Final

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from erp.access.gate import Access, access_to, for_installation, keeping_jobs
from erp.access.models import User
from erp.access.tokens.bearing import Bearer
from erp.access.tokens.models import AppToken
from erp.core import clock, crashpoints, origin
from erp.core.errors import DomainError, Overtaken, Refusals
from erp.core.retrying import retried
from erp.jobs.beating import beating
from erp.jobs.kinds import Done, Kind, Next, NoSuchKind, Running, is_whole, kind_of
from erp.jobs.models import LONGEST_LINE, MOST_LINES, Job, JobLine, State
from erp.jobs.sending import send

MOST_ATTEMPTS: Final = 5  # without getting any further

log = logging.getLogger(__name__)


class AccessLost(DomainError):
    code = "jobs.access_lost"
    message = _("%(name)s may not do this in this company any more, or its module is switched off. "
                "Somebody with the right can start it again.")  # fmt: skip


class GivenUp(DomainError):
    code = "jobs.given_up"
    message = _("The job was begun %(times)s times and got no further. Tell support its number, "
                "%(number)s.")  # fmt: skip


class TookTooLong(DomainError):
    code = "jobs.too_long"
    message = _("A step of the job took too long and was undone. Start it with less at a time.")


class Broken(DomainError):
    code = "jobs.broken"
    message = _("The program stumbled over this job; nothing of its last step was written. Tell "
                "support the number %(number)s.")  # fmt: skip


class LeaseLost(Exception):
    """Somebody else works on the job now, or it is over; what we did of the step is undone."""


def run(number: int, company: int | None, *, hands_on: bool = False) -> None:
    """Work on a job for a while, if it wants work and nobody else has it.

    After ``settings.JOB_SLICE`` seconds it goes to the end of the queue, so that long jobs leave
    room for others. Called twice, at once or later, it has the effect of once. What the database
    or a kill interrupts, goes on when the lease has passed. A worker that ``hands_on`` has not the
    time for what is done in one go: it sends it to one that has.
    """
    with structlog.contextvars.bound_contextvars(job=number, company=company, user=None):
        try:
            job = _taken(number, company)
            if job is None:
                return
            if hands_on and is_whole(job.kind):
                if _released(job):
                    send(number, company, whole=True)
                return
            with translation.override(_language(job)), beating(job):
                more = _worked(job)
            again = more and _released(job)  # no heartbeat holds it any more
        except (OperationalError, InterfaceError) as error:
            log.warning("job %s was interrupted by the database: %s", number, type(error).__name__)
            connection.close()
            return
    if again:
        send(number, company)


def lease_end() -> dt.datetime:
    return clock.now() + dt.timedelta(seconds=settings.JOB_LEASE)


def _taken(number: int, company: int | None) -> Job | None:
    """Take the lease of a job that waits, or whose holder is gone; None if there is nothing to do."""
    now, lease = clock.now(), secrets.token_hex(16)
    with keeping_jobs(company):
        rows = Job.of_place(company).filter(pk=number)
        free = Q(state=State.WAITING) | Q(state=State.RUNNING, lease_until__lte=now)
        if not rows.filter(free).update(
            state=State.RUNNING, lease=lease, lease_until=lease_end(), heartbeat_at=now,
            attempts=F("attempts") + 1,
        ):  # fmt: skip
            return None
        rows.filter(began_at=None).update(began_at=now)
        job: Job = rows.select_related("by").get()
    if job.attempts > MOST_ATTEMPTS and job.cancel_asked_at is None:
        _fail(job, GivenUp(times=MOST_ATTEMPTS, number=number))
        return None
    return job


def _worked(job: Job) -> bool:
    """Do steps until there are no more, or time is up; whether there are more."""
    until = time.monotonic() + settings.JOB_SLICE
    try:
        kind, memory = kind_of(job.kind), dict[str, Any]()
        with ExitStack() as opened:
            while True:
                if not retried(lambda: _step(job, kind, memory, opened)):
                    return False
                crashpoints.reach("job.stepped")
                if time.monotonic() >= until and not kind.whole:
                    return True
    except LeaseLost:
        log.warning("job %s went on elsewhere", job.pk)
    except (OperationalError, InterfaceError):
        raise
    except DomainError as refusal:
        _fail(job, refusal)
    except (Http404, PermissionDenied):
        _fail(job, AccessLost(name=str(job.by)))
    except SoftTimeLimitExceeded:
        _fail(job, TookTooLong())
    except IntegrityError:
        log.exception("a write met another one: job %s", job.pk)
        _fail(job, Overtaken())
    except NoSuchKind:
        log.error("job %s is of an unknown kind: %s", job.pk, job.kind)
        _fail(job, Broken(number=_told_number(job)))
    except Exception:
        log.exception("job %s failed", job.pk)
        _fail(job, Broken(number=_told_number(job)))
    return False


def _step(job: Job, kind: Kind, memory: dict[str, Any], opened: ExitStack) -> bool:
    """One step in one transaction; whether there is another one."""
    with transaction.atomic():
        access = _opened(job, kind)
        now = _held(job).first()
        if now is None:
            raise LeaseLost
        if now.cancel_asked_at is not None:
            _moved(now, state=State.CANCELLED, finished_at=clock.now())
            return False
        running = Running(now.pk, now.arguments, access, memory, opened=opened)
        outcome = kind.work(running, now.cursor)
        crashpoints.reach("job.worked")
        changes = _ended(outcome) if isinstance(outcome, Done) else _went_on(now, outcome)
        changes["lines"] = _written(now, running.said)
        _moved(now, **changes)
        crashpoints.reach("job.moved")
        return isinstance(outcome, Next)


def _opened(job: Job, kind: Kind) -> Access | None:
    """Open exactly the job's company, if its starter may still do this (AUZ-6); 404, or 403."""
    if job.company_id is None:
        for_installation()
        return None
    user = User.objects.get(pk=job.by_id or 0)
    access = access_to(job.company_id, user=user, within=_bearer(job, user))
    if access.read_only or not kind.is_open_to(access):
        raise PermissionDenied
    return access


def _bearer(job: Job, user: User) -> Bearer | None:
    """The app token a job was started by, as it is now; a job of one that ended, ends."""
    if job.token_id is None or job.company_id is None:
        return None
    access_to(job.company_id, user=user)  # the token is seen from inside
    token = AppToken.of(job.company_id).get(pk=job.token_id)
    if not token.is_good:
        raise PermissionDenied
    return Bearer(token.pk, token.company_id, user, frozenset(token.scopes))


def _went_on(job: Job, outcome: Next) -> dict[str, Any]:
    done = job.done if outcome.done is None else outcome.done
    changes: dict[str, Any] = {
        "cursor": dict(outcome.cursor), "done": done, "message": str(outcome.message)[:200],
        "total": job.total if outcome.total is None else outcome.total,
    }  # fmt: skip
    if outcome.done is None or done > job.furthest:  # it gets on, however often it is interrupted
        changes |= {"furthest": max(done, job.furthest), "attempts": 1}
    return changes


def _ended(outcome: Done) -> dict[str, Any]:
    changes: dict[str, Any] = {
        "state": State.DONE, "finished_at": clock.now(), "result": dict(outcome.result),
        "message": str(outcome.message)[:200], "file": outcome.file,
    }  # fmt: skip
    return changes


def _moved(job: Job, **changes: Any) -> None:
    """Commit to a step: only who holds the lease, and only from where it began."""
    if (
        not _held(job)
        .filter(step=job.step)
        .update(step=F("step") + 1, heartbeat_at=clock.now(), lease_until=lease_end(), **changes)
    ):
        raise LeaseLost


def _held(job: Job) -> Any:
    return Job.of_place(job.company_id).filter(
        pk=job.pk, lease=job.lease, state=State.RUNNING
    )  # fmt: skip


def _written(job: Job, said: list[str]) -> int:
    """Add lines to the log as long as there is room; how many it then has."""
    now, room = clock.now(), max(0, MOST_LINES - job.lines)
    rows = [JobLine(company_id=job.company_id, job_id=job.pk, at=now, text=text[:LONGEST_LINE])
            for text in said[:room]]  # fmt: skip
    JobLine.unscoped.bulk_create(rows)
    return job.lines + len(rows)


def _released(job: Job) -> bool:
    """Let go of a job that has more to do, so that whoever is next in the queue goes on."""
    with keeping_jobs(job.company_id):
        return bool(_held(job).update(lease_until=clock.now(), attempts=0))


def _fail(job: Job, refusal: DomainError) -> None:
    """End a job with a refusal, each part of it in the log; unless somebody else has it now."""

    def attempt() -> None:
        with keeping_jobs(job.company_id), translation.override(_language(job)):
            now = _held(job).select_for_update(no_key=True).first()
            if now is None:
                return
            parts = [str(one) for one in refusal.refusals] if isinstance(refusal, Refusals) else []
            _held(job).update(
                state=State.FAILED, finished_at=clock.now(), error_code=refusal.code,
                error=str(refusal), lines=_written(now, parts),
            )  # fmt: skip

    retried(attempt)


def _language(job: Job) -> str:
    return job.by.language if job.by else settings.LANGUAGE_CODE


def _told_number(job: Job) -> str:
    return origin.current().request_id or str(job.pk)
