"""Dated settings, with what a change moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused, tell
from vat.codes.models import VatRate, VatSettings
from vat.codes.queries import settings_on
from vat.settings.changing import Wanted, change_settings, remove_settings
from vat.settings.forms import SettingsForm
from vat.settings.previewing import Preview, preview


class SettingsPage(CompanyView):
    """``/c/{company}/vat/settings/``: dated settings and rates.

    A POST with ``preview`` shows what the change would move, any other one saves it.
    """

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        now = settings_on(self.company, clock.today())
        fields = SettingsForm.base_fields
        initial = (
            {name: getattr(now, name) for name in fields if name != "valid_from"} if now else {}
        )
        return self._show(request, SettingsForm(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SettingsForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            try:
                if "preview" in request.POST:
                    return self._show(request, form, preview(self.company, Wanted(**told)))
                change_settings(company=self.company, by=self.access.user, **told)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The VAT settings are saved."))
                return redirect("vat-settings", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(
        self, request: HttpRequest, form: SettingsForm, found: Preview | None = None
    ) -> HttpResponse:
        context = {
            "page_title": _("VAT"), "form": form, "found": found,
            "now": settings_on(self.company, clock.today()),
            "history": VatSettings.of(self.company).order_by("-valid_from"),
            "rates": VatRate.objects.order_by("rate_class", "-valid_from"),
        }  # fmt: skip
        return render(request, "vat/settings/settings.html", context)


class RemoveSettings(CompanyView):
    """``/c/{company}/vat/settings/{settings}/remove/``: those before them go on."""

    permission = Permission.VAT_CHANGE
    help_page = "vat"

    def post(self, request: HttpRequest, settings: int, **kwargs: Any) -> HttpResponse:
        rows = VatSettings.of(self.company).select_related("company")
        found = get_object_or_404(rows, pk=settings)
        try:
            remove_settings(found, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The VAT settings are taken back."))
        return redirect("vat-settings", self.company.pk)
