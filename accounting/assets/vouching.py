"""Originals of assets (Belege zu Anlagen): hung on, looked for, and taken off again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounting.assets.errors import TooManyVouchers
from accounting.assets.holding import held
from accounting.assets.models import Asset, AssetVoucher
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.documents.models import StoredFile

MOST: Final = 50  # of one asset


def vouchers(company: Company) -> QuerySet[AssetVoucher]:
    """The originals of assets with their files, in the order they came."""
    return AssetVoucher.of(company).select_related("asset", "file", "added_by").order_by("pk")


@transaction.atomic
def attach(asset: Asset, files: Sequence[StoredFile], *, by: User) -> list[AssetVoucher]:
    """Hang stored originals on an asset, whether it is in use or gone; one that hangs there already stays.

    Returns theirs, in the order of ``files``. Raises ``TooManyVouchers``.
    """
    now = held(asset)
    there = {one.file_id: one for one in vouchers(now.company).filter(asset=now)}
    for file in files:
        if file.pk in there:
            continue
        if len(there) >= MOST:
            raise TooManyVouchers(asset=now.number, limit=MOST)
        there[file.pk] = AssetVoucher.unscoped.create(
            company=now.company, asset=now, file=file, added_at=clock.now(), added_by=by
        )
        trail.record(company=now.company, by=by, action="asset.attach", subject=now,
                     details={"file": file.name, "digest": file.digest})  # fmt: skip
    return [there[file.pk] for file in files]


@transaction.atomic
def detach(voucher: AssetVoucher, *, by: User) -> None:
    """Take an original off its asset; the store keeps it (GeBüV Art. 3)."""
    now = held(voucher.asset)
    trail.record(company=now.company, by=by, action="asset.detach", subject=now,
                 details={"file": voucher.file.name, "digest": voucher.file.digest})  # fmt: skip
    voucher.delete()
