"""Who may have an archive: whoever may see all that is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from accounting.archive.errors import RightsMissing
from erp.access.permissions import Permission
from erp.companies.models import Company

#: What is in an archive is seen by these rights, each in its own part of the program.
NEEDED: Final = frozenset({
    Permission.LEDGER_READ, Permission.LEDGER_EXPORT, Permission.AUDIT_READ, Permission.COMPANY_READ,
    Permission.OPEN_ITEMS_READ, Permission.CASH_READ, Permission.PAYMENTS_READ,
    Permission.BANKING_READ, Permission.RECEIVABLES_READ, Permission.PAYABLES_READ,
    Permission.VAT_READ, Permission.ASSETS_READ,
})  # fmt: skip


def lacking(company: Company, may: Callable[[Permission], bool]) -> list[Permission]:
    """The rights that somebody lacks; those of modules that are off nobody has, and none are asked for."""
    return [
        right for right in Permission
        if right in NEEDED and (right.module is None or company.uses(right.module)) and not may(right)
    ]  # fmt: skip


def require_all(company: Company, may: Callable[[Permission], bool]) -> None:
    """Raises ``RightsMissing``, which names them."""
    if missing := lacking(company, may):
        raise RightsMissing(rights=", ".join(f"“{right.label}”" for right in missing))
