"""One at a time: whoever changes the register of a company holds it until the transaction ends."""

from __future__ import annotations

from django.db import connection

from accounting.assets.models import Asset
from erp.companies.models import Company

RELATED = (
    "company", "cost_centre", "cost_object", "category__account", "category__contra",
    "category__expense", "category__gain", "category__loss",
)  # fmt: skip


def hold(company: Company) -> None:
    """Keep others from changing the register until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                       [f"assets:{company.pk}"])  # fmt: skip


def held(asset: Asset) -> Asset:
    """The asset as it is now, while the register is held."""
    hold(asset.company)
    found: Asset = Asset.of(asset.company_id).select_related(*RELATED).get(pk=asset.pk)
    return found
