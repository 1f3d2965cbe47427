"""One open item: its page, settling it by hand, netting and undoing."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.open_items import queries, settling, taking_over
from accounting.open_items.forms import SettleForm
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.planning import discount_of
from accounting.open_items.plans import Money, Part
from contacts.queries import call_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.web.dates import read_day
from erp.web.pages import CompanyView, refused, tell


class ItemPage(CompanyView):
    """``/c/{company}/open-items/{item}/``: an item, what became of it, and settling it by hand.

    A POST shows what would be posted; with ``do=settle`` it is.
    """

    permission = Permission.OPEN_ITEMS_READ
    permissions = {"POST": Permission.OPEN_ITEMS_SETTLE}
    help_page = "open-items"

    def get(self, request: HttpRequest, item: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(queries.items_of(self.company), pk=item)
        today = clock.today()
        discount = discount_of(found, today)
        form = self._form(found, initial={
            "date": max(today, found.opened_on), "paid": found.open_amount - discount,
            "discount": discount or "", "key": uuid.uuid4().hex,
        })  # fmt: skip
        return self._show(found, form)

    def post(self, request: HttpRequest, item: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(queries.items_of(self.company), pk=item)
        form = self._form(found, data=request.POST)
        if not form.is_valid():
            return refused(request, self._show(found, form))
        told = form.cleaned_data
        wish = self._wish(found, told)
        try:
            if request.POST.get("do") != "settle":
                return self._show(found, form, plan=settling.preview(self.company, **wish))
            entry = settling.settle(company=self.company, by=self.access.user, text=told["text"],
                                    source_key=told["key"], **wish)  # fmt: skip
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(found, form))
        messages.success(request, _("Entry %s is posted.") % entry.number)
        return redirect("open-item", self.company.pk, found.pk)

    def _may_undo_take_over(self, item: OpenItem) -> bool:
        may = self.access.may(Permission.LEDGER_REVERSE)
        return may and item.open_amount == item.amount and taking_over.is_take_over(item.entry)

    def _form(self, item: OpenItem, **told: Any) -> SettleForm:
        may = self.access.may(Permission.OPEN_ITEMS_WRITE_OFF)
        return SettleForm(item=item, may_write_off=may, **told)

    def _wish(self, item: OpenItem, told: dict[str, Any]) -> dict[str, Any]:
        """What was typed, as ``settle`` takes it. What is paid beyond the item is an overpayment."""
        paid, discount = told["paid"], told["discount"]
        write_off = told.get("write_off") or ZERO
        room = item.open_amount - discount - write_off
        share = min(paid, room, key=abs) if paid * room > 0 else ZERO
        money = Money(told["account"], paid, told.get("base") or None) if paid else None
        part = Part(item, paid=share, discount=discount, write_off=write_off)
        return {"date": told["date"], "parts": [part], "money": money, "account": item.account}

    def _show(self, item: OpenItem, form: SettleForm, plan: Any = None) -> HttpResponse:
        others = queries.open_of_party(item) if item.settled_on is None else []
        context = {
            "page_title": str(item), "item": item, "form": form, "plan": plan,
            "settlements": queries.settlements_of(item),
            "to_net": [one for one in others if one.amount * item.amount < 0],
            "today": clock.today(), "overdue": (clock.today() - item.due_date).days,
            "may_undo_take_over": self._may_undo_take_over(item),
            "list_url": f"open-{item.side}", "pay_url": f"pay-{item.side}",
            "call": call_of(self.access, item.contact) if item.contact else None,
        }  # fmt: skip
        return render(self.request, "accounting/open_items/item.html", context)


class NetItem(CompanyView):
    """``/c/{company}/open-items/{item}/net/``: set it off against others of its party."""

    permission = Permission.OPEN_ITEMS_SETTLE

    def post(self, request: HttpRequest, item: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(queries.items_of(self.company), pk=item)
        chosen = set(request.POST.getlist("with"))
        others = [one for one in queries.open_of_party(found) if str(one.pk) in chosen]
        day = read_day(request.POST.get("date")) or clock.today()
        try:
            entry = settling.net(self.company, items=[found, *others], date=day,
                                 by=self.access.user)  # fmt: skip
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Entry %s is posted.") % entry.number)
        return redirect("open-item", self.company.pk, found.pk)


class UndoSettlement(CompanyView):
    """``/c/{company}/open-items/settlements/{settlement}/undo/``"""

    permission = Permission.OPEN_ITEMS_SETTLE

    def post(self, request: HttpRequest, settlement: int, **kwargs: Any) -> HttpResponse:
        rows = Settlement.of(self.company).select_related("entry__company")
        found = get_object_or_404(rows, pk=settlement)
        day = read_day(request.POST.get("date")) or clock.today()
        try:
            if not self.access.may(Permission.OPEN_ITEMS_WRITE_OFF) and settling.writes_off(found):
                raise PermissionDenied
            mirror = settling.undo(found, date=day, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The settlement is undone by entry %s.") % mirror.number)
        return redirect("open-item", self.company.pk, found.item_id)


class UndoTakeOver(CompanyView):
    """``/c/{company}/open-items/{item}/undo-take-over/``: all that came with the same entry goes."""

    permission = Permission.LEDGER_REVERSE

    def post(self, request: HttpRequest, item: int, **kwargs: Any) -> HttpResponse:
        found = get_object_or_404(queries.items_of(self.company), pk=item)
        try:
            mirror = taking_over.undo_take_over(found, date=found.opened_on, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The take-over is undone by entry %s.") % mirror.number)
        return redirect("open-item", self.company.pk, found.pk)
