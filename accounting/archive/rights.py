"""Who may have an archive: whoever may see all that is in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from accounting.archive.errors import RightsMissing
from accounting.procedure.happened import modules_ever
from erp.access.permissions import Permission
from erp.companies.models import Company

#: What is in an archive is seen by these rights, each in its own part of the program.
NEEDED: Final = frozenset({
    Permission.LEDGER_READ, Permission.LEDGER_EXPORT, Permission.AUDIT_READ, Permission.COMPANY_READ,
    Permission.OPEN_ITEMS_READ, Permission.CASH_READ, Permission.PAYMENTS_READ,
    Permission.BANKING_READ, Permission.RECEIVABLES_READ, Permission.PAYABLES_READ,
    Permission.VAT_READ, Permission.ASSETS_READ,
})  # fmt: skip
#: What the procedure documentation in it tells besides, where who has it made may see that: an archive
#: keeps which of them it was made with, and is handed out to those who have them, too.
FURTHER: Final = (Permission.MEMBERS_READ, Permission.WEBHOOKS_READ)


def lacking(
    company: Company, holds: Callable[[Permission], bool], further: Collection[str] = ()
) -> list[Permission]:
    """The rights that somebody lacks; those of modules that are off, too, since the year has what they did.

    Those of modules that never were on are not asked for. ``further`` are those that an archive was made with
    beyond ``NEEDED``. One query.
    """
    ever = modules_ever(company)
    return [
        right for right in Permission
        if (right in NEEDED or right in further)
        and (right.module is None or right.module in ever) and not holds(right)
    ]  # fmt: skip


def require_all(company: Company, holds: Callable[[Permission], bool]) -> None:
    """Raises ``RightsMissing``, which names them."""
    if missing := lacking(company, holds):
        raise RightsMissing(rights=", ".join(f"“{right.label}”" for right in missing))
