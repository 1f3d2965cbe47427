"""Questions about terms: what was agreed with a customer or supplier, and what is offered."""

from __future__ import annotations

from django.db.models import QuerySet

from accounting.terms.models import CustomerTerms, PaymentTerms, SupplierTerms
from erp.companies.models import Company


def customer_terms(company: Company, contact_id: int) -> CustomerTerms | None:
    """What was agreed with a customer, with all that it names; None where nothing was."""
    return all_customer_terms(company).filter(contact=contact_id).first()


def supplier_terms(company: Company, contact_id: int) -> SupplierTerms | None:
    """What was agreed with a supplier, with all that it names; None where nothing was."""
    return all_supplier_terms(company).filter(contact=contact_id).first()


def all_customer_terms(company: Company) -> QuerySet[CustomerTerms]:
    return CustomerTerms.of(company).select_related(
        "company", "contact", "payment_terms", "account", "income_account", "vat_code"
    )


def all_supplier_terms(company: Company) -> QuerySet[SupplierTerms]:
    return SupplierTerms.of(company).select_related(
        "company",
        "contact",
        "payment_terms",
        "account",
        "expense_account",
        "vat_code",
        "cost_centre",
    )


def payment_terms_of(company: Company) -> QuerySet[PaymentTerms]:
    """The payment terms that are offered, by days."""
    return PaymentTerms.of(company).filter(active=True).order_by("net_days", "code")
