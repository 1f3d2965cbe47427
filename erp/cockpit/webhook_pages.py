"""Webhooks on pages: who is told that something changed, and what became of it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell
from erp.webhooks import keeping
from erp.webhooks.models import Delivery, Webhook
from erp.webhooks.notices import REASONS

MOST_SHOWN: Final = 20
#: What webhooks are told of, in words.
RESOURCES: Final = {
    "contact": gettext_lazy("Contacts"),
    "contact_group": gettext_lazy("Contact groups"),
    "activity": gettext_lazy("Notes and tasks of contacts"),
    "account": gettext_lazy("Accounts"),
    "cost_centre": gettext_lazy("Cost centres"),
    "cost_object": gettext_lazy("Cost objects"),
    "vat_code": gettext_lazy("VAT codes"),
    "product": gettext_lazy("Products"),
    "payment_terms": gettext_lazy("Payment terms"),
    "sales_document": gettext_lazy("Invoices, offers and orders"),
    "supplier_invoice": gettext_lazy("Suppliers' invoices"),
    "inbox_document": gettext_lazy("Inbox"),
    "open_item": gettext_lazy("Open items"),
    "bank_transaction": gettext_lazy("Bank transactions"),
    "payment_run": gettext_lazy("Payment runs"),
    "project": gettext_lazy("Projects"),
    "hours": gettext_lazy("Hours"),
    "expense_claim": gettext_lazy("Expense claims"),
    "expense_kind": gettext_lazy("Kinds of expenses"),
    "question": gettext_lazy("Questions"),
}


class WebhookForm(forms.Form):
    """A webhook to add; offered is what one may see oneself."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60,
                           help_text=gettext_lazy("Which system is told."))  # fmt: skip
    url = forms.CharField(label=gettext_lazy("Address"), max_length=500,
                          help_text=gettext_lazy("Begins with https://"))  # fmt: skip
    resources = forms.MultipleChoiceField(label=gettext_lazy("Told of"),
                                          widget=forms.CheckboxSelectMultiple)  # fmt: skip

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["resources"]
        choices.choices = [(name, RESOURCES[name]) for name in offered]
        for name, width in {"name": "w4", "url": "w8", "resources": "w12"}.items():
            self.fields[name].width = width  # type: ignore[attr-defined]


class Webhooks(CompanyView):
    """``/c/{company}/settings/webhooks/``"""

    permission = Permission.WEBHOOKS_READ
    permissions = {"POST": Permission.WEBHOOKS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "webhooks"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, WebhookForm(offered=keeping.offered(self.access)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = WebhookForm(request.POST, offered=keeping.offered(self.access))
        if form.is_valid():
            try:
                _hook, secret = keeping.add_webhook(self.access, **form.cleaned_data)
            except DomainError as refusal:
                tell(form, refusal)
            else:
                fresh = WebhookForm(offered=keeping.offered(self.access))
                return self._show(request, fresh, secret)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: WebhookForm, secret: str = "") -> HttpResponse:
        context = {
            "page_title": _("Webhooks"), "form": form, "secret": secret,
            "hooks": list(Webhook.of(self.company).order_by("pk")),
        }  # fmt: skip
        return render(request, "erp/webhooks.html", context)


class WebhookPage(CompanyView):
    """``/c/{company}/settings/webhooks/{webhook}/``"""

    permission = Permission.WEBHOOKS_READ
    permissions = {"POST": Permission.WEBHOOKS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "webhooks"

    def get(self, request: HttpRequest, webhook: int, **kwargs: Any) -> HttpResponse:
        return self._show(request, self._found(webhook))

    def post(self, request: HttpRequest, webhook: int, **kwargs: Any) -> HttpResponse:
        hook, wish = self._found(webhook), request.POST.get("wish", "")
        try:
            if wish == "rotate":
                return self._show(request, hook, keeping.rotate_secret(self.access, hook))
            if wish == "delete":
                keeping.delete_webhook(self.access, hook)
                messages.success(request, _("The webhook is deleted."))
                return redirect("webhooks", self.company.pk)
            if wish == "test":
                keeping.send_test(self.access, hook)
                messages.success(request, _("A test is on its way."))
            elif wish in {"on", "off"}:
                keeping.change_webhook(self.access, hook, is_on=wish == "on")
        except DomainError as refusal:
            self.tell_all(refusal)
        return redirect("webhook", self.company.pk, hook.pk)

    def _found(self, webhook: int) -> Webhook:
        found: Webhook = get_object_or_404(Webhook.of(self.company), pk=id_of(str(webhook)))
        return found

    def _show(self, request: HttpRequest, hook: Webhook, secret: str = "") -> HttpResponse:
        told = Delivery.of(self.company).filter(webhook=hook).order_by("-pk")[:MOST_SHOWN]
        context = {
            "page_title": hook.name, "hook": hook, "secret": secret, "deliveries": list(told),
            "resources": [RESOURCES.get(one, one) for one in hook.resources],
            "why_off": REASONS.get(hook.off_reason, ""),
        }  # fmt: skip
        return render(request, "erp/webhook.html", context)
