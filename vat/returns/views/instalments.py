"""The page of an instalment: what is planned, and the debt to the tax office made of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.typed import NotADate
from accounting.open_items.forms import Amount
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import DayInput, read_day
from erp.web.pages import refused
from vat.returns.instalments import Planned, enter_instalment, instalment, take_back_instalment
from vat.returns.views.base import ReturnsView


class InstalmentForm(forms.Form):
    """What the invoice of the tax office says."""

    amount = Amount(label=gettext_lazy("Amount"), required=True, empty=None)
    due_date = forms.DateField(label=gettext_lazy("Due"), widget=DayInput())
    date = forms.DateField(label=gettext_lazy("Booking date"), widget=DayInput())
    reference = forms.CharField(
        label=gettext_lazy("Reference of the payment slip"), max_length=35, required=False
    )


class InstalmentPage(ReturnsView):
    """``/c/{company}/vat/returns/instalments/{start}/{nth}/``"""

    help_page = "vat-returns"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        one = self._planned()
        told = {"amount": one.amount or "", "due_date": one.due, "date": clock.today()}
        return self._show(one, InstalmentForm(initial=told))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        one = self._planned()
        if request.POST.get("do") == "take_back":
            return self._take_back(one)
        form = InstalmentForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(one, form))
        told = form.cleaned_data
        told["reference"] = "".join(told["reference"].split())
        try:
            done = enter_instalment(company=self.company, start=one.period.start, nth=one.nth,
                                    by=self.access.user, **told)  # fmt: skip
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return refused(request, self._show(one, form))
        messages.success(
            request, _("The instalment is owed to the tax office, by entry %s.") % done.entry.number
        )
        return redirect("vat-returns", self.company.pk)

    def _take_back(self, one: Planned) -> HttpResponse:
        if one.stored is None:
            raise Http404
        try:
            day = read_day(self.request.POST.get("date"))
            if day is None:
                raise NotADate(value=self.request.POST.get("date", "")[:20])
            mirror = take_back_instalment(one.stored, date=day, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(self.request, self._show(one, None))
        messages.success(self.request, _("Entry %s undoes the instalment.") % mirror.number)
        return redirect("vat-returns", self.company.pk)

    def _planned(self) -> Planned:
        day = read_day(self.kwargs["start"])
        found = instalment(self.company, day, self.kwargs["nth"]) if day else None
        if found is None:
            raise Http404
        return found

    def _show(self, one: Planned, form: InstalmentForm | None) -> HttpResponse:
        context = {
            "page_title": _("Instalment %(nth)s of %(period)s")
            % {"nth": one.nth, "period": one.period.name},
            "one": one, "form": form or InstalmentForm(), "history_of": one.stored,
            "today": clock.today(), "submit_label": _("Owe it to the tax office"),
            "back_url": reverse("vat-returns", args=[self.company.pk]),
            "read_only": not self.access.may(Permission.VAT_FILE),
        }  # fmt: skip
        return render(self.request, "vat/returns/instalment.html", context)
