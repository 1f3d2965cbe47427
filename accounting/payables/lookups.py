"""What the mask of a supplier's invoice is told while one types: suppliers, figures, habits, twins."""

from __future__ import annotations

from typing import Any, Final

from accounting.banking.models import BankAccount
from accounting.payables import habits
from accounting.payables.duplicates import twins
from accounting.payables.making import deductions, open_deposits
from accounting.payables.masks import sent_line
from accounting.payables.models import SupplierInvoice
from accounting.payables.reading import Draft
from contacts import letters, lookup
from contacts import queries as contacts
from contacts.models import Contact, ContactBankAccount
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf, figure, swiss_date
from erp.core.identifiers import format_iban

MOST: Final = 20
Told = dict[str, Any]


def suppliers(company: Company, words: str) -> list[Told]:
    """Contacts that are meant by a few letters, each with how its invoices are usually booked."""
    today = clock.today()
    return [
        {"id": str(row.pk), "key": str(row.number), "name": row.name,
         "place": f"{address.postcode} {address.town}" if address else ""}
        for row in lookup.find(company, words, limit=MOST)
        for address in [contacts.main_address(row, today)]
    ]  # fmt: skip


def supplier(company: Company, contact: Contact) -> Told:
    """What is known of a supplier: habits of booking, accounts to pay to, deposits to take off."""
    rows = ContactBankAccount.of(company).filter(contact=contact).order_by("pk")
    usual = habits.usual(company, contact.pk)
    return {
        "habit": {"account": usual.account, "vat_code": usual.vat_code, "times": usual.times,
                  "of": usual.of, "cost_centre": usual.cost_centre, "cost_object": usual.cost_object}
        if usual else {},
        "ibans": [format_iban(row.iban) for row in rows if row.iban][:5],
        "deposits": [
            {"id": str(row.pk), "number": row.number, "date": swiss_date(row.date), "left": chf(left),
             "currency": row.currency,
             "gross": [sent_line(line) for line in deductions(row, left, basis="gross")],
             "net": [sent_line(line) for line in deductions(row, left, basis="net")]}
            for currency in currencies(company)
            for row, left in open_deposits(company, contact.pk, currency)
        ],
    }  # fmt: skip


def currencies(company: Company) -> list[str]:
    """The currencies that invoices are likely to be in: our own first."""
    kept = set(BankAccount.of(company).values_list("currency", flat=True))
    billed = SupplierInvoice.of(company).values_list("currency", flat=True).distinct()
    return [company.currency, *sorted((kept | set(billed) | {"EUR", "USD"}) - {company.currency})]


def reckoned(draft: Draft) -> Told:
    """A draft in figures, what it takes from terms where it is blank, and what it may repeat."""
    invoice, amounts = draft.invoice, draft.amounts
    contact = invoice.contact
    address = contacts.main_address(
        contacts.with_parts(Contact.of(contact.company_id)).get(pk=contact.pk), invoice.date
    )
    return {
        "supplier": letters.address_lines(contact, address, country_name="") if address else [],
        "head": {
            "currency": invoice.currency, "due_date": swiss_date(invoice.due_date),
            "booked_on": swiss_date(invoice.booked_on), "net_days": str(invoice.net_days),
            "terms_discount": figure(invoice.terms_discount) if invoice.terms_discount else "",
            "terms_discount_days": str(invoice.terms_discount_days or ""),
        },
        "lines": [
            {"amount": chf(line.amount), "account": line.account.number if line.account else "",
             "vat_code": line.vat_code.code if line.vat_code else "", "rate": figure(line.rate),
             "vat": chf(tax), "cost_centre": line.cost_centre.number if line.cost_centre else ""}
            for line, tax in zip(draft.lines, amounts.taxes, strict=True)
        ],
        "net": chf(amounts.net), "payable": chf(invoice.payable), "lines_total": chf(amounts.payable),
        "vat": [[group.code, figure(group.rate), chf(group.net), chf(group.vat)]
                for group in amounts.groups if group.code],
        "twins": [{"called": twin.called, "why": twin.why, "id": twin.invoice.pk if twin.invoice else None}
                  for twin in twins(invoice)],
    }  # fmt: skip
