"""The PDF of a document (Archivieren): made once, of what was frozen when it was issued."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounting.ledger import posting
from accounting.receivables.drafting import lines_of
from accounting.receivables.errors import NotIssued
from accounting.receivables.models import SalesDocument
from accounting.receivables.paper import Paper, from_json, pdf
from accounting.receivables.papers import countries, printed, title
from erp.access.models import User
from erp.companies.models import Company
from erp.documents import storing
from erp.documents.logos import picture_as_data
from erp.documents.models import StoredFile


def preview(document: SalesDocument) -> bytes:
    """The PDF of a document as it is today; of a draft with a watermark, and reasons for no slip."""
    return pdf(printed(document, lines_of(document)).paper)


@transaction.atomic
def archive(document: SalesDocument, *, by: User) -> StoredFile:
    """The stored PDF of a document that was issued; made if there is none yet, and never again.

    It hangs on the journal entry as its voucher. Raises ``NotIssued`` or ``PdfUnavailable``.
    """
    if document.file_id is not None:
        assert document.file is not None
        return document.file
    rows = SalesDocument.of(document.company_id)
    rows.select_for_update().get(pk=document.pk)
    now = rows.select_related("company", "entry__company", "file", "contact").get(pk=document.pk)
    if now.file is not None:
        return now.file
    content = pdf(kept_paper(now))
    file = storing.keep(company=now.company, name=file_name(now), content=content,
                        content_type="application/pdf", by=by)  # fmt: skip
    rows.filter(pk=now.pk).update(file=file)
    if now.entry is not None:
        posting.attach(now.entry, [file])
    document.file = file
    return file


def kept_paper(document: SalesDocument) -> Paper:
    """The paper of a document as it was when it was issued. Raises ``NotIssued``."""
    if document.paper is None:
        raise NotIssued
    logo = picture_as_data(document.company, document.paper["letter"]["sender"]["logo"])
    return from_json(document.paper, logo=logo, countries=countries())


def next_without_file(company: Company, ids: Sequence[int]) -> SalesDocument | None:
    """One of these documents that has no PDF yet and that nobody else works on, held."""
    rows = SalesDocument.of(company).filter(
        pk__in=ids, file=None, status=SalesDocument.Status.ISSUED
    )
    found: SalesDocument | None = rows.select_for_update(skip_locked=True).order_by("pk").first()
    return found


def file_name(document: SalesDocument) -> str:
    """``Rechnung-RE-2026-00012.pdf``, in the customer's language and letters that every system takes."""
    name = "".join(one if one.isalnum() or one in "-_." else "-" for one in title(document))
    return name[:140] + ".pdf"
