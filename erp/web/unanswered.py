"""What is answered where no page and no endpoint does: 400, 403, 404 and 500.

To a program as any endpoint would, to a person in plain words.
"""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import render
from django.utils.encoding import force_str
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework.exceptions import NotFound

from erp.access.gate import ModuleOff
from erp.core.problems import CONTENT_TYPE, problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong where the program refused it itself, and no more than that otherwise."""
    told = (
        str(exception) if isinstance(exception, BadRequest) else _("This request cannot be read.")
    )
    if _is_by_program(request):
        return _told(400, "invalid", told)
    return HttpResponseBadRequest(told, content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is missing: a right, or a module of the company that is switched off."""
    module_off = str(exception) if isinstance(exception, ModuleOff) else ""
    context = {"module_off": module_off, "access": getattr(request, "access", None)}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing is at this address."""
    if _is_by_program(request):
        return _told(404, NotFound.default_code, force_str(NotFound.default_detail))
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours; the log says which. What marks all answers of an endpoint marks this one, too."""
    if _is_by_program(request):
        told = _told(500, "error", _("This went wrong, and nothing was written. Try again later."))
        if mark := getattr(request, "mark", None):
            mark(told)
        return told
    return defaults.server_error(request)


def _is_by_program(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/_allauth/"))


def _told(status: int, code: str, detail: str) -> JsonResponse:
    return JsonResponse(problem(status, code, detail), status=status, content_type=CONTENT_TYPE)
