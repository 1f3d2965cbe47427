"""Time spent for clients, and mandate templates, on pages of a firm."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.firms.gate import in_client
from erp.access.firms.models import Firm
from erp.core import clock
from erp.core.errors import DomainError
from erp.fiduciary import checklists, templates, times
from erp.fiduciary.checklist_pages import around, month_of
from erp.fiduciary.models import ChecklistTemplate, MandateTemplate, MandateTime
from erp.web.dates import read_day
from erp.web.export import Table, answer
from erp.web.firms import FirmView
from erp.web.pages import id_of, id_or_none

_FIGURES: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?", re.ASCII)


def minutes_of(text: str) -> int:
    """Minutes from what people write: 90, 1:30, 1.5 h; 0 for what is no time."""
    written = text.strip().lower().replace(",", ".")
    hours, colon, rest = written.partition(":")
    if colon and hours.isdecimal() and rest.isdecimal() and len(written) < 8:
        return int(hours) * 60 + int(rest)
    number = written.removesuffix("h").strip()
    if not _FIGURES.fullmatch(number):
        return 0
    is_hours = written.endswith("h") or "." in number
    return int(Decimal(number) * 60 if is_hours else Decimal(number))


def times_of(firm: Firm, told: Mapping[str, Any], month: dt.date) -> QuerySet[MandateTime]:
    """The firm's time of a month, or what is not billed of all months, of a client or person."""
    rows = MandateTime.of_firm(firm).select_related("user").order_by("day", "pk")
    if told.get("unbilled"):
        rows = rows.filter(is_billed=False)
    else:
        rows = rows.filter(day__gte=month, day__lt=around(month)[1])
    for name, place in (("client", "company"), ("person", "user")):
        if (pk := id_or_none(str(told.get(name) or ""))) is not None:
            rows = rows.filter(**{place: pk})
    return rows


def by_client(rows: Iterable[MandateTime]) -> list[tuple[str, int]]:
    """Minutes by client, most first."""
    sums: dict[tuple[int, str], int] = {}
    for one in rows:
        key = (one.company_id, one.client_name)
        sums[key] = sums.get(key, 0) + one.minutes
    return sorted(((name, total) for (_pk, name), total in sums.items()), key=lambda row: -row[1])


class Times(FirmView):
    """``/firms/{firm}/times/``: a month's time by client and person; enter, take back, mark as billed."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month = month_of(request.GET.get("month") or f"{clock.today():%Y-%m}")
        rows = list(times_of(self.access.firm, request.GET, month))
        form = request.GET.get("form", "")
        if form:
            if form not in {"csv", "xlsx"}:
                raise Http404
            return answer(form, _table(rows, month), company=self.access.firm)
        before, after = around(month)
        context = {
            "page_title": _("Time"), "firm": self.access.firm, "rows": rows, "month": month,
            "before": before, "after": after, "sums": by_client(rows), "today": clock.today(),
            "total": sum(one.minutes for one in rows), "clients": self.access.companies.values(),
            "unbilled": bool(request.GET.get("unbilled")), "own": self.staff,
            "may_bill": self.staff.is_manager or self.staff.team_role == "lead",
        }  # fmt: skip
        return render(request, "erp/fiduciary/times.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("do", "enter")
        try:
            with transaction.atomic():
                if wanted == "take_back":
                    rows = MandateTime.of_firm(self.staff.firm)
                    found = get_object_or_404(rows, pk=id_of(request.POST.get("row")))
                    times.take_back(found, by=self.user)
                elif wanted == "bill":
                    self._bill(request)
                else:
                    self._enter(request)
        except DomainError as refusal:
            if refusal.conflict:
                raise
            self.tell_all(refusal)
        return redirect(request.get_full_path())

    def _enter(self, request: HttpRequest) -> None:
        access = in_client(self.staff.firm_id, id_of(request.POST.get("company")), user=self.user)
        times.enter(
            firm=self.staff.firm, access=access, text=request.POST.get("text", ""),
            day=read_day(request.POST.get("day")) or clock.today(),
            minutes=minutes_of(request.POST.get("minutes", "")),
        )  # fmt: skip

    def _bill(self, request: HttpRequest) -> None:
        checklists.require_leading(self.staff)
        rows = [pk for text in request.POST.getlist("row") if (pk := id_or_none(text)) is not None]
        count = times.mark_billed(firm=self.staff.firm, rows=rows)
        messages.success(request, _("%(count)s rows are marked as billed.") % {"count": count})


def _table(rows: Iterable[MandateTime], month: dt.date) -> Table:
    return Table(
        title=_("Time"), subtitle=f"{month:%m.%Y}", name="times",
        head=[_("Day"), _("Client"), _("Person"), _("Minutes"), _("Text"), _("Billed")],
        rows=[[one.day, one.client_name, str(one.user), one.minutes, one.text,
               _("yes") if one.is_billed else ""] for one in rows],
    )  # fmt: skip


class MandateTemplates(FirmView):
    """``/firms/{firm}/templates/``: make a template from a client, give it to another, throw it away."""

    help_page = "fiduciary"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        firm = self.access.firm
        rows = MandateTemplate.of_firm(firm).select_related("made_by", "checklist").order_by("name")
        told = [(one, [(templates.PARTS[key].label, len(values)) for key, values in
                       one.content.items() if key in templates.PARTS]) for one in rows]  # fmt: skip
        context = {
            "page_title": _("Mandate templates"), "firm": firm, "rows": told,
            "clients": self.access.companies.values(),
            "parts": [(key, part.label) for key, part in templates.PARTS.items()],
            "checklists": ChecklistTemplate.of_firm(firm).filter(is_off=False).order_by("name"),
        }  # fmt: skip
        return render(request, "erp/fiduciary/templates.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.POST
        checklists.require_leading(self.staff)
        try:
            with transaction.atomic():
                if told.get("do") == "delete":
                    self._named(told.get("template")).delete()
                elif told.get("do") == "apply":
                    self._apply(told)
                else:
                    self._take(told)
        except DomainError as refusal:
            if refusal.conflict:
                raise
            self.tell_all(refusal)
        return redirect("firm-templates", kwargs["firm"])

    def _take(self, told: Any) -> None:
        access = in_client(self.staff.firm_id, id_of(told.get("company")), user=self.user)
        rows = ChecklistTemplate.of_firm(self.staff.firm)
        chosen = told.get("checklist")
        templates.take(
            firm=self.staff.firm, access=access, name=told.get("name", ""),
            parts=told.getlist("part"),
            checklist=get_object_or_404(rows, pk=id_of(chosen)) if chosen else None,
        )  # fmt: skip
        messages.success(self.request, _("The template is made."))

    def _apply(self, told: Any) -> None:
        template = self._named(told.get("template"))
        access = in_client(self.staff.firm_id, id_of(told.get("company")), user=self.user)
        added = templates.apply(template, access=access)
        parts = ", ".join(f"{templates.PARTS[key].label}: {count}" for key, count in added.items())
        messages.success(self.request, _("%(company)s has got what it lacked. %(parts)s")
                         % {"company": access.company, "parts": parts})  # fmt: skip

    def _named(self, text: str | None) -> MandateTemplate:
        rows = MandateTemplate.of_firm(self.staff.firm).select_related("firm", "checklist")
        found: MandateTemplate = get_object_or_404(rows, pk=id_of(text))
        return found
