"""Pages of recurring invoices: the proposal of what is due, the run, and when each comes again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.receivables import drafting, jobs, making, recurring
from accounting.receivables.models import RecurringInvoice, SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.jobs.starting import start
from erp.web.dates import DayInput, read_day
from erp.web.pages import CompanyView, id_of, refused, tell

_FIELDS = ("name", "every", "unit", "next_on", "until", "in_advance", "issues", "paused")
_WIDTHS = {"name": "w12", "every": "w3", "unit": "w3", "next_on": "w3", "until": "w3"}


class RhythmForm(forms.ModelForm):  # type: ignore[type-arg]
    """When an invoice comes again."""

    every = forms.IntegerField(label=gettext_lazy("every"), min_value=1, max_value=60, initial=1)
    next_on = forms.DateField(label=gettext_lazy("next on"), widget=DayInput(),
                              input_formats=["%d.%m.%Y", "%Y-%m-%d"])  # fmt: skip
    until = forms.DateField(label=gettext_lazy("until"), widget=DayInput(), required=False,
                            input_formats=["%d.%m.%Y", "%Y-%m-%d"])  # fmt: skip

    class Meta:
        model = RecurringInvoice
        fields = _FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, width in _WIDTHS.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class RecurringInvoices(CompanyView):
    """``/c/{company}/receivables/recurring/?on=``: what is due until a day, and all there are.

    A POST bills the ticked ones as a job, or with ``skip`` leaves one out.
    """

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_ISSUE}
    help_page = "recurring-invoices"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        rows = RecurringInvoice.of(self.company).select_related("pattern__contact")
        found = recurring.due(self.company, on)
        return render(request, "accounting/receivables/recurring.html", {
            "page_title": _("Recurring invoices"), "on": on, "due": found,
            "rows": list(rows.order_by("paused", "next_on", "pk")[:500]),
        })  # fmt: skip

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if skipped := request.POST.get("skip"):
            day, one = self._named(skipped)
            try:
                recurring.skip(one, day, by=self.access.user)
            except DomainError as refusal:
                messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        on = read_day(request.POST.get("on")) or clock.today()
        chosen = sorted({self._named(told)[1].pk for told in request.POST.getlist("due")[:1000]})
        if not chosen:
            messages.error(request, _("Nothing is ticked."))
            return redirect(request.get_full_path())
        job = start(jobs.RECURRING, company=self.company, by=self.access.user,
                    arguments={"on": on.isoformat(), "chosen": chosen})  # fmt: skip
        return redirect("job", self.company.pk, job.pk)

    def _named(self, told: str) -> tuple[dt.date, RecurringInvoice]:
        """The day and the recurring invoice of ``2026-12-01:5``."""
        day, _colon, pk = told.partition(":")
        found = get_object_or_404(RecurringInvoice.of(self.company), pk=id_of(pk))
        return read_day(day) or clock.today(), found


class RecurringInvoicePage(CompanyView):
    """``…/recurring/add/?document=`` and ``…/recurring/{recurring}/``: when it comes again.

    The invoice itself is that of ``document``; another one takes its place when it is named.
    """

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_ISSUE}
    help_page = "recurring-invoices"

    def get(self, request: HttpRequest, recurring: int = 0, **kwargs: Any) -> HttpResponse:
        one, document = self._row(recurring), self._document()
        start = clock.today().replace(day=1) + dt.timedelta(days=32)
        initial = {} if one.pk else {
            "next_on": start.replace(day=1), "every": 1,
            "name": (document.subject or document.contact.name)[:80] if document else "",
        }  # fmt: skip
        return self._show(one, document, RhythmForm(instance=one, initial=initial))

    def post(self, request: HttpRequest, recurring: int = 0, **kwargs: Any) -> HttpResponse:
        one, document = self._row(recurring), self._document()
        if request.POST.get("do") == "delete" and one.pk:
            _delete(one, self)
            messages.success(request, _("“%s” comes no more. What was billed stays.") % one.name)
            return redirect("recurring-invoices", self.company.pk)
        version = one.version
        form = RhythmForm(request.POST, instance=one)
        if not form.is_valid():
            return refused(request, self._show(one, document, form))
        try:
            saved = _save(one, self._typed(one, document), self, version)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(one, document, form))
        messages.success(request, _("“%s” is saved.") % saved.name)
        return redirect("recurring-invoices", self.company.pk)

    def _row(self, pk: int) -> RecurringInvoice:
        if not pk:
            return RecurringInvoice(company=self.company)
        rows = RecurringInvoice.of(self.company).select_related(
            "company", "pattern__company", "pattern__contact"
        )
        return get_object_or_404(rows, pk=pk)

    def _document(self) -> SalesDocument | None:
        asked = self.request.GET.get("document")
        if not asked:
            return None
        rows = SalesDocument.of(self.company).select_related("company", "contact")
        found: SalesDocument = get_object_or_404(rows, pk=id_of(asked))
        return found

    def _typed(self, one: RecurringInvoice, document: SalesDocument | None) -> TypedDocument:
        if document is not None:
            return replace(making.copy(document, date=one.next_on), is_deposit=False)
        pattern = get_object_or_404(
            SalesDocument.of(self.company).select_related("company"), pk=one.pattern_id or 0
        )
        return making.typed_of(pattern, drafting.lines_of(pattern))

    def _show(
        self, one: RecurringInvoice, document: SalesDocument | None, form: RhythmForm
    ) -> HttpResponse:
        shown = document or (one.pattern if one.pk else None)
        return render(self.request, "accounting/receivables/recurring_one.html", {
            "page_title": one.name if one.pk else _("Let an invoice come again"), "one": one,
            "form": form, "document": shown, "lines": drafting.lines_of(shown) if shown else [],
            "history_of": one if one.pk else None,
        })  # fmt: skip


def _save(
    one: RecurringInvoice, typed: TypedDocument, page: CompanyView, version: int
) -> RecurringInvoice:
    return recurring.save(one, typed, by=page.access.user, version=version if one.pk else None)


def _delete(one: RecurringInvoice, page: CompanyView) -> None:
    recurring.delete(one, by=page.access.user)
