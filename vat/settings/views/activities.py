"""Granted activities, and the accounts of their turnover."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused, tell
from vat.codes.models import VatActivity
from vat.codes.net_rates import net_tax_rates_on
from vat.codes.queries import settings_on
from vat.settings.activities import assign_accounts, end_activity, grant_activity
from vat.settings.forms import ActivityForm, EndForm
from vat.settings.queries import account_rows, activities_of

PREFIX = "account-"  # of the fields of accounts
A_YEAR = dt.timedelta(days=365)


class Activities(CompanyView):
    """``/c/{company}/vat/activities/``: a POST with ``accounts`` assigns them, another one grants a rate."""

    permission = Permission.VAT_READ
    permissions = {"POST": Permission.VAT_CHANGE}
    help_page = "vat-activities"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ActivityForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "accounts" in request.POST:
            return self._assign()
        form = ActivityForm(request.POST)
        if form.is_valid():
            try:
                grant_activity(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The activity is saved."))
                return redirect("vat-activities", self.company.pk)
        return refused(request, self._show(form))

    def _assign(self) -> HttpResponse:
        told = {
            name.removeprefix(PREFIX): str(value) for name, value in self.request.POST.items()
            if name.startswith(PREFIX)
        }  # fmt: skip
        try:
            assign_accounts(company=self.company, accounts=told, by=self.access.user)
        except DomainError as refusal:
            messages.error(self.request, str(refusal))
            return refused(self.request, self._show(ActivityForm()))
        messages.success(self.request, _("The accounts of the activities are saved."))
        return redirect("vat-activities", self.company.pk)

    def _show(self, form: ActivityForm) -> HttpResponse:
        today = clock.today()
        activities = list(activities_of(self.company))
        rows = account_rows(self.company, today - A_YEAR, today)
        settings = settings_on(self.company, today)
        context = {
            "page_title": _("VAT activities"), "form": form, "activities": activities,
            "rows": rows, "missing": sum(row.is_missing for row in rows),
            "choices": {one.activity_code: one.name for one in activities},
            "rates": net_tax_rates_on(today), "settings": settings, "today": today, "prefix": PREFIX,
            "is_used": settings is not None and settings.method in {"net", "flat"},
        }  # fmt: skip
        return render(self.request, "vat/settings/activities.html", context)


class EndActivity(CompanyView):
    """``/c/{company}/vat/activities/{activity}/``: until when a granted rate holds."""

    permission = Permission.VAT_CHANGE
    help_page = "vat-activities"

    def get(self, request: HttpRequest, activity: int, **kwargs: Any) -> HttpResponse:
        found = self._found(activity)
        return self._show(EndForm(initial={"valid_to": found.valid_to}), found)

    def post(self, request: HttpRequest, activity: int, **kwargs: Any) -> HttpResponse:
        found, form = self._found(activity), EndForm(request.POST)
        if form.is_valid():
            try:
                end_activity(found, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The activity is saved."))
                return redirect("vat-activities", self.company.pk)
        return refused(request, self._show(form, found))

    def _found(self, activity: int) -> VatActivity:
        found: VatActivity = get_object_or_404(VatActivity.of(self.company), pk=activity)
        return found

    def _show(self, form: EndForm, found: VatActivity) -> HttpResponse:
        context = {
            "page_title": str(found), "form": form, "history_of": found,
            "back_url": reverse("vat-activities", args=[self.company.pk]),
        }  # fmt: skip
        return render(self.request, "erp/components/form_page.html", context)
