"""Writing drafts of suppliers' invoices (erfassen): checked whole, with all faults and their places."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from django.db import transaction

from accounting.payables.errors import (
    ChangedMeanwhile,
    NotADraft,
)
from accounting.payables.models import SupplierInvoice, SupplierInvoiceLine
from accounting.payables.reading import Desk, Draft
from accounting.payables.typed import TypedInvoice
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock

_Status = SupplierInvoice.Status
#: What the trail tells of an invoice.
TOLD: Final = ("kind", "contact", "number", "date", "booked_on", "due_date", "currency", "payable",
               "subject")  # fmt: skip


def drafted(company: Company, typed: TypedInvoice) -> Draft:
    """Check and reckon an invoice as typed. Nothing is written.

    Raises the one refusal found, or ``Refusals`` with all of them; the places of lines read
    ``lines[3].account``, counted from 0.
    """
    return Desk(company, typed).draft()


@transaction.atomic
def save(
    *, company: Company, typed: TypedInvoice, by: User, invoice: SupplierInvoice | None = None,
    version: int | None = None, status: str = _Status.DRAFT,
) -> SupplierInvoice:  # fmt: skip
    """Store a draft, new or in the place of ``invoice``, whose kind and origin stay.

    ``version`` is the one the caller has read: ``ChangedMeanwhile`` where it is not the last.
    ``status`` may make it a pattern. Raises ``NotADraft`` and what ``drafted`` raises.
    """
    before = held(invoice) if invoice is not None else None
    if before is not None:
        _require_changeable(before, version)
        typed = replace(typed, kind=before.kind, follows=typed.follows or before.follows_id)
    draft = drafted(company, typed)
    new = draft.invoice
    new.created_at, new.created_by, new.status = clock.now(), by, status
    if before is not None:
        new.pk, new.status, new.round = before.pk, before.status, before.round
        new.created_at, new.created_by_id = before.created_at, before.created_by_id
        new.rejected_because, new.version = before.rejected_because, before.version + 1
        new._state.adding = False
        SupplierInvoiceLine.of(company).filter(invoice=before).delete()
    new.save()
    for line in draft.lines:
        line.invoice = new
    SupplierInvoiceLine.unscoped.bulk_create(draft.lines)
    told = trail.values(new, *TOLD)
    if before is None:
        trail.record(company=company, by=by, action="supplier_invoice.draft", subject=new,
                     details=trail.filled(told))  # fmt: skip
    elif changed := trail.changes(trail.values(before, *TOLD), told):
        trail.record(company=company, by=by, action="supplier_invoice.change", subject=new,
                     details=changed)  # fmt: skip
    return new


@transaction.atomic
def delete(invoice: SupplierInvoice, *, by: User) -> None:
    """Throw a draft or pattern away. Raises ``NotADraft``."""
    now = held(invoice)
    _require_changeable(now, None)
    trail.record(company=now.company, by=by, action="supplier_invoice.delete", subject=now,
                 details=trail.filled(trail.values(now, *TOLD)))  # fmt: skip
    SupplierInvoiceLine.of(now.company_id).filter(invoice=now).delete()
    now.delete()


def held(invoice: SupplierInvoice) -> SupplierInvoice:
    """The invoice as it is now, held until the transaction ends. Raises ``ChangedMeanwhile``."""
    rows = SupplierInvoice.of(invoice.company_id)
    if rows.select_for_update().filter(pk=invoice.pk).first() is None:
        raise ChangedMeanwhile
    whole: SupplierInvoice = rows.select_related(
        "company", "contact", "entry", "file", "follows", "submitted_by"
    ).get(pk=invoice.pk)
    return whole


def _require_changeable(invoice: SupplierInvoice, version: int | None) -> None:
    if invoice.status not in {_Status.DRAFT, _Status.PATTERN}:
        raise NotADraft(document=str(invoice))
    if version is not None and invoice.version != version:
        raise ChangedMeanwhile
