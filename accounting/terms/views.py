"""Pages of payment terms, and of what was agreed with a customer or supplier."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.entering import choices
from accounting.ledger.lookups import offered
from accounting.ledger.models import Account
from accounting.terms import agreeing, payment_terms, queries
from accounting.terms.forms import (
    CustomerTermsForm,
    PaymentTermsForm,
    SupplierTermsForm,
    TermsForm,
)
from accounting.terms.models import PaymentTerms
from contacts.models import Contact
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class PaymentTermsPage(CompanyView):
    """``/c/{company}/payment-terms/``: what is offered, and one of them to change."""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "payment-terms"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._found(request.GET.get("terms"))
        return self._show(request, PaymentTermsForm(instance=row), row)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = self._found(request.POST.get("id"))
        form = PaymentTermsForm(request.POST, instance=row)
        try:
            with transaction.atomic():
                if "delete" in request.POST and row.pk:
                    payment_terms.delete_payment_terms(row, by=self.access.user)
                elif form.is_valid():
                    payment_terms.save_payment_terms(
                        company=self.company, by=self.access.user,
                        terms=row if row.pk else None, **form.cleaned_data,
                    )  # fmt: skip
                else:
                    return refused(request, self._show(request, form, row))
        except DomainError as refusal:
            if "delete" in request.POST:
                messages.error(request, str(refusal))
                form = PaymentTermsForm(instance=self._found(request.POST.get("id")))
            else:
                tell(form, refusal)
            return refused(request, self._show(request, form, row))
        messages.success(request, _("The payment terms are saved."))
        return redirect("payment-terms", self.company.pk)

    def _found(self, pk: str | None) -> PaymentTerms:
        if not pk:
            return PaymentTerms(company=self.company)
        rows = PaymentTerms.of(self.company).select_related("company")
        found: PaymentTerms = get_object_or_404(rows, pk=id_of(pk))
        return found

    def _show(
        self, request: HttpRequest, form: PaymentTermsForm, row: PaymentTerms
    ) -> HttpResponse:
        context = {
            "page_title": _("Payment terms"), "form": form, "editing": row if row.pk else None,
            "rows": PaymentTerms.of(self.company).order_by("-active", "net_days", "code"),
        }  # fmt: skip
        return render(request, "accounting/terms/payment_terms.html", context)


class _TermsPage(CompanyView):
    """What was agreed with one contact."""

    title: ClassVar[Any] = ""
    form: ClassVar[type[TermsForm]] = TermsForm
    side: ClassVar[str] = ""
    sells: ClassVar[bool] = True

    def get(self, request: HttpRequest, contact: int, **kwargs: Any) -> HttpResponse:
        found = self._contact(contact)
        if found.merged_into is not None:  # an old link still leads to the right place
            return redirect(self._address(found.merged_into))
        terms = self._terms(found)
        return self._show(request, found, terms, self.form(company=self.company, terms=terms))

    def post(self, request: HttpRequest, contact: int, **kwargs: Any) -> HttpResponse:
        found = self._contact(contact)
        terms = self._terms(found)
        form = self.form(request.POST, company=self.company, terms=terms)
        try:
            with transaction.atomic():
                if "delete" in request.POST:
                    if terms is not None:
                        agreeing.forget_terms(terms, by=self.access.user)
                    messages.success(request, _("What was agreed is taken back."))
                    return redirect("contact", self.company.pk, found.pk)
                if not form.is_valid():
                    return refused(request, self._show(request, found, terms, form))
                self._save(found, form.cleaned_data)
        except DomainError as refusal:
            tell(form, refusal)
            return refused(request, self._show(request, found, terms, form))
        messages.success(request, _("The terms of %s are saved.") % found.name)
        return redirect(self._address(found))

    def _contact(self, pk: int) -> Contact:
        rows = Contact.of(self.company).select_related("company", "merged_into")
        found: Contact = get_object_or_404(rows, pk=pk)
        return found

    def _address(self, contact: Contact) -> str:
        return reverse(f"{self.side}-terms", args=[self.company.pk, contact.pk])

    def _terms(self, contact: Contact) -> Any:
        ask = queries.customer_terms if self.sells else queries.supplier_terms
        return ask(self.company, contact.pk)

    def _save(self, contact: Contact, told: dict[str, Any]) -> None:
        save = agreeing.save_customer_terms if self.sells else agreeing.save_supplier_terms
        save(contact, by=self.access.user, **told)

    def _show(
        self, request: HttpRequest, contact: Contact, terms: Any, form: TermsForm
    ) -> HttpResponse:
        access_log.note(company=self.company, by=self.access.user, subject=contact,
                        kind=AccessLogEntry.Kind.READ)  # fmt: skip
        accounts = Account.of(self.company)
        kinds = agreeing.SOLD_ON if self.sells else agreeing.BOUGHT_ON
        side = Account.SubLedger.RECEIVABLES if self.sells else Account.SubLedger.PAYABLES
        context = {
            "page_title": f"{self.title}: {contact.name}", "contact": contact, "form": form,
            "terms": terms, "history_of": terms,
            "may_change": self.access.may(self.permissions["POST"]),
            "control_accounts": choices(accounts.filter(control=side).order_by("number")),
            **offered(self.company, accounts=accounts.filter(type__in=kinds, control="", purpose="").order_by("number"),
                      kinds=agreeing.OF_SALES if self.sells else agreeing.OF_PURCHASES),
        }  # fmt: skip
        return render(request, "accounting/terms/terms.html", context)


class CustomerTermsPage(_TermsPage):
    """``/c/{company}/receivables/customers/{contact}/terms/``"""

    permission = Permission.RECEIVABLES_READ
    permissions = {"POST": Permission.RECEIVABLES_SETTINGS}
    help_page = "terms"
    title = gettext_lazy("Customer's terms")
    form = CustomerTermsForm
    side = "customer"


class SupplierTermsPage(_TermsPage):
    """``/c/{company}/payables/suppliers/{contact}/terms/``"""

    permission = Permission.PAYABLES_READ
    permissions = {"POST": Permission.PAYABLES_SETTINGS}
    help_page = "terms"
    title = gettext_lazy("Supplier's terms")
    form = SupplierTermsForm
    side = "supplier"
    sells = False
