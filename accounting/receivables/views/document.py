"""One document: its page, its PDF, and what is done with it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounting.ledger.sent import typed_figure
from accounting.receivables import (
    archiving,
    drafting,
    issuing,
    listing,
    making,
    phrases,
    queries,
)
from accounting.receivables.errors import BadDeposit, BadQuantity
from accounting.receivables.explaining import explained
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.paper import pdf
from accounting.receivables.papers import printed
from accounting.receivables.reckoning import amounts_of
from accounting.receivables.typed import TypedDocument
from contacts.models import Communication
from contacts.queries import REACHED, reach
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.display import swiss_date
from erp.core.errors import DomainError, Refusals
from erp.core.filetypes import PDF
from erp.documents import storing
from erp.documents.pdf import PdfUnavailable
from erp.mails.queries import mails_about
from erp.own_fields import values as own_values
from erp.own_fields.lists import fields_of
from erp.web.dates import read_day
from erp.web.pages import CompanyView, refused

_Kind = SalesDocument.Kind
_Decision = SalesDocument.Decision
#: What may be made of a document, beside a copy.
ORDER, INVOICE, DEPOSIT, CREDIT, COPY = "order", "invoice", "deposit", "credit", "copy"
WITH_QUANTITIES: Final = {INVOICE, CREDIT}


class OfDocument(CompanyView):
    """A page of one document."""

    permission = Permission.RECEIVABLES_READ
    help_page = "sales-documents"

    def found(self) -> SalesDocument:
        rows = queries.with_all(self.company)
        document: SalesDocument = get_object_or_404(rows, pk=self.kwargs["document"])
        return document

    def home(self, document: SalesDocument) -> HttpResponse:
        return redirect("sales-document", self.company.pk, document.pk)


class DocumentPage(OfDocument):
    """``/c/{company}/receivables/documents/{document}/``: a document whole, and what became of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found()
        lines = drafting.lines_of(document)
        amounts = amounts_of(document, lines)
        today = clock.today()
        listed = listing.with_standings(self.company, [document], today)[0]
        made = listing.with_standings(self.company, queries.made_from(document), today)
        origins = queries.origins(document, lines)
        against, address = [], None
        if document.is_draft:
            looks = printed(document, lines)
            against = [str(one) for one in issuing.obstacles(document, lines, looks)]
            address = "\n".join(looks.paper.letter.recipient)
        elif document.paper:
            address = "\n".join(document.paper["letter"]["recipient"])
        numbers = Communication.of(self.company).filter(
            contact__in=[document.contact_id, document.person_id or 0], kind__in=REACHED
        )
        bills = document.is_issued and _Kind.INVOICE in making.BECOMES[document.kind]
        left = making.left_to_bill(lines) if bills else {}
        context = {
            "page_title": _("%s: draft") % document.get_kind_display() if document.is_draft
            else str(document),
            "document": document, "row": listed, "amounts": amounts, "told": explained(amounts),
            "address": address,
            "reaches": [reach(one) for one in numbers.order_by("position", "pk")[:3]],
            "items": queries.items_of(document), "made": made, "origins": origins,
            "against": against, "today": today,
            "mails": mails_about(self.access, document) if document.is_issued else [],
            "own": self._own(document),
            "costs": any(line.cost_centre or line.cost_object for line in lines),
            **self._offers(document, lines, made, left),
            "lines": [(line, told, left.get(line.pk))
                      for line, told in zip(lines, amounts.lines, strict=True)],
        }  # fmt: skip
        return render(request, "accounting/receivables/document.html", context)

    def _own(self, document: SalesDocument) -> list[tuple[str, str]]:
        """Its own fields with their values; no query where it has none."""
        if not document.own_values:
            return []
        fields = fields_of(self.company, SalesDocument.OWN_FIELDS)
        return own_values.shown(fields, document.own_values)

    def _offers(
        self, document: SalesDocument, lines: list[DocumentLine], made: list[listing.Listed],
        left: dict[int, Decimal],
    ) -> dict[str, Any]:  # fmt: skip
        """What the page offers to do next, as far as state and rights go."""
        credited = [one.document for one in made if one.document.kind == _Kind.CREDIT_NOTE
                    and one.document.is_issued and one.document.follows_id == document.pk]  # fmt: skip
        becomes = making.BECOMES[document.kind] if document.is_issued else ()
        claims = document.is_issued and document.kind == _Kind.INVOICE
        return {
            "may_order": _Kind.ORDER in becomes, "may_bill": _Kind.INVOICE in becomes,
            "is_billed": bool(left) and not any(left.values()),
            "is_partly_billed": any(left.values())
            and any(left[line.pk] != line.quantity for line in lines if line.pk in left),
            "may_credit": claims and sum(one.payable for one in credited) < document.payable,
            "may_cancel": claims and not credited,
            "decisions": [d for d in _Decision if d and d != document.decision]
            if document.is_issued and not document.is_claim else [],
        }  # fmt: skip


class IssueDocument(OfDocument):
    """``/c/{company}/receivables/documents/{document}/issue/``"""

    permission = Permission.RECEIVABLES_ISSUE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found()
        try:
            issued = issuing.issue(document, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
        else:
            messages.success(request, _("%s is issued.") % issued)
        return self.home(document)


class DeleteDocument(OfDocument):
    """``/c/{company}/receivables/documents/{document}/delete/``: throws a draft away."""

    permission = Permission.RECEIVABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found()
        try:
            drafting.delete(document, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return self.home(document)
        messages.success(request, _("The draft is deleted."))
        return redirect("sales-documents", self.company.pk)


class CancelDocument(OfDocument):
    """``/c/{company}/receivables/documents/{document}/cancel/``: a credit note over all of it."""

    permission = Permission.RECEIVABLES_ISSUE

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice = self.found()
        date = read_day(request.POST.get("date")) or clock.today()
        try:
            note = issuing.cancel(invoice, date=date, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
            return self.home(invoice)
        messages.success(request, _("%(invoice)s is cancelled by %(note)s.")
                         % {"invoice": invoice, "note": note})  # fmt: skip
        return self.home(note)


class DecideDocument(OfDocument):
    """``/c/{company}/receivables/documents/{document}/decide/``: accepted, declined or closed."""

    permission = Permission.RECEIVABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document, decision = self.found(), request.POST.get("decision", "")
        if decision not in _Decision.values:
            raise Http404
        try:
            issuing.decide(document, decision, by=self.access.user)
        except DomainError as refusal:
            self.tell_all(refusal)
        return self.home(document)


class MakeDocument(OfDocument):
    """``/c/{company}/receivables/documents/{document}/make/{what}/``: a draft made of this one.

    For invoices and credit notes GET asks for the quantity of each line.
    """

    permission = Permission.RECEIVABLES_DRAFT

    def get(self, request: HttpRequest, what: str, **kwargs: Any) -> HttpResponse:
        if what not in WITH_QUANTITIES:
            raise Http404
        return self._show(self.found(), what)

    def post(self, request: HttpRequest, what: str, **kwargs: Any) -> HttpResponse:
        document = self.found()
        try:
            typed = self._typed(document, what)
            new = drafting.save(company=self.company, typed=typed, by=self.access.user)
        except DomainError as refusal:
            if what not in WITH_QUANTITIES:
                self.tell_all(refusal)
                return self.home(document)
            return refused(request, self._show(document, what, refusal))
        messages.success(request, _("The draft is ready. Check it, and issue it."))
        return self.home(new)

    def _typed(self, document: SalesDocument, what: str) -> TypedDocument:
        today = clock.today()
        if what == COPY:
            return making.copy(document, date=today)
        if what == ORDER:
            return making.derived(document, _Kind.ORDER, date=today)
        if what == DEPOSIT:
            percent = _percent(self.request.POST.get("percent", ""))
            said = phrases.of(document.language)
            title = f"{getattr(said, document.kind)} {document.number}"
            text = f"{said.deposit_invoice} {percent:f} %: {title}, {swiss_date(document.date)}"
            return making.deposit(document, date=today, percent=percent, text=text)
        if what not in WITH_QUANTITIES:
            raise Http404
        quantities = self._quantities(document, what)
        if what == INVOICE:
            return making.derived(document, _Kind.INVOICE, date=today, quantities=quantities)
        return making.credit(document, date=today, quantities=quantities)

    def _quantities(self, document: SalesDocument, what: str) -> dict[int, Decimal] | None:
        """The quantities as typed, by line; None where the form was not shown: all of it.

        Of an order more may be billed than was ordered; no more is credited than was billed.
        """
        if "partly" not in self.request.POST:
            return None
        lines = drafting.lines_of(document)
        left = making.left_to_credit(lines) if what == CREDIT else {}
        found, faults = dict[int, Decimal](), list[DomainError]()
        for line in lines:
            place = f"quantity-{line.pk}"
            text = self.request.POST.get(place, "").strip()
            if line.kind != Kind.ITEM or not text:
                continue
            try:
                wanted = typed_figure(text, place, decimals=4)
            except DomainError as refusal:
                faults.append(refusal)
                continue
            most = left.get(line.pk, line.quantity)
            if wanted * line.quantity < 0 or (what == CREDIT and abs(wanted) > abs(most)):
                faults.append(BadQuantity(field=place, value=text[:20], most=most))
            found[line.pk] = wanted
        if faults:
            raise Refusals(faults)
        return found

    def _show(
        self, document: SalesDocument, what: str, refusal: DomainError | None = None
    ) -> HttpResponse:
        lines = drafting.lines_of(document)
        left = (making.left_to_bill if what == INVOICE else making.left_to_credit)(lines)
        each = refusal.refusals if isinstance(refusal, Refusals) else filter(None, [refusal])
        faults = {one.place or "": str(one) for one in each}
        typed = self.request.POST
        rows = [
            (line, left.get(line.pk), typed.get(f"quantity-{line.pk}", _plain(left.get(line.pk))),
             faults.pop(f"quantity-{line.pk}", ""))
            for line in lines
        ]  # fmt: skip
        title = _("Invoice of %s") if what == INVOICE else _("Credit note for %s")
        context = {"page_title": title % document, "document": document, "what": what,
                   "rows": rows, "faults": list(faults.values())}  # fmt: skip
        return render(self.request, "accounting/receivables/quantities.html", context)


class DocumentFile(OfDocument):
    """``/c/{company}/receivables/documents/{document}/pdf/``: the PDF, made and kept when first asked for.

    Of a draft a preview. Making it changes nothing that anybody sees, and happens once; who may
    only look, such as support, gets the same bytes without their being kept.
    """

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        document = self.found()
        try:
            content = self._content(document)
        except PdfUnavailable as refusal:
            messages.error(request, str(refusal))
            return self.home(document)
        name = archiving.file_name(document) if document.number else f"{document.pk}.pdf"
        response = HttpResponse(content, content_type=PDF)
        saved = "download" in request.GET
        response["Content-Disposition"] = content_disposition_header(saved, name) or "inline"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _content(self, document: SalesDocument) -> bytes:
        if document.is_draft:
            return archiving.preview(document)
        if document.file is None and self.access.read_only:
            return pdf(archiving.kept_paper(document))
        file = archiving.archive(document, by=self.access.user)
        try:
            return storing.content_of(file)
        except FileNotFoundError:
            raise Http404 from None


#: The PDF may be shown in a frame of our own pages, and can do nothing there.
document_file = xframe_options_sameorigin(
    csp_replace({"default-src": ["'none'"], "img-src": ["'self'"], "object-src": ["'self'"],
                 "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'self'"]})(
        DocumentFile.as_view()
    )
)  # fmt: skip


def _percent(text: str) -> Decimal:
    """A part in percent as typed. Raises ``BadDeposit`` unless it is above 0 and at most 100."""
    try:
        found = typed_figure(text.strip().removesuffix("%"), "percent", decimals=2)
    except DomainError:
        raise BadDeposit(value=text[:20]) from None
    if not 0 < found <= making.HUNDRED:
        raise BadDeposit(value=text[:20])
    return found.normalize() if found != found.to_integral() else found.quantize(Decimal(1))


def _plain(value: Decimal | None) -> str:
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


__all__ = ["CancelDocument", "DecideDocument", "DeleteDocument", "DocumentPage", "IssueDocument",
           "MakeDocument", "document_file"]  # fmt: skip
