"""Open items as they are found by search (Suche in den offenen Posten)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem, Side
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import amount_word
from erp.search.kinds import Hit, Index
from erp.search.sources import Changed


def _words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Document, party, contact, reference, text, and what is open or was; settled items are found, too."""
    rows = OpenItem.of(company).filter(pk__in=among(ids)).values_list(
        "pk", "amount", "open_amount", "party", "document", "reference", "text", "contact__name"
    )  # fmt: skip
    return {
        pk: looked_up_by(filter(None, texts)) | {amount_word(one) for one in (amount, left) if one}
        for pk, amount, left, *texts in rows
    }


def _items(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    for one in OpenItem.of(access.company).filter(pk__in=ids, side__in=_sides(access)):
        yield Hit(
            one.pk, str(one), reverse("open-item", args=[access.company.pk, one.pk]),
            note=str(one.get_side_display()) if one.settled_on is None else str(_("Settled")),
            day=one.due_date, amount=one.open_amount or one.amount, currency=one.currency,
        )  # fmt: skip


def _sides(access: Access) -> list[str]:
    """The sides whose module is on."""
    return [side for side in Side.values if access.uses(side)]


def _hides(access: Access) -> bool:
    return len(_sides(access)) < len(Side.values)


def register() -> None:
    kinds.register(
        "open_items", label=_("Open items"), permission=Permission.OPEN_ITEMS_READ,
        index=Index(6, Changed(OpenItem, "open_item"), _words, _items, _hides),
    )  # fmt: skip
