"""Writing mail beside the answer: nobody waits for it, nor learns from its time that it was sent.

The same goes for noting that it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection

log = logging.getLogger(__name__)


def send(written: Callable[[], EmailMessage]) -> None:
    """Write and send a message soon; what fails is logged without saying whom it was for.

    ``written`` asks the database for nothing, as it runs in a thread of its own.
    """
    if settings.TESTING:
        written().send()
    else:
        _pool().submit(copy_context().run, _send, written)


def beside(act: Callable[[], Any]) -> None:
    """Do something small soon, in a transaction of its own; what fails is logged."""
    if settings.TESTING:
        act()
    else:
        _pool().submit(copy_context().run, _do, act)


@cache
def _pool() -> ThreadPoolExecutor:
    """One thread per process, begun with the first mail, so after a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")


def _send(written: Callable[[], EmailMessage]) -> None:
    try:
        written().send()
    except Exception as error:  # noqa: BLE001 - whatever a mail server answers
        log.error("a mail could not be sent: %s", type(error).__name__)


def _do(act: Callable[[], Any]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - nobody is there to hear of it
        log.error("what goes beside an answer could not be done: %s", type(error).__name__)
    finally:
        connection.close()
