"""The guided set-up on pages: its list, and the way from one step to the next."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.cockpit import setup_steps
from erp.cockpit.setting_up import ask_also, ask_for
from erp.companies.models import SetupStep
from erp.web.pages import CompanyView


class Setup(CompanyView):
    """``/c/{company}/setup/``: the steps with their states; a POST sets aside or takes up again."""

    permission = Permission.COMPANY_CHANGE
    help_page = "setup"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps = setup_steps.steps(self.access)
        first = next((one for one in steps if one.state == setup_steps.State.OPEN), None)
        context = {
            "page_title": _("Set-up"), "steps": steps, "first": first, "count": len(steps),
            "done": sum(one.state == setup_steps.State.DONE for one in steps),
        }  # fmt: skip
        return render(request, "erp/setup.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "end" in request.POST:
            ask_for(self.company, steps=(), by=self.access.user)
            return redirect("start", self.company.pk)
        if (one := request.POST.get("aside", "")) in SetupStep.values:
            ask_also(self.company, less=[one], by=self.access.user)
        elif (one := request.POST.get("take_up", "")) in SetupStep.values:
            ask_also(self.company, more=[one], by=self.access.user)
        else:
            raise Http404
        return redirect("setup", self.company.pk)


def way(access: Access, request: HttpRequest) -> dict[str, Any] | None:
    """Where in the set-up the page that is shown stands, while the set-up asks for its step.

    No query: it follows from what the company's row says. None on all other pages.
    """
    match = request.resolver_match
    here = setup_steps.STEP_OF.get(match.url_name or "") if match else None
    asked = access.company.setup_steps
    if here is None or here not in asked or not access.may(Permission.COMPANY_CHANGE):
        return None
    order = [one for one in SetupStep if one in asked and _first(access, one)]
    if here not in order:
        return None
    at = order.index(here)
    after = order[at + 1] if at + 1 < len(order) else None
    return {
        "title": here.label, "number": at + 1, "count": len(order),
        "next": after and {"title": after.label, "url": _first(access, after)},
        "places": [
            {"label": one.label, "url": reverse(one.address, args=[access.company.pk]),
             "current": one.address == (match.url_name if match else "")}
            for one in setup_steps.PLACES[here] if access.may(one.right)
        ],
    }  # fmt: skip


def _first(access: Access, step: SetupStep) -> str:
    """The page that a step opens, or blank where none is open to whoever asks."""
    for place in setup_steps.PLACES[step]:
        if access.may(place.right):
            return reverse(place.address, args=[access.company.pk])
    return ""
