"""Whether an invoice was entered before (Doppelerfassung): by number, reference, amount or file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
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


def twins(invoice: SupplierInvoice) -> list[Twin]:
    """What is in the books or being entered that an invoice may repeat; two queries."""
    company = invoice.company
    rows = _candidates(company, invoice)
    found = [
        Twin(str(row), why, row) for row in rows if (why := tuple(_reasons(invoice, row)))
    ]  # fmt: skip
    return (found + list(_taken_over(company, invoice)))[:MOST]


def canonical(number: str) -> str:
    """A number without what people write differently: blanks, signs, leading zeros, small letters."""
    bare = re.sub(r"[\W_]", "", number.upper())
    return bare.lstrip("0") or bare


def _candidates(company: Company, invoice: SupplierInvoice) -> QuerySet[SupplierInvoice]:
    reference = invoice.payment.get("reference", "")
    same = Q(contact=invoice.contact_id, kind=invoice.kind)
    if reference:
        same |= Q(payment__reference=reference)
    if invoice.file_id:
        same |= Q(file=invoice.file_id)
    rows = SupplierInvoice.of(company).filter(same).exclude(pk=invoice.pk)
    rows = rows.exclude(status__in=[_Status.PATTERN, _Status.REVERSED])
    return rows.select_related("contact").order_by("-date", "-pk")[:2000]


def _reasons(invoice: SupplierInvoice, row: SupplierInvoice) -> Iterable[str]:
    reference = invoice.payment.get("reference", "")
    supplier = row.contact_id == invoice.contact_id
    if supplier and invoice.number and canonical(row.number) == canonical(invoice.number):
        yield _("same number")
    if reference and row.payment.get("reference") == reference and (
        row.payable == invoice.payable or row.date == invoice.date
    ):  # fmt: skip
        yield _("same payment reference")
    if invoice.file_id and row.file_id == invoice.file_id:
        yield _("same file")
    close = abs((row.date - invoice.date).days) <= NEAR
    if supplier and close and invoice.payable and row.payable == invoice.payable and (
        row.currency == invoice.currency and not (row.number and invoice.number)
    ):  # fmt: skip
        yield _("same amount within a few days")


def _taken_over(company: Company, invoice: SupplierInvoice) -> Iterable[Twin]:
    """Items of this supplier that no invoice of ours opened."""
    if not invoice.number or invoice.contact_id is None:
        return
    rows = OpenItem.of(company).filter(side=Side.PAYABLES, contact=invoice.contact_id)
    ours = SupplierInvoice.of(company).filter(entry__isnull=False).values("entry")
    told: Any = rows.exclude(document="").exclude(entry__in=ours).values_list("document", "amount")
    wanted = canonical(invoice.number)
    seen = set()
    for document, amount in told:
        if (
            canonical(document) == wanted
            and (amount > 0) == (invoice.sign > 0)
            and document not in seen
        ):
            seen.add(document)
            yield Twin(_("open item %s") % document, (_("same number"),))
