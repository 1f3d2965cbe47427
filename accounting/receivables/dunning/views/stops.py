"""Dunning of one item and of one customer: what was sent, and what is stopped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.open_items.models import OpenItem, Side
from accounting.receivables.dunning import gathering, queries, stops
from accounting.receivables.dunning.forms import CustomerForm, StopForm
from accounting.receivables.dunning.models import CustomerDunning, ItemStop
from accounting.receivables.dunning.views.runs import PAGE, DunningView
from contacts.models import Contact
from erp.core.errors import DomainError
from erp.web.pages import refused, tell


class ItemDunning(DunningView):
    """``/c/{company}/receivables/dunning/items/{item}/``: its letters; stop it, and go on."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, StopForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        item, form = self._item(), StopForm(request.POST)
        try:
            if "lift" in request.POST:
                stops.lift_item_stop(item, by=self.access.user)
            elif form.is_valid():
                stops.stop_item(item, by=self.access.user, **form.cleaned_data)
            else:
                return refused(request, self._show(request, form))
        except DomainError as refusal:
            if "lift" in request.POST:
                messages.error(request, str(refusal))
            else:
                tell(form, refusal)
            return refused(request, self._show(request, form))
        return redirect("item-dunning", self.company.pk, item.pk)

    def _item(self) -> OpenItem:
        items = OpenItem.of(self.company).filter(side=Side.RECEIVABLES).select_related("company")
        item: OpenItem = get_object_or_404(items, pk=self.kwargs["item"])
        return item

    def _show(self, request: HttpRequest, form: StopForm) -> HttpResponse:
        item = self._item()
        past = ItemStop.of(self.company).filter(item=item).select_related("created_by", "lifted_by")
        rows = list(past.order_by("-pk"))
        context = {
            "page_title": f"{_('Dunning')} {item}", "item": item, "form": form, "stops": rows,
            "is_stopped": any(row.lifted_at is None for row in rows),
            "letters": queries.notices_of_item(item),
        }  # fmt: skip
        return render(request, "accounting/receivables/dunning/item.html", context)


class CustomerPage(DunningView):
    """``/c/{company}/receivables/dunning/customers/{contact}/``: procedure, stop, what is open, letters."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = CustomerDunning.of(self.company).filter(contact=self._contact()).first()
        names = ("procedure", "stop_kind", "stop_reason", "stopped_until")
        told = {name: getattr(row, name) for name in names} if row else {}
        return self._show(request, CustomerForm(initial=told, company=self.company))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CustomerForm(request.POST, company=self.company)
        contact = self._contact()
        if form.is_valid():
            try:
                stops.set_customer(contact, by=self.access.user, **form.cleaned_data)
            except DomainError as refusal:
                refusal.place = {"kind": "stop_kind", "text": "stop_reason"}.get(
                    refusal.place or "", refusal.place
                )
                tell(form, refusal)
            else:
                messages.success(request, _("The settings are saved."))
                return redirect("customer-dunning", self.company.pk, contact.pk)
        return refused(request, self._show(request, form))

    def _contact(self) -> Contact:
        rows = Contact.of(self.company).filter(merged_into=None).select_related("company")
        contact: Contact = get_object_or_404(rows, pk=self.kwargs["contact"])
        return contact

    def _show(self, request: HttpRequest, form: CustomerForm) -> HttpResponse:
        contact = self._contact()
        plan = gathering.plan_on(self.company, self.day(), contact=contact.pk)
        notices = queries.notices_of(self.company).filter(contact=contact)
        context = {
            "page_title": f"{_('Dunning')} {contact}", "contact": contact, "form": form,
            "plan": plan, "on": plan.day, "letters": (*plan.letters, *plan.quiet),
            "notices": queries.with_mails(
                self.company, notices.order_by("-date", "-number")[:PAGE]
            ),
        }  # fmt: skip
        return render(request, "accounting/receivables/dunning/customer.html", context)
