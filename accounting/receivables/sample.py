"""A sample invoice (Musterrechnung): how documents come out with the settings as they are."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounting.ledger.models import Account
from accounting.receivables import drafting, papers
from accounting.receivables.models import Product, SalesDocument
from accounting.receivables.number_ranges import range_of
from accounting.receivables.paper import Paper
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts import saving
from erp.access.models import User
from erp.companies.models import Company

QUANTITIES: Final = (Decimal(2), Decimal("7.5"), Decimal(1))
PRICE: Final = Decimal("120.00")  # of the only line, where there are no products yet
ADDRESS: Final = {"kind": "main", "street": "Bahnhofstrasse", "house_number": "1",
                  "postcode": "8001", "town": "Zürich"}  # fmt: skip


def sample(company: Company, *, by: User, language: str, on: dt.date) -> Paper:
    """The draft of an invoice over the company's first products, as it would be printed.

    It is written as any draft is, and not kept: customer, document and trail are undone. It shows
    the number that comes next, and does not take it. Raises what ``drafting.save`` raises.
    """
    with transaction.atomic():
        contact = saving.add_contact(company=company, by=by, kind="organisation", name="Muster AG",
                                     language=language, addresses=[ADDRESS])  # fmt: skip
        typed = TypedDocument(kind=SalesDocument.Kind.INVOICE.value, contact=contact.pk, date=on,
                              lines=_lines(company))  # fmt: skip
        document = drafting.save(company=company, typed=typed, by=by)
        document.number = range_of(company, document.kind, year=on.year).next_shown
        paper = papers.printed(document, drafting.lines_of(document)).paper
        transaction.set_rollback(True)
    return paper


def _lines(company: Company) -> tuple[TypedItem, ...]:
    numbers = (
        Product.of(company).filter(active=True).order_by("number").values_list("number", flat=True)
    )
    found = zip(numbers[: len(QUANTITIES)], QUANTITIES, strict=False)
    lines = tuple(TypedItem(product=number, quantity=quantity) for number, quantity in found)
    return lines or (TypedItem(text="Muster", price=PRICE, account=_income(company)),)


def _income(company: Company) -> str:
    """An account for a line without a product: the first one of income."""
    rows = Account.of(company).filter(type=Account.Type.INCOME, control="", purpose="")
    return rows.order_by("number").values_list("number", flat=True).first() or ""
