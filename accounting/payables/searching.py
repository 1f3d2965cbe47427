"""Suppliers' invoices and the inbox as they are found by search (Suche bei den Kreditoren)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import SupplierInvoice
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import amount_word
from erp.search.kinds import Hit, Index
from erp.search.sources import Changed


def _bill_words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """The supplier's number and name, text, total; patterns are no invoices."""
    rows = SupplierInvoice.of(company).filter(pk__in=among(ids))
    told = rows.exclude(status=SupplierInvoice.Status.PATTERN).values_list(
        "pk", "payable", "net", "number", "subject", "contact__name"
    )
    return {
        pk: looked_up_by(texts) | {amount_word(amount) for amount in (payable, net) if amount}
        for pk, payable, net, *texts in told
    }


def _bills(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    rows = SupplierInvoice.of(access.company).filter(pk__in=ids).select_related("contact")
    for one in rows.only(
        "kind", "number", "subject", "date", "payable", "currency", "contact__name"
    ):
        yield Hit(
            one.pk, f"{one.contact.name} {one.number}".strip(),
            reverse("supplier-invoice", args=[access.company.pk, one.pk]),
            note=one.subject, day=one.date, amount=one.payable, currency=one.currency,
        )  # fmt: skip


def _inbox_words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    rows = InboxDocument.of(company).filter(pk__in=among(ids)).values_list(
        "pk", "amount", "name", "payee", "number", "reference", "iban"
    )  # fmt: skip
    return {
        pk: looked_up_by(texts) | ({amount_word(amount)} if amount else set())
        for pk, amount, *texts in rows
    }


def _inbox(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    for one in InboxDocument.of(access.company).filter(pk__in=ids).only(
        "name", "payee", "received_at", "amount", "currency"
    ):  # fmt: skip
        yield Hit(
            one.pk, one.name, reverse("inbox-document", args=[access.company.pk, one.pk]),
            note=one.payee, day=one.received_at.date(), amount=one.amount, currency=one.currency,
        )  # fmt: skip


def register() -> None:
    kinds.register(
        "supplier_invoices", label=_("Suppliers' invoices"), permission=Permission.PAYABLES_READ,
        index=Index(4, Changed(SupplierInvoice, "supplier_invoice"), _bill_words, _bills),
    )  # fmt: skip
    kinds.register(
        "inbox", label=_("Inbox"), permission=Permission.PAYABLES_READ,
        index=Index(5, Changed(InboxDocument, "inbox_document"), _inbox_words, _inbox),
    )  # fmt: skip
