"""Who writes, and where the money goes: what all letters of a company have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.qr import rules
from accounting.qr.bill import Bill, Party, ReferenceType
from accounting.qr.references import make_qrr, make_scor
from accounting.receivables import parties
from accounting.receivables.defaults import bank_accounts, settings_of
from accounting.receivables.paper import Sender
from contacts.models import Contact
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.layouts.queries import look_of
from erp.layouts.values import PLAIN, Kind, Look
from erp.reference import queries as reference_data
from erp.reference.models import Country

#: What the customer's part of a QR reference of a letter begins with; those of invoices have zeros.
QRR_MARK: Final = "9"
SCOR_MARK: Final = "MAHN"


class NoAccountToPayTo(DomainError):
    code = "dunning.no_account_to_pay_to"
    message = _("There is no bank account in %(currency)s that a slip could name. Add one under Bank "
                "accounts, or leave these customers out.")  # fmt: skip
    field = "bank_account"


@dataclass(frozen=True, slots=True)
class Issuer:
    """A company as it writes on a day; gathered once for many letters."""

    sender: Sender
    creditor: Party
    accounts: Mapping[str, BankAccount] = field(default_factory=dict)
    countries: Mapping[str, Country] = field(default_factory=dict)
    address_left: bool = False
    look: Look = PLAIN

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.countries)


def issuer_of(company: Company, day: dt.date) -> Issuer:
    """Sender, bank accounts and countries, as invoices have them, and the layout of letters.

    Six queries at most.
    """
    settings = settings_of(company)
    accounts = bank_accounts(company, settings)
    return Issuer(
        parties.sender(company, settings, day), parties.creditor(company),
        {of: row for of, row in accounts.items() if row.iban[:2] in rules.SWISS},
        {one.alpha2: one for one in reference_data.countries()}, settings.address_left,
        look_of(company, Kind.LETTER),
    )  # fmt: skip


def envelope(contact: Contact, day: dt.date, issuer: Issuer) -> tuple[str, ...]:
    """The lines of the address of a contact whose addresses were read."""
    address = parties.address_of(contact, day)
    return parties.envelope(contact, address, contact.language, countries=issuer.countries)


def debtor_of(contact: Contact, day: dt.date) -> Party | None:
    """The payer of a slip; None, to be filled in by hand, where there is no whole address."""
    return parties.debtor(contact, parties.address_of(contact, day), contact.language)


def kind_of(reference: str) -> str:
    if not reference:
        return ReferenceType.NON
    return ReferenceType.SCOR if reference.startswith("RF") else ReferenceType.QRR


def fits(reference: str, account: BankAccount) -> bool:
    """Whether a slip on this account can bear a reference."""
    kind = kind_of(reference)
    if kind == ReferenceType.QRR:
        return bool(account.qr_iban) and len(reference) == 27 and reference.isdigit()
    return kind == ReferenceType.SCOR


def own_reference(number: int, contact: int, account: BankAccount) -> str:
    """A reference for a letter that no invoice has: ``9…`` for its customer, or ``RF..MAHN…``."""
    if account.qr_iban:
        return make_qrr(str(number), customer=f"{QRR_MARK}{contact:015}")
    return make_scor(f"{SCOR_MARK}{number:06}")


def bill(
    issuer: Issuer, *, currency: str, amount: Decimal | None, debtor: Party | None, reference: str,
    message: str = "",
) -> Bill | None:  # fmt: skip
    """The slip for an amount; None in a currency that slips do not know.

    Raises ``NoAccountToPayTo``.
    """
    if currency not in rules.CURRENCIES:
        return None
    account = issuer.accounts.get(currency)
    if account is None:
        raise NoAccountToPayTo(currency=currency)
    kind = kind_of(reference)
    iban = account.qr_iban if kind == ReferenceType.QRR else account.iban
    return Bill(
        iban,
        issuer.creditor,
        currency,
        amount,
        debtor,
        kind,
        reference,
        message[: rules.TEXT_LENGTH],
    )


def faults(bills: Iterable[Bill], issuer: Issuer) -> tuple[DomainError, ...]:
    """Why slips cannot be made."""
    found: list[DomainError] = []
    for one in bills:
        found += rules.violations(one, countries=issuer.codes)
    return tuple(found)
