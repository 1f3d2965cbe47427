"""Ledger accounts that stand for a bank account or a cash book: each for one thing alone.

Rooms that keep such things say so in ``AppConfig.ready``, and so need not know each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.models import Account
from erp.core.errors import DomainError

#: By room: what an account stands for, in words, or nothing.
holders: Final[dict[str, Callable[[Account], str]]] = {}


class AccountHeld(DomainError):
    code = "ledger.account_held"
    message = _("Account %(account)s belongs to “%(name)s” already. Choose another account.")
    field = "account"


def require_free(account: Account, *, room: str) -> None:
    """Refuse an account that stands for something of another room; it is held until the transaction ends.

    Raises ``AccountHeld``.
    """
    Account.of(account.company_id).select_for_update(no_key=True).get(pk=account.pk)
    for other, named in holders.items():
        if other != room and (name := named(account)):
            raise AccountHeld(account=account.number, name=name)
