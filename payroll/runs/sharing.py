"""A payout shared out over accounts (Aufteilung der Auszahlung)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from erp.core.money import ZERO, to_centimes
from payroll.employees.facts import Share
from payroll.runs.models import Payment
from payroll.wages.values import HUNDRED


def shared_out(amount: Decimal, shares: Sequence[Share]) -> tuple[Payment, ...]:
    """What goes to each account of a payout in CHF, in their order; together it is the ``amount``.

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
            parts.append(Payment(iban=share.iban, amount=part, name=share.name))
        left -= part
    return tuple(parts)
