"""The mask of a document: written by keyboard, reckoned by the server while one types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounting.banking.models import BankAccount
from accounting.ledger.entering import choices
from accounting.ledger.models import Account, CostCentre, CostObject
from accounting.receivables import checking, drafting, issuing, lookups, making, masks, queries
from accounting.receivables.models import SalesDocument
from accounting.receivables.typed import TypedDocument
from accounting.terms.models import PaymentTerms
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.api import once
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.companies.models import Language
from erp.core import clock
from erp.core.errors import DomainError
from erp.own_fields import masks as own_masks
from erp.own_fields.lists import fields_of
from erp.web.bodies import read_object
from erp.web.faults import told
from erp.web.pages import CompanyView, id_of, refused
from vat.codes.breakdown import Basis
from vat.codes.models import CodeKind
from vat.codes.queries import codes_of, is_liable_on

LISTS = ("lines", "instalments", "own")
OPERATION = "sales-document"  # what a mask saves once, however often it is sent
_SALES = (CodeKind.OUTPUT, CodeKind.DISCOUNT, CodeKind.OTHER)


class EditDocument(CompanyView):
    """``/c/{company}/receivables/documents/new/`` and ``…/{document}/edit/``

    GET shows the mask: empty, for a customer (``contact``), as a copy (``copy``), or of a draft.
    POST saves what its script sends, and with ``do=issue`` lets it go out.
    """

    permission = Permission.RECEIVABLES_DRAFT
    help_page = "sales-documents"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self._found()
        if document is not None and not document.is_draft:
            return redirect("sales-document", self.company.pk, document.pk)
        return render(request, "accounting/receivables/edit.html", self._context(document))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self._found()
        issues = request.POST.get("do") == "issue"
        if issues:
            self.require(Permission.RECEIVABLES_ISSUE)
        key = request.POST.get("once", "")[:100]
        before = once.sent_before(self.company, self.access.user, OPERATION, key)
        if before is not None:
            return self._saved(before["id"])
        try:
            sent = read_object(request.POST.get("document", ""), lists=LISTS)
            saved = drafting.save(
                company=self.company, typed=self._typed(sent, document), by=self.access.user,
                document=document, version=_number(sent.get("version")),
            )  # fmt: skip
            if issues:
                saved = issuing.issue(saved, by=self.access.user)
        except DomainError as refusal:
            return refused(request, JsonResponse({"errors": told(refusal)}))
        once.remember(self.company, self.access.user, OPERATION, key, {"id": saved.pk})
        return self._saved(saved.pk)

    def _saved(self, pk: int) -> HttpResponse:
        address = reverse("sales-document", args=[self.company.pk, pk])
        return JsonResponse({"id": pk, "url": address})

    def _found(self) -> SalesDocument | None:
        if "document" not in self.kwargs:
            return None
        rows = queries.with_all(self.company)
        found: SalesDocument = get_object_or_404(rows, pk=self.kwargs["document"])
        return found

    def _typed(self, sent: dict[str, Any], document: SalesDocument | None) -> TypedDocument:
        typed = masks.typed_document(sent)
        if document is None:
            return replace(typed, kind=typed.kind or SalesDocument.Kind.INVOICE)
        return replace(typed, kind=document.kind, follows=document.follows_id)

    def _context(self, document: SalesDocument | None) -> dict[str, Any]:
        costs, today = self.company.uses("costs"), clock.today()
        sent, customer, kept = self._start(document)
        fields = fields_of(self.company, SalesDocument.OWN_FIELDS)
        kind = SalesDocument.Kind(sent["kind"])
        liable = is_liable_on(self.company, today)
        codes = codes_of(self.company).filter(kind__in=_SALES) if liable else []
        accounts = Account.of(self.company).select_related("vat_code").filter(control="")
        return {
            "page_title": _("%s: draft") % kind.label if document else _("New: %s") % kind.label,
            "document": document, "sent": {**sent, "habit": lookups.habit(self.company)},
            "kind": kind, "today": today,
            "own": own_masks.inputs(fields, own_masks.as_typed(fields, kept), {}),
            "kinds": SalesDocument.Kind.choices, "languages": Language.choices,
            "bases": Basis.choices, "customer": customer,
            "accounts": [[a.number, a.name, a.vat_code.code if a.vat_code else ""]
                         for a in accounts.order_by("number")
                         if a.blocked_from is None or a.blocked_from > today],
            "vat_codes": [[masks.NO_CODE, _("no VAT")], *([c.code, c.name] for c in codes)]
            if liable else [],
            "cost_centres": choices(CostCentre.of(self.company).order_by("number")) if costs else [],
            "cost_objects": choices(CostObject.of(self.company).order_by("number")) if costs else [],
            "bank_accounts": BankAccount.of(self.company).select_related("account").order_by("pk"),
            "terms": PaymentTerms.of(self.company).filter(active=True).order_by("code"),
            "currencies": lookups.currencies(self.company),
            "may_issue": self.access.may(Permission.RECEIVABLES_ISSUE),
            "back_url": reverse("sales-document", args=[self.company.pk, document.pk]) if document
            else reverse("sales-documents", args=[self.company.pk]),
        }  # fmt: skip

    def _start(
        self, document: SalesDocument | None
    ) -> tuple[dict[str, Any], Contact | None, dict[str, Any]]:
        """What the mask begins with, its customer, and values of own fields."""
        query, today = self.request.GET, clock.today()
        if document is not None:
            sent = masks.sent_by(making.typed_of(document, drafting.lines_of(document)))
            return {**sent, "version": str(document.version)}, document.contact, document.own_values
        if query.get("copy"):
            of = get_object_or_404(queries.with_all(self.company), pk=id_of(query["copy"]))
            return masks.sent_by(making.copy(of, date=today)), of.contact, of.own_values
        kind = query.get("kind", "")
        kind = kind if kind in SalesDocument.Kind.values else SalesDocument.Kind.INVOICE
        customer = None
        if query.get("contact"):
            customer = get_object_or_404(Contact.of(self.company), pk=id_of(query["contact"]))
        return {
            "kind": str(kind), "date": today.isoformat(), "lines": [],
            "contact": str(customer.pk) if customer else "",
        }, customer, {}  # fmt: skip


class PreviewDocument(CompanyView):
    """``/c/{company}/receivables/documents/preview/``: the mask reckoned; nothing is written.

    Answers 200 with ``errors`` where something is wrong, as that is no fault while one types.
    """

    permission = Permission.RECEIVABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            sent = read_object(request.POST.get("document", ""), lists=LISTS)
            typed = masks.typed_document(sent)
            typed = replace(typed, kind=typed.kind or SalesDocument.Kind.INVOICE)
            draft = checking.drafted(self.company, typed)
        except DomainError as refusal:
            return JsonResponse({"errors": told(refusal)})
        return JsonResponse({"errors": [], **lookups.reckoned(draft)})


class Lookup(CompanyView):
    """``/c/{company}/receivables/documents/lookup/{what}/``: found while typing."""

    permission = Permission.RECEIVABLES_DRAFT

    def get(self, request: HttpRequest, what: str, **kwargs: Any) -> HttpResponse:
        words = request.GET.get("q", "").replace("\x00", "").strip()[:80]
        if what == "customers":
            found = lookups.customers(self.company, words)
            access_log.note(company=self.company, by=self.access.user, subject=Contact,
                            kind=AccessLogEntry.Kind.SEARCH, count=len(found))  # fmt: skip
        elif what == "products":
            language = request.GET.get("language", "")[:2]
            found = lookups.products(self.company, words, language=language)
        else:
            raise Http404
        return JsonResponse({"found": found})


def _number(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() else None
