"""Whether an invoice was entered before (Doppelerfassung): by number, reference, amount or file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounting.open_items.models import OpenItem, Side
from accounting.payables.models import SupplierInvoice
from erp.companies.models import Company

NEAR: Final = 10  # days between two bills of one amount that may be the same
MOST: Final = 10
_Status = SupplierInvoice.Status


@dataclass(frozen=True, slots=True)
class Twin:
    """What an invoice may be once more, and why. ``invoice`` is None for items taken over."""

    called: str
    reasons: tuple[str, ...]
    invoice: SupplierInvoice | None = None

    @property
    def why(self) -> str:
        return ", ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Like:
    """What is known of a bill that may be here already; ``contacts`` are who may have sent it."""

    contacts: tuple[int, ...]
    number: str
    date: dt.date
    currency: str
    payable: Decimal
    reference: str = ""
    file: int | None = None
    kind: str = SupplierInvoice.Kind.INVOICE
    itself: int | None = None


def twins(invoice: SupplierInvoice) -> list[Twin]:
    """What is in the books or being entered that an invoice may repeat; two queries."""
    contacts = (invoice.contact_id,) if invoice.contact_id else ()
    return alike(invoice.company, Like(
        contacts, invoice.number, invoice.date, invoice.currency, invoice.payable,
        invoice.payment.get("reference", ""), invoice.file_id, invoice.kind, invoice.pk,
    ))  # fmt: skip


def alike(company: Company, like: Like) -> list[Twin]:
    """What a bill may be once more; two queries, whoever may have sent it."""
    found = [
        Twin(str(row), why, row) for row in _candidates(company, like)
        if (why := tuple(_reasons(like, row)))
    ]  # fmt: skip
    return (found + list(_taken_over(company, like)))[:MOST]


def canonical(number: str) -> str:
    """A number without what people write differently: blanks, signs, leading zeros, small letters."""
    bare = re.sub(r"[\W_]", "", number.upper())
    return bare.lstrip("0") or bare


def _candidates(company: Company, like: Like) -> QuerySet[SupplierInvoice]:
    same = Q(contact__in=like.contacts, kind=like.kind)
    if like.reference:
        same |= Q(payment__reference=like.reference)
    if like.file is not None:
        same |= Q(file=like.file)
    rows = SupplierInvoice.of(company).filter(same).exclude(pk=like.itself or 0)
    rows = rows.exclude(status__in=[_Status.PATTERN, _Status.REVERSED])
    return rows.select_related("contact").order_by("-date", "-pk")[:2000]


def _reasons(like: Like, row: SupplierInvoice) -> Iterable[str]:
    supplier = row.contact_id in like.contacts
    if supplier and like.number and canonical(row.number) == canonical(like.number):
        yield _("same number")
    if like.reference and row.payment.get("reference") == like.reference and (
        row.payable == like.payable or row.date == like.date
    ):  # fmt: skip
        yield _("same payment reference")
    if like.file is not None and row.file_id == like.file:
        yield _("same file")
    close = abs((row.date - like.date).days) <= NEAR
    if supplier and close and like.payable and row.payable == like.payable and (
        row.currency == like.currency and not (row.number and like.number)
    ):  # fmt: skip
        yield _("same amount within a few days")


def _taken_over(company: Company, like: Like) -> Iterable[Twin]:
    """Items of these suppliers that no invoice of ours opened."""
    if not like.number or not like.contacts:
        return
    rows = OpenItem.of(company).filter(side=Side.PAYABLES, contact__in=like.contacts)
    ours = SupplierInvoice.of(company).filter(entry__isnull=False).values("entry")
    told: Any = rows.exclude(document="").exclude(entry__in=ours).values_list("document", "amount")
    wanted, owed = canonical(like.number), like.kind == SupplierInvoice.Kind.INVOICE
    seen = set()
    for document, amount in told:
        if canonical(document) == wanted and (amount > 0) == owed and document not in seen:
            seen.add(document)
            yield Twin(_("open item %s") % document, (_("same number"),))
