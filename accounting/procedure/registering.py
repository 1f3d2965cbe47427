"""Who tells which chapter of the documentation."""

from __future__ import annotations

from accounting.procedure.parts import (
    access,
    books,
    changes,
    company,
    interfaces,
    money,
    taxes,
    trade,
)
from accounting.procedure.values import Asked, Content, register
from erp.companies.models import Module


def nothing_more(_asked: Asked) -> Content:
    """Of chapters that are told by their text alone."""
    return Content()


def register_own() -> None:
    """All chapters but those of the rooms above."""
    for code, ask, module in (
        ("company", company.company, None),
        ("organisation", company.organisation, None),
        ("access", access.access, None),
        ("program", company.program, None),
        ("chart", company.chart, None),
        ("entries", books.entries, None),
        ("sales", trade.sales, Module.RECEIVABLES),
        ("purchases", trade.purchases, Module.PAYABLES),
        ("payments", money.payments, Module.PAYABLES),
        ("banking", money.banking, Module.BANKING),
        ("cash", money.cash, None),
        ("vat", taxes.vat, Module.VAT),
        ("assets", nothing_more, Module.ASSETS),
        ("closing", books.closing, None),
        ("interfaces", interfaces.interfaces, None),
        ("customising", interfaces.customising, None),
        ("integrity", books.integrity, None),
        ("retention", books.retention, None),
        ("changes", changes.changes, None),
    ):
        register(code, ask, module=module)
