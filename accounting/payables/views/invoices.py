"""The list of suppliers' invoices, and what is done with many of them at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.payables import approving, listing
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.core import clock
from erp.web.export import answer
from erp.web.pages import CompanyView, id_or_none


class SupplierInvoices(CompanyView):
    """``/c/{company}/payables/invoices/``: by state, filtered, sorted, paged by key."""

    permission = Permission.PAYABLES_READ
    help_page = "supplier-invoices"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        told, today = listing.asked(request.GET), clock.today()
        if form := request.GET.get("format"):
            self.require(Permission.PAYABLES_EXPORT)
            try:
                content = listing.as_table(self.company, told, on=today)
            except listing.TooManyInvoices as refusal:
                messages.error(request, str(refusal))
                return redirect("supplier-invoices", self.company.pk)
            return answer(form, content, company=self.company)
        page = listing.page_of(
            self.company, told, on=today, after=id_or_none(request.GET.get("after")),
            before=id_or_none(request.GET.get("before")),
        )  # fmt: skip
        supplier = (
            Contact.of(self.company).filter(pk=told.contact).first() if told.contact else None
        )
        mine = approving.waiting_for(self.company, self.access.user).order_by("due_date", "pk")
        context = {
            "page_title": _("Suppliers' invoices"), "page": page, "told": told, "tabs": listing.TABS,
            "supplier": supplier, "mine": list(mine.select_related("contact")[:20])
            if self.access.may(Permission.PAYABLES_APPROVE) else [],
            "filtered": any((told.status, told.search, told.contact, told.since, told.until)),
        }  # fmt: skip
        return render(request, "accounting/payables/invoices.html", context)


class ActOnInvoices(CompanyView):
    """What is done with the ones chosen in the list: each by itself."""

    help_page = "supplier-invoices"
    approves = False

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ids = [pk for text in request.POST.getlist("document") if (pk := id_or_none(text))]
        found = approving.each(
            self.company, ids[: approving.MOST_AT_ONCE], by=self.access.user, approves=self.approves
        )
        done = sum(not refusals for _invoice, refusals in found)
        for invoice, refusals in found:
            for one in refusals:
                messages.error(request, f"{invoice.contact.name} {invoice.number}: {one}")
        if not ids:
            messages.error(request, _("Choose the invoices first, by the boxes in the list."))
        elif done:
            said = (
                ngettext("%s invoice is approved.", "%s invoices are approved.", done) if self.approves
                else ngettext("%s invoice is handed in.", "%s invoices are handed in.", done)
            )  # fmt: skip
            messages.success(request, said % done)
        query = request.POST.get("query", "")[:500]
        address = reverse("supplier-invoices", args=[self.company.pk])
        return redirect(address + (f"?{query}" if query else ""))


class SubmitInvoices(ActOnInvoices):
    """``/c/{company}/payables/invoices/submit/``"""

    permission = Permission.PAYABLES_POST


class ApproveInvoices(ActOnInvoices):
    """``/c/{company}/payables/invoices/approve/``"""

    permission = Permission.PAYABLES_APPROVE
    approves = True
