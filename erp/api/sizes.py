"""How much an endpoint takes at once (API-6): as Content-Length tells, and counted while it comes.

Nothing larger is read: small files are held in memory, others go to a scratch file piece by piece
(``FILE_UPLOAD_MAX_MEMORY_SIZE``).
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

LARGEST_BODY: Final = 5 * 1024 * 1024  # bytes of what is no form
FIELDS: Final = 1024 * 1024  # bytes of a form beside its files
_FORM: Final = "multipart/form-data"


class TooLarge(APIException):
    """More than ``limit`` bytes."""

    status_code = 413
    default_code = "too_large"

    def __init__(self, limit: int) -> None:
        told = _("What was sent is larger than %(limit)s MB, which is all that is taken here.")
        super().__init__(told % {"limit": limit >> 20})


class Counted(FileUploadHandler):
    """Raises ``TooLarge`` as soon as a file, or all of a form together, have come to too much."""

    def __init__(self, request: HttpRequest, *, of_a_file: int, together: int) -> None:
        super().__init__(request)
        self.of_a_file, self.together = of_a_file, together
        self.came = self.came_of_file = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.came_of_file = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.came += len(raw_data)
        self.came_of_file += len(raw_data)
        if self.came_of_file > self.of_a_file:
            self._stop(self.of_a_file)
        if self.came > self.together:
            self._stop(self.together)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next one makes the file."""

    def _stop(self, most: int) -> NoReturn:
        """Take the scratch file away that was begun, and raise."""
        assert self.request is not None
        for handler in self.request.upload_handlers:
            if hasattr(handler, "file"):
                handler.file.close()
        raise TooLarge(most)


def limit(request: HttpRequest, *, of_a_file: int, together: int) -> None:
    """Refuse what says that it is too large, and let the rest be counted while it is read.

    ``of_a_file`` and ``together`` are bytes of files in a form. Raises ``TooLarge``. Must come before
    anything of the body is read.
    """
    is_form = request.content_type == _FORM
    most = together if is_form else LARGEST_BODY
    told = request.META.get("CONTENT_LENGTH") or "0"
    if told.isdecimal() and int(told) > most + (FIELDS if is_form else 0):
        raise TooLarge(most)
    if is_form and not hasattr(request, "_files"):
        counted = Counted(request, of_a_file=of_a_file, together=together)
        request.upload_handlers = [counted, *request.upload_handlers]
