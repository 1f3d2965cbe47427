"""Doing a whole transaction again when the database had to break it off (Verklemmung)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError
from django.http import HttpRequest

from erp.core.errors import Overtaken

ATTEMPTS: Final = 4  # once, and three times more
LONGEST_WAIT: Final = 50  # milliseconds before the second attempt, doubled each time
LARGEST_KEPT: Final = 5 * 1024 * 1024  # bytes of a request
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"

T = TypeVar("T")


def retried(attempt: Callable[[], T]) -> T:
    """Make an attempt; after a deadlock or a serialization failure make it anew.

    ``attempt`` opens a transaction of its own and does nothing outside of it that may not be done
    twice. After three more attempts ``Overtaken`` is raised; then nothing was written.
    """
    for nth in range(ATTEMPTS):
        if nth:
            time.sleep(random.randint(0, LONGEST_WAIT * 2**nth) / 1000)  # noqa: S311 - only jitter
        try:
            return attempt()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in {SERIALIZATION_FAILURE, DEADLOCK}:
                raise
    raise Overtaken


def keep_body(request: HttpRequest) -> bool:
    """Hold a body that is no form in memory, so that it can be read again; False if it is too large."""
    if request.content_type == "multipart/form-data":
        return True  # its fields and files are kept by themselves
    told = request.META.get("CONTENT_LENGTH") or "0"
    if not told.isdigit() or int(told) > LARGEST_KEPT:
        return False
    return request.body is not None


def rewind(request: HttpRequest) -> None:
    """Let the files of a form that was read be read from their start."""
    files = getattr(request, "_files", None)
    for uploads in dict(files.lists()).values() if files else ():
        for upload in uploads:
            upload.seek(0)
