"""Checklists on pages: what is due of all clients in a month, and the templates of a firm."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.firms.gate import in_client, over_mandates
from erp.access.firms.models import Firm
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError
from erp.fiduciary import checklists
from erp.fiduciary.checklists import Step
from erp.fiduciary.models import Check, ChecklistItem, ChecklistTemplate, MandateSetting
from erp.web.firms import FirmView
from erp.web.pages import id_or_none

BLANK: Final = 5  # lines for further steps
State = ChecklistItem.State


def month_of(text: str | None) -> dt.date:
    """The month of the books that an address names as 2026-11; without one the last that is over."""
    try:
        year, month = (int(part) for part in (text or "").split("-"))
        if year not in clock.YEARS:
            raise ValueError(year)
        return dt.date(year, month, 1)
    except ValueError:
        return (clock.today().replace(day=1) - dt.timedelta(days=1)).replace(day=1)


def around(month: dt.date) -> tuple[dt.date, dt.date]:
    """The month before, and the one after."""
    before = (month - dt.timedelta(days=1)).replace(day=1)
    return before, (month + dt.timedelta(days=32)).replace(day=1)


@dataclass(frozen=True)
class ClientMonth:
    """A client's month: what is done of how much."""

    company: Company
    template: str
    items: Sequence[ChecklistItem]
    on: dt.date

    @property
    def open(self) -> list[ChecklistItem]:
        return [one for one in self.items if one.state == State.OPEN]

    @property
    def done(self) -> int:
        return len(self.items) - len(self.open)

    @property
    def overdue(self) -> int:
        return sum(one.due_on < self.on for one in self.open)

    @property
    def next(self) -> ChecklistItem | None:
        return min(self.open, key=lambda one: (one.due_on, one.position), default=None)


def months(firm: Firm, companies: Iterator[Company], month: dt.date) -> list[ClientMonth]:
    """Each client's month, in two queries; those without a checklist last."""
    items: dict[int, list[ChecklistItem]] = defaultdict(list)
    rows = ChecklistItem.of_firm(firm).filter(month=month).select_related("responsible")
    for one in rows.order_by("position", "pk"):
        items[one.company_id].append(one)
    settings = MandateSetting.of_firm(firm).select_related("checklist")
    templates = {one.company_id: str(one.checklist or "") for one in settings}
    today = clock.today()
    found = [ClientMonth(one, templates.get(one.pk, ""), items[one.pk], today) for one in companies]
    return sorted(found, key=lambda one: (not one.items and not one.template, -one.overdue,
                                          one.company.name.casefold()))  # fmt: skip


class Checklists(FirmView):
    """``/firms/{firm}/checklists/``: all clients of a month; POST begins it for all that have a list."""

    help_page = "fiduciary"
    one_transaction = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month = month_of(request.GET.get("month"))
        before, after = around(month)
        context = {
            "page_title": _("Checklists"), "firm": self.access.firm, "month": month, "before": before,
            "after": after, "rows": months(self.access.firm, iter(self.access.companies.values()), month),
            "templates": ChecklistTemplate.of_firm(self.access.firm).order_by("is_off", "name"),
        }  # fmt: skip
        return render(request, "erp/fiduciary/checklists.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        month, begun = month_of(request.POST.get("month")), 0
        checklists.require_working(self.staff)
        for company in self._with_a_list():
            try:
                with transaction.atomic():
                    access = in_client(kwargs["firm"], company, user=self.user)
                    checklists.begin_month(
                        firm=self.staff.firm, company=access.company, month=month
                    )
                begun += 1
            except DomainError as refusal:
                self.tell_all(refusal)
        messages.success(request, _("The month is begun in %(count)s clients.") % {"count": begun})
        return redirect(f"{reverse('firm-checklists', args=[kwargs['firm']])}?month={month:%Y-%m}")

    def _with_a_list(self) -> list[int]:
        with transaction.atomic():
            over_mandates(self.staff.firm_id, user=self.user)
            rows = MandateSetting.of_firm(self.staff.firm).exclude(checklist=None)
            return list(rows.order_by("company").values_list("company", flat=True))


class TemplatePage(FirmView):
    """``/firms/{firm}/checklists/templates/{template}/``, and ``…/new/``: the steps of a checklist."""

    help_page = "fiduciary"
    of_clients = False

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        template = self._named(kwargs.get("template"))
        steps = list(template.steps.order_by("position")) if template else []
        return self._show(request, template, template.name if template else "", steps)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        template, typed = self._named(kwargs.get("template")), list(self._typed(request))
        checklists.require_leading(self.staff)
        name, version = request.POST.get("name", ""), id_or_none(request.POST.get("version", ""))
        try:
            checklists.save_template(
                firm=self.staff.firm, name=name, steps=typed, template=template,
                is_off="is_off" in request.POST, version=version or 0,
            )  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            transaction.set_rollback(True)
            answer = self._show(request, template, name, typed, version=version)
            answer.status_code = 409 if refusal.conflict else 422
            return answer
        messages.success(request, _("It is saved."))
        return redirect("firm-checklists", self.staff.firm.pk)

    def _named(self, pk: int | None) -> ChecklistTemplate | None:
        if pk is None:
            return None
        found: ChecklistTemplate = get_object_or_404(
            ChecklistTemplate.of_firm(self.staff.firm), pk=pk
        )
        return found

    def _typed(self, request: HttpRequest) -> Iterator[Step]:
        told = [request.POST.getlist(name) for name in ("text", "due_day", "rhythm", "check_code")]
        for text, due, rhythm, check in zip(*told, strict=False):
            if text.strip():
                days = int(due) if due.isascii() and due.isdigit() and len(due) < 5 else 20
                yield Step(
                    text, days, rhythm if rhythm in checklists.Rhythm.values else "month",
                    check if check in Check.values else "",
                )  # fmt: skip

    def _show(self, request: HttpRequest, template: ChecklistTemplate | None, name: str,
              steps: Sequence[Any], *, version: int | None = None) -> HttpResponse:  # fmt: skip
        """The form; what was typed keeps the version that it was typed over."""
        if version is None and template is not None:
            version = template.version
        context = {
            "page_title": template.name if template else _("New checklist"), "firm": self.staff.firm,
            "template": template, "name": name, "version": version or "", "steps": [*steps, *[None] * BLANK],
            "checks": Check.choices, "rhythms": checklists.Rhythm.choices,
            "may_change": self.staff.is_manager or self.staff.team_role == "lead",
        }  # fmt: skip
        return render(request, "erp/fiduciary/checklist.html", context)
