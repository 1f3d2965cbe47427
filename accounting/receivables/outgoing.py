"""Documents go out (Ausgang): issued and set off in one act, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from accounting.receivables import archiving, issuing, queries
from accounting.receivables.drafting import lines_of
from accounting.receivables.models import SalesDocument
from accounting.receivables.paper import Paper, book
from accounting.receivables.papers import printed
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError

MOST_AT_ONCE = 50


@dataclass
class Gone:
    """What became of drafts that were to go out: those issued, and why the others were not."""

    issued: list[SalesDocument] = field(default_factory=list)
    refused: list[tuple[SalesDocument, DomainError]] = field(default_factory=list)


@transaction.atomic
def go_out_together(documents: Sequence[SalesDocument], *, by: User) -> Gone:
    """Issue many drafts, by date: each by itself, so that one refusal keeps none of the others."""
    found = Gone()
    for document in sorted(documents, key=lambda one: (one.date, one.pk)):
        try:
            found.issued.append(issuing.issue(document, by=by))
        except DomainError as refusal:
            found.refused.append((document, refusal))
    return found


def as_book(documents: Sequence[SalesDocument]) -> bytes:
    """Documents as one PDF to print. Raises ``PdfUnavailable``."""
    return book(paper_of(document) for document in documents)


def paper_of(document: SalesDocument) -> Paper:
    """What is printed of a document: as it was issued, or as the draft is now."""
    if document.is_issued:
        return archiving.kept_paper(document)
    return printed(document, lines_of(document)).paper


def chosen(company: Company, ids: Sequence[int]) -> list[SalesDocument]:
    """The documents of these ids, with what issuing and printing need, in the order of the ids."""
    rows = queries.with_all(company).filter(pk__in=ids[:MOST_AT_ONCE])
    by_id = {row.pk: row for row in rows}
    return [by_id[pk] for pk in ids[:MOST_AT_ONCE] if pk in by_id]
