"""One supplier's invoice: its page, its original, and what is done with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounting.payables import (
    accruing,
    approving,
    booking,
    capturing,
    drafting,
    listing,
    making,
    queries,
)
from accounting.payables.capture.viewing import viewing
from accounting.payables.models import AccrualPart, SupplierInvoice
from accounting.payables.obstacles import obstacles
from accounting.payables.reckoning import amounts_of, lines_of
from erp.access.permissions import Permission
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.identifiers import format_iban
from erp.web.dates import read_day
from erp.web.pages import CompanyView

_Status = SupplierInvoice.Status


class OfInvoice(CompanyView):
    """A page of one supplier's invoice."""

    permission = Permission.PAYABLES_READ
    help_page = "supplier-invoices"

    def found(self) -> SupplierInvoice:
        rows = queries.with_all(self.company).exclude(status=_Status.PATTERN)
        invoice: SupplierInvoice = get_object_or_404(rows, pk=self.kwargs["invoice"])
        return invoice

    def home(self, invoice: SupplierInvoice) -> HttpResponse:
        return redirect("supplier-invoice", self.company.pk, invoice.pk)


class InvoicePage(OfInvoice):
    """``/c/{company}/payables/invoices/{invoice}/``: an invoice whole, and what became of it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice, today = self.found(), clock.today()
        lines = lines_of(invoice)
        amounts = amounts_of(invoice, lines)
        visas = list(approving.visas(invoice))
        user, document = self.access.user, capturing.document_of(invoice)
        asked = [visa for visa in visas if visa.round == invoice.round and visa.state == "wanted"]
        context = {
            "page_title": f"{invoice.contact.name}: {invoice}", "invoice": invoice, "today": today,
            "row": listing.with_standings(self.company, [invoice], today)[0],
            "lines": list(zip(lines, amounts.nets, amounts.taxes, strict=True)), "amounts": amounts,
            "costs": any(line.cost_centre or line.cost_object for line in lines),
            "rounding": invoice.payable - amounts.payable, "visas": visas,
            "items": queries.items_of(invoice), "iban": format_iban(invoice.payment.get("iban", "")),
            "may_decide": invoice.status == _Status.SUBMITTED and invoice.submitted_by_id != user.pk
            and any(user.pk in {visa.approver_id, visa.deputy_id} for visa in asked)
            and self.access.may(Permission.PAYABLES_APPROVE),
            "parts": list(AccrualPart.of(self.company).filter(line__invoice=invoice)
                          .select_related("entry", "line").order_by("date", "pk"))
            if any(line.spread for line in lines) else [],
            "notes": list(SupplierInvoice.of(self.company).filter(follows=invoice).order_by("pk")),
            "against": [str(one) for one in obstacles(invoice, lines)] if invoice.is_draft else [],
            "viewing": viewing(self.company, document) if document else None,
        }  # fmt: skip
        return render(request, "accounting/payables/invoice.html", context)


class ActOnInvoice(OfInvoice):
    """``/c/{company}/payables/invoices/{invoice}/{act}/``: what is done with one, by the right to do it."""

    act = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice = self.found()
        try:
            now = self._done(invoice)
        except DomainError as refusal:
            self.tell_all(refusal)
            return self.home(invoice)
        if now is None:
            messages.success(request, _("The draft is deleted."))
            return redirect("supplier-invoices", self.company.pk)
        messages.success(request, _("%(invoice)s: %(state)s.")
                         % {"invoice": now, "state": now.get_status_display()})  # fmt: skip
        return self._onwards() or self.home(now)

    def _done(self, invoice: SupplierInvoice) -> SupplierInvoice | None:
        user, sent = self.access.user, self.request.POST
        if self.act == "reject":
            return approving.reject(invoice, reason=sent.get("reason", ""), by=user)
        if self.act == "reverse":
            return booking.reverse(
                invoice, date=read_day(sent.get("date")) or clock.today(), by=user
            )
        if self.act == "delete":
            capturing.delete(invoice, by=user)
            return None
        plain = {"submit": approving.submit, "approve": approving.approve,
                 "withdraw": approving.withdraw, "post": approving.post_approved}  # fmt: skip
        return plain[self.act](invoice, by=user)

    def _onwards(self) -> HttpResponse | None:
        """Who approves goes on to the next one that waits."""
        if self.act not in {"approve", "reject"}:
            return None
        waiting = (
            approving.waiting_for(self.company, self.access.user).order_by("due_date", "pk").first()
        )
        return self.home(waiting) if waiting else None


class DraftingAct(ActOnInvoice):
    """Take back, delete."""

    permission = Permission.PAYABLES_DRAFT


class ApprovingAct(ActOnInvoice):
    """Approve, send back."""

    permission = Permission.PAYABLES_APPROVE


class PostingAct(ActOnInvoice):
    """Hand in, post, reverse."""

    permission = Permission.PAYABLES_POST


class CreditInvoice(OfInvoice):
    """``/c/{company}/payables/invoices/{invoice}/credit/``: a draft of a credit note over all of it."""

    permission = Permission.PAYABLES_DRAFT

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        invoice = self.found()
        try:
            note = drafting.save(company=self.company, by=self.access.user,
                                 typed=making.credit(invoice, date=clock.today()))  # fmt: skip
        except DomainError as refusal:
            self.tell_all(refusal)
            return self.home(invoice)
        messages.success(
            request, _("The draft is ready: fill in the number, and what is credited.")
        )
        return redirect("supplier-invoice-edit", self.company.pk, note.pk)


class Accruals(CompanyView):
    """``/c/{company}/payables/accruals/?on=``: costs of later times, and releasing what is due."""

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_POST}
    help_page = "deferred-costs"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.GET.get("on")) or clock.today()
        waiting = accruing.parts_of(self.company).filter(entry=None)
        due = list(waiting.filter(date__lte=on)[: accruing.MOST_AT_ONCE])
        return render(request, "accounting/payables/accruals.html", {
            "page_title": _("Deferred costs"), "on": on, "due": due,
            "due_total": sum(part.amount for part in due),
            "later": list(waiting.filter(date__gt=on)[:500]),
        })  # fmt: skip

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        on = read_day(request.POST.get("on")) or clock.today()
        entries, refusals = accruing.release_due(self.company, until=on, by=self.access.user)
        if entries:
            messages.success(request, _("%s entries release what is due.") % len(entries))
        for text in sorted({str(one) for one in refusals}):
            messages.error(request, text)
        return redirect(request.get_full_path())
