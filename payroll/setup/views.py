"""Pages of payroll's setup: the guided start, settings, institutions, solutions with rates, accounts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.entering import choices
from accounting.ledger.models import Account
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, refused, tell
from payroll.setup import accounts, institutions, queries, readiness, solutions
from payroll.setup.checking import warnings
from payroll.setup.forms import (
    CopyForm,
    InstitutionForm,
    RateForms,
    SettingsForm,
    SolutionForm,
    initial_of,
)
from payroll.setup.models import Institution, Solution
from payroll.setup.settings import change_settings, settings_of


class SetupView(CompanyView):
    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_SETTINGS}
    help_page = "payroll-institutions"

    @property
    def may_change(self) -> bool:
        return self.access.may(Permission.PAYROLL_SETTINGS)


class Start(SetupView):
    """``/c/{company}/payroll/start/``: what is missing before the first run."""

    help_page = "payroll-start"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        steps = readiness.steps(self.company, clock.today())
        context = {"page_title": _("Start of payroll"), "steps": steps,
                   "is_ready": readiness.is_ready(steps)}  # fmt: skip
        return render(request, "payroll/setup/start.html", context)


class SettingsPage(SetupView):
    """``/c/{company}/payroll/settings/``"""

    help_page = "payroll-settings"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, SettingsForm(instance=settings_of(self.company)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = SettingsForm(request.POST, instance=settings_of(self.company))
        if form.is_valid():
            try:
                change_settings(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The payroll settings are saved."))
                return redirect("payroll-settings", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: SettingsForm) -> HttpResponse:
        row = form.instance
        context = {"page_title": _("Payroll settings"), "form": form, "history_of": row if row.pk else None,
                   "may_change": self.may_change}  # fmt: skip
        return render(request, "payroll/setup/settings.html", context)


class Institutions(SetupView):
    """``/c/{company}/payroll/institutions/``: the list; a POST copies rates to a new year."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, CopyForm(initial={"valid_from": self._next_year()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CopyForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    count = solutions.copy_rates(
                        company=self.company, by=self.access.user, **form.cleaned_data
                    )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(
                    request, _("%s rates are copied. Change what insurers announced.") % count
                )
                return redirect("institutions", self.company.pk)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: CopyForm) -> HttpResponse:
        context = {"page_title": _("Institutions"), "rows": queries.listing(self.company, clock.today()),
                   "form": form, "may_change": self.may_change}  # fmt: skip
        return render(request, "payroll/setup/institutions.html", context)

    def _next_year(self) -> dt.date:
        """The next 1 January; in the first months of a year this one."""
        today = clock.today()
        return dt.date(today.year + (today.month > 6), 1, 1)


class InstitutionPage(SetupView):
    """``…/payroll/institutions/add/`` and ``…/payroll/institutions/{institution}/``"""

    def get(
        self, request: HttpRequest, institution: int | None = None, **kwargs: Any
    ) -> HttpResponse:
        row = self._found(institution)
        return self._show(request, InstitutionForm(company=self.company, row=row), row)

    def post(
        self, request: HttpRequest, institution: int | None = None, **kwargs: Any
    ) -> HttpResponse:
        row = self._found(institution)
        form = InstitutionForm(request.POST, company=self.company, row=row)
        try:
            with transaction.atomic():
                if row.pk and "delete" in request.POST:
                    institutions.delete_institution(row, by=self.access.user)
                    messages.success(request, _("%s is deleted.") % row.name)
                    return redirect("institutions", self.company.pk)
                if not form.is_valid():
                    return refused(request, self._show(request, form, row))
                saved = institutions.save_institution(
                    company=self.company, by=self.access.user, row=row if row.pk else None,
                    **form.cleaned_data,
                )  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form, self._found(institution)))
        messages.success(request, _("%s is saved.") % saved.name)
        return redirect("institution", self.company.pk, saved.pk)

    def _found(self, pk: int | None) -> Institution:
        if pk is None:
            kind = self.request.GET.get("kind", "")
            usual = kind if kind in Institution.Kind.values else Institution.Kind.AHV
            return Institution(company=self.company, kind=usual, version=0)
        found: Institution = get_object_or_404(queries.whole(self.company), pk=pk)
        return found

    def _show(self, request: HttpRequest, form: InstitutionForm, row: Institution) -> HttpResponse:
        offered = (
            Account.of(self.company)
            .filter(control="", purpose="")
            .exclude(type=Account.Type.CLOSING)
        )
        context = {
            "page_title": row.name or _("Add an institution"), "form": form, "row": row,
            "may_change": self.may_change, "accounts": choices(offered.order_by("number")),
            "found": queries.as_row(row, clock.today()) if row.pk else None,
            "has_solutions": row.kind != Institution.Kind.TAX,
        }  # fmt: skip
        return render(request, "payroll/setup/institution.html", context)


class SolutionPage(SetupView):
    """``…/institutions/{institution}/solutions/add/`` and ``…/payroll/solutions/{solution}/``"""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._found(**kwargs)
        rates = solutions.rates_of(row) if row.pk else []
        table = RateForms(initial=[initial_of(one) for one in rates], prefix="rates",
                          form_kwargs={"kind": row.institution.kind})  # fmt: skip
        return self._show(request, SolutionForm(row=row), table, row)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._found(**kwargs)
        form = SolutionForm(request.POST, row=row)
        table = RateForms(request.POST, prefix="rates", form_kwargs={"kind": row.institution.kind})
        try:
            with transaction.atomic():
                if row.pk and "delete" in request.POST:
                    solutions.delete_solution(row, by=self.access.user)
                    messages.success(request, _("Solution %s is deleted.") % row.code)
                    return redirect("institution", self.company.pk, row.institution_id)  # type: ignore[attr-defined]
                if not (form.is_valid() and table.is_valid()):
                    return refused(request, self._show(request, form, table, row))
                rates = table.rates()  # type: ignore[attr-defined]
                saved = solutions.save_solution(
                    institution=row.institution, by=self.access.user, row=row if row.pk else None,
                    rates=rates, **form.cleaned_data,
                )  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, form, table, row))
        messages.success(request, _("Solution %s is saved.") % saved.code)
        for said in warnings(row.institution.kind, rates):
            messages.warning(request, said)
        return redirect("solution", self.company.pk, saved.pk)

    def _found(
        self, *, institution: int | None = None, solution: int | None = None, **_more: Any
    ) -> Solution:
        if solution is not None:
            rows = Solution.of(self.company).select_related("company", "institution")
            found: Solution = get_object_or_404(rows, pk=solution)
            return found
        offered = (
            Institution.of(self.company)
            .exclude(kind=Institution.Kind.TAX)
            .select_related("company")
        )
        return Solution(
            company=self.company, institution=get_object_or_404(offered, pk=institution)
        )

    def _show(
        self, request: HttpRequest, form: SolutionForm, table: forms.BaseFormSet[Any], row: Solution
    ) -> HttpResponse:
        named = f"{row.institution.name}: {row.code}" if row.pk else _("Add a solution")
        context = {"page_title": named, "form": form, "table": table, "row": row,
                   "may_change": self.may_change}  # fmt: skip
        return render(request, "payroll/setup/solution.html", context)


class Accounts(SetupView):
    """``/c/{company}/payroll/accounts/``: where institutions and wage types are booked."""

    help_page = "payroll-accounts"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        plan = accounts.plan_of(self.company, clock.today())
        owed, types = queries.accounts_of(plan)
        try:
            clearing, fault = plan.clearing(), ""
        except DomainError as refusal:
            clearing, fault = None, str(refusal)
        context = {"page_title": _("Accounts of payroll"), "institutions": owed, "types": types,
                   "clearing": clearing, "clearing_fault": fault}  # fmt: skip
        return render(request, "payroll/setup/accounts.html", context)
