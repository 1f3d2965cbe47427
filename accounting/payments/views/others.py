"""How an item is paid, accounts that wait, the journal of payments, and four eyes."""

from __future__ import annotations

from calendar import monthrange
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.open_items.models import OpenItem, Side
from accounting.payments import four_eyes, gathering, instructions, payees, queries
from accounting.payments.forms import InstructionForm
from accounting.payments.models import PayeeAccount
from accounting.payments.views.runs import PAGE, PaymentsView
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.dates import read_day
from erp.web.export import answer
from erp.web.pages import id_of, refused, tell

SHOWN: Final = ("payee", "account", "reference", "message", "street", "house_number", "postcode", "town",
                "country", "bic", "bank", "charges")  # fmt: skip


class Instruction(PaymentsView):
    """``…/payments/items/{item}/``: how an open item is paid, or why it is not."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        item = self._item()
        return self._show(request, item, InstructionForm(initial=self._told(item)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        item = self._item()
        if request.POST.get("do") == "block":
            instructions.block(item, reason=request.POST.get("blocked", ""), by=self.access.user)
            return redirect("payment-instruction", self.company.pk, item.pk)
        form = InstructionForm(request.POST)
        if not form.is_valid():
            return refused(request, self._show(request, item, form))
        try:
            instructions.instruct(self.company, item=item, by=self.access.user, **form.told())
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, item, form))
        messages.success(request, _("How it is paid is saved."))
        return redirect("payment-instruction", self.company.pk, item.pk)

    def _item(self) -> OpenItem:
        rows = OpenItem.of(self.company).filter(side=Side.PAYABLES).select_related("company")
        item: OpenItem = get_object_or_404(rows, pk=self.kwargs["item"])
        return item

    def _told(self, item: OpenItem) -> dict[str, Any]:
        owed = gathering.these(self.company, [item.pk]).get(item.pk)
        blocked = owed.blocked if owed else ""
        found = owed.instructed if owed else None
        if found is None and item.contact_id:
            found = gathering.fallback(self.company, [item.contact_id]).get(item.contact_id)
        if found is None:
            return {"payee": item.party, "blocked": blocked}
        told = {name: getattr(found, name) for name in SHOWN}
        return {**told, "no_iban": not found.is_iban, "blocked": blocked}

    def _show(self, request: HttpRequest, item: OpenItem, form: InstructionForm) -> HttpResponse:
        context = {
            "page_title": _("Pay %s") % item, "form": form, "history_of": item,
            "back_url": reverse("open-item", args=[self.company.pk, item.pk]),
            "read_only": not self.access.may(Permission.PAYMENTS_PROPOSE),
        }  # fmt: skip
        return render(request, "erp/components/form_page.html", context)


class Payees(PaymentsView):
    """``…/payments/payees/``: accounts that wait for a second person."""

    permissions = {"POST": Permission.PAYMENTS_APPROVE}
    step_up = frozenset({"POST"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = {"approve": payees.approve, "refuse": payees.refuse}.get(request.POST.get("do", ""))
        rows = PayeeAccount.of(self.company)
        found = get_object_or_404(rows, pk=id_of(request.POST.get("account")))
        if act is None:
            raise Http404
        try:
            act(found, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return redirect("payees", self.company.pk)

    def _show(self, request: HttpRequest) -> HttpResponse:
        context = {
            "page_title": _("Accounts of payees"),
            "waiting": payees.waiting_of(self.company),
            "decided": payees.decided_of(self.company, most=PAGE),
        }
        return render(request, "accounting/payments/payees.html", context)


class Journal(PaymentsView):
    """``…/payments/journal/?since=2026-01-01&until=2026-12-31``, with ``format=`` as a file."""

    permissions = {}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        today = clock.today()
        since = read_day(request.GET.get("since")) or today.replace(day=1)
        month_end = today.replace(day=monthrange(today.year, today.month)[1])  # runs go out ahead
        until = max(read_day(request.GET.get("until")) or month_end, since)
        rows = queries.journal(self.company, list(queries.paid_in(self.company, since, until)))
        content = queries.journal_table(rows, since, until)
        if form := request.GET.get("format", ""):
            return answer(form, content, company=self.company)
        totals = [content.rows[nth] for nth in content.kinds]
        context = {"page_title": content.title, "rows": rows, "since": since, "until": until,
                   "totals": [(row[6], row[7]) for row in totals]}  # fmt: skip
        return render(request, "accounting/payments/journal.html", context)


class FourEyes(PaymentsView):
    """``…/payments/settings/``: whether runs need two people."""

    permissions = {"POST": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"POST"})

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        act = {"off": four_eyes.switch_off, "on": four_eyes.switch_on}.get(
            request.POST.get("do", "")
        )
        if act is None:
            raise Http404
        try:
            act(self.company, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return refused(request, self._show(request))
        return redirect("payment-settings", self.company.pk)

    def _show(self, request: HttpRequest) -> HttpResponse:
        context = {"page_title": _("Four eyes"), "settings": four_eyes.settings_of(self.company),
                   "people": four_eyes.people(self.company)}  # fmt: skip
        return render(request, "accounting/payments/settings.html", context)
