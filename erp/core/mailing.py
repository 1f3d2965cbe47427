"""Sending mail beside the answer: nobody waits for it, nor learns from its time that it was sent."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from django.conf import settings
from django.core.mail import EmailMessage

log = logging.getLogger(__name__)


def send(message: EmailMessage) -> None:
    """Send a message soon; what fails is logged without saying whom it was for."""
    if settings.TESTING:
        message.send()
    else:
        _pool().submit(_send, message)


@cache
def _pool() -> ThreadPoolExecutor:
    """One thread per process, begun with the first mail, so after a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever a mail server answers
        log.error("a mail could not be sent: %s", type(error).__name__)
