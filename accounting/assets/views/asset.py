"""One asset: what it is, what happened to it, and what is done with it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.assets import (
    disposing,
    moving,
    queries,
    registering,
    selling,
    vouching,
)
from accounting.assets.errors import NoRule
from accounting.assets.forms import (
    AssetForm,
    DisposalForm,
    RevalueForm,
    SaleForm,
    TransferForm,
)
from accounting.assets.models import Asset, AssetMovement
from accounting.assets.moving import standing
from accounting.assets.registering import LineOfEntry
from accounting.assets.standings import Outlook, assets, outlooks
from accounting.assets.views.offering import WithLookUps
from accounting.ledger.lookups import offered
from accounting.ledger.models import (
    Account,
    EntryLine,
    EntryVoucher,
    FiscalYear,
)
from accounting.ledger.models.accounts import BALANCE_SHEET_TYPES
from accounting.ledger.queries import vouchers_within_reach, year_of
from accounting.terms.agreeing import OF_SALES
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.documents import storing
from erp.web.pages import id_of, id_or_none, refused, tell


class AssetPage(WithLookUps):
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
