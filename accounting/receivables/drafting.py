"""Writing drafts (Belege erfassen): checked whole, with all faults and their places, and reckoned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from django.db import transaction

from accounting.receivables.checking import drafted
from accounting.receivables.errors import (
    ChangedMeanwhile,
    NotADraft,
)
from accounting.receivables.models import DocumentLine, SalesDocument
from accounting.receivables.typed import TypedDocument
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock

_Status = SalesDocument.Status
#: Rooms above hear that a draft is thrown away, before it is; ``by`` is who does.
before_delete: Final[list[Callable[..., None]]] = []


@transaction.atomic
def save(
    *, company: Company, typed: TypedDocument, by: User, document: SalesDocument | None = None,
    version: int | None = None, status: str = _Status.DRAFT,
) -> SalesDocument:  # fmt: skip
    """Store a draft, new or in the place of ``document``, whose kind and origin stay.

    ``version`` is the one the caller has read: ``ChangedMeanwhile`` where it is not the last.
    ``status`` may make it a pattern. Raises ``NotADraft`` and what ``drafted`` raises.
    """
    before = held(document) if document is not None else None
    if before is not None and before.is_issued:
        raise NotADraft(document=str(before))
    if before is not None and version is not None and before.version != version:
        raise ChangedMeanwhile
    if before is not None:
        typed = replace(typed, kind=before.kind, follows=typed.follows or before.follows_id)
    draft = drafted(company, typed)
    new = draft.document
    new.created_at, new.created_by, new.status = clock.now(), by, status
    if before is not None:
        new.pk, new.status = before.pk, before.status
        new.created_at, new.created_by_id = before.created_at, before.created_by_id
        new.version = before.version + 1
        new._state.adding = False
        DocumentLine.of(company).filter(document=before).delete()
    new.save()
    for line in draft.lines:
        line.document = new
    DocumentLine.unscoped.bulk_create(draft.lines)
    told = trail.values(new, "kind", "contact", "date", "currency", "payable", "subject")
    if before is None:
        trail.record(company=company, by=by, action="document.draft", subject=new,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(trail.values(before, *told), told):
        trail.record(company=company, by=by, action="document.change", subject=new,
                     details=changed)  # fmt: skip
    return new


@transaction.atomic
def delete(document: SalesDocument, *, by: User) -> None:
    """Throw a draft away; it never had a number. Raises ``NotADraft``."""
    now = held(document)
    if now.is_issued:
        raise NotADraft(document=str(now))
    trail.record(company=now.company, by=by, action="document.delete", subject=now,
                 details=trail.filled(trail.values(now, "kind", "contact", "date", "payable")))  # fmt: skip
    for hear in before_delete:
        hear(now, by=by)
    DocumentLine.of(now.company_id).filter(document=now).delete()
    now.delete()


def held(document: SalesDocument) -> SalesDocument:
    """The document as it is now, held until the transaction ends."""
    rows = SalesDocument.of(document.company_id)
    found = rows.select_for_update().filter(pk=document.pk).first()
    if found is None:
        raise ChangedMeanwhile
    whole: SalesDocument = rows.select_related(
        "company", "contact", "person", "bank_account", "entry", "file"
    ).get(pk=document.pk)
    return whole


def lines_of(document: SalesDocument) -> list[DocumentLine]:
    """The lines of a document in their order, with what they refer to; one query."""
    rows = DocumentLine.of(document.company_id).filter(document=document)
    related = ("product", "account", "vat_code", "cost_centre", "cost_object", "deposit")
    return list(rows.select_related(*related).order_by("position"))
