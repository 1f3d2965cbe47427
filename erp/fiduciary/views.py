"""The cockpit on pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.firms.gate import in_client
from erp.access.firms.models import FirmStaff
from erp.access.gate import Access
from erp.access.models import User
from erp.core import clock
from erp.core.errors import DomainError
from erp.fiduciary import checklists, mandates, overview
from erp.fiduciary.checklist_pages import around, month_of
from erp.fiduciary.models import ChecklistItem, ChecklistTemplate, MandateSetting
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
    """``/firms/{firm}/clients/{company}/``: what a firm keeps of a client, and its month's checklist."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        company = self.access.companies.get(kwargs["company"])
        if company is None:
            raise Http404
        month = month_of(request.GET.get("month"))
        found = overview.cockpit(self.access, Wanted(), clock.today())
        firm, (before, after) = self.access.firm, around(month)
        settings = MandateSetting.of_firm(firm).filter(company=company)
        staff = FirmStaff.objects.filter(firm=firm).select_related("user")
        context = {
            "page_title": company.name, "firm": firm, "today": clock.today(), "month": month,
            "row": next(one for one in found.rows if one.company == company),
            "staff": staff.order_by("user__name", "user__email"), "before": before, "after": after,
            "items": list(checklists.items_of(firm, company, month)), "settings": settings.first(),
            "templates": ChecklistTemplate.of_firm(firm).filter(is_off=False).order_by("name"),
        }  # fmt: skip
        return render(request, "erp/fiduciary/mandate.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts: dict[str, Callable[[Access], None]] = {
            "responsible": self._responsible, "checklist": self._checklist, "begin": self._begin,
            "sign": self._sign, "not_needed": self._sign, "open_again": self._open_again,
            "add": self._add,
        }  # fmt: skip
        wanted = request.POST.get("do", "responsible")
        if wanted not in acts:
            raise Http404
        access = in_client(kwargs["firm"], kwargs["company"], user=self.user)
        checklists.require_working(self.staff)
        try:
            with transaction.atomic():
                acts[wanted](access)
        except DomainError as refusal:
            if refusal.conflict:
                raise
            self.tell_all(refusal)
        address = reverse("firm-mandate", args=[kwargs["firm"], kwargs["company"]])
        return redirect(f"{address}?month={month_of(request.POST.get('month')):%Y-%m}")

    def _responsible(self, access: Access) -> None:
        mandates.set_responsible(
            firm=self.staff.firm, company=access.company, responsible=self._person()
        )
        messages.success(self.request, _("It is saved."))

    def _checklist(self, access: Access) -> None:
        told = self.request.POST.get("template")
        rows = ChecklistTemplate.of_firm(self.staff.firm)
        template = get_object_or_404(rows, pk=id_of(told)) if told else None
        checklists.assign(firm=self.staff.firm, company=access.company, template=template)
        messages.success(self.request, _("It is saved."))

    def _begin(self, access: Access) -> None:
        month = month_of(self.request.POST.get("month"))
        checklists.begin_month(firm=self.staff.firm, company=access.company, month=month)

    def _sign(self, access: Access) -> None:
        checklists.sign_off(
            self._item(access), access=access, note=self.request.POST.get("note", ""),
            not_needed=self.request.POST["do"] == "not_needed",
        )  # fmt: skip

    def _open_again(self, access: Access) -> None:
        checklists.open_again(self._item(access), access=access)

    def _add(self, access: Access) -> None:
        month = month_of(self.request.POST.get("month"))
        due = read_day(self.request.POST.get("due_on")) or clock.today()
        checklists.add_item(
            firm=self.staff.firm, company=access.company, month=month, due_on=due,
            text=self.request.POST.get("text", ""), responsible=self._person(),
        )  # fmt: skip

    def _item(self, access: Access) -> ChecklistItem:
        rows = ChecklistItem.of_firm(self.staff.firm).filter(company=access.company)
        found: ChecklistItem = get_object_or_404(rows, pk=id_of(self.request.POST.get("item")))
        return found

    def _person(self) -> User | None:
        told = self.request.POST.get("responsible")
        return mandates.colleague(self.staff.firm, told) if told else None
