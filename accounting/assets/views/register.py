"""The register: the list, a new asset, one of them, and lines that are in it not yet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.assets import (
    queries,
    registering,
    unregistered,
)
from accounting.assets.categories import categories
from accounting.assets.forms import (
    AddForm,
    LineForm,
    TakeOverForm,
)
from accounting.assets.models import Asset, AssetCategory
from accounting.assets.registering import LineOfEntry
from accounting.assets.standings import assets
from accounting.assets.views.offering import WithLookUps
from accounting.ledger.models import (
    EntryLine,
)
from accounting.ledger.queries import year_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import chf
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, id_or_none, refused, tell

GONE = {"": False, "gone": True, "all": None}


class Assets(CompanyView):
    """``/c/{company}/assets/``: the register, by number."""

    permission = Permission.ASSETS_READ
    help_page = "assets"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told = request.GET
        on = read_day(told.get("on")) or clock.today()
        found = queries.listing(
            self.company, search=told.get("q", "").replace("\x00", "").strip()[:80],
            category=id_or_none(told.get("category")), gone=GONE.get(told.get("state", ""), False),
        )  # fmt: skip
        if form := told.get("format"):
            self.require(Permission.LEDGER_EXPORT)
            rows = queries.with_values(self.company, list(found), on=on)
            return answer(form, queries.listed_table(rows, on=on), company=self.company)
        page = Paginator(found, queries.PAGE).get_page(told.get("page"))
        context = {
            "page_title": _("Fixed assets"), "page": page, "on": on,
            "rows": queries.with_values(self.company, list(page), on=on),
            "sum": queries.sum_of(self.company, found, on=on),
            "categories": list(categories(self.company)),
            "category": id_or_none(told.get("category")),
            "free": len(unregistered.free_lines(self.company, until=on)),
        }  # fmt: skip
        return render(request, "accounting/assets/assets.html", context)


class NewAsset(WithLookUps):
    """``/c/{company}/assets/new/``: an asset that was there before the register."""

    permission = Permission.ASSETS_CHANGE
    help_page = "assets"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        year = year_of(self.company, clock.today())
        initial = {"number": registering.next_number(self.company),
                   "date": year.start if year else clock.today()}  # fmt: skip
        return self._show(TakeOverForm(asset=Asset(company=self.company), initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = TakeOverForm(request.POST, asset=Asset(company=self.company))
        if form.is_valid():
            told = form.cleaned_data
            try:
                made = registering.take_over(
                    form.applied(), date=told["date"], cost=told["cost"],
                    accumulated=told["accumulated"], by=self.access.user,
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The asset %s is in the register.") % made)
                return redirect("asset", self.company.pk, made.pk)
        return refused(request, self._show(form))

    def _show(self, form: TakeOverForm) -> HttpResponse:
        context = {
            "page_title": _("Take over an asset"), "form": form, **self.offered(),
            "has_categories": AssetCategory.of(self.company).exists(),
        }  # fmt: skip
        return render(self.request, "accounting/assets/new.html", context)


class FreeLines(CompanyView):
    """``/c/{company}/assets/lines/``: lines on asset accounts that no asset has."""

    permission = Permission.ASSETS_READ
    help_page = "assets"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        rows = unregistered.free_lines(self.company, until=on)
        context = {"page_title": _("Not in the register yet"), "rows": rows, "on": on,
                   "most": unregistered.MOST, "more": len(rows) == unregistered.MOST}  # fmt: skip
        return render(request, "accounting/assets/lines.html", context)


class RegisterLine(WithLookUps):
    """``/c/{company}/assets/lines/{entry}/{nth}/``: a line as a new asset, or an addition to one."""

    permission = Permission.ASSETS_CHANGE
    help_page = "assets"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        line = self._line()
        return self._show(line, self._new(line), self._add(line))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        line = self._line()
        adds = request.POST.get("do") == "add"
        form: Any = self._add(line, request.POST) if adds else self._new(line, request.POST)
        if form.is_valid():
            asset = form.cleaned_data["asset"] if adds else form.applied()
            if adds:
                asset = assets(self.company).get(pk=asset.pk)
            try:
                made = registering.register_line(
                    asset, LineOfEntry(line.entry, line.position), by=self.access.user,
                    amount=form.cleaned_data["amount"],
                )  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The asset %s is in the register.") % made)
                return redirect("asset", self.company.pk, made.pk)
        new = self._new(line) if adds else form
        return refused(request, self._show(line, new, form if adds else self._add(line)))

    def _line(self) -> EntryLine:
        rows = EntryLine.of(self.company).select_related(
            "account", "entry__company", "cost_centre", "cost_object"
        )
        line: EntryLine = get_object_or_404(
            rows, entry=self.kwargs["entry"], position=self.kwargs["nth"],
            entry__number__isnull=False,
        )  # fmt: skip
        if not AssetCategory.of(self.company).filter(account=line.account).exists():
            raise Http404
        return line

    def _new(self, line: EntryLine, data: Any = None) -> LineForm:
        told = registering.proposed(line)
        told["amount"] = chf(told["amount"])
        return LineForm(data, asset=Asset(company=self.company), initial=told)

    def _add(self, line: EntryLine, data: Any = None) -> AddForm:
        return AddForm(data, company=self.company, account=line.account_id,
                       initial={"amount": chf(registering.rest_of(line))}, prefix=None)  # fmt: skip

    def _show(self, line: EntryLine, form: LineForm, add: AddForm) -> HttpResponse:
        context = {
            "page_title": _("Into the register: %s") % (line.text or line.entry.text),
            "line": line, "rest": registering.rest_of(line), "form": form, "add": add,
            "may_add": add.fields["asset"].queryset.exists(), **self.offered(),  # type: ignore[attr-defined]
        }  # fmt: skip
        return render(self.request, "accounting/assets/line.html", context)
