"""Table of contents: the tables of debtors."""

from accounting.receivables.models.documents import DocumentLine, SalesDocument
from accounting.receivables.models.products import Product
from accounting.receivables.models.recurring import RecurringInvoice
from accounting.receivables.models.settings import (
    DocumentText,
    NumberCount,
    NumberRange,
    SalesSettings,
)

__all__ = [
    "DocumentLine",
    "DocumentText",
    "NumberCount",
    "NumberRange",
    "Product",
    "RecurringInvoice",
    "SalesDocument",
    "SalesSettings",
]
