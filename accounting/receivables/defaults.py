"""What a document begins with (Vorgaben): the customer's terms, else the company's settings."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounting.banking.models import BankAccount
from accounting.qr import rules
from accounting.receivables.models import SalesSettings
from accounting.receivables.sales_settings import settings_of as settings_of
from accounting.receivables.texts import text_of
from accounting.terms.models import CustomerTerms, PaymentTerms
from contacts.models import Contact
from erp.companies.models import Company


def terms_of(company: Company, contact: Contact) -> CustomerTerms:
    """What holds for a customer; not stored where nothing was agreed."""
    rows = CustomerTerms.of(company).select_related(
        "payment_terms", "account", "income_account", "vat_code"
    )
    found = rows.filter(contact=contact).first()
    return found or CustomerTerms(company=company, contact=contact)


@dataclass(frozen=True, slots=True)
class Payment:
    """When a document is to be paid, as it stands on it."""

    net_days: int = 30
    discount: Decimal | None = None
    discount_days: int | None = None
    instalments: tuple[tuple[Decimal, int], ...] = ()


def payment(terms: PaymentTerms | None) -> Payment:
    """Payment terms as values; 30 days net where nothing was agreed."""
    if terms is None:
        return Payment()
    parts = tuple((Decimal(str(percent)), int(days)) for percent, days in terms.instalments)
    return Payment(terms.net_days, terms.discount_percent, terms.discount_days, parts)


def texts(company: Company, kind: str, language: str) -> tuple[str, str]:
    """What stands above and below the lines of such documents."""
    found = text_of(company, kind, language)
    return found.intro, found.closing


def bank_account(
    company: Company, currency: str, settings: SalesSettings, wanted: int | None = None
) -> BankAccount | None:
    """Where a document is to be paid: as chosen, or the first account in its currency."""
    if wanted is not None:
        return BankAccount.of(company).filter(pk=wanted).first()
    return bank_accounts(company, settings).get(currency)


def bank_accounts(company: Company, settings: SalesSettings) -> dict[str, BankAccount]:
    """Where documents and letters are to be paid, by currency: the account that the settings name,
    else the first one, those that a slip can name before others. One query.
    """
    rows = BankAccount.of(company)
    ordered = sorted(rows, key=lambda one: (
        one.pk != settings.bank_account_id, one.iban[:2] not in rules.SWISS, one.pk))  # fmt: skip
    found: dict[str, BankAccount] = {}
    for row in ordered:
        found.setdefault(row.currency, row)
    return found
