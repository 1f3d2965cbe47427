"""Who writes, and where the money goes: what all letters of a company have in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, cast

from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankAccount
from accounting.receivables.dunning.gathering import ADDRESS
from accounting.receivables.paper import Sender
from accounting.receivables.qr import rules
from accounting.receivables.qr.bill import Bill, Party, ReferenceType
from accounting.receivables.qr.references import make_qrr, make_scor
from contacts import letters
from contacts.models import Contact, ContactAddress
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.documents.logos import logo_as_data
from erp.reference.models import Country
from vat.codes.queries import is_liable_on

#: What the customer's part of a QR reference of a letter begins with; those of invoices have zeros.
QRR_MARK: Final = "9"
SCOR_MARK: Final = "MAHN"


class NoAccountToPayTo(DomainError):
    code = "dunning.no_account_to_pay_to"
    message = _("There is no bank account in %(currency)s that a slip could name. Add one under Bank "
                "accounts, or leave these customers out.")  # fmt: skip
    field = "bank_account"


@dataclass(frozen=True, slots=True)
class PayTo:
    """A bank account as slips name it."""

    iban: str
    qr_iban: str = ""


@dataclass(frozen=True, slots=True)
class Issuer:
    """A company as it writes on a day; gathered once for many letters."""

    sender: Sender
    creditor: Party
    accounts: Mapping[str, PayTo] = field(default_factory=dict)
    countries: Mapping[str, Country] = field(default_factory=dict)

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.countries)


def issuer_of(company: Company, day: dt.date) -> Issuer:
    """Sender, bank accounts and countries: four queries."""
    accounts: dict[str, PayTo] = {}
    for row in BankAccount.of(company).order_by("pk"):
        if row.iban[:2] in {"CH", "LI"}:
            accounts.setdefault(row.currency, PayTo(row.iban, row.qr_iban))
    sender = Sender(
        company.name, company.street, company.house_number, company.postcode, company.town,
        company.country, uid=company.uid, vat_liable=is_liable_on(company, day),
        logo=logo_as_data(company),
    )  # fmt: skip
    creditor = Party(company.name[:70], company.postcode, company.town, company.country,
                     company.street, company.house_number)  # fmt: skip
    countries = {one.alpha2: one for one in Country.objects.filter(valid_to=None)}
    return Issuer(sender, creditor, accounts, countries)


def address_of(contact: Contact, day: dt.date) -> ContactAddress | None:
    """Where letters to a customer go on a day, of a contact whose addresses were read."""
    found: Any = letters.address_on(contact.addresses.all(), day, ADDRESS)
    return cast("ContactAddress | None", found)


def envelope(contact: Contact, day: dt.date, issuer: Issuer) -> tuple[str, ...]:
    """The lines of the address, the country in the customer's language."""
    address = address_of(contact, day)
    country = issuer.countries.get(address.country) if address else None
    name = country.name_in(contact.language) if country else ""
    return tuple(letters.address_lines(contact, address, country_name=name))


def debtor_of(contact: Contact, day: dt.date) -> Party | None:
    """The payer of a slip; None, to be filled in by hand, where there is no whole address."""
    address = address_of(contact, day)
    if address is None or not address.postcode:
        return None
    street = address.street or letters.box_line(address.po_box, contact.language)
    return Party(contact.name[:70], address.postcode, address.town, address.country, street,
                 address.house_number if address.street else "")  # fmt: skip


def kind_of(reference: str) -> str:
    if not reference:
        return ReferenceType.NON
    return ReferenceType.SCOR if reference.startswith("RF") else ReferenceType.QRR


def fits(reference: str, account: PayTo) -> bool:
    """Whether a slip on this account can bear a reference."""
    kind = kind_of(reference)
    if kind == ReferenceType.QRR:
        return bool(account.qr_iban) and len(reference) == 27 and reference.isdigit()
    return kind == ReferenceType.SCOR


def own_reference(number: int, contact: int, account: PayTo) -> str:
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
    return Bill(iban, issuer.creditor, currency, amount, debtor, kind, reference, message[:140])


def faults(bills: Iterable[Bill], issuer: Issuer) -> tuple[DomainError, ...]:
    """Why slips cannot be made."""
    found: list[DomainError] = []
    for one in bills:
        found += rules.violations(one, countries=issuer.codes)
    return tuple(found)
