"""Valuations of foreign currencies: the list with its rules, the proposal of a day, and one that was posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.queries import year_of
from accounting.valuation import jobs, leaving, queries, reports, running
from accounting.valuation.forms import RuleForm
from accounting.valuation.rates import UsedRate, restored, rule_on
from accounting.valuation.reckoning import PositionRow, Reckoning, Subtotal, reckon
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import RATE_DIGITS, ZERO, NotAnAmount, typed_amount
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, refused, tell

PAGE: Final = 200
RATE: Final = "rate-"  # with the currency, the name of a rate that is typed


class Valuations(CompanyView):
    """``/c/{company}/valuations/``: what was valued, a day to value, and by which rule; a POST sets one."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.CHART_CHANGE}
    help_page = "valuations"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        rule = rule_on(self.company, clock.today())
        initial = {"valid_from": clock.today(), "gains": rule.gains, "rate_source": rule.rate_source}  # fmt: skip
        return self._show(RuleForm(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = RuleForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(form))
        try:
            running.set_rule(self.company, by=self.access.user, **form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(form))
        return redirect("valuations", self.company.pk)

    def _show(self, form: RuleForm) -> HttpResponse:
        year = year_of(self.company, clock.today())
        found = Paginator(queries.runs(self.company), PAGE)
        context = {
            "page_title": _("Foreign currencies"), "form": form,
            "page": found.get_page(self.request.GET.get("page")),
            "rules": queries.rules(self.company), "default": rule_on(self.company, dt.date.min),
            "day": year.end if year else clock.today(),
        }  # fmt: skip
        return render(self.request, "accounting/valuation/valuations.html", context)


class ValuationProposal(CompanyView):
    """``/c/{company}/valuations/proposal/?date=2026-12-31&rate-EUR=0.94``: what valuing a day would do.

    A POST with the same values posts it, of very many items by a job.
    """

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_POST}
    help_page = "valuations"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            found = self._reckoned(request.GET)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(reckon(self.company, self._day(request.GET))))
        if form := request.GET.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            content = reports.valuation_table(
                found.date, gains=found.rule.gains, rates=found.used, subtotals=found.subtotals,
                rows=found.rows(), left_out=found.left_out, own=self.company.currency,
            )  # fmt: skip
            return answer(form, content, company=self.company)
        return self._show(found)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        day, by = self._day(request.POST), self.access.user
        try:
            typed = typed_rates(request.POST)
            if jobs.is_large(self.company, day):
                job = jobs.begin(self.company, day, by=by, typed=typed)
                return redirect("job", self.company.pk, job.pk)
            run = running.value(self.company, date=day, by=by, typed=typed)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(reckon(self.company, day)))
        messages.success(request, _("Foreign currencies are valued as of %s.") % swiss_date(day))
        return redirect("valuation", self.company.pk, run.pk)

    def _day(self, told: Any) -> dt.date:
        day = read_day(told.get("date", ""))
        if day is None or day.year not in clock.YEARS:
            year = year_of(self.company, clock.today())
            return year.end if year else clock.today()
        return day

    def _reckoned(self, told: Any) -> Reckoning:
        return reckon(self.company, self._day(told), typed=typed_rates(told))

    def _show(self, found: Reckoning) -> HttpResponse:
        currencies = sorted({one.currency for one in found.subtotals if not one.is_residue})
        told = self.request.POST or self.request.GET
        fields = [(code, f"{RATE}{code}", told.get(f"{RATE}{code}", ""), found.rates.get(code))
                  for code in currencies]  # fmt: skip
        context = {
            "page_title": _("Valuation as of %s") % swiss_date(found.date), "found": found,
            "fields": fields, "back_url": reverse("valuations", args=[self.company.pk]),
            "gains": found.rule.get_gains_display(), "missing": found.missing,
            "left_out": found.left_out,
            **valued(self.request, found.used, found.subtotals, found.rows),
        }  # fmt: skip
        return render(self.request, "accounting/valuation/proposal.html", context)


class ValuationPage(CompanyView):
    """``/c/{company}/valuations/{valuation}/``: what was valued and posted; a POST undoes it as a whole."""

    permission = Permission.LEDGER_READ
    permissions = {"POST": Permission.LEDGER_REVERSE}
    help_page = "valuations"

    def get(self, request: HttpRequest, valuation: int, **kwargs: Any) -> HttpResponse:
        run = get_object_or_404(queries.runs(self.company), pk=valuation)
        rates, subtotals = restored(run.rates), queries.subtotals_of(run)
        left_out = leaving.restored(run.left_out)
        rows = partial(queries.rows_of, run, subtotals)
        if form := request.GET.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            content = reports.valuation_table(
                run.date, gains=run.gains, rates=rates, subtotals=subtotals, rows=rows(),
                left_out=left_out, own=self.company.currency,
            )  # fmt: skip
            return answer(form, content, company=self.company)
        context = {
            "page_title": _("Valuation as of %s") % swiss_date(run.date), "run": run,
            "back_url": reverse("valuations", args=[self.company.pk]), "history_of": run,
            "gains": run.get_gains_display(), "left_out": left_out,
            **valued(request, rates, subtotals, rows),
        }  # fmt: skip
        return render(request, "accounting/valuation/run.html", context)

    def post(self, request: HttpRequest, valuation: int, **kwargs: Any) -> HttpResponse:
        run = get_object_or_404(queries.runs(self.company), pk=valuation)
        try:
            running.undo(run, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("The valuation is undone."))
        return redirect("valuation", self.company.pk, run.pk)


def typed_rates(told: Any) -> dict[str, Decimal]:
    """The rates that were typed, by currency. Raises ``NotAnAmount``."""
    found: dict[str, Decimal] = {}
    for name, text in told.items():
        code = name.removeprefix(RATE)
        if name.startswith(RATE) and code.isascii() and code.isalpha() and len(code) == 3:
            try:
                if text.strip():
                    found[code] = typed_amount(text.strip(), decimals=RATE_DIGITS, field=name)
            except NotAnAmount as refusal:
                raise NotAnAmount(field=name, **refusal.values) from None
    return found


def valued(
    request: HttpRequest, rates: Sequence[UsedRate], subtotals: Sequence[Subtotal],
    rows: Callable[..., list[PositionRow]],
) -> dict[str, Any]:  # fmt: skip
    """What both pages show: rates, sums, and a page of the positions, each with its rate."""
    count = sum(one.count for one in subtotals)
    page = Paginator(range(count), PAGE).get_page(request.GET.get("page"))
    shown = rows(first=PAGE * (page.number - 1), most=PAGE)
    known = {one.currency: one for one in rates}
    values = [one.value for one in subtotals]
    return {
        "rates": rates, "subtotals": [(one, known.get(one.currency)) for one in subtotals],
        "page": page, "positions": [(one, known.get(one.currency)) for one in shown],
        "any_item": any(one.by_item for one in subtotals),
        "book": sum((one.book for one in subtotals), ZERO),
        "value": None if None in values else sum(filter(None, values), ZERO),
        "gain": sum((one.gains for one in subtotals), ZERO),
        "loss": sum((one.losses for one in subtotals), ZERO),
    }  # fmt: skip
