"""Which control account takes a document (Sammelkonto)."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.entering import PurposeMissing, Reader
from accounting.ledger.models import Account
from accounting.open_items.models import Side
from erp.core.errors import DomainError

_Purpose = Account.Purpose
#: For documents in the company's currency, and in others.
OWN: Final = {Side.RECEIVABLES: _Purpose.RECEIVABLES, Side.PAYABLES: _Purpose.PAYABLES}
FOREIGN: Final = {Side.RECEIVABLES: _Purpose.RECEIVABLES_FOREIGN, Side.PAYABLES: _Purpose.PAYABLES_FOREIGN}  # fmt: skip


class WrongControlAccount(DomainError):
    code = "items.wrong_control_account"
    message = _("Account %(account)s of the terms is no control account of “%(side)s” in %(currency)s. Choose "
                "another there.")  # fmt: skip
    field = "account"


def control_account(
    reader: Reader, side: Side, *, currency: str, agreed: Account | None = None
) -> Account:
    """The control account of a document: what was agreed, else the one of its currency.

    That is an account kept in the currency, or the one for foreign currencies, or the usual one.
    Raises ``PurposeMissing`` or ``WrongControlAccount``.
    """
    foreign = currency != reader.company.currency
    found = agreed or (_for_foreign(reader, side, currency) if foreign else None)
    found = found or reader.by_purpose.get(OWN[side])
    if found is None:
        raise PurposeMissing(purpose=OWN[side].label)
    if found.control != side.value or (found.currency and found.currency != currency):
        raise WrongControlAccount(account=found.number, side=side.label, currency=currency)
    return found


def _for_foreign(reader: Reader, side: Side, currency: str) -> Account | None:
    rows = [account for account in reader.accounts.values() if account.control == side.value]
    exact = next((account for account in rows if account.currency == currency), None)
    common = reader.by_purpose.get(FOREIGN[side])
    return exact or (common if common and not common.currency else None)
