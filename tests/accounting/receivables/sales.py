"""A company that sells, for the tests of debtors; documents are written through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.open_items.models import OpenItem
from accounting.receivables import drafting, issuing
from accounting.receivables.models import Product
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts import saving
from tests import make
from tests.accounting.banking.conftest import bank_account
from tests.accounting.open_items import books
from vat.codes.models import VatCode

MARCH_1, MARCH_9, MARCH_31 = dt.date(2026, 3, 1), dt.date(2026, 3, 9), dt.date(2026, 3, 31)
IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
EURO_IBAN = "CH5604835012345678009"


def company(*, bank=True, qr=True, **more):
    """Debtors on, liable for VAT, with an address and a bank account for QR-bills."""
    told = {"uid": "CHE107810911", "street": "Seestrasse", "house_number": "1", "postcode": "8002",
            "town": "Zürich"} | more  # fmt: skip
    new = books.company(**told)
    if bank:
        account = bank_account(new, iban=IBAN)
        if qr:
            account.qr_iban = QR_IBAN
            account.save()
    return new


def customer(company, name="Huber AG", **more):
    """An organisation with an address in Altdorf."""
    told = {
        "kind": "organisation", "name": name,
        "addresses": [{"kind": "main", "street": "Bahnhofstrasse", "house_number": "12",
                       "postcode": "6460", "town": "Altdorf UR"}],
    } | more  # fmt: skip
    return saving.add_contact(company=company, by=make.owner_of(company), **told)


def product(company, number="BER", price="180.00", *, code="UN", account="3400", **more):
    """A service, an hour of advice unless somebody says otherwise."""
    told = {"name_de": "Beratung", "name_fr": "Conseil", "unit_de": "Std.", "unit_fr": "h."} | more
    return Product.unscoped.create(
        company=company, number=number, price=Decimal(price), account=make.account(company, account),
        vat_code=VatCode.of(company).get(code=code) if code else None, **told,
    )  # fmt: skip


def item(price="1000.00", *, account="3400", code="UN", text="Beratung", quantity="1", **more):
    """A typed line."""
    return TypedItem(text=text, price=Decimal(price), account=account, vat_code=code,
                     quantity=Decimal(quantity), **more)  # fmt: skip


def draft(company, contact, *lines, kind="invoice", date=MARCH_1, **more):
    """A draft of a document; of one item over 1000.00 and VAT unless lines are given."""
    typed = TypedDocument(
        kind=kind, contact=contact.pk, date=date, lines=lines or (item(),), **more
    )
    return drafting.save(company=company, typed=typed, by=make.owner_of(company))


def issued(company, contact, *lines, **more):
    """A document that went out."""
    return issuing.issue(draft(company, contact, *lines, **more), by=make.owner_of(company))


def booked(document):
    """What the entry of a document says: account, debit less credit, code, rate, base, supply date."""
    rows = document.entry.lines.order_by("position").select_related("account", "vat_code")
    return [
        (r.account.number, r.debit - r.credit,
         *((r.vat_code.code, r.vat_rate, r.vat_base, r.supply_date) if r.vat_code else ()))
        for r in rows
    ]  # fmt: skip


def items_of(document):
    """What is owed by a document: amount, due date, reference's kind."""
    return list(OpenItem.of(document.company).filter(entry=document.entry).order_by("pk"))
