"""Fiscal years, periods, cost centres, templates and recurring entries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger import charting, queries, recurring, years
from accounting.ledger.entering import Reader
from accounting.ledger.forms import CostCentreForm, CostObjectForm, FiscalYearForm, TemplateForm
from accounting.ledger.models import (
    CostCentre,
    CostObject,
    EntryTemplate,
    FiscalYear,
    JournalEntry,
    Period,
)
from accounting.ledger.typed import day_of, typed_anew
from erp.access.permissions import Permission
from erp.companies.models import Module
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class FiscalYears(CompanyView):
    """``/c/{company}/ledger/years/``: open a year, lock periods."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.CHART_CHANGE}
    help_page = "fiscal-years"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        start, end = years.following_year(self.company)
        return self._show(request, FiscalYearForm(initial={"start": start, "end": end}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "delete" in request.POST:
            return self._delete(request)
        form = FiscalYearForm(request.POST)
        if form.is_valid():
            try:
                year = years.open_fiscal_year(
                    company=self.company, by=self.access.user, **form.cleaned_data
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("Fiscal year %s is open.") % year)
                return redirect("fiscal-years", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: FiscalYearForm) -> HttpResponse:
        context = {
            "page_title": _("Fiscal years"),
            "years": FiscalYear.of(self.company)
            .annotate(used=Exists(JournalEntry.unscoped.filter(fiscal_year=OuterRef("pk"))))
            .order_by("-start")
            .prefetch_related("periods"),
            "form": form,
            "locks": Period.Lock.choices,
        }
        return render(request, "accounting/ledger/years.html", context)

    def _delete(self, request: HttpRequest) -> HttpResponse:
        year = get_object_or_404(FiscalYear.of(self.company), pk=id_of(request.POST["delete"]))
        try:
            years.delete_fiscal_year(company=self.company, year=year, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("fiscal-years", self.company.pk)


class LockPeriod(CompanyView):
    """``/c/{company}/ledger/periods/{period}/``"""

    permission = Permission.LEDGER_LOCK
    step_up = frozenset({"POST"})

    def post(self, request: HttpRequest, period: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(Period.of(self.company), pk=period)
        lock = request.POST.get("lock", "")
        if lock in Period.Lock.values:
            try:
                years.lock_period(company=self.company, period=found, lock=lock,
                                  by=self.access.user, reason=_plain(request.POST.get("reason", "")))  # fmt: skip
            except DomainError as refusal:
                messages.error(request, str(refusal))
        return redirect("fiscal-years", self.company.pk)


class CostUnits(CompanyView):
    """``/c/{company}/ledger/cost-centres/``: cost centres and cost objects."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.CHART_CHANGE}
    module = Module.COST_ACCOUNTING
    help_page = "cost-centres"
    kinds = {"centre": (CostCentre, CostCentreForm), "object": (CostObject, CostObjectForm)}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, {})

    def _editing(self, request: HttpRequest, kind: str) -> Any:
        """The unit that is to be changed, or a new one."""
        model = self.kinds[kind][0]
        pk = request.POST.get("id") or request.GET.get(kind)
        return (
            get_object_or_404(model.of(self.company), pk=id_of(pk))
            if pk
            else model(company=self.company)
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind = request.POST.get("kind", "centre")
        if kind not in self.kinds:
            raise Http404
        unit = self._editing(request, kind)
        form: Any = self.kinds[kind][1](request.POST, instance=unit)
        if form.is_valid():
            try:
                charting.save_cost_unit(unit, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("cost-centres", self.company.pk)
        return refused(request, self._show(request, {kind: form}))

    def _show(self, request: HttpRequest, forms: dict[str, Any]) -> HttpResponse:
        titles = {"centre": _("Cost centres"), "object": _("Cost objects")}
        units = []
        for kind, (model, form) in self.kinds.items():
            unit = forms[kind].instance if kind in forms else self._editing(request, kind)
            units.append(
                (kind, titles[kind], model.of(self.company).order_by("number"),
                 forms.get(kind) or form(instance=unit, auto_id=f"id_{kind}_%s"), unit.pk)
            )  # fmt: skip
        context = {"page_title": _("Cost centres"), "units": units}
        return render(request, "accounting/ledger/cost_units.html", context)


class Recurring(CompanyView):
    """``/c/{company}/ledger/recurring/``: templates, and what is due."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_POST}
    help_page = "recurring"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        until = clock.today() + dt.timedelta(days=14)
        context = {
            "page_title": _("Recurring entries"),
            "due": recurring.due(self.company, until),
            "until": until,
            "templates": EntryTemplate.of(self.company).order_by("name"),
        }
        return render(request, "accounting/ledger/recurring.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Book what was ticked, each template's dates in order; the first refusal stops."""
        booked = 0
        if request.POST.get("skip"):
            return self._skip(request)
        try:
            for chosen in sorted(request.POST.getlist("due")):
                day, _sep, template_id = chosen.partition(":")
                template = get_object_or_404(EntryTemplate.of(self.company), pk=id_of(template_id))
                recurring.book_due(template, date=day_of(day), by=self.access.user)
                booked += 1
        except DomainError as refusal:
            messages.error(request, str(refusal))
        if booked:
            messages.success(request, _("%s entries are posted.") % booked)
        return redirect("recurring", self.company.pk)

    def _skip(self, request: HttpRequest) -> HttpResponse:
        day, _sep, template_id = request.POST["skip"].partition(":")
        template = get_object_or_404(EntryTemplate.of(self.company), pk=id_of(template_id))
        try:
            recurring.skip_due(template, date=day_of(day), by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        return redirect("recurring", self.company.pk)


class TemplatePage(CompanyView):
    """``/c/{company}/ledger/recurring/add/?entry=…`` and ``…/recurring/{template}/``"""

    permission = Permission.LEDGER_DRAFT
    help_page = "recurring"

    def _template(self, request: HttpRequest, template: int | None) -> EntryTemplate:
        if template is not None:
            found: EntryTemplate = get_object_or_404(EntryTemplate.of(self.company), pk=template)
            return found
        entry = get_object_or_404(
            queries.within_reach(self.access), pk=id_of(request.GET.get("entry"))
        )
        content = typed_anew(entry, Reader(self.company))
        return EntryTemplate(company=self.company, name=entry.text[:80], content=content)

    def get(self, request: HttpRequest, template: int | None = None, **kw: Any) -> HttpResponse:
        row = self._template(request, template)
        return self._show(request, TemplateForm(instance=row), row)

    def post(self, request: HttpRequest, template: int | None = None, **kw: Any) -> HttpResponse:
        row = self._template(request, template)
        if "delete" in request.POST and row.pk:
            recurring.delete_template(row, by=self.access.user)
            return redirect("recurring", self.company.pk)
        form = TemplateForm(request.POST, instance=row)
        if form.is_valid():
            try:
                recurring.save_template(row, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("recurring", self.company.pk)
        return refused(request, self._show(request, form, row))

    def _show(self, request: HttpRequest, form: TemplateForm, row: EntryTemplate) -> HttpResponse:
        context = {"page_title": _("Template"), "form": form, "template": row, "history_of": row,
                   "back_url": reverse("recurring", args=[self.company.pk])}  # fmt: skip
        return render(request, "accounting/ledger/template.html", context)


def _plain(text: str) -> str:
    return text.replace("\x00", "")[:500]
