"""The base of a fiduciary's pages over its clients."""

from __future__ import annotations

import logging
from typing import Any, ClassVar, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.views.generic import View

from erp.access.firms.gate import FirmAccess, over_mandates, staff_of
from erp.access.firms.models import FirmStaff
from erp.access.models import User
from erp.core.errors import DomainError, Overtaken, Refusals
from erp.core.retrying import retried, rewind

log = logging.getLogger(__name__)


class FirmView(View):
    """A page of a firm: ``/firms/{firm}/…``; strangers get a 404.

    What is looked at comes through ``over_mandates``, in one transaction that writes nothing. What
    is written is the firm's own, or goes through ``in_client``; several clients each in a
    transaction of its own, for which ``one_transaction`` is off. ``of_clients`` is off where a page
    shows nothing of clients. ``help_page`` names its page of the manual.
    """

    one_transaction: ClassVar[bool] = True
    of_clients: ClassVar[bool] = True
    help_page: ClassVar[str] = ""

    access: FirmAccess
    staff: FirmStaff

    @property
    def user(self) -> User:
        return self.staff.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        def attempt() -> HttpResponseBase:
            rewind(request)
            return self._answer(request, *args, **kwargs)

        request.help_page = self.help_page  # type: ignore[attr-defined]
        if any("\x00" in text for texts in dict(request.POST.lists()).values() for text in texts):
            raise BadRequest("no text holds a NUL character")
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
        looks = request.method in {"GET", "HEAD", "OPTIONS"}
        if not looks and not self.one_transaction:
            with transaction.atomic():
                self.staff = staff_of(kwargs["firm"], user=cast(User, request.user))
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            if looks and self.of_clients:
                self.access = over_mandates(kwargs["firm"], user=cast(User, request.user))
                self.staff = self.access.staff
            else:
                self.staff = staff_of(kwargs["firm"], user=cast(User, request.user))
            response = super().dispatch(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()  # while the rows are still visible
            return response

    def _conflict(self, request: HttpRequest, refusal: DomainError) -> HttpResponse:
        """Somebody else came first."""
        return render(request, "409.html", {
            "message": str(refusal), "is_overtaken": isinstance(refusal, Overtaken),
        }, status=409)  # fmt: skip

    def tell_all(self, refusal: DomainError) -> None:
        """Show a refusal above the page, each of several on its own."""
        for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
            messages.error(self.request, str(one))
