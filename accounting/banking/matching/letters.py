"""What a payment with the reference of a dunning letter pays (Zahlung auf eine Mahnung): pure functions.

A letter over several items, or with a fee, has a reference that no item has. What it demanded then is
compared with what is left of it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounting.banking.matching.candidates import Candidate, Candidates
from accounting.banking.matching.claims import Claim
from accounting.banking.matching.payments import Payment
from accounting.banking.matching.proposal import Confidence, Proposal, Share
from accounting.banking.matching.reasons import Reason, Why, reason
from accounting.banking.matching.words import reference_key, references_in
from erp.core.money import ZERO, to_centimes


@dataclass(frozen=True, slots=True)
class Reading:
    """What is left of a letter: shares of its items, its fees in the payment's currency, and why.

    ``fits`` says whether the payment is what is left; ``noted`` are reasons for each item alone.
    """

    shares: tuple[Share, ...]
    fees: Decimal
    noted: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    fits: bool


def told_references(payment: Payment) -> list[str]:
    """The reference of a payment, or without one those that its text holds."""
    if payment.reference:
        return [payment.reference]
    return references_in(payment.text) if len(payment.text) > 4 else []


def claim_of(payment: Payment, among: Candidates) -> Claim | None:
    """The letter whose reference a payment told; none for what is paid to somebody."""
    told = [reference_key(one) for one in told_references(payment)] if payment.amount > 0 else []
    return next((among.claims[one] for one in told if one in among.claims), None)


def read(payment: Payment, among: Candidates, *, has_reference: bool) -> Reading | None:
    """The letter of a payment beside what is open of it; nothing where all of it is paid.

    A letter in another currency is read where the payment came in the company's own: then its items
    are settled whole, its fees are the same part of the payment as of the letter, and somebody is
    asked.
    """
    claim = claim_of(payment, among)
    if claim is None or (claim.currency != payment.currency and payment.currency != among.own):
        return None
    shares = tuple(_open_of(claim, among))
    if not shares:
        return None
    noted = [reason(Why.DUNNING_LETTER, number=claim.number)]
    if not has_reference:
        noted.append(reason(Why.REFERENCE_NOT_VALID))
    left = sum((share.paid for share in shares), ZERO)
    if claim.currency == payment.currency:
        fees, fits = claim.fees, left + claim.fees == payment.amount
        reasons = _why_the_amount(claim, shares)
    else:
        fees = to_centimes(payment.amount * claim.fees / (left + claim.fees))
        fits, reasons = left > 0, _why_in_other_currency(payment, claim, left + claim.fees)
    if fees:
        reasons.append(reason(Why.FEES, fees=fees))
    return Reading(shares, fees, tuple(noted), (*noted, *reasons), fits)


def settled(payment: Payment, among: Candidates) -> list[Proposal]:
    """A second payment of a letter whose items are all paid: it would become a credit of their party."""
    claim = claim_of(payment, among)
    if claim is None or claim.currency != payment.currency or any(_open_of(claim, among)):
        return []
    gone = [among.gone[pk] for pk, demanded in claim.items if pk in among.gone and demanded > 0]
    if not gone:
        return []
    told = (
        reason(Why.DUNNING_LETTER, number=claim.number),
        reason(Why.LETTER_SETTLED, number=claim.number),
    )
    return [Proposal(payment, (), Confidence.LIKELY, told, payment.amount, on_account=gone[0])]


def _open_of(claim: Claim, among: Candidates) -> list[Share]:
    found = []
    for pk, demanded in claim.items:
        item: Candidate | None = among.by_id.get(pk)
        if item is None or item.currency != claim.currency:
            continue
        if item.open_amount * demanded > 0:
            found.append(Share(item, min(demanded, item.open_amount, key=abs)))
    return found


def _why_the_amount(claim: Claim, shares: Sequence[Share]) -> list[Reason]:
    if [share.paid for share in shares] == [amount for _pk, amount in claim.items]:
        return [reason(Why.AMOUNT_OF_LETTER)]
    several = len(shares) > 1
    amount = reason(Why.AMOUNT_OF_SEVERAL, count=len(shares)) if several else reason(Why.AMOUNT)
    return [amount, reason(Why.LESS_SINCE_LETTER)]


def _why_in_other_currency(payment: Payment, claim: Claim, left: Decimal) -> list[Reason]:
    told = [reason(Why.LETTER_WHOLE), reason(Why.OTHER_CURRENCY, currency=claim.currency)]
    if payment.instructed_currency == claim.currency and payment.instructed == left:
        told.insert(0, reason(Why.LETTER_ORDERED, amount=left, currency=claim.currency))
    return told
