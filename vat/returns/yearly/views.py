"""Pages of a year of VAT: the annual reconciliation, and what another method would have cost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.export import answer
from erp.web.pages import CompanyView, id_of
from vat.codes.models import VatSettings
from vat.codes.net_rates import net_tax_rates_on
from vat.returns import filing
from vat.returns.comparing import what_if
from vat.returns.reconciling import reconciliation
from vat.returns.yearly.asking import rates_of
from vat.returns.yearly.tables import reconciliation_table


class OfYear(CompanyView):
    """A page about a fiscal year: ``?year=`` its id, by default the last that is over."""

    permission = Permission.VAT_READ

    def year(self, asked: str | None) -> FiscalYear:
        rows = FiscalYear.of(self.company)
        if asked:
            found: FiscalYear = get_object_or_404(rows, pk=id_of(asked))
            return found
        over = rows.filter(end__lt=clock.today()).order_by("-end").first()
        year = over or rows.order_by("start").first()
        if year is None:
            raise Http404
        return year

    @property
    def years(self) -> list[FiscalYear]:
        return list(FiscalYear.of(self.company).order_by("-start"))


class ReconciliationPage(OfYear):
    """``/c/{company}/vat/reconciliation/?year=``: the books of a year beside its returns."""

    permissions = {"POST": Permission.VAT_FILE}
    help_page = "vat-reconciliation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year(request.GET.get("year"))
        found = reconciliation(self.company, year.start, year.end)
        form = request.GET.get("format", "")
        if form:
            self.require(Permission.LEDGER_EXPORT)
            return answer(form, reconciliation_table(found), company=self.company)
        context = {
            "page_title": _("Annual VAT reconciliation"), "found": found, "year": year,
            "years": self.years, "today": clock.today(),
        }  # fmt: skip
        return render(request, "vat/yearly/reconciliation.html", context)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year(request.POST.get("year"))
        try:
            filing.begin_reconciliation(
                company=self.company, start=year.start, end=year.end, by=self.access.user
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The annual reconciliation is begun."))
        address = reverse("vat-reconciliation", args=[self.company.pk])
        return redirect(f"{address}?year={year.pk}")


class WhatIf(OfYear):
    """``/c/{company}/vat/what-if/?year=&rate_3200=2.1``: a year by both methods.

    Rates are typed per income account; without any, those of the activities count.
    """

    help_page = "vat-what-if"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = self.year(request.GET.get("year"))
        asked = request.GET.get("basis", "")
        basis = asked if asked in VatSettings.Basis.values else ""
        typed = {name.removeprefix("rate_"): str(value) for name, value in request.GET.items()
                 if name.startswith("rate_") and value}  # fmt: skip
        try:
            rates = rates_of(typed)
            found = what_if(self.company, year.start, year.end, rates=rates, basis=basis)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            rates, found = {}, what_if(self.company, year.start, year.end, basis=basis)
        context = {
            "page_title": _("What if: VAT methods"), "found": found, "year": year,
            "years": self.years, "rates": net_tax_rates_on(year.end), "typed": bool(rates),
            "bases": VatSettings.Basis.choices, "saved": -found.difference,
            "basis_name": VatSettings.Basis(found.basis).label,
        }  # fmt: skip
        return render(request, "vat/yearly/what_if.html", context)
