"""How much a page takes at once: what is larger is refused in the reader's language, and not read.

A view says by ``largest_file`` and ``largest_together`` how many bytes of a file, and of all files
of a form, it takes; what says nothing takes a document. A script in the page (``app.js``) says so
before anything is sent, as many browsers show no answer to what they have not sent to its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext as _

from erp.core import sizes
from erp.core.sizes import FORM
from erp.documents.storing import LARGEST

#: Not pages: they limit what they read themselves, or read nothing but a few fields of JSON.
_OTHERS = ("/api/", "/_allauth/")


class _TooLarge(Exception):
    """More than ``limit`` bytes, as the request says itself."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class SizesMiddleware:
    """Refuse what is too large for a page before anything else reads the form.

    Stands before what protects from forged requests, which looks for its token in the form.
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.handler(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method != "POST" or request.path.startswith(_OTHERS):
            return None
        of_a_file, together = limits_of(view)
        stopped: list[int] = []

        def stop(most: int) -> NoReturn:
            if not is_read:
                raise _TooLarge(most)
            stopped.append(most)
            raise StopUpload(connection_reset=True)

        is_read = False
        try:
            sizes.limit(request, of_a_file=of_a_file, together=together,
                        plain=settings.DATA_UPLOAD_MAX_MEMORY_SIZE, stop=stop)  # fmt: skip
            is_read = True
            if request.content_type == FORM:
                request.POST  # noqa: B018 - reads all of it
        except _TooLarge as refusal:
            stopped.append(refusal.limit)
        except RequestDataTooBig:
            stopped.append(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        except UnreadablePostError:
            return None  # whoever sends has gone
        return _refused(request, stopped[0]) if stopped else None


def limits_of(view: Any) -> tuple[int, int]:
    """Bytes of a file, and of all files of a form, that a page takes."""
    shown = getattr(view, "view_class", None)
    of_a_file: int = getattr(shown, "largest_file", LARGEST)
    return of_a_file, getattr(shown, "largest_together", None) or of_a_file


def _refused(request: HttpRequest, most: int) -> HttpResponse:
    told = _("What was sent is larger than %(limit)s MB, which is all that is taken here.")
    message = told % {"limit": most >> 20}
    if request.headers.get("Sec-Fetch-Dest") == "empty":  # a script asked
        errors = [{"field": None, "code": "too_large", "message": message}]
        return JsonResponse({"errors": errors}, status=413)
    return render(request, "413.html", {"message": message}, status=413)
