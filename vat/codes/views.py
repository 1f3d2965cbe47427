"""VAT settings and codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import DayInput
from erp.web.pages import CompanyView, refused, tell
from vat.codes.models import RateClass, VatCode, VatRate, VatSettings
from vat.codes.queries import form_on, settings_on
from vat.codes.setup import change_settings


class SettingsForm(forms.Form):
    """How VAT is settled from a day on."""

    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=DayInput())
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=VatSettings.Method.choices)
    basis = forms.ChoiceField(label=gettext_lazy("Basis"), choices=VatSettings.Basis.choices)
    interval = forms.ChoiceField(
        label=gettext_lazy("Interval"), choices=VatSettings.Interval.choices
    )
    rate_method = forms.ChoiceField(
        label=gettext_lazy("Exchange rates"), choices=VatSettings.RateMethod.choices,
        help_text=gettext_lazy("Kept for a tax period at least."),
    )  # fmt: skip


class SettingsPage(CompanyView):
    """``/c/{company}/vat/settings/``: dated settings, codes and rates."""

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, SettingsForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SettingsForm(request.POST)
        if form.is_valid():
            try:
                change_settings(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The VAT settings are saved."))
                return redirect("vat-settings", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: SettingsForm) -> HttpResponse:
        today = clock.today()
        form_today = form_on(today)
        codes = [
            (code, form_today.rates.get(code.rate_class) if code.rate_class != RateClass.NONE else None,
             ", ".join(form_today.boxes_of(code)))
            for code in VatCode.of(self.company).order_by("position")
        ]  # fmt: skip
        context = {
            "page_title": _("VAT"),
            "form": form,
            "now": settings_on(self.company, today),
            "history": VatSettings.of(self.company).order_by("-valid_from"),
            "codes": codes,
            "rates": VatRate.objects.order_by("rate_class", "-valid_from"),
        }
        return render(request, "vat/codes/settings.html", context)
