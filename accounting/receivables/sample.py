"""Samples of papers (Musterbelege): how they come out with the settings as they are, or tried."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.db import transaction

from accounting.ledger.models import Account
from accounting.open_items.queries import OpenRow
from accounting.receivables import drafting, papers
from accounting.receivables.dunning.statements import Statement, printed
from accounting.receivables.models import Product, SalesDocument
from accounting.receivables.number_ranges import range_of
from accounting.receivables.paper import Paper
from accounting.receivables.typed import TypedDocument, TypedItem
from contacts import saving
from contacts.models import Contact
from erp.access.models import User
from erp.companies.models import Company
from erp.layouts.queries import look_of
from erp.layouts.values import Kind, Look

QUANTITIES: Final = (Decimal(2), Decimal("7.5"), Decimal(1))
SAMPLES: Final = frozenset(Kind.values) - {Kind.ANNUAL.value}
DAYS: Final = 30
STATEMENT: Final = ((45, Decimal("1250.40")), (12, Decimal("380.00")))  # age in days, amount
PRICE: Final = Decimal("120.00")  # of the only line, where there are no products yet
ADDRESS: Final = {"kind": "main", "street": "Bahnhofstrasse", "house_number": "1",
                  "postcode": "8001", "town": "Zürich"}  # fmt: skip


def sample(
    company: Company, *, by: User, language: str, on: dt.date, kind: str = Kind.INVOICE,
    look: Look | None = None,
) -> Paper:  # fmt: skip
    """The draft of a document over the company's first products, as it would be printed.

    ``kind`` is a kind of paper (``erp.layouts.values.Kind``) but for annual accounts; letters are
    shown by a statement of account, all papers by an invoice. ``look`` is a layout to be tried.
    It is written as any draft is, and not kept: customer, document and trail are undone. It shows
    the number that comes next, and does not take it. Raises what ``drafting.save`` raises.
    """
    with transaction.atomic():
        contact = saving.add_contact(company=company, by=by, kind="organisation", name="Muster AG",
                                     language=language, addresses=[ADDRESS])  # fmt: skip
        paper = (
            _statement(company, contact, on)
            if kind == Kind.LETTER
            else _document(company, by, contact, kind, on)
        )
        transaction.set_rollback(True)
    if look is None:
        look = look_of(company, kind)
    return replace(paper, letter=replace(paper.letter, look=look))


def _document(company: Company, by: User, contact: Contact, kind: str, on: dt.date) -> Paper:
    of = SalesDocument.Kind.INVOICE.value if kind == Kind.DEFAULT else kind
    typed = TypedDocument(kind=of, contact=contact.pk, date=on, lines=_lines(company))
    document = drafting.save(company=company, typed=typed, by=by)
    document.number = range_of(company, document.kind, year=on.year).next_shown
    return papers.printed(document, drafting.lines_of(document)).paper


def _statement(company: Company, contact: Contact, on: dt.date) -> Paper:
    """A statement of account over two invoices, one of them overdue."""
    number = range_of(company, SalesDocument.Kind.INVOICE, year=on.year).next_shown
    rows = tuple(
        OpenRow(
            id=0, account=0, contact=contact.pk, party=contact.name, document=f"{number}-{nth}",
            document_date=on - dt.timedelta(age), reference="",
            due_date=on - dt.timedelta(age - DAYS), currency=company.currency, amount=amount,
            base=amount, open=amount, open_base=amount, days=age - DAYS,
        )
        for nth, (age, amount) in enumerate(STATEMENT, 1)
    )  # fmt: skip
    found = Statement(contact.pk, contact.name, company.currency, on, rows)
    return printed(company, [found])[0].paper


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
