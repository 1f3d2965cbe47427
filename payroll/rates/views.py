"""Pages of figures of law, and of looking up a withholding-tax tariff."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, id_or_none, refused, tell
from payroll.rates import overview
from payroll.rates.cantonal import CANTONS, KINDS, STATUSES, contributions_on, tax_model
from payroll.rates.catalogue import label
from payroll.rates.family import Status
from payroll.rates.forms import YEARS, LookUpForm, OwnFigureForm
from payroll.rates.models import OwnFigure
from payroll.rates.own import enter_figure, figures_of, remove_figure
from payroll.rates.tables import figures_table
from payroll.rates.tariffs import codes_of, commission, loaded_for, look_up
from payroll.wages.kinds import TaxModel


class FiguresPage(CompanyView):
    """``/c/{company}/payroll/figures/?on=``: what holds on a day, with source, and what is missing.

    With ``format=`` as a file. A POST enters an own figure, or removes one (``remove``).
    """

    permission = Permission.PAYROLL_READ
    permissions = {"POST": Permission.PAYROLL_SETTINGS}
    help_page = "payroll-figures"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if form := request.GET.get("format"):
            return answer(form, figures_table(self.day, self.own), company=self.company)
        return self._show(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if number := id_or_none(request.POST.get("remove")):
            row = get_object_or_404(OwnFigure.of(self.company).select_for_update(), pk=number)
            remove_figure(row, by=self.access.user)
            messages.success(request, _("The figure is removed."))
            return redirect("payroll-figures", self.company.pk)
        form = OwnFigureForm(request.POST)
        if form.is_valid():
            try:
                enter_figure(company=self.company, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The figure is entered."))
                return redirect("payroll-figures", self.company.pk)
        return refused(request, self._show(form))

    @cached_property
    def day(self) -> dt.date:
        return read_day(self.request.GET.get("on")) or clock.today()

    @cached_property
    def own(self) -> tuple[Any, ...]:
        return figures_of(self.company)

    def _show(self, form: OwnFigureForm | None) -> HttpResponse:
        start = dt.date(clock.today().year + 1, 1, 1)
        tariffs = loaded_for(self.day.year)
        context = {
            "page_title": _("Figures"), "day": self.day, "groups": overview.groups(self.day, self.own),
            "missing": overview.missing(self.day, self.own),
            "next_start": start, "missing_next": overview.missing(start, self.own),
            "later": [(one, label(one.key)) for one in self.own if one.valid_from > self.day],
            "family": overview.family(self.day, self.own),
            "cantonal": [(one, KINDS[one.kind], STATUSES[one.status], one.status == Status.KNOWN)
                         for one in contributions_on(self.day)],
            "tariffs": [(one, tax_model(one.canton, self.day) == TaxModel.YEARLY)
                        for one in tariffs],
            "tariffs_missing": sum(one.is_missing for one in tariffs),
            "form": form or OwnFigureForm(initial={"valid_from": start}), "is_refused": form is not None,
        }  # fmt: skip
        return render(self.request, "payroll/rates/figures.html", context)


class TariffLookUp(CompanyView):
    """``/c/{company}/payroll/tariffs/``: what a tariff takes of an income, and how it comes."""

    permission = Permission.PAYROLL_READ
    help_page = "payroll-tariffs"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asked = {name: value for name, value in request.GET.items() if "\x00" not in value}
        form = LookUpForm(asked) if "code" in asked else LookUpForm(
            initial={"year": clock.today().year} | asked
        )  # fmt: skip
        found = None
        if form.is_bound and form.is_valid():
            found = self._look_up(form)
        context = {
            "page_title": _("Withholding-tax tariffs"), "form": form, **(found or {}),
            "codes": self._codes(),
            "loaded": [one for one in loaded_for(self._year()) if not one.is_missing],
        }  # fmt: skip
        return render(request, "payroll/rates/tariffs.html", context)

    def _look_up(self, form: LookUpForm) -> dict[str, Any] | None:
        told = form.cleaned_data
        day = dt.date(told["year"], 12, 31)
        taxable: Decimal | None = told["taxable"]
        try:
            found = look_up(told["canton"], told["code"], day, determinant=told["determinant"],
                            taxable=taxable)  # fmt: skip
            kept = commission(told["canton"], day, "PEL")
        except DomainError as refusal:
            tell(form, refusal)
            return None
        return {
            "found": found, "commission": kept,
            "is_yearly": tax_model(found.canton, day) == TaxModel.YEARLY,
        }  # fmt: skip

    def _year(self) -> int:
        """The year that is looked up, or this one."""
        year = id_or_none(self.request.GET.get("year"))
        return year if year and year in YEARS else clock.today().year

    def _codes(self) -> list[str]:
        canton = self.request.GET.get("canton", "")
        return codes_of(canton, dt.date(self._year(), 12, 31)) if canton in CANTONS else []
