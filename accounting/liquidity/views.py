"""The liquidity forecast and what is planned by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounting.liquidity import planning, reports
from accounting.liquidity.charts import forecast_chart
from accounting.liquidity.forecast import Column, Flow, Forecast, Kind, Step
from accounting.liquidity.gathering import Wish, forecast
from accounting.liquidity.models import PlannedPayment
from accounting.open_items.forms import Amount
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import DayInput, read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, refused, tell

#: How far one looks ahead unless somebody says otherwise, and at most.
AHEAD: Final = {Step.WEEK: 13 * 7, Step.MONTH: 365}
FARTHEST: Final = 3 * 366

#: Where a payment is found: the page of what it comes from.
PAGES: Final = {
    Kind.RECEIVABLE: "open-item", Kind.PAYABLE: "open-item", Kind.INVOICE: "recurring-invoice",
    Kind.PURCHASE: "recurring-supplier-invoice",
    Kind.ENTRY: "recurring-template", Kind.PLANNED: "planned-payment",
}  # fmt: skip


class LiquidityPage(CompanyView):
    """``/c/{company}/liquidity/?step=week|month&until=…&habits=1&discounts=1&column=2026-03-02``

    ``column`` shows what makes one up; ``format`` with ``what=payments`` is every payment as a file.
    """

    permission = Permission.LEDGER_READ
    help_page = "liquidity"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPEN_ITEMS_READ)
        wish = self._wish()
        found = forecast(self.company, wish, language=get_language() or "de")
        if form := request.GET.get("format", ""):
            self.require(Permission.LEDGER_EXPORT)
            payments = request.GET.get("what") == "payments"
            content = reports.flows_table(found) if payments else reports.forecast_table(found)
            return answer(form, content, company=self.company)
        context = {
            "page_title": _("Liquidity forecast"), "found": found, "wish": wish,
            "kinds": list(Kind), "chart": forecast_chart(found), "steps": Step.choices,
            "shown": self._shown(found), "may_plan": self.access.may(Permission.BUDGET_CHANGE),
        }  # fmt: skip
        return render(request, "accounting/liquidity/forecast.html", context)

    def _wish(self) -> Wish:
        """What was asked for; the first time weekly, with habits."""
        told, today = self.request.GET, clock.today()
        step = Step(told["step"]) if told.get("step") in Step.values else Step.WEEK
        until = read_day(told.get("until")) or today + dt.timedelta(days=AHEAD[step])
        until = min(max(until, today), today + dt.timedelta(days=FARTHEST))
        asked = "asked" in told
        return Wish(today, until, step, habits=not asked or bool(told.get("habits")),
                    discounts=bool(told.get("discounts")))  # fmt: skip

    def _shown(self, found: Forecast) -> tuple[Column, list[tuple[Flow, str]]] | None:
        """The week or month that was clicked, each payment with the page it comes from."""
        day = read_day(self.request.GET.get("column"))
        column = next((one for one in found.columns if one.start == day), None)
        if column is None:
            return None
        return column, [
            (flow, reverse(PAGES[Kind(flow.kind)], args=[self.company.pk, flow.key]))
            for flow in column.flows
        ]


class PlannedForm(forms.ModelForm):
    amount = Amount(label=gettext_lazy("Amount"), required=True,
                    help_text=gettext_lazy("Positive comes in, negative goes out."))  # fmt: skip

    class Meta:
        model = PlannedPayment
        fields = ("date", "text", "amount", "currency", "rhythm", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("date", "until"):
            self.fields[name].widget = DayInput()
        for name in self.fields:
            self.fields[name].width = "w6" if name == "text" else "w3"  # type: ignore[attr-defined]


class PlannedPayments(CompanyView):
    """``/c/{company}/liquidity/planned/``: what is planned; a POST adds one."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.BUDGET_CHANGE}
    help_page = "liquidity"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        initial = {"date": clock.today(), "currency": self.company.currency}
        return self._show(PlannedForm(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        planned = PlannedPayment(company=self.company)
        form = PlannedForm(request.POST, instance=planned)
        if form.is_valid():
            try:
                planning.save_planned(planned, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The payment is planned."))
                return redirect("planned-payments", self.company.pk)
        return refused(request, self._show(form))

    def _show(self, form: PlannedForm) -> HttpResponse:
        rows = PlannedPayment.of(self.company).order_by("date", "pk")
        context = {"page_title": _("Planned payments"), "rows": rows, "form": form}
        return render(self.request, "accounting/liquidity/planned.html", context)


class EditPlanned(CompanyView):
    """``/c/{company}/liquidity/planned/{planned}/``: change it, or with ``do=delete`` take it back."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.BUDGET_CHANGE}
    help_page = "liquidity"

    def get(self, request: HttpRequest, planned: int, **kwargs: Any) -> HttpResponse:
        found = self._found(planned)
        return self._show(found, PlannedForm(instance=found))

    def post(self, request: HttpRequest, planned: int, **kwargs: Any) -> HttpResponse:
        found = self._found(planned)
        if request.POST.get("do") == "delete":
            planning.delete_planned(found, by=self.access.user)
            return redirect("planned-payments", self.company.pk)
        form = PlannedForm(request.POST, instance=found)
        if form.is_valid():
            try:
                planning.save_planned(found, by=self.access.user)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                return redirect("planned-payments", self.company.pk)
        return refused(request, self._show(found, form))

    def _found(self, planned: int) -> PlannedPayment:
        rows = PlannedPayment.of(self.company).select_related("company")
        found: PlannedPayment = get_object_or_404(rows, pk=planned)
        return found

    def _show(self, found: PlannedPayment, form: PlannedForm) -> HttpResponse:
        context = {
            "page_title": _("Planned payment"), "form": form, "history_of": found,
            "back_url": reverse("planned-payments", args=[self.company.pk]),
            "read_only": not self.access.may(Permission.BUDGET_CHANGE),
        }  # fmt: skip
        return render(self.request, "accounting/liquidity/planned_one.html", context)
