"""Papers in print (Druck): as a page, as PDF/A-3b, and many of them as one PDF."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from accounting.qr import slip
from accounting.receivables.paper.drawing import drawn, slips
from accounting.receivables.paper.values import Paper
from erp.core.errors import DomainError
from erp.documents import pdf as printer

SHEETS: Final = (slip.SHEET, "paper")


def html(paper: Paper) -> str:
    """The page of a paper, with its slips or why there are none. It needs nothing from outside."""
    return drawn(paper)


def reasons(paper: Paper) -> tuple[DomainError, ...]:
    """Why slips of a paper cannot be made; only without any may it be issued."""
    return tuple(reason for _slip, found in slips(paper) for reason in found)


def pdf(paper: Paper) -> bytes:
    """A paper as PDF/A-3b (ISO 19005-3); the same paper gives the same bytes.

    Raises ``PdfUnavailable``.
    """
    return printer.render(html(paper), sheets=SHEETS, archive=True)


def book(papers: Iterable[Paper]) -> bytes:
    """Papers as one PDF to print, each on leaves of its own, with its own page numbers.

    Raises ``PdfUnavailable``, or ``ValueError`` without any paper.
    """
    return printer.bind((html(paper) for paper in papers), sheets=SHEETS)
