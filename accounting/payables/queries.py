"""Questions about suppliers' invoices: lists with what is open of each, and one with all that belongs to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem, Side
from accounting.payables.models import SupplierInvoice
from erp.companies.models import Company
from erp.core.money import ZERO

_Kind, _Status = SupplierInvoice.Kind, SupplierInvoice.Status


class State(models.TextChoices):
    """Where an invoice stands: what it says itself, or its open items."""

    DRAFT = "draft", _("draft")
    REJECTED = "rejected", _("sent back")
    SUBMITTED = "submitted", _("waits for approval")
    APPROVED = "approved", _("approved, not posted")
    OPEN = "open", _("open")
    OVERDUE = "overdue", _("overdue")
    PARTLY = "partly", _("partly paid")
    PAID = "paid", _("paid")
    REVERSED = "reversed", _("reversed")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open of an invoice, in its currency, since when it is due, and its state."""

    state: State
    open: Decimal = ZERO
    days_overdue: int = 0


#: What lists may be sorted by: name, column.
ORDERS: Final = {"date": "date", "due": "due_date", "number": "number", "name": "contact__sort_name",
                 "total": "payable"}  # fmt: skip


def invoices(
    company: Company, *, kind: str = "", status: str = "", search: str = "",
    contact: int | None = None, since: dt.date | None = None, until: dt.date | None = None,
    on: dt.date,
) -> QuerySet[SupplierInvoice]:  # fmt: skip
    """Invoices that meet what is asked, with their suppliers, the latest first.

    ``status`` is that of ``SupplierInvoice`` or of ``State``; ``search`` a part of number, text,
    reference or name.
    """
    found = SupplierInvoice.of(company).exclude(status=_Status.PATTERN).select_related("contact")
    if kind:
        found = found.filter(kind=kind)
    items = OpenItem.of(company).filter(side=Side.PAYABLES, settled_on=None)
    if status == State.OPEN:
        found = found.filter(entry__in=items.values("entry"))
    elif status == State.OVERDUE:
        late = items.filter(due_date__lt=on)
        found = found.filter(kind=_Kind.INVOICE, entry__in=late.values("entry"))
    elif status == State.REJECTED:
        found = found.filter(status=_Status.DRAFT).exclude(rejected_because="")
    elif status == State.PAID:
        found = found.filter(status=_Status.POSTED).exclude(entry__in=items.values("entry"))
    elif status in _Status.values:
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
            | Q(contact__name__icontains=word) | Q(payment__reference__icontains=word)
        )  # fmt: skip
    return found.order_by("-date", "-pk")


def standings(
    company: Company, rows: Iterable[SupplierInvoice], *, on: dt.date
) -> dict[int, Standing]:
    """Where each of these invoices stands on a day, by id; one query, however many there are."""
    shown = list(rows)
    entries = [row.entry_id for row in shown if row.entry_id]
    items = OpenItem.of(company).filter(entry__in=entries).values("entry")
    told = items.annotate(left=Sum("open_amount"), whole=Sum("amount"), last=Max("settled_on"),
                          due=Min("due_date", filter=Q(settled_on=None)))  # fmt: skip
    by_entry: dict[int, Any] = {row["entry"]: row for row in told}
    return {row.pk: _standing(row, by_entry.get(row.entry_id or 0), on) for row in shown}


def _standing(row: SupplierInvoice, item: Any, on: dt.date) -> Standing:
    if row.status != _Status.POSTED:
        if row.is_draft and row.rejected_because:
            return Standing(State.REJECTED)
        return Standing(State(row.status) if row.status in State.values else State.DRAFT)
    if item is None or not item["left"]:
        return Standing(State.PAID)
    days = (on - item["due"]).days if item["due"] else 0
    if days > 0 and row.kind == _Kind.INVOICE:
        return Standing(State.OVERDUE, item["left"], days)
    return Standing(State.PARTLY if item["left"] != item["whole"] else State.OPEN, item["left"])


def with_all(company: Company) -> QuerySet[SupplierInvoice]:
    """Invoices with all that one page of them shows."""
    return SupplierInvoice.of(company).select_related(
        "company", "contact", "entry", "file", "follows", "created_by", "submitted_by"
    )


def items_of(invoice: SupplierInvoice) -> list[OpenItem]:
    """What is owed by an invoice, the earliest due first."""
    if invoice.entry_id is None:
        return []
    rows = OpenItem.of(invoice.company_id).filter(entry=invoice.entry_id)
    return list(rows.order_by("due_date", "pk"))
