"""Assets beside the entry they came from, and the lines of it that may become some."""

from __future__ import annotations

from django.db.models import Q
from django.template.loader import render_to_string

from accounting.assets.models import Asset, AssetCategory, AssetMovement, DepreciationRun
from accounting.assets.unregistered import free_of_entry
from erp.access.gate import Access
from erp.access.permissions import Permission


def show(access: Access, subject: str, pk: int) -> str:
    """The assets of an entry, and its lines that are in the register not yet; blank for none."""
    if subject != "entry" or not access.may(Permission.ASSETS_READ):
        return ""
    company = access.company
    ids = AssetMovement.of(company).filter(entry=pk, run=None).values("asset")
    found = list(Asset.of(company).filter(pk__in=ids).order_by("number")[:50])
    free = free_of_entry(company, pk) if AssetCategory.of(company).exists() else []
    run = DepreciationRun.of(company).filter(Q(entry=pk) | Q(reversal=pk)).first()
    if not found and not free and run is None:
        return ""
    return render_to_string("accounting/assets/_aside.html", {
        "assets": found, "free": free, "run": run, "company": company, "access": access,
        "may_change": access.may(Permission.ASSETS_CHANGE) and not access.read_only,
    })  # fmt: skip
