"""From stored lines to the figures of a document (Rechnen)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from accounting.ledger.entering import Reader
from accounting.receivables.amounts import Amounts, reckon
from accounting.receivables.lines import Kind, Line, rate_of_supply
from accounting.receivables.models import DocumentLine, SalesDocument


def supplied(document: SalesDocument, line: DocumentLine) -> tuple[dt.date, dt.date | None]:
    """When a line was supplied: its own day or period, else the document's, else its date."""
    if line.supply_from is not None:
        return line.supply_from, line.supply_until
    if document.supply_from is not None:
        return document.supply_from, document.supply_until
    return document.date, None


def method_day(document: SalesDocument) -> dt.date:
    """The day whose VAT method holds: a credit note takes an invoice back as it was booked.

    Source: MWSTG Art. 41; a change of the method changes no supply before it.
    """
    if document.kind == SalesDocument.Kind.CREDIT_NOTE and document.follows is not None:
        return document.follows.date
    return document.date


def line_of(line: DocumentLine) -> Line:
    """A stored line as the arithmetic takes it."""
    if line.kind != Kind.ITEM:
        return Line(text=line.text, kind=line.kind)
    return Line(
        text=line.text, quantity=line.quantity, unit=line.unit, price=line.price,
        discount_percent=line.discount_percent, discount_amount=line.discount_amount,
        vat_code=line.vat_code.code if line.vat_code else "", rate=line.rate,
        supply_from=line.supply_from, supply_until=line.supply_until,
        discountable=line.deposit_id is None,
    )  # fmt: skip


def amounts_of(document: SalesDocument, lines: Sequence[DocumentLine]) -> Amounts:
    """The figures of a document, from lines with their VAT codes. Raises what ``reckon`` raises."""
    return reckon(
        [line_of(line) for line in lines], basis=document.basis, currency=document.currency,
        rounding=document.rounding, discount_percent=document.discount_percent,
        discount_amount=document.discount_amount, five_centimes=document.five_centimes,
    )  # fmt: skip


def lawful_rate(document: SalesDocument, line: DocumentLine, reader: Reader) -> Decimal:
    """The VAT rate of a line by its day of supply, in percent; zero without a code or a tax box.

    Raises what ``rate_of_supply`` raises.
    """
    code = line.vat_code
    if code is None or not code.shipped.tax_box:
        return Decimal(0)
    start, until = supplied(document, line)
    return rate_of_supply(
        code.code, start=start, until=until,
        rate_on=lambda _code, day: reader.rate_on(code.rate_class, day),
    )  # fmt: skip
