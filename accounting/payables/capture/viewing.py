"""Originals to look at (Beleg neben der Maske): their pages, drawn anew as pictures.

What a browser shows is never what came in, but a picture that a child process made of it: see
``erp.documents.scaled``.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from accounting.payables.capture import keeping
from accounting.payables.capture.models import InboxDocument
from erp.companies.models import Company
from erp.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Page:
    """A page, from 1, and where its picture is."""

    nth: int
    address: str


@dataclass(frozen=True, slots=True)
class Viewing:
    """A document to look at: its pages, the one shown first, its original, and why it cannot be shown."""

    document: InboxDocument
    pages: tuple[Page, ...]
    first: int
    original: str
    fault: DomainError | None = None


def viewing(company: Company, document: InboxDocument, *, first: int = 1) -> Viewing:
    """What ``accounting/payables/capture/_document.html`` shows as ``viewing``. Asks nothing.

    Before a document is read, its first page is shown: there is one in each file that can be opened.
    """
    fault = keeping.refusal_restored(document.refusal)
    count = 0 if fault else document.pages or 1
    pages = tuple(
        Page(nth, reverse("inbox-page", args=[company.pk, document.pk, nth]))
        for nth in range(1, count + 1)
    )
    original = reverse("inbox-file", args=[company.pk, document.pk])
    return Viewing(document, pages, first if 1 <= first <= count else 1, original, fault)
