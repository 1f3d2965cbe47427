"""Assets as they are found by search: by number, name, serial number and place; the newest first."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.assets.models import Asset
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import Question
from erp.search.kinds import Hit


def _assets(access: Access, question: Question, limit: int) -> Iterator[Hit]:
    """A company has some thousand at most: they are gone through."""
    rows = Asset.of(access.company).order_by("disposed_on", "-pk")
    columns = ("pk", "number", "name", "serial_number", "location")
    for pk, number, name, serial, location in rows.values_list(*columns):
        if question.fits(looked_up_by([number, name, serial, location])):
            yield Hit(pk, f"{number} {name}", reverse("asset", args=[access.company.pk, pk]),
                      note=location)  # fmt: skip


def register() -> None:
    kinds.register(
        "assets", label=_("Fixed assets"), permission=Permission.ASSETS_READ, find=_assets
    )
