"""Printed papers (Schriftstücke): offers, invoices, dunning letters, as HTML and as PDF/A-3b."""

from accounting.receivables.paper.keeping import from_json, logo_digest, to_json
from accounting.receivables.paper.printing import book, html, pdf, reasons
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
    "book",
    "from_json",
    "html",
    "logo_digest",
    "pdf",
    "reasons",
    "to_json",
]
