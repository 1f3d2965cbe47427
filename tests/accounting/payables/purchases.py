"""A company that buys, for the tests of creditors; invoices are written through the program's own doors."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounting.ledger.models import EntryLine
from accounting.open_items.models import OpenItem
from accounting.payables import approving, drafting
from accounting.payables.typed import Payment, TypedInvoice, TypedLine
from contacts import saving
from tests import make
from tests.accounting.open_items import books

MARCH_1, MARCH_9, MARCH_31 = dt.date(2026, 3, 1), dt.date(2026, 3, 9), dt.date(2026, 3, 31)
IBAN, QR_IBAN = "CH9300762011623852957", "CH4431999123000889012"
QRR, SCOR = "210000000003139471430009017", "RF18539007547034"


def company(**more):
    """Creditors on, liable for VAT by the effective method."""
    return books.company(**more)


def supplier(company, name="Meier AG", **more):
    return saving.add_contact(company=company, by=make.owner_of(company), kind="organisation",
                              name=name, **more)  # fmt: skip


def line(amount="108.10", account="4200", code="", **more):
    return TypedLine(amount=Decimal(amount), account=account, vat_code=code, **more)


def typed(contact, *lines, date=MARCH_1, number="A-1", **more):
    return TypedInvoice(contact=contact.pk, date=date, number=number, lines=lines, **more)


def draft(contact, *lines, by=None, **more):
    owner = by or make.owner_of(contact.company)
    return drafting.save(company=contact.company, typed=typed(contact, *lines, **more), by=owner)


def posted(contact, *lines, by=None, **more):
    """An invoice handed in where nobody has to approve it."""
    owner = by or make.owner_of(contact.company)
    return approving.submit(draft(contact, *lines, by=owner, **more), by=owner)


def entered(entry):
    """An entry as (account, debit minus credit, VAT code and part, base)."""
    rows = EntryLine.of(entry.company).filter(entry=entry).select_related("account", "vat_code")
    return [
        (row.account.number, str(row.debit - row.credit),
         f"{row.vat_code.code}{row.vat_part}" if row.vat_code else "",
         str(row.vat_base) if row.vat_base is not None else "")
        for row in rows.order_by("position")
    ]  # fmt: skip


def items(invoice):
    return list(OpenItem.of(invoice.company).filter(entry=invoice.entry).order_by("due_date", "pk"))


__all__ = ["IBAN", "MARCH_1", "MARCH_9", "MARCH_31", "QRR", "QR_IBAN", "SCOR", "Payment"]
