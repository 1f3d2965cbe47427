"""What the mask of a document is told while one types: customers, products, figures, defaults."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Q
from django.utils.translation import get_language

from accounting.banking.models import BankAccount
from accounting.receivables.checking import Draft
from accounting.receivables.explaining import explained
from accounting.receivables.lines import Kind
from accounting.receivables.models import DocumentLine, Product
from accounting.receivables.parties import address_of
from accounting.terms.models import CustomerTerms
from contacts import letters, lookup
from contacts import queries as contacts
from contacts.models import ContactPerson
from erp.companies.models import Company
from erp.core import clock
from erp.core.display import chf, figure, swiss_date

MOST: Final = 20
Told = dict[str, Any]


def customers(company: Company, words: str) -> list[Told]:
    """Contacts that are meant by a few letters."""
    today = clock.today()
    return [
        {"id": str(row.pk), "key": str(row.number), "name": row.name,
         "place": f"{address.postcode} {address.town}" if address else ""}
        for row in lookup.find(company, words, limit=MOST)
        for address in [contacts.main_address(row, today)]
    ]  # fmt: skip


def products(company: Company, words: str, *, language: str = "") -> list[Told]:
    """Products by number or name, in any language; the number that is meant comes first."""
    rows = Product.of(company).filter(active=True)
    for word in words.split()[:5]:
        names = [f"{name}_{code}" for name in ("name", "text") for code in ("de", "fr", "it", "en")]
        wanted = Q(number__icontains=word)
        for name in names:
            wanted |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(wanted)
    spoken = language or (get_language() or "de")[:2]
    found = sorted(
        rows.order_by("number")[: MOST * 3],
        key=lambda row: (
            row.number.casefold() != words.casefold(),
            not row.number.casefold().startswith(words.casefold()),
            row.number,
        ),
    )
    return [
        {"key": row.number, "name": row.name_in(spoken), "text": row.text_in(spoken),
         "unit": row.unit_in(spoken), "price": chf(row.price)}
        for row in found[:MOST]
    ]  # fmt: skip


def habit(company: Company) -> dict[str, str]:
    """Where a line without a product was booked last: the account, and its VAT code."""
    rows = DocumentLine.of(company).filter(kind=Kind.ITEM, product=None, account__isnull=False)
    rows = rows.filter(document__is_deposit=False, deposit=None)
    last = rows.order_by("-pk").values_list("account__number", "vat_code__code").first()
    return {"account": last[0], "vat_code": last[1] or ""} if last else {}


def currencies(company: Company) -> list[str]:
    """The currencies that documents are likely to be in: our own first."""
    kept = set(BankAccount.of(company).values_list("currency", flat=True))
    agreed = set(CustomerTerms.of(company).exclude(currency="").values_list("currency", flat=True))
    others = sorted((kept | agreed | {"EUR", "USD"}) - {company.currency})
    return [company.currency, *others]


def reckoned(draft: Draft) -> Told:
    """A draft in figures, and what it takes from terms, products and settings where it is blank."""
    document, told = draft.document, explained(draft.amounts)
    contact = document.contact
    persons = ContactPerson.of(contact.company_id).filter(organisation=contact)
    address = address_of(contact, document.date)
    agreed = ""
    if document.terms_discount:
        agreed = figure(document.terms_discount)
    return {
        "customer": letters.address_lines(contact, address, country_name=""),
        "persons": [
            [str(row.person_id), row.person.name]
            for row in persons.select_related("person").order_by("person__sort_name")
        ],
        "head": {
            "language": document.language, "currency": document.currency, "basis": document.basis,
            "discount_percent": figure(document.discount_percent),
            "net_days": str(document.net_days), "terms_discount": agreed,
            "terms_discount_days": str(document.terms_discount_days or ""),
            "intro": document.intro, "closing": document.closing,
            "five_centimes": "yes" if document.five_centimes else "no",
            "valid_until": swiss_date(document.valid_until),
            "due_date": swiss_date(document.due_date),
            "instalments": len(document.instalments),
        },
        "lines": [_line(line) for line in draft.lines],
        "totals": [[row.label, chf(row.amount), row.strong] for row in told.rows],
        "vat": [[code, rate, chf(net), chf(tax), chf(gross)] for code, rate, net, tax, gross in told.vat],
        "why": told.why,
    }  # fmt: skip


def _line(line: Any) -> Told:
    if line.kind == Kind.TEXT:
        return {"amount": ""}
    if line.kind == Kind.SUBTOTAL:
        return {"amount": chf(line.amount)}
    return {
        "amount": chf(line.amount), "text": line.text, "unit": line.unit,
        "price": _price(line.price), "rate": figure(line.rate),
        "account": line.account.number if line.account else "",
        "vat_code": line.vat_code.code if line.vat_code else "",
        "cost_centre": line.cost_centre.number if line.cost_centre else "",
        "cost_object": line.cost_object.number if line.cost_object else "",
    }  # fmt: skip


def _price(value: Any) -> str:
    """A price with two decimals, or as many as it needs."""
    text = figure(value)
    return text if len(text.partition(".")[2]) > 2 else chf(value)
