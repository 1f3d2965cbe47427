"""Reference data keep themselves up to date; each source can be switched off."""

from __future__ import annotations

import datetime as dt
import logging
import random
from functools import partial
from typing import Any, Final

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from erp.access.models import User
from erp.core import clock, mailing
from erp.reference import updating
from erp.reference.fetching import Moved, NotAFile, NotFetched
from erp.reference.models import SourceState
from erp.reference.sources import source_of
from erp.reference.statuses import is_on, statuses

log = logging.getLogger(__name__)

#: Seconds until a source that did not answer is asked again; the queue keeps a job for an hour.
AGAIN_AFTER: Final = [300, 1200, 3000]
LATELY: Final = dt.timedelta(hours=20)
_PASSING: Final = (NotFetched, Moved, NotAFile)


@shared_task(name="reference.update", bind=True, max_retries=len(AGAIN_AFTER))
def update(self: Any, *, source: str, **_later: Any) -> str:
    """Ask a source and take in what is new. Running it twice changes nothing.

    What a file says is refused once and for all; what did not answer is asked again.
    """
    if not is_on(source_of(source)):
        return "off"
    outcomes = updating.update(source)
    for outcome in outcomes:
        if outcome.refusal is not None:
            log.warning("reference data of %s: %s", source, outcome.refusal)
        if isinstance(outcome.refusal, _PASSING) and self.request.retries < len(AGAIN_AFTER):
            wait = AGAIN_AFTER[self.request.retries] + random.randint(0, 60)  # noqa: S311 - jitter
            raise self.retry(countdown=wait)
    return ",".join(outcome.state for outcome in outcomes)


@shared_task(name="reference.daily")
def daily(**_later: Any) -> int:
    """Put in force what waited for today, tell operators what is too old, and ask for it now.

    So a new installation, or one that was off for long, need not wait for the next run.
    """
    outcomes = updating.activate_due(clock.today())
    warn()
    catch_up()
    return len(outcomes)


def catch_up() -> list[str]:
    """Let be asked what is too old and was not asked today."""
    since = clock.now() - LATELY
    late = [
        status.name for status in statuses()
        if status.is_on and status.is_stale
        and (status.checked_at is None or status.checked_at < since)
    ]  # fmt: skip
    for name in late:
        update.delay(source=name)
    return late


def warn() -> list[str]:
    """Mail to operators which sources are too old although they were asked; each is told once."""
    told = []
    for status in statuses():
        if not (status.is_on and status.is_stale and status.checked_at is not None):
            continue
        state, _created = SourceState.objects.get_or_create(source=status.name)
        claimed = SourceState.objects.filter(pk=state.pk, warned_at=None)
        if claimed.update(warned_at=clock.now()):  # of two processes one tells
            told.append(status)
    if told:
        for operator in User.objects.filter(is_operator=True, is_active=True).order_by("pk"):
            mailing.send(partial(_mail, operator.email, operator.language, told))
    return [status.name for status in told]


def _mail(email: str, language: str, told: list[Any]) -> EmailMessage:
    with translation.override(language):
        lines = [_("These reference data have not been renewed for too long:"), ""]
        for status in told:
            edition = status.edition_date.isoformat() if status.edition_date else "–"
            lines.append(f"- {status.title}: {edition}. {status.error}".rstrip())
        lines += ["", _("Look at `manage.py reference_status`. Without a network, upload files.")]
        return EmailMessage(
            settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + _("Reference data are out of date"),
            "\n".join(lines), to=[email],
        )  # fmt: skip
