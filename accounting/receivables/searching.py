"""Products, offers and invoices as they are found by search (Suche bei den Debitoren)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.receivables.models import Product, SalesDocument
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.own_fields.values import searched
from erp.search import kinds
from erp.search.asking import amount_word
from erp.search.kinds import Hit, Index
from erp.search.sources import Changed


def _document_words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Number, subject, customer's reference and name, texts of own fields, total; patterns are no documents."""
    rows = SalesDocument.of(company).filter(pk__in=among(ids))
    told = rows.exclude(status=SalesDocument.Status.PATTERN).values_list(
        "pk",
        "payable",
        "net",
        "own_values",
        "number",
        "subject",
        "customer_reference",
        "contact__name",
    )
    return {
        pk: looked_up_by([*texts, *searched(own)])
        | {amount_word(amount) for amount in (payable, net) if amount}
        for pk, payable, net, own, *texts in told
    }


def _documents(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    rows = SalesDocument.of(access.company).filter(pk__in=ids).select_related("contact")
    for one in rows.only(
        "kind", "number", "subject", "date", "payable", "currency", "contact__name"
    ):
        yield Hit(
            one.pk, f"{one} {one.contact.name}".strip(),
            reverse("sales-document", args=[access.company.pk, one.pk]),
            note=one.subject, day=one.date, amount=one.payable, currency=one.currency,
        )  # fmt: skip


def _product_words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    rows = Product.of(company).filter(pk__in=among(ids)).values_list(
        "pk", "price", "number", "name_de", "name_fr", "name_it", "name_en",
    )  # fmt: skip
    return {
        pk: looked_up_by(texts) | ({amount_word(price)} if price else set())
        for pk, price, *texts in rows
    }


def _products(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    for one in Product.of(access.company).filter(pk__in=ids):
        yield Hit(
            one.pk, f"{one.number} {one.name}",
            reverse("product", args=[access.company.pk, one.pk]), amount=one.price,
            currency=access.company.currency,
        )  # fmt: skip


def register() -> None:
    kinds.register(
        "sales_documents", label=_("Offers and invoices"), permission=Permission.RECEIVABLES_READ,
        index=Index(2, Changed(SalesDocument, "sales_document"), _document_words, _documents),
    )  # fmt: skip
    kinds.register(
        "products", label=_("Products"), permission=Permission.RECEIVABLES_READ,
        index=Index(3, Changed(Product, "product"), _product_words, _products),
    )  # fmt: skip
