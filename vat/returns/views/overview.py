"""The list of periods, and what begins from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.ledger.models import FiscalYear
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.pages import id_of, refused
from vat.returns import filing, queries
from vat.returns.addressing import years_to_reconcile
from vat.returns.instalments import Planned, instalments
from vat.returns.models import TaxOffice
from vat.returns.queries import Row
from vat.returns.views.base import ReturnsView


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the list; ``left`` are the days until it is due, minus where they have passed."""

    row: Row
    left: int
    is_over: bool
    instalments: Sequence[Planned] = ()

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something about it by its deadline."""
        return self.row.state in queries.OPEN

    @property
    def is_owed(self) -> bool:
        """Whether it is filed and makes to pay, and nobody has posted it."""
        stored = self.row.stored
        return bool(stored and self.row.state == "filed" and stored.payable and stored.payable > 0)


class Overview(ReturnsView):
    """``/c/{company}/vat/returns/``: all periods with what became of them, the newest first."""

    help_page = "vat-returns"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = _ACTS.get(request.POST.get("do", ""))
        if act is None:
            raise Http404
        try:
            return act(self, request)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))

    def begin(self, request: HttpRequest) -> HttpResponse:
        start = self._day(request.POST.get("start"))
        return self.there(filing.begin(company=self.company, start=start, by=self.access.user))

    def elsewhere(self, request: HttpRequest) -> HttpResponse:
        """All periods up to one that nobody has filed here."""
        last = self._day(request.POST.get("start"))
        rows = [row for row in queries.overview(self.company, last)
                if row.kind == queries.Kind.FIRST and row.state in queries.OPEN]  # fmt: skip
        for row in reversed(rows):
            filing.filed_elsewhere(
                company=self.company, start=row.period.start, by=self.access.user
            )
        messages.success(
            request, _("%s periods are marked as filed with another program.") % len(rows)
        )
        return redirect("vat-returns", self.company.pk)

    def reconcile(self, request: HttpRequest) -> HttpResponse:
        rows = FiscalYear.of(self.company)
        year = get_object_or_404(rows, pk=id_of(request.POST.get("year")))
        one = filing.begin_reconciliation(
            company=self.company, start=year.start, end=year.end, by=self.access.user
        )
        return self.there(one)

    def _day(self, text: str | None) -> dt.date:
        day = read_day(text)
        if day is None:
            raise queries.NoSuchPeriod(value=(text or "")[:20])
        return day

    def _show(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        found = queries.overview(self.company, today)
        firsts = [row.period for row in found if row.kind == queries.Kind.FIRST]
        ahead = instalments(self.company, firsts)
        rows = [
            Shown(row, (row.due - today).days, row.period.end < today,
                  ahead.get(row.period.start, ()) if row.kind == queries.Kind.FIRST else ())
            for row in found
        ]  # fmt: skip
        context = {
            "page_title": _("VAT returns"), "rows": rows,
            "years": years_to_reconcile(self.company, today),
            "office": TaxOffice.of(self.company).select_related("contact").first(),
            "earlier": [one for one in rows if one.row.state == "open" and one.is_over],
            "late": sum(1 for one in rows if one.waits and one.is_over and one.left < 0),
        }  # fmt: skip
        return render(request, "vat/returns/overview.html", context)


_ACTS: Final[dict[str, Callable[[Overview, HttpRequest], HttpResponse]]] = {
    "begin": Overview.begin, "elsewhere": Overview.elsewhere, "reconcile": Overview.reconcile,
}  # fmt: skip
