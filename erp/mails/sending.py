"""Sending a mail (Versand): take it, talk to the server, note what came of it; each is committed.

The row says ``sending`` before the server is asked, and notes the moment before it is given the
content. So a worker killed before that moment leaves a mail that is sent again by itself, and one
killed later leaves it ``unclear``: a person decides. A job of ``erp.jobs`` would not do: its step
is one transaction, which a kill undoes, while the mail is gone.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

import structlog
from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F, Q

from erp.access.gate import delivering
from erp.core import clock, crashpoints
from erp.jobs.sending import put
from erp.mails.delivering import Delayed, NobodyKnows, Refused, deliver
from erp.mails.models import LONGEST_ERROR, Fault, OutgoingMail, State
from erp.mails.writing import FileLost, message_of, sender_address

HOUR: Final = dt.timedelta(hours=1)
PATIENCE: Final = 5  # seconds that a lost database is waited for, to note what the server said

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Somebody else has the mail now; the server was given nothing."""


@dataclass(frozen=True)
class Outcome:
    """What came of a try: ``again`` means that it is worth another one."""

    state: State
    fault: str = ""
    said: str = ""
    again: bool = False


def send(mail: int, company: int) -> bool:
    """Put a mail's number into the queue; False when that is away, which is no failure."""
    return put(
        "mails.send", f"c{company}-m{mail}-{secrets.token_hex(6)}", mail=mail, company=company
    )


def send_now(mail: int, company: int) -> None:
    """Hand a mail over after the commit that wrote it, and note that it was."""
    if send(mail, company):
        with delivering(company):
            OutgoingMail.of(company).filter(pk=mail, state=State.QUEUED).update(
                enqueued_at=clock.now()
            )


def run(number: int, company: int) -> None:
    """Try to send a mail, if it waits for that and nobody else has it. Called twice, it is sent once."""
    with structlog.contextvars.bound_contextvars(mail=number, company=company, user=None):
        try:
            mail = _taken(number, company)
            if mail is not None:
                _noted(mail, _tried(mail))
        except LeaseLost:
            log.warning("mail %s is sent elsewhere", number)
        except (OperationalError, InterfaceError) as error:
            log.warning("mail %s was interrupted by the database: %s", number, type(error).__name__)
            connection.close()


def _taken(number: int, company: int) -> OutgoingMail | None:
    """Take the lease of a mail that is due; None where there is nothing to do, or no room now."""
    now = clock.now()
    with delivering(company):
        rows = OutgoingMail.of(company).filter(pk=number)
        gone = rows.filter(state=State.SENDING, lease_until__lte=now)
        gone.filter(data_at__isnull=False).update(
            state=State.UNCLEAR, fault=Fault.STOPPED, last_error=""
        )
        due = rows.filter(
            Q(state=State.QUEUED, next_try_at__lte=now)
            | Q(state=State.SENDING, lease_until__lte=now, data_at=None)
        )
        if not due.exists():
            return None
        if (room := _room_at(number, company, now)) > now:
            due.update(state=State.QUEUED, next_try_at=room, fault=Fault.TOO_MANY, last_error="")
            return None
        if not due.update(
            state=State.SENDING, lease=secrets.token_hex(16), lease_until=_lease_end(now),
            began_at=now, data_at=None, tries=F("tries") + 1,
        ):  # fmt: skip
            return None
        taken: OutgoingMail = rows.select_related("company").prefetch_related("files__file").get()
    crashpoints.reach("mail.taken")
    return taken


def _room_at(number: int, company: int, now: dt.datetime) -> dt.datetime:
    """When a company may send another mail: now, or an hour after the one that makes room.

    The lock lets no two workers count the same place.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('mails', %s))", [company])
    tried = OutgoingMail.of(company).filter(began_at__gt=now - HOUR).exclude(pk=number)
    over = tried.count() - settings.MAIL_PER_HOUR
    if over < 0:
        return now
    begun: dt.datetime = tried.order_by("began_at").values_list("began_at", flat=True)[over]
    return begun + HOUR


def _tried(mail: OutgoingMail) -> Outcome:
    """Talk to the server; what came of it. Raises ``LeaseLost`` before anything is sent."""
    given = False

    def before_content() -> None:
        nonlocal given
        with delivering(mail.company_id):
            now = clock.now()
            if (
                not _held(mail)
                .filter(state=State.SENDING)
                .update(data_at=now, lease_until=_lease_end(now))
            ):
                raise LeaseLost
        given = True
        crashpoints.reach("mail.data")

    try:
        said = deliver(message_of(mail), sender=sender_address(), recipients=mail.recipients,
                       before_content=before_content)  # fmt: skip
    except FileLost as lost:
        return Outcome(State.FAILED, Fault.FILE_LOST, str(lost))
    except Refused as refusal:
        return Outcome(State.REFUSED, refusal.fault, refusal.said)
    except Delayed as delay:
        return Outcome(State.FAILED, delay.fault, delay.said, again=True)
    except NobodyKnows as lost:
        return Outcome(State.UNCLEAR, lost.fault, lost.said)
    except Exception as error:
        if not given and isinstance(error, (LeaseLost, OperationalError, InterfaceError)):
            raise
        log.exception("mail %s was not sent", mail.pk)
        if given:
            return Outcome(State.UNCLEAR, Fault.STOPPED)
        if isinstance(error, SoftTimeLimitExceeded):
            return Outcome(State.FAILED, Fault.AWAY, again=True)
        return Outcome(State.FAILED, Fault.BROKEN, str(mail.pk))
    crashpoints.reach("mail.delivered")
    return Outcome(State.SENT, "", said)


def _noted(mail: OutgoingMail, outcome: Outcome) -> None:
    """Write down what came of a try, as long as nobody else has the mail; a lost database may come back."""
    changes = _changes(mail, outcome)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with delivering(mail.company_id):
                _held(mail).filter(state__in=[State.SENDING, State.UNCLEAR]).update(**changes)
            break
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(1)
    if changes["state"] not in {State.SENT, State.QUEUED}:
        log.warning("mail %s was not sent: %s", mail.pk, outcome.fault)


def _changes(mail: OutgoingMail, outcome: Outcome) -> dict[str, Any]:
    now = clock.now()
    changes: dict[str, Any] = {"state": outcome.state, "fault": outcome.fault,
                               "last_error": outcome.said[:LONGEST_ERROR]}  # fmt: skip
    if outcome.state == State.SENT:
        changes["sent_at"] = now
    elif outcome.again and mail.tries <= len(settings.MAIL_PAUSES):
        pause = settings.MAIL_PAUSES[mail.tries - 1]
        changes |= {"state": State.QUEUED, "data_at": None,
                    "next_try_at": now + dt.timedelta(seconds=pause)}  # fmt: skip
    return changes


def _held(mail: OutgoingMail) -> Any:
    return OutgoingMail.of(mail.company_id).filter(pk=mail.pk, lease=mail.lease)


def _lease_end(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(seconds=settings.MAIL_LEASE)
