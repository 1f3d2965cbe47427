"""A payout shared out over accounts (Aufteilung der Auszahlung)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from contacts.letters import Place
from erp.core.money import ZERO, to_centimes
from payroll.employees.facts import Share
from payroll.employees.paying import SWISS
from payroll.runs.models import Abroad, Payment
from payroll.wages.values import HUNDRED


def shared_out(
    amount: Decimal, shares: Sequence[Share], home: Place | None = None
) -> tuple[Payment, ...]:
    """What goes to each account of a payout in CHF, in their order; together it is the ``amount``.

    ``home`` is where the employee lives, which goes along to accounts abroad.

    Fixed amounts and percents are taken as far as there is something left, the last account takes
    the rest. A payout of zero or less is paid to nobody.
    """
    left, parts = amount, list[Payment]()
    if amount <= 0:
        return ()
    for nth, share in enumerate(shares, 1):
        wanted = left
        if nth < len(shares) and share.amount is not None:
            wanted = share.amount
        elif nth < len(shares) and share.percent is not None:
            wanted = to_centimes(amount * share.percent / HUNDRED)
        part = max(ZERO, min(left, wanted))
        if part:
            parts.append(Payment(iban=share.iban, amount=part, name=share.name,
                                 abroad=_abroad(share, home)))  # fmt: skip
        left -= part
    return tuple(parts)


def _abroad(share: Share, home: Place | None) -> Abroad | msgspec.UnsetType:
    if share.iban[:2] in SWISS:
        return msgspec.UNSET
    if home is None:
        return Abroad(bic=share.bic)
    return Abroad(
        bic=share.bic, street=home.street or home.po_box, house_number=home.house_number,
        postcode=home.postcode, town=home.town, country=home.country,
    )  # fmt: skip
