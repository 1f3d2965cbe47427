"""The cockpit on pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from erp.access.firms.gate import in_client
from erp.access.firms.models import FirmStaff
from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.fiduciary import mandates, overview
from erp.fiduciary.overview import ORDERS, Wanted
from erp.reference.statuses import stale_sources
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.firms import FirmView
from erp.web.pages import id_of, id_or_none


def wanted_of(told: Any) -> Wanted:
    """What the address asks for; what is no filter, or none that there is, asks for nothing."""
    sort = told.get("sort", "")
    return Wanted(
        q=told.get("q", "")[:100],
        responsible=id_or_none(told.get("responsible")),
        until=read_day(told.get("until")),
        work=bool(told.get("work")),
        sort=sort if sort in ORDERS else "deadline",
    )


class CockpitPage(FirmView):
    """``/firms/{firm}/cockpit/``: all clients with what is due in each; as a file with ``form``."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today, wanted = clock.today(), wanted_of(request.GET)
        found = overview.cockpit(self.access, wanted, today)
        form = request.GET.get("form", "")
        if form:
            if form not in {"csv", "xlsx"}:
                raise Http404
            return answer(form, overview.table(found, today), company=self.access.firm)
        context = {
            "page_title": _("Clients"), "firm": self.access.firm, "own": self.staff, "found": found,
            "wanted": wanted, "today": today, "stale": stale_sources(on=today),
        }  # fmt: skip
        return render(request, "erp/fiduciary/cockpit.html", context)


class MandatePage(FirmView):
    """``/firms/{firm}/clients/{company}/``: who answers for a client."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        company = self.access.companies.get(kwargs["company"])
        if company is None:
            raise Http404
        found = overview.cockpit(self.access, Wanted(), clock.today())
        row = next(one for one in found.rows if one.company == company)
        staff = FirmStaff.objects.filter(firm=self.access.firm).select_related("user")
        context = {
            "page_title": company.name, "firm": self.access.firm, "row": row,
            "staff": staff.order_by("user__name", "user__email"), "today": clock.today(),
        }  # fmt: skip
        return render(request, "erp/fiduciary/mandate.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        access = in_client(kwargs["firm"], kwargs["company"], user=self.user)
        told = request.POST.get("responsible")
        person = User.objects.filter(pk=id_of(told)).first() if told else None
        try:
            mandates.set_responsible(
                firm=self.staff.firm,
                company=access.company,
                responsible=cast("User | None", person),
            )
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("It is saved."))
        return redirect("firm-mandate", kwargs["firm"], kwargs["company"])
