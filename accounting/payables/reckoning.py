"""From stored lines to the figures of an invoice (Rechnen)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounting.payables.amounts import Amounts, Item, reckon
from accounting.payables.charges import supplied
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine


def lines_of(invoice: SupplierInvoice) -> list[SupplierInvoiceLine]:
    """The lines of an invoice in their order, with what they refer to; one query."""
    rows = SupplierInvoiceLine.of(invoice.company_id).filter(invoice=invoice)
    related = ("account", "vat_code", "cost_centre", "cost_object", "deposit")
    return list(rows.select_related(*related).order_by("position"))


def amounts_of(invoice: SupplierInvoice, lines: Sequence[SupplierInvoiceLine]) -> Amounts:
    """The figures of an invoice from its lines. Raises ``VatDiffers``."""
    return reckon([_item(line, supplied(invoice, line)[1]) for line in lines], basis=invoice.basis)


def _item(line: SupplierInvoiceLine, day: dt.date) -> Item:
    code = line.vat_code
    if code is None:
        return Item(line.amount, "", line.rate, day, line.vat_amount)
    return Item(line.amount, code.code, line.rate, day, line.vat_amount, code.shipped)
