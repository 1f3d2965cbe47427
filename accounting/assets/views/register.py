"""The register: the list, a new asset, one of them, and lines that are in it not yet."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.assets import (
    disposing,
    moving,
    queries,
    registering,
    selling,
    unregistered,
    vouching,
)
from accounting.assets.categories import categories
from accounting.assets.errors import NoRule
from accounting.assets.forms import (
    AddForm,
    AssetForm,
    DisposalForm,
    LineForm,
    RevalueForm,
    SaleForm,
    TakeOverForm,
    TransferForm,
)
from accounting.assets.models import Asset, AssetCategory, AssetMovement
from accounting.assets.moving import standing
from accounting.assets.registering import LineOfEntry
from accounting.assets.standings import Outlook, assets, outlooks
from accounting.ledger.entering import choices
from accounting.ledger.lookups import offered
from accounting.ledger.models import (
    Account,
    CostCentre,
    CostObject,
    EntryLine,
    EntryVoucher,
    FiscalYear,
)
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.ledger.queries import vouchers_within_reach, year_of
from accounting.terms.agreeing import OF_SALES
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import chf
from erp.core.errors import DomainError
from erp.documents import storing
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import CompanyView, id_of, id_or_none, refused, tell

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


class _WithLookUps(CompanyView):
    """Pages whose fields find cost units and accounts as the entry mask does."""

    def offered(self) -> dict[str, Any]:
        costs = self.company.uses("costs")
        return {
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")) if costs else [],
            "cost_objects": choices(CostObject.of(self.company).order_by("number")) if costs else [],
        }  # fmt: skip


class NewAsset(_WithLookUps):
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


class RegisterLine(_WithLookUps):
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


class AssetPage(_WithLookUps):
    """``/c/{company}/assets/{asset}/``: what it is, what happened to it, and what comes."""

    permission = Permission.ASSETS_READ
    permissions = {"POST": Permission.ASSETS_READ}
    largest_together = storing.LARGEST_TOGETHER
    help_page = "asset"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._found(), {})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        asset, do = self._found(), request.POST.get("do", "")
        acts: dict[str, tuple[Permission, Callable[..., Any]]] = {
            "save": (Permission.ASSETS_CHANGE, self._save),
            "delete": (Permission.ASSETS_CHANGE, self._delete),
            "attach": (Permission.ASSETS_CHANGE, self._attach),
            "detach": (Permission.ASSETS_CHANGE, self._detach),
            "undo": (Permission.ASSETS_POST, self._undo),
            "revalue": (Permission.ASSETS_POST, self._revalue),
            "transfer": (Permission.ASSETS_POST, self._transfer),
            "dispose": (Permission.ASSETS_POST, self._dispose),
            "sell": (Permission.ASSETS_POST, self._sell),
        }  # fmt: skip
        if do not in acts:
            raise Http404
        permission, act = acts[do]
        self.require(permission)
        done: HttpResponse = act(asset)
        return done

    def _save(self, asset: Asset) -> HttpResponse:
        form = AssetForm(self.request.POST, asset=asset)
        return self._done(asset, "form", form, lambda told: registering.save_asset(
            form.applied(), by=self.access.user), _("The asset is saved."))  # fmt: skip

    def _delete(self, asset: Asset) -> HttpResponse:
        try:
            registering.delete_asset(asset, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(self.request, self._show(self._found(), {}))
        messages.success(self.request, _("The asset %s is deleted.") % asset)
        return redirect("assets", self.company.pk)

    def _attach(self, asset: Asset) -> HttpResponse:
        try:
            files = [
                storing.store(company=self.company, name=one.name or "file", by=self.access.user,
                              content=storing.read_upload(one))
                for one in self.request.FILES.getlist("file")
            ]  # fmt: skip
            vouching.attach(asset, files, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(self.request, self._show(self._found(), {}))
        return redirect("asset", self.company.pk, asset.pk)

    def _detach(self, asset: Asset) -> HttpResponse:
        rows = vouching.vouchers(self.company).filter(asset=asset).select_related("asset__company")
        voucher = get_object_or_404(rows, pk=id_of(self.request.POST.get("voucher")))
        vouching.detach(voucher, by=self.access.user)
        messages.success(
            self.request, _("%s is taken off; the archive keeps it.") % voucher.file.name
        )
        return redirect("asset", self.company.pk, asset.pk)

    def _undo(self, asset: Asset) -> HttpResponse:
        try:
            disposing.undo(asset, by=self.access.user,
                           movement=id_or_none(self.request.POST.get("movement")) or 0)  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(self.request, self._show(self._found(), {}))
        messages.success(self.request, _("The last movement is undone."))
        return redirect("asset", self.company.pk, asset.pk)

    def _revalue(self, asset: Asset) -> HttpResponse:
        form = RevalueForm(self.request.POST)

        def act(told: dict[str, Any]) -> None:
            acts = {"down": moving.write_down, "up": moving.write_up}
            acts[told.pop("kind")](asset, by=self.access.user, **told)

        return self._done(asset, "revalue", form, act, _("It is posted."))

    def _transfer(self, asset: Asset) -> HttpResponse:
        form = TransferForm(self.request.POST, asset=asset)
        return self._done(asset, "transfer", form, lambda told: moving.transfer(
            asset, by=self.access.user, **told), _("It is posted."))  # fmt: skip

    def _dispose(self, asset: Asset) -> HttpResponse:
        form = DisposalForm(self.request.POST, lines=self._lines(asset))

        def act(told: dict[str, Any]) -> None:
            row = form.lines.get(told["sold_by"])
            line = LineOfEntry(row.entry, row.position) if row is not None else None
            disposing.dispose(asset, date=told["date"], by=self.access.user, sold_by=line,
                              text=told["text"])  # fmt: skip

        return self._done(asset, "dispose", form, act, _("The disposal is posted."))

    def _sell(self, asset: Asset) -> HttpResponse:
        form = self._sale(asset, self.request.POST)

        def act(told: dict[str, Any]) -> None:
            selling.sell(
                asset, form.sale(), date=told["date"], by=self.access.user, text=told["text"]
            )

        return self._done(asset, "sell", form, act, _("The sale is posted."))

    def _sale(self, asset: Asset, data: Any = None) -> SaleForm:
        """The form of a sale; who may issue no invoice is asked for an account alone."""
        return SaleForm(data, asset=asset, bills=self.access.may(Permission.RECEIVABLES_ISSUE),
                        initial={"date": clock.today()})  # fmt: skip

    def _done(
        self, asset: Asset, name: str, form: Any, act: Callable[[dict[str, Any]], Any], said: str
    ) -> HttpResponse:
        if form.is_valid():
            try:
                act(dict(form.cleaned_data))
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(self.request, said)
                return redirect("asset", self.company.pk, asset.pk)
        return refused(self.request, self._show(self._found(), {name: form}))

    def _found(self) -> Asset:
        found: Asset = get_object_or_404(assets(self.company), pk=self.kwargs["asset"])
        return found

    def _lines(self, asset: Asset) -> list[EntryLine]:
        return list(disposing.proceeds(asset)[: disposing.MOST_PROCEEDS])

    def _show(self, asset: Asset, sent: dict[str, Any]) -> HttpResponse:
        today = clock.today()
        movements = list(queries.movements_of(asset))
        bills = queries.bills_of(self.company, [one.entry_id for one in movements if one.entry_id])
        undone = {one.undoes_id for one in movements if one.undoes_id}
        last = disposing.latest(asset)
        gone = asset.disposed_on is not None
        forms = {
            "form": lambda: AssetForm(asset=asset),
            "revalue": lambda: RevalueForm(
                initial={"date": today, "kind": "down", "key": uuid.uuid4().hex}),
            "transfer": lambda: TransferForm(asset=asset, initial={"date": today}),
            "sell": lambda: self._sale(asset),
            "dispose": lambda: DisposalForm(lines=self._lines(asset), initial={"date": today}),
        }  # fmt: skip
        wanted = ["form"] if gone else list(forms)
        context = {
            "page_title": str(asset), "asset": asset, "value": standing(asset, dt.date.max),
            "movements": [(one, bills.get(one.entry_id or 0), one.pk in undone) for one in movements],
            "may_undo": bool(last) and last[0].run_id is None,
            "last": last[-1] if last else None,
            "outlook": None if gone else self._outlook(asset, today),
            "open_form": next(iter(sent), ""), **self.offered(),
            "vouchers": list(vouching.vouchers(self.company).filter(asset=asset)),
            "of_purchase": self._of_purchase(movements),
            **({} if gone else self._of_sales()),
            **{name: sent.get(name) or forms[name]() for name in wanted},
        }  # fmt: skip
        return render(self.request, "accounting/assets/asset.html", context)

    def _of_purchase(self, movements: list[AssetMovement]) -> list[EntryVoucher]:
        """Originals that hang on the entries that the asset was bought by."""
        kinds = AssetMovement.Kind
        bought = {one.entry_id for one in movements if one.kind == kinds.PURCHASE}
        if not bought or not self.access.may(Permission.LEDGER_READ):
            return []
        rows = vouchers_within_reach(self.access).filter(entry__in=bought)
        return list(rows.select_related("entry", "file").order_by("pk")[: vouching.MOST])

    def _of_sales(self) -> dict[str, Any]:
        """Accounts that may take the money of a sale, and codes of turnover."""
        money = Account.of(self.company).filter(
            type__in=BALANCE_SHEET_TYPES, control="", currency=""
        ).order_by("number")  # fmt: skip
        told = offered(self.company, accounts=money, kinds=OF_SALES)
        return {name: told[name] for name in ("accounts", "vat_codes")}

    def _outlook(self, asset: Asset, today: dt.date) -> Outlook | None:
        """The whole fiscal year's depreciation."""
        year: FiscalYear | None = year_of(self.company, today)
        if year is None:
            return None
        try:
            return next(iter(outlooks(self.company, [asset], year=year, until=year.end)), None)
        except NoRule:
            return None
