"""The base of a company's pages."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext as _
from django.views.generic import View

from erp.access.gate import Access, access_to
from erp.access.permissions import ADMINISTERS, Permission
from erp.access.sign_in.backend import has_two_ways
from erp.access.sign_in.stepup import SECOND_WAY, is_fresh
from erp.audit import access_log, looks
from erp.companies.models import Company, Module
from erp.core.errors import DomainError, Overtaken, Refusals
from erp.core.retrying import retried, rewind
from erp.documents.storing import LARGEST

log = logging.getLogger(__name__)


class CompanyView(View):
    """A page of one company: ``/c/{company}/…``, in one transaction, behind the gate.

    ``permission`` is what the page needs; ``permissions`` names others per HTTP method. A page
    that declares nothing is closed. Methods in ``step_up`` want the second factor used minutes
    ago: it is asked for, and then the same request goes on, which waits in the session; what a page
    that ``takes_secrets`` was sent waits nowhere, and is typed again. ``help_page`` names its page of
    the manual.
    """

    permission: ClassVar[Permission | None] = None
    permissions: ClassVar[dict[str, Permission]] = {}
    #: The module it belongs to, where that is not the one of its permission.
    module: ClassVar[Module | None] = None
    step_up: ClassVar[frozenset[str]] = frozenset()
    takes_secrets: ClassVar[bool] = False
    help_page: ClassVar[str] = ""
    #: Bytes of a file that is sent, and of all files of a form.
    largest_file: ClassVar[int] = LARGEST
    largest_together: ClassVar[int | None] = None

    access: Access
    company: Company

    @classmethod
    def needs(cls, method: str) -> Permission | None:
        return cls.permissions.get(method.upper(), cls.permission)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def attempt() -> HttpResponseBase:
            rewind(request)
            return self._answer(request, *args, **kwargs)

        try:
            return retried(attempt)
        except (IntegrityError, Overtaken):
            log.exception("a write met another one: %s", request.path)
            return self._conflict(request, Overtaken())
        except DomainError as refusal:
            if not refusal.conflict:
                raise
            return self._conflict(request, refusal)

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with access_log.noting() as noted:
            with transaction.atomic():
                response = self._within(request, *args, **kwargs)
                is_undone = transaction.get_rollback()
            if is_undone and noted:  # what was refused was shown all the same
                with transaction.atomic():
                    access_to(kwargs["company"], user=request.user)  # type: ignore[arg-type]
                    access_log.again(noted)
            return response

    def _within(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.access = access_to(kwargs["company"], user=request.user, for_page=True)  # type: ignore[arg-type]
        self.company = self.access.company
        request.access = self.access  # type: ignore[attr-defined]
        request.help_page = self.help_page  # type: ignore[attr-defined]
        self.access.require(self.needs(request.method or "GET"))
        self.access.require_module(self.module)
        if self.access.read_only and request.method not in {"GET", "HEAD", "OPTIONS"}:
            raise PermissionDenied
        looks.note_entry(self.access)
        if any("\x00" in text for texts in dict(request.POST.lists()).values() for text in texts):
            raise BadRequest("no text holds a NUL character")
        if request.method in self.step_up and not is_fresh(request.session):
            if self.takes_secrets and request.method == "POST":
                messages.warning(request, _("Confirm that it is you. Then fill in the form again."))
                request.method = "GET"  # which goes on afterwards
            raise ReauthenticationRequired
        if request.method in self.step_up and self._lacks_a_way(request):
            messages.error(request, str(SECOND_WAY))
            return redirect("mfa_index")
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()  # while the rows are still visible
        looks.note_file(self.access, response)
        return response

    def _lacks_a_way(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return self.needs(request.method or "GET") in ADMINISTERS and not has_two_ways(user)

    def _conflict(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        """Somebody else came first, or what a file shall be made of is not as it must be."""
        message = str(refusal)
        if request.headers.get("Sec-Fetch-Dest") == "empty":  # a script asked
            errors = [{"field": None, "code": refusal.code, "message": message}]
            return JsonResponse({"errors": errors}, status=409)
        return render(request, "409.html", {
            "message": message, "is_overtaken": isinstance(refusal, Overtaken),
        }, status=409)  # fmt: skip

    def tell_all(self, refusal: DomainError) -> None:
        """Show a refusal above the page, each of several on its own."""
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            messages.error(self.request, str(one))

    def require(self, permission: Permission) -> None:
        self.access.require(permission)


def id_of(text: str | None) -> int:
    """An id from an address or a form; what is none is a 404."""
    found = id_or_none(text)
    if found is None:
        raise Http404
    return found


def id_or_none(text: str | None) -> int | None:
    """An id from an address or a form; None where there is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def tell(form: forms.BaseForm, refusal: DomainError) -> None:
    """Put a refusal beside the field it belongs to, or above the form."""
    for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
        place = one.place if one.place in form.fields else None
        form.add_error(place, forms.ValidationError(str(one), code=one.code))


def refused(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Mark an answer as a refusal: HTTP 422, and nothing of the request is kept."""
    transaction.set_rollback(True)
    response.status_code = 422
    return response
