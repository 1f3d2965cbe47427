"""Who a document is from and to (Absender, Empfänger), as they are on its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from accounting.qr.bill import Party
from accounting.qr.rules import NAME_LENGTH
from accounting.receivables.models import SalesDocument, SalesSettings
from accounting.receivables.paper.values import Sender
from contacts import letters
from contacts.models import Contact, ContactAddress
from erp.companies.models import Company
from erp.documents.logos import logo_as_data
from erp.reference import queries as reference
from erp.reference.models import Country
from vat.codes.queries import is_liable_on


def sender(company: Company, settings: SalesSettings, on: dt.date) -> Sender:
    """Who writes."""
    return Sender(
        name=company.name, street=company.street, house_number=company.house_number,
        postcode=company.postcode, town=company.town, country=company.country, uid=company.uid,
        vat_liable=is_liable_on(company, on), phone=settings.phone, mail=settings.mail,
        web=settings.web, logo=logo_as_data(company), footer=settings.footer,
    )  # fmt: skip


def creditor(company: Company) -> Party:
    """Who is to be paid, on a QR-bill."""
    return Party(company.name[:NAME_LENGTH], company.postcode, company.town, company.country, company.street,
                 company.house_number)  # fmt: skip


def address_of(contact: Contact, on: dt.date) -> ContactAddress | None:
    """Where bills and what follows of them go: the billing address of the day, else the main one.

    Addresses that were read with the contact are not read again.
    """
    rows = sorted(contact.addresses.all(), key=lambda one: one.pk)
    found = letters.address_on(rows, on, ContactAddress.Kind.BILLING)
    return found if isinstance(found, ContactAddress) else None


def recipient(document: SalesDocument, address: ContactAddress | None) -> tuple[str, ...]:
    """The lines of the envelope of a document."""
    abroad = address is not None and address.country not in {"", "CH"}
    countries = {one.alpha2: one for one in reference.countries()} if abroad else {}
    return envelope(document.contact, address, document.language, countries=countries,
                    person=document.person)  # fmt: skip


def envelope(
    contact: Contact, address: ContactAddress | None, language: str, *,
    countries: Mapping[str, Country], person: Contact | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """The lines of an envelope, the country in the language of the letter."""
    country = countries.get(address.country) if address is not None else None
    name = country.name_in(language) if country is not None else ""
    return tuple(letters.address_lines(contact, address, country_name=name, person=person))


def debtor(contact: Contact, address: ContactAddress | None, language: str) -> Party | None:
    """Who pays, on a QR-bill; the payer fills it in where the address is not known."""
    if address is None or not address.postcode:
        return None
    box = letters.box_line(address.po_box, language)
    return Party(contact.name[:NAME_LENGTH], address.postcode, address.town, address.country,
                 address.street or box, address.house_number if address.street else "")  # fmt: skip
