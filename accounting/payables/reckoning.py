"""From stored lines to the figures of an invoice (Rechnen)."""

from __future__ import annotations

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
    return reckon(
        [Item(line.amount, line.vat_code.code if line.vat_code else "", line.rate,
              supplied(invoice, line)[1], line.vat_amount) for line in lines],
        basis=invoice.basis,
    )  # fmt: skip
