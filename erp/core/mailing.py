"""Writing mail beside the answer: nobody waits for it, nor learns from its time that it was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage

log = logging.getLogger(__name__)


def send(written: Callable[[], EmailMessage]) -> None:
    """Write and send a message soon; what fails is logged without saying whom it was for.

    ``written`` asks the database for nothing, as it runs in a thread of its own.
    """
    if settings.TESTING:
        written().send()
    else:
        _pool().submit(copy_context().run, _send, written)


@cache
def _pool() -> ThreadPoolExecutor:
    """One thread per process, begun with the first mail, so after a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def _send(written: Callable[[], EmailMessage]) -> None:
    try:
        written().send()
    except Exception as error:  # noqa: BLE001 - whatever a mail server answers
        log.error("a mail could not be sent: %s", type(error).__name__)
