"""Questions about documents: lists with what is open of each, and one with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem
from accounting.receivables.models import DocumentLine, SalesDocument
from erp.companies.models import Company
from erp.core import clock
from erp.core.money import ZERO
from erp.own_fields.lists import holds

_Kind = SalesDocument.Kind
_Status = SalesDocument.Status


class State(models.TextChoices):
    """Where a document stands: what its draft, its decision or its open items say."""

    DRAFT = "draft", _("draft")
    OPEN = "open", _("open")
    OVERDUE = "overdue", _("overdue")
    PARTLY = "partly", _("partly paid")
    PAID = "paid", _("paid")
    CREDITED = "credited", _("credited")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    CLOSED = "closed", _("completed")
    EXPIRED = "expired", _("no longer valid")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open of a document, in its currency, since when it is due, and its state."""

    state: State
    open: Decimal = ZERO
    days_overdue: int = 0


#: What lists may be sorted by: name, column.
ORDERS: Final = {
    "date": "date",
    "number": "number",
    "name": "contact__sort_name",
    "total": "payable",
}


def documents(
    company: Company, *, kind: str = "", status: str = "", search: str = "",
    contact: int | None = None, since: dt.date | None = None, until: dt.date | None = None,
    on: dt.date | None = None,
) -> QuerySet[SalesDocument]:  # fmt: skip
    """Documents that meet what is asked, with their customers, the latest first.

    ``status`` is that of ``SalesDocument``, or a decision on an offer or order (``accepted``…), or
    ``open`` for invoices and credit notes of which something is open, and offers and orders that
    nobody has decided on, or ``overdue`` for invoices not paid in time ``on`` a day. ``search`` is
    a part of number, subject, customer's reference or name, or of a value of an own field.
    """
    found = SalesDocument.of(company).exclude(status=_Status.PATTERN).select_related("contact")
    if kind:
        found = found.filter(kind=kind)
    items = OpenItem.of(company).filter(side=OpenItem.Side.RECEIVABLES, settled_on=None)
    if status == State.OPEN:
        undecided = Q(kind__in=[_Kind.OFFER, _Kind.ORDER], decision="")
        found = found.filter(undecided | Q(entry__in=items.values("entry")), status=_Status.ISSUED)
    elif status == State.OVERDUE:
        late = items.filter(due_date__lt=on or clock.today())
        found = found.filter(kind=_Kind.INVOICE, entry__in=late.values("entry"))
    elif status in {State.ACCEPTED, State.DECLINED, State.CLOSED}:
        found = found.filter(decision=status)
    elif status:
        found = found.filter(status=status)
    if contact is not None:
        found = found.filter(contact=contact)
    if since is not None:
        found = found.filter(date__gte=since)
    if until is not None:
        found = found.filter(date__lte=until)
    for word in search.split()[:5]:
        found = found.filter(
            Q(number__icontains=word) | Q(subject__icontains=word)
            | Q(customer_reference__icontains=word) | Q(contact__name__icontains=word) | Q(holds(word))
        )  # fmt: skip
    return found.order_by("-date", "-pk")


def standings(
    company: Company, rows: Iterable[SalesDocument], *, on: dt.date
) -> dict[int, Standing]:
    """Where each of these documents stands on a day, by id; two queries, however many there are."""
    shown = list(rows)
    entries = [row.entry_id for row in shown if row.entry_id]
    items = OpenItem.of(company).filter(entry__in=entries).values("entry")
    told = items.annotate(left=Sum("open_amount"), whole=Sum("amount"), due=Min(
        "due_date", filter=Q(settled_on=None)), last=Max("settled_on"))  # fmt: skip
    by_entry: dict[int, Any] = {row["entry"]: row for row in told}
    invoices = [row.pk for row in shown if row.kind == _Kind.INVOICE and row.is_issued]
    credited = dict(
        SalesDocument.of(company)
        .filter(follows__in=invoices, kind=_Kind.CREDIT_NOTE, status=_Status.ISSUED)
        .values_list("follows").annotate(Sum("payable"))
    )  # fmt: skip
    return {
        row.pk: _standing(row, by_entry.get(row.entry_id or 0), credited.get(row.pk, ZERO), on)
        for row in shown
    }


def _standing(row: SalesDocument, item: Any, credited: Decimal, on: dt.date) -> Standing:
    if not row.is_issued:
        return Standing(State.DRAFT)
    if not row.is_claim:
        if row.decision:
            return Standing(State(row.decision))
        expired = row.kind == _Kind.OFFER and row.valid_until is not None and row.valid_until < on
        return Standing(State.EXPIRED if expired else State.OPEN)
    if row.kind == _Kind.INVOICE and row.payable and credited >= row.payable:
        return Standing(State.CREDITED, item["left"] if item else ZERO)
    if item is None or not item["left"]:
        return Standing(State.PAID)
    days = (on - item["due"]).days if item["due"] else 0
    if days > 0 and row.kind == _Kind.INVOICE:
        return Standing(State.OVERDUE, item["left"], days)
    return Standing(State.PARTLY if item["left"] != item["whole"] else State.OPEN, item["left"])


def with_all(company: Company) -> QuerySet[SalesDocument]:
    """Documents with all that they name, in the same query; without patterns."""
    related = ("company", "contact", "person", "bank_account", "entry__company", "file", "follows",
               "created_by")  # fmt: skip
    rows = SalesDocument.of(company).exclude(status=_Status.PATTERN)
    return rows.select_related(*related)


def document(company: Company, pk: int) -> SalesDocument | None:
    """A document with what its page shows."""
    return with_all(company).filter(pk=pk).first()


def origins(document: SalesDocument, lines: Iterable[DocumentLine]) -> list[SalesDocument]:
    """What a document was made from: its offer, the orders billed together, deposits deducted."""
    sources = [line.source_id for line in lines if line.source_id]
    deposits = [line.deposit_id for line in lines if line.deposit_id]
    wanted = Q(pk__in=[document.follows_id or 0, *deposits]) | Q(lines__in=sources)
    found = SalesDocument.of(document.company_id).filter(wanted).exclude(pk=document.pk)
    return list(found.distinct().order_by("date", "pk"))


def made_from(document: SalesDocument) -> QuerySet[SalesDocument]:
    """What was made of a document, drafts too: the orders and invoices of an offer, credit notes."""
    found = SalesDocument.of(document.company_id).filter(
        Q(follows=document) | Q(lines__source__document=document) | Q(lines__deposit=document)
    )
    return found.exclude(pk=document.pk).distinct().order_by("date", "pk")


def items_of(document: SalesDocument) -> list[OpenItem]:
    """The open items of an invoice or credit note: one, or one for each instalment."""
    if document.entry_id is None:
        return []
    return list(OpenItem.of(document.company_id).filter(entry=document.entry_id).order_by("pk"))
