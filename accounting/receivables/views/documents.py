"""The list of documents, and what is done with many of them at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounting.receivables import drafting, listing, making, outgoing
from accounting.receivables.models import SalesDocument
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError, Refusals
from erp.core.filetypes import PDF
from erp.own_fields.lists import FILTERED, fields_of
from erp.own_fields.masks import inputs
from erp.own_fields.values import texts
from erp.web.export import answer
from erp.web.pages import CompanyView, id_or_none


class Documents(CompanyView):
    """``/c/{company}/receivables/documents/``: by kind, filtered, sorted, paged by key."""

    permission = Permission.RECEIVABLES_READ
    help_page = "sales-documents"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        own = fields_of(self.company, SalesDocument.OWN_FIELDS)
        told, today = listing.asked(request.GET, own), clock.today()
        if form := request.GET.get("format"):
            self.require(Permission.RECEIVABLES_EXPORT)
            try:
                content = listing.as_table(self.company, told, on=today, form=form)
            except listing.TooManyDocuments as refusal:
                messages.error(request, str(refusal))
                return redirect("sales-documents", self.company.pk)
            return answer(form, content, company=self.company)
        page = listing.page_of(
            self.company, told, on=today, fields=own, after=id_or_none(request.GET.get("after")),
            before=id_or_none(request.GET.get("before")),
        )  # fmt: skip
        customer = (
            Contact.of(self.company).filter(pk=told.contact).first() if told.contact else None
        )
        columns = own if request.GET.get("columns") == "own" else []
        context = {
            "page_title": _("Offers and invoices"), "page": page, "told": told, "tabs": listing.TABS,
            "rows": [(row, texts(columns, row.document.own_values)) for row in page.rows],
            "own": inputs([one for one in own if one.kind in FILTERED], told.own, {}),
            "has_own": bool(own), "columns": columns,
            "states": listing.STATES[told.kind], "customer": customer, "today": today,
            "filtered": any((told.status, told.search, told.contact, told.since, told.until, told.own)),
            "new_kind": told.kind or SalesDocument.Kind.INVOICE,
            "new_label": dict(SalesDocument.Kind.choices)[told.kind or SalesDocument.Kind.INVOICE],
        }  # fmt: skip
        return render(request, "accounting/receivables/documents.html", context)


class OfMany(CompanyView):
    """What is done with the documents chosen in the list: ``document`` is the id of each."""

    help_page = "sales-documents"

    def chosen(self) -> list[SalesDocument]:
        """Those chosen, in their order; with none, or too many, the user is told so."""
        ids = [pk for text in self.request.POST.getlist("document") if (pk := id_or_none(text))]
        if len(ids) > outgoing.MOST_AT_ONCE:
            messages.error(self.request, _("Choose %s documents at most.") % outgoing.MOST_AT_ONCE)
            return []
        found = outgoing.chosen(self.company, ids)
        if not found:
            messages.error(self.request, _("Choose the documents first, by the boxes in the list."))
        return found

    def back(self) -> HttpResponse:
        """To the list, as it was filtered."""
        query = self.request.POST.get("query", "")[:500]
        address = reverse("sales-documents", args=[self.company.pk])
        return redirect(address + (f"?{query}" if query else ""))


class IssueDocuments(OfMany):
    """``/c/{company}/receivables/documents/issue/``: each draft by itself, all in one request."""

    permission = Permission.RECEIVABLES_ISSUE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        found = outgoing.go_out_together(self.chosen(), by=self.access.user)
        if count := len(found.issued):
            numbers = f"{found.issued[0].number} … {found.issued[-1].number}"
            said = ngettext("%(count)s document is issued: %(number)s.",
                            "%(count)s documents are issued: %(numbers)s.", count)  # fmt: skip
            messages.success(request, said % {"count": count, "number": found.issued[0].number,
                                              "numbers": numbers})  # fmt: skip
        for document, refusal in found.refused:
            for one in refusal.refusals if isinstance(refusal, Refusals) else [refusal]:
                what = f"{document.get_kind_display()} {document.contact.name}"
                messages.error(request, f"{what}: {one}")
        return self.back()


class BillDocuments(OfMany):
    """``/c/{company}/receivables/documents/bill/``: one invoice of several orders."""

    permission = Permission.RECEIVABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        documents = self.chosen()
        if not documents:
            return self.back()
        try:
            typed = making.collective(documents, date=clock.today())
            new = drafting.save(company=self.company, typed=typed, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.back()
        messages.success(request, _("The draft of one invoice is ready. Check it, and issue it."))
        return redirect("sales-document", self.company.pk, new.pk)


class PrintDocuments(OfMany):
    """``/c/{company}/receivables/documents/print/``: all of them as one PDF, in their order."""

    permission = Permission.RECEIVABLES_READ

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        documents = self.chosen()
        if not documents:
            return self.back()
        try:
            content = outgoing.as_book(documents)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.back()
        response = HttpResponse(content, content_type=PDF)
        name = f"{self.company.short_name}-documents.pdf"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
