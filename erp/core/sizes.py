"""How much of a request is taken: as Content-Length tells, and counted while files come.

Nothing larger is read: small files are held in memory, others go to a scratch file piece by piece
(``FILE_UPLOAD_MAX_MEMORY_SIZE``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

FIELDS: Final = 1024 * 1024  # bytes of a form beside its files
FORM: Final = "multipart/form-data"
Stop = Callable[[int], NoReturn]  # told the bytes that would have been taken


class Counted(FileUploadHandler):
    """Stops as soon as a file, or all of a form together, have come to too much."""

    def __init__(self, request: HttpRequest, *, of_a_file: int, together: int, stop: Stop) -> None:
        super().__init__(request)
        self.of_a_file, self.together, self.stop = of_a_file, together, stop
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
        """Take the scratch file away that was begun, and stop."""
        assert self.request is not None
        for handler in self.request.upload_handlers:
            if hasattr(handler, "file"):
                handler.file.close()
        self.stop(most)


def limit(request: HttpRequest, *, of_a_file: int, together: int, plain: int, stop: Stop) -> None:
    """Stop what says that it is too large, and let the rest be counted while it is read.

    ``of_a_file`` and ``together`` are bytes of files in a form, ``plain`` those of any other body.
    ``stop`` raises. Must come before anything of the body is read.
    """
    is_form = request.content_type == FORM
    most = together if is_form else plain
    told = request.META.get("CONTENT_LENGTH") or "0"
    if told.isdecimal() and int(told) > most + (FIELDS if is_form else 0):
        stop(most)
    if is_form and not hasattr(request, "_files"):
        counted = Counted(request, of_a_file=of_a_file, together=together, stop=stop)
        request.upload_handlers = [counted, *request.upload_handlers]
