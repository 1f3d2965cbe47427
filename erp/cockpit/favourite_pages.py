"""The page of favourites: what is kept at hand, in which order, and for whom."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.cockpit.favourites import change, changeable, drop, keep
from erp.cockpit.models import Favourite
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, id_or_none, refused

LAST = 32767  # position


class Favourites(CompanyView):
    """``/c/{company}/favourites/``: one's own, and those of all for whoever changes the company.

    The star of a page leads here with its address (``?keep=``); a form without ``id`` keeps it, and leads
    back to it.
    """

    permission = Permission.COMPANY_READ
    help_page = "favourites"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            if pk := request.POST.get("id"):
                return self._change(request, self._row(pk))
            return self._keep(request)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        except PermissionDenied:
            messages.error(
                request, _("Only those who may change the company share favourites with all.")
            )
            return refused(request, self._show(request))

    def _keep(self, request: HttpRequest) -> HttpResponse:
        address = request.POST.get("address", "")
        kept = keep(
            self.access, name=request.POST.get("name", ""), address=address,
            is_shared="is_shared" in request.POST,
        )  # fmt: skip
        messages.success(
            request, _("“%(name)s” is at hand now, at the top of the menu.") % {"name": kept.name}
        )
        if address.startswith("/") and url_has_allowed_host_and_scheme(address, None):
            return redirect(address)
        return redirect("favourites", self.company.pk)

    def _change(self, request: HttpRequest, row: Favourite) -> HttpResponse:
        if "drop" in request.POST:
            drop(self.access, row)
            messages.success(request, _("“%(name)s” is no longer at hand.") % {"name": row.name})
        else:
            position = id_or_none(request.POST.get("position", "").strip())
            change(
                self.access, row, name=request.POST.get("name", ""),
                is_shared="is_shared" in request.POST,
                position=None if position is None else min(position, LAST),
            )  # fmt: skip
            messages.success(request, _("The favourite is saved."))
        return redirect("favourites", self.company.pk)

    def _asked(self, request: HttpRequest) -> dict[str, str]:
        """What the star was clicked for, or what was refused a moment ago."""
        if request.method == "POST":
            told = {"keep": request.POST.get("address", ""), "name": request.POST.get("name", "")}
        else:
            told = {name: request.GET.get(name, "") for name in ("keep", "name")}
        return {"keep": told["keep"][:1000], "name": told["name"][:60]}

    def _row(self, pk: str) -> Favourite:
        rows = changeable(self.access).select_for_update(no_key=True, of=("self",))
        row: Favourite = get_object_or_404(rows, pk=id_of(pk))
        return row

    def _show(self, request: HttpRequest) -> HttpResponse:
        rows = list(changeable(self.access).select_related("user"))
        return render(request, "erp/favourites.html", {
            "page_title": _("Favourites"), "rows": rows, **self._asked(request),
            "may_share": self.access.may(Permission.COMPANY_CHANGE),
        })  # fmt: skip
