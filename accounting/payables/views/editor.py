"""The mask of a supplier's invoice: beside its original, reckoned by the server while one types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.ledger.entering import choices
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.payables import approving, capturing, drafting, lookups, making, masks, queries
from accounting.payables.capture.models import InboxDocument
from accounting.payables.capture.proposing import Captured, propose
from accounting.payables.capture.queries import next_waiting
from accounting.payables.capture.viewing import Viewing, viewing
from accounting.payables.models import Spread, SupplierInvoice
from accounting.payables.reckoning import lines_of
from accounting.payables.typed import TypedInvoice
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api import once
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core import clock
from erp.core.errors import DomainError
from erp.web.bodies import read_object
from erp.web.faults import told
from erp.web.pages import CompanyView, id_of, id_or_none, refused
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind
from vat.codes.queries import codes_of, is_liable_on

OPERATION = "supplier-invoice"  # what a mask saves once, however often it is sent
_PURCHASES = (CodeKind.INPUT, CodeKind.IMPORT, CodeKind.ACQUISITION)
_Kind, _Status = SupplierInvoice.Kind, SupplierInvoice.Status


class EditInvoice(CompanyView):
    """``/c/{company}/payables/invoices/new/``, ``…/{invoice}/edit/`` and ``…/inbox/{document}/capture/``

    GET shows the mask: empty, for a supplier (``contact``), as a copy (``copy``), of a draft, or of what
    is read in a document of the inbox (``bill`` is which of its bills, from 0). POST saves what its
    script sends, and with ``do=submit`` hands it in.
    """

    permission = Permission.PAYABLES_DRAFT
    help_page = "supplier-invoices"
    _captured: Captured | None = None

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice = self._found()
        if invoice is not None and not invoice.is_draft:
            return redirect("supplier-invoice", self.company.pk, invoice.pk)
        return render(request, "accounting/payables/edit.html", self._context(invoice))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice = self._found()
        submits = request.POST.get("do") == "submit"
        if submits:
            self.require(Permission.PAYABLES_POST)
        key = request.POST.get("once", "")[:100]
        before = once.sent_before(self.company, self.access.user, OPERATION, key)
        if before is not None:
            return self._saved(before["id"])
        try:
            sent = read_object(request.POST.get("document", ""), lists=masks.LISTS)
            saved = drafting.save(
                company=self.company, typed=self._typed(sent, invoice), by=self.access.user,
                invoice=invoice, version=_number(sent.get("version")),
            )  # fmt: skip
            if invoice is None:
                capturing.keep_link(self.company, sent, saved, by=self.access.user)
            if submits:
                saved = approving.submit(saved, by=self.access.user)
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        once.remember(self.company, self.access.user, OPERATION, key, {"id": saved.pk})
        return self._saved(saved.pk)

    def _typed(self, sent: dict[str, Any], invoice: SupplierInvoice | None) -> TypedInvoice:
        """The invoice as the mask sends it, with its original: the draft's, or that of the inbox."""
        document = capturing.named(self.company, sent) if invoice is None else None
        file = document.file_id if document else invoice.file_id if invoice else None
        return replace(masks.typed_invoice(sent), file=file)

    def _saved(self, pk: int) -> HttpResponse:
        """Where to go on: to the invoice, or to the next bill that waits to be captured, which says what was saved."""
        address = reverse("supplier-invoice", args=[self.company.pk, pk])
        document = self.kwargs.get("document")
        if document and (saved := queries.with_all(self.company).filter(pk=pk).first()):
            messages.success(
                self.request, _("%(supplier)s, %(invoice)s is saved (%(state)s).") % {
                    "supplier": saved.contact.name, "invoice": saved,
                    "state": saved.get_status_display(),
                },
            )  # fmt: skip
        waiting = next_waiting(self.company, after=document) if document else None
        onwards = reverse("inbox-capture", args=[self.company.pk, waiting.pk]) if waiting else (
            reverse("inbox", args=[self.company.pk]))  # fmt: skip
        return JsonResponse({"id": pk, "url": address, "next": onwards if document else ""})

    def _found(self) -> SupplierInvoice | None:
        if "document" in self.kwargs:
            get_object_or_404(InboxDocument.of(self.company), pk=self.kwargs["document"])
        if "invoice" not in self.kwargs:
            return None
        rows = queries.with_all(self.company).exclude(status=_Status.PATTERN)
        found: SupplierInvoice = get_object_or_404(rows, pk=self.kwargs["invoice"])
        return found

    def _context(self, invoice: SupplierInvoice | None) -> dict[str, Any]:
        costs, today = self.company.uses("costs"), clock.today()
        sent, supplier, looked_at = self._start(invoice)
        kind = _Kind(sent["kind"])
        liable = is_liable_on(self.company, today)
        codes = codes_of(self.company).filter(kind__in=_PURCHASES) if liable else []
        accounts = Account.of(self.company).select_related("vat_code").filter(control="")
        return {
            "page_title": _("%s: draft") % kind.label if invoice else _("Enter a supplier's invoice"),
            "invoice": invoice, "sent": sent, "kind": kind, "kinds": _Kind.choices, "today": today,
            "supplier": supplier, "bases": Basis.choices, "spreads": Spread.choices, "viewing": looked_at,
            "captured": self._captured,
            "accounts": [[a.number, a.name, a.vat_code.code if a.vat_code else ""]
                         for a in accounts.order_by("number")
                         if a.blocked_from is None or a.blocked_from > today],
            "vat_codes": [[masks.NO_CODE, _("no VAT")], *([c.code, c.name] for c in codes)]
            if liable else [],
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")) if costs else [],
            "cost_objects": choices(CostObject.of(self.company).order_by("number")) if costs else [],
            "currencies": lookups.currencies(self.company),
            "may_submit": self.access.may(Permission.PAYABLES_POST),
            "back_url": reverse("supplier-invoice", args=[self.company.pk, invoice.pk]) if invoice
            else reverse("supplier-invoices", args=[self.company.pk]),
        }  # fmt: skip

    def _of_inbox(self) -> tuple[dict[str, Any], Contact | None, Viewing]:
        rows = InboxDocument.of(self.company).select_related("file", "company")
        document = get_object_or_404(rows, pk=self.kwargs["document"])
        found = propose(self.company, document, nth=id_or_none(self.request.GET.get("bill")) or 0)
        self._captured = found
        supplier = found.supplier.contact if found.supplier else None
        sent = capturing.proposed(self.company, found)
        return sent, supplier, viewing(self.company, document, first=found.page)

    def _start(
        self, invoice: SupplierInvoice | None
    ) -> tuple[dict[str, Any], Contact | None, Viewing | None]:
        """What the mask begins with, its supplier, and the original beside it."""
        query, today = self.request.GET, clock.today()
        if invoice is not None:
            sent = masks.sent_by(making.typed_of(invoice, lines_of(invoice)))
            document = capturing.document_of(invoice)
            looked_at = viewing(self.company, document) if document else None
            return (
                {**sent, "id": str(invoice.pk), "version": str(invoice.version)},
                invoice.contact,
                looked_at,
            )
        if "document" in self.kwargs:
            return self._of_inbox()
        if query.get("copy"):
            of = get_object_or_404(queries.with_all(self.company), pk=id_of(query["copy"]))
            return masks.sent_by(making.copy(of, date=today)), of.contact, None
        kind = query.get("kind", "")
        supplier = None
        if query.get("contact"):
            supplier = get_object_or_404(Contact.of(self.company), pk=id_of(query["contact"]))
        return {
            "kind": kind if kind in _Kind.values else str(_Kind.INVOICE), "date": "", "lines": [],
            "contact": str(supplier.pk) if supplier else "",
        }, supplier, None  # fmt: skip


class PreviewInvoice(CompanyView):
    """``/c/{company}/payables/invoices/preview/``: the mask reckoned; nothing is written.

    Answers 200 with ``errors`` where something is wrong, as that is no fault while one types.
    """

    permission = Permission.PAYABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            sent = read_object(request.POST.get("document", ""), lists=masks.LISTS)
            document = capturing.named(self.company, sent)
            typed = replace(masks.typed_invoice(sent), file=document.file_id if document else None)
            draft = drafting.drafted(self.company, typed)
        except DomainError as refusal:
            return JsonResponse({"errors": told(refusal)})
        draft.invoice.pk = _number(sent.get("id"))
        return JsonResponse({"errors": [], **lookups.reckoned(draft)})


class Lookup(CompanyView):
    """``/c/{company}/payables/invoices/lookup/{what}/``: found while typing."""

    permission = Permission.PAYABLES_DRAFT

    def get(self, request: HttpRequest, what: str, **kwargs: Any) -> HttpResponse:
        if what == "suppliers":
            words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
            found = lookups.suppliers(self.company, words)
            access_log.note(company=self.company, by=self.access.user, subject=Contact,
                            kind=AccessLogEntry.Kind.SEARCH, count=len(found))  # fmt: skip
            return JsonResponse({"found": found})
        if what == "supplier":
            contact = get_object_or_404(Contact.of(self.company), pk=id_of(request.GET.get("id")))
            return JsonResponse(lookups.supplier(self.company, contact))
        raise Http404


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None
