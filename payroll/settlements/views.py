"""Pages of settlements: what is open by canton and month, a new one, one that was made, its list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.open_items.models import OpenItem
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.export import shown
from erp.web.pages import refused, tell
from payroll.declarations.gathering import YEARS
from payroll.declarations.reports import Report
from payroll.declarations.views.common import FileView, YearView
from payroll.runs.views.common import read_month
from payroll.settlements import settling
from payroll.settlements.forms import SettleForm, UndoForm
from payroll.settlements.listing import report, report_of, table_of, title_of
from payroll.settlements.models import TaxSettlement
from payroll.settlements.withheld import year_view, years_with_tax
from payroll.setup.settings import settings_of


class SettlementsView(YearView):
    """What pages of settlements have in common."""

    help_page = "payroll-tax-settlements"

    def settlement(self) -> TaxSettlement:
        rows = TaxSettlement.of(self.company).select_related(
            "institution", "entry", "settled_by", "cancelled_by", "company"
        )
        found: TaxSettlement = get_object_or_404(rows, pk=self.kwargs["settlement"])
        return found

    def seen(self, told: Report) -> Report:
        """A list as a page shows it: AHV numbers are masked for those who do not change people."""
        return told if self.access.may(Permission.PAYROLL_PEOPLE) else told.masked()


class Settlements(SettlementsView):
    """``/c/{company}/payroll/tax-settlements/``: of a year, what is open and what was settled."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        years = years_with_tax(self.company)
        asked = request.GET.get("year", "")
        year = int(asked) if asked.isdecimal() and int(asked) in YEARS else (
            years[0] if years else clock.today().year)  # fmt: skip
        found = year_view(self.company, year)
        self.note(found.people)
        return render(request, "payroll/settlements/overview.html", {
            "page_title": _("Withholding-tax settlements %(year)s") % {"year": year}, "found": found,
            "years": years, "year": year, "paid": {
                entry for entry, one in _items(self.company.pk, found.settled).items() if one.settled_on
            },
            "may_settle": self.access.may(Permission.PAYROLL_POST),
        })  # fmt: skip


def _items(company: int, rows: Iterable[TaxSettlement]) -> dict[int | None, OpenItem]:
    """The open item of each settlement, by its entry; one query."""
    entries = [one.entry_id for one in rows if one.entry_id]  # type: ignore[attr-defined]
    return {one.entry_id: one for one in OpenItem.of(company).filter(entry__in=entries)}


class NewSettlement(SettlementsView):
    """``…/tax-settlements/new/?canton=ZH&until=2026-03&year=2026``: what would be settled, and doing it."""

    permission = Permission.PAYROLL_POST

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        try:
            return self._show(request, None)
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("payroll-tax-settlements", self.company.pk)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        canton, until, year = self._asked()
        form = SettleForm(request.POST)
        if form.is_valid():
            try:
                made = settling.settle(company=self.company, canton=canton, until=until, year=year,
                                       by=self.access.user, **form.cleaned_data)  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("%(name)s is settled.") % {"name": made})
                return redirect("payroll-tax-settlement", self.company.pk, made.pk)
        try:
            return refused(request, self._show(request, form))
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("payroll-tax-settlements", self.company.pk)

    def _asked(self) -> tuple[str, dt.date, int]:
        until = read_month(self.request.GET.get("until"))
        canton = self.request.GET.get("canton", "")
        if until is None or not (len(canton) == 2 and canton.isalpha()):
            raise Http404
        year = self.request.GET.get("year", "")
        wanted = int(year) if year.isdecimal() and int(year) in YEARS else until.year
        return canton.upper(), until, wanted

    def _show(self, request: HttpRequest, form: SettleForm | None) -> HttpResponse:
        canton, until, year = self._asked()
        found = settling.propose(self.company, canton, until, year=year)
        self.note(found.sums.people)
        told = report_of(title_of(found), found.rows, tax=found.sums.tax, taxable=found.sums.taxable,
                         percent=found.percent, commission=found.sums.commission)  # fmt: skip
        told, today = self.seen(told), clock.today()
        initial = {"date": today, "due_date": max(found.due_date, today), "seen": found.sums.tax}
        whole = found.rule.end(until, settings_of(self.company).commission)
        return render(request, "payroll/settlements/new.html", {
            "page_title": title_of(found), "one": found, "rows": rows_of(told), "report": told,
            "form": form or SettleForm(initial=initial), "whole": whole if whole != until else None,
        })  # fmt: skip


class SettlementPage(SettlementsView):
    """``…/tax-settlements/{settlement}/``: a settlement with its people; a POST undoes it."""

    permissions = {"POST": Permission.PAYROLL_POST}
    step_up = frozenset({"POST"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, UndoForm(initial={"date": clock.today()}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_READ)
        form = UndoForm(request.POST)
        if form.is_valid():
            try:
                settling.undo(self.settlement(), by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The settlement is undone."))
                return redirect(request.path)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: UndoForm) -> HttpResponse:
        one = self.settlement()
        self.note(one.people)
        told = self.seen(report(one))
        return render(request, "payroll/settlements/one.html", {
            "page_title": title_of(one), "one": one, "rows": rows_of(told), "report": told,
            "form": form, "item": _items(self.company.pk, [one]).get(one.entry_id),  # type: ignore[attr-defined]
            "may_undo": one.is_live and self.access.may(Permission.PAYROLL_POST),
        })  # fmt: skip


class SettlementFile(SettlementsView, FileView):
    """``…/tax-settlements/{settlement}/{form}/``: the list as PDF, Excel or CSV."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        one = self.settlement()
        return self.table(table_of(one), one.people)


def rows_of(told: Report) -> list[tuple[str, list[tuple[str, str]]]]:
    """Rows of a report as pages show them: the kind, and each cell with its style."""
    return [(told.kinds.get(nth, ""), [shown(cell) for cell in row])
            for nth, row in enumerate(told.rows)]  # fmt: skip
