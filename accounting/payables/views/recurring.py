"""Pages of suppliers' invoices that come again: the proposal of what is due, and when each does."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.payables import making, queries, recurring
from accounting.payables.forms import RhythmForm
from accounting.payables.models import RecurringSupplierInvoice, SupplierInvoice
from accounting.payables.reckoning import lines_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.web.dates import read_day
from erp.web.pages import CompanyView, id_of, id_or_none, refused, tell


class RecurringInvoices(CompanyView):
    """``/c/{company}/payables/recurring/?on=``: what is due until a day, and all there are.

    A POST enters all dates due of the ticked ones, or with ``skip`` leaves one out.
    """

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_POST}
    help_page = "recurring-supplier-invoices"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        rows = RecurringSupplierInvoice.of(self.company).select_related("pattern__contact")
        return render(request, "accounting/payables/recurring.html", {
            "page_title": _("Recurring suppliers' invoices"), "on": on,
            "due": recurring.due(self.company, on),
            "rows": list(rows.order_by("paused", "next_on", "pk")[:500]),
        })  # fmt: skip

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        user = self.access.user
        if skipped := request.POST.get("skip"):
            day, _colon, pk = skipped.partition(":")
            one = get_object_or_404(RecurringSupplierInvoice.of(self.company), pk=id_of(pk))
            try:
                recurring.skip(one, read_day(day) or clock.today(), by=user)
            except DomainError as refusal:
                messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        on = read_day(request.POST.get("on")) or clock.today()
        chosen = {id_or_none(told.partition(":")[2]) for told in request.POST.getlist("due")[:1000]}
        done, stopped = 0, set[int]()
        for due in recurring.due(self.company, on):
            one = due.recurring
            if one.pk not in chosen or one.pk in stopped:
                continue
            try:
                with transaction.atomic():
                    recurring.enter(one, due.date, by=user)
                done += 1
            except DomainError as refusal:
                stopped.add(one.pk)  # the later ones come after it
                for fault in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
                    messages.error(request, f"{one.name}: {fault}")
        if done:
            messages.success(
                request, ngettext("%s invoice is entered.", "%s invoices are entered.", done) % done
            )
        elif not chosen:
            messages.error(request, _("Nothing is ticked."))
        return redirect(request.get_full_path())


class RecurringInvoicePage(CompanyView):
    """``…/recurring/add/?invoice=`` and ``…/recurring/{recurring}/``: when it comes again.

    Its lines are those of ``invoice``; another one takes its place when it is named.
    """

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_POST}
    help_page = "recurring-supplier-invoices"

    def get(self, request: HttpRequest, recurring: int = 0, **kwargs: Any) -> HttpResponse:
        one, invoice = self._row(recurring), self._invoice()
        start = clock.today().replace(day=1) + dt.timedelta(days=32)
        initial = {} if one.pk else {
            "next_on": start.replace(day=1), "every": 1,
            "name": (invoice.subject or invoice.contact.name)[:80] if invoice else "",
        }  # fmt: skip
        return self._show(one, invoice, RhythmForm(instance=one, initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        one, invoice = self._row(kwargs.get("recurring", 0)), self._invoice()
        if request.POST.get("do") == "delete" and one.pk:
            recurring.delete(one, by=self.access.user)
            messages.success(request, _("It comes no more. What was entered stays."))
            return redirect("recurring-supplier-invoices", self.company.pk)
        form = RhythmForm(request.POST, instance=one)
        source = invoice or (one.pattern if one.pk else None)
        if not form.is_valid() or source is None:
            return refused(request, self._show(one, invoice, form))
        typed = making.copy(source, date=clock.today())
        try:
            with transaction.atomic():
                recurring.save(form.save(commit=False), typed, by=self.access.user)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(one, invoice, form))
        messages.success(request, _("It comes again from %s on.")
                         % form.cleaned_data["next_on"].strftime("%d.%m.%Y"))  # fmt: skip
        return redirect("recurring-supplier-invoices", self.company.pk)

    def _row(self, pk: int) -> RecurringSupplierInvoice:
        if not pk:
            return RecurringSupplierInvoice(company=self.company)
        rows = RecurringSupplierInvoice.of(self.company)
        found: RecurringSupplierInvoice = get_object_or_404(
            rows.select_related("pattern__contact", "pattern__company"), pk=pk
        )
        return found

    def _invoice(self) -> SupplierInvoice | None:
        wanted = id_or_none(self.request.GET.get("invoice"))
        if wanted is None:
            return None
        found: SupplierInvoice = get_object_or_404(queries.with_all(self.company), pk=wanted)
        return found

    def _show(
        self, one: RecurringSupplierInvoice, invoice: SupplierInvoice | None, form: RhythmForm
    ) -> HttpResponse:
        shown = invoice or (one.pattern if one.pk else None)
        return render(self.request, "accounting/payables/recurring_one.html", {
            "page_title": one.name if one.pk else _("Let an invoice come again"), "one": one,
            "form": form, "invoice": shown, "lines": lines_of(shown) if shown else [],
        })  # fmt: skip
