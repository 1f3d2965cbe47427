"""Printed papers (Schriftstücke): offers, invoices, dunning letters, as HTML and as PDF/A-3b."""

from accounting.receivables.paper.values import (
    Body,
    Column,
    DocumentBody,
    Letter,
    Paper,
    PaperLine,
    Sender,
    Style,
    TableBody,
    Total,
)

__all__ = [
    "Body",
    "Column",
    "DocumentBody",
    "Letter",
    "Paper",
    "PaperLine",
    "Sender",
    "Style",
    "TableBody",
    "Total",
]
