"""A debit that we ordered (Belastung eines Zahlungslaufs): the items of the order, and what differs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Final

from accounting.banking.matching.candidates import Candidates
from accounting.banking.matching.orders import Ordered
from accounting.banking.matching.payments import Payment
from accounting.banking.matching.proposal import Confidence, Proposal, Share
from accounting.banking.matching.reasons import Reason, Why, reason
from erp.core.money import ZERO

#: A bank takes no more than this on top of an order without telling so.
MOST_CHARGED: Final = Decimal("50.00")


def proposal(payment: Payment, among: Candidates) -> Proposal | None:
    """What a debit settles by the order it was made by; None where there is none that fits.

    Certain where the bank names the order and the amount is what was ordered. What was debited beyond
    is proposed as a charge of the bank; with less nothing is proposed but what was ordered is told.
    """
    order = among.orders.get((payment.transaction, payment.nth))
    if order is None or payment.amount >= 0:
        return None
    if order.account:
        return _against_account(payment, order)
    shares, whole = _shares(order, among)
    if not shares:
        return None
    told = [reason(Why.ORDERED, number=order.number, count=order.count)]
    if order.currency != payment.currency:
        return _in_other_currency(payment, order, shares, told, whole)
    debited = -payment.amount
    if debited == order.amount and whole:
        told.append(reason(Why.AMOUNT_OF_ORDER))
        sure = Confidence.CERTAIN if order.is_named else Confidence.LIKELY
        return Proposal(payment, shares, sure, tuple(told))
    told.append(reason(Why.ORDER_DIFFERS, ordered=order.amount))
    paid = sum((share.paid for share in shares), ZERO)
    charge = debited - paid
    if not order.is_named or not 0 <= charge <= MOST_CHARGED:
        return None
    if charge:
        told.append(reason(Why.CHARGES, charge=payment.charge + charge))
    charged = replace(payment, amount=-paid, charge=payment.charge + charge)
    return Proposal(charged, shares, Confidence.LIKELY, tuple(told))


def _against_account(payment: Payment, order: Ordered) -> Proposal | None:
    """What settles no items, such as wages: the whole debit, if it is what was ordered."""
    same = order.currency == payment.currency and order.amount == -payment.amount
    if not same or payment.charge:
        return None
    told = (
        reason(Why.ORDERED, number=order.number, count=order.count),
        reason(Why.AMOUNT_OF_ORDER),
    )
    sure = Confidence.CERTAIN if order.is_named else Confidence.LIKELY
    return Proposal(payment, (), sure, told, contra=order.account)


def _shares(order: Ordered, among: Candidates) -> tuple[tuple[Share, ...], bool]:
    """What is still open of the order's items, and whether that is all of it."""
    shares = []
    for pk, paid, discount in order.items:
        item = among.by_id.get(pk)
        if (
            item is not None
            and abs(paid + discount) <= abs(item.open_amount)
            and paid * item.open_amount > 0
        ):
            shares.append(Share(item, paid, discount))
    return tuple(shares), len(shares) == len(order.items)


def _in_other_currency(
    payment: Payment, order: Ordered, shares: tuple[Share, ...], told: list[Reason], whole: bool
) -> Proposal | None:
    """Debited in the account's currency; only in the company's own can that be settled."""
    if not order.is_named or not whole:
        return None
    same = payment.instructed_currency == order.currency and payment.instructed == order.amount
    told.append(reason(Why.AMOUNT_OF_ORDER) if same
                else reason(Why.OTHER_CURRENCY, currency=order.currency))  # fmt: skip
    return Proposal(payment, shares, Confidence.LIKELY, tuple(told))
