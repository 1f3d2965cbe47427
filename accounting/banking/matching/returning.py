"""Payments that go back (Rückläufer, Storno der Bank): which one it was, so that it is owed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from accounting.banking.matching.payments import Payment, payments_of
from accounting.banking.matching.proposal import Confidence, Proposal, with_doubt
from accounting.banking.matching.reasons import LIKELY_FROM, Reason, Why, reason, weighed
from accounting.banking.matching.words import name_words, reference_key
from accounting.banking.models import BankTransaction
from accounting.open_items.models import Settlement
from erp.companies.models import Company

LOOKED_BACK: Final = dt.timedelta(400)  # SEPA direct debits are returned within 13 months
MOST_LOOKED_AT: Final = 500


def proposals(
    company: Company, movements: Sequence[BankTransaction], payments: Sequence[Payment]
) -> dict[tuple[int, int], list[Proposal]]:
    """For each payment that goes back the earlier ones it may take back; two queries, or none.

    An earlier one settled items, went the other way on the same bank account and came to the same
    amount; reference, end-to-end number, account and name tell which. ``movements`` are those of
    the payments.
    """
    if not payments:
        return {}
    banks = {movement.pk: movement.bank_account_id for movement in movements}
    earlier = _earlier(company, payments, {banks[p.transaction] for p in payments})
    found = {}
    for payment in payments:
        weighed_up = [
            one
            for movement in earlier
            if movement.bank_account_id == banks[payment.transaction]
            and movement.booking_date <= payment.date
            and movement.pk != payment.transaction
            for before in payments_of(movement)
            if (one := _beside(payment, before)) is not None
        ]
        weighed_up.sort(key=lambda one: (-one.score, -(one.returns or 0)))
        rivals = [one for one in weighed_up if one.score == weighed_up[0].score]
        if len(rivals) > 1:
            doubt = reason(Why.SEVERAL_FIT, count=len(rivals) - 1)
            weighed_up[: len(rivals)] = [with_doubt(one, doubt) for one in rivals]
        found[payment.transaction, payment.nth] = weighed_up[:5]
    return found


def _earlier(
    company: Company, payments: Sequence[Payment], banks: set[int]
) -> list[BankTransaction]:
    """Booked transactions that settled items and that anything tells to be the one, newest first."""
    first = min(payment.date for payment in payments) - LOOKED_BACK
    last = max(payment.date for payment in payments)
    amounts = {-p.amount for p in payments} | {-p.net for p in payments}
    references = {p.reference for p in payments if p.reference}
    here = Q(amount__in=amounts)
    for payment in payments[:50]:  # of a batch, by the ids within; returns are few
        if payment.reference:
            here |= Q(details__contains=[{"reference": payment.reference}])
        if payment.end_to_end_id:
            here |= Q(details__contains=[{"end_to_end_id": payment.end_to_end_id}])
    rows = BankTransaction.of(company).filter(
        here | Q(reference__in=references), bank_account__in=banks, entry__isnull=False,
        booking_date__gte=first, booking_date__lte=last,
    )  # fmt: skip
    found = list(
        rows.select_related("bank_account").order_by("-booking_date", "-pk")[:MOST_LOOKED_AT]
    )
    settled = set(
        Settlement.of(company)
        .filter(entry__in={row.entry_id for row in found}, undone_by=None)
        .exclude(kind=Settlement.Kind.UNDO)
        .values_list("entry", flat=True)
    )
    return [row for row in found if row.entry_id in settled]


def _beside(payment: Payment, before: Payment) -> Proposal | None:
    """A payment that goes back beside one that came: what speaks for it, if the amount does."""
    if before.is_return or before.amount != -payment.amount:
        return None
    told = [reason(Why.RETURNED, date=before.date)]
    known = payment.end_to_end_id and payment.end_to_end_id == before.end_to_end_id
    if known:
        told.append(reason(Why.END_TO_END))
    told += _by_reference(payment, before)
    if payment.iban and payment.iban == before.iban:
        told.append(reason(Why.IBAN, party=before.party))
    if payment.party and before.party:
        same = name_words(payment.party) == name_words(before.party)
        told.append(reason(Why.NAME) if same else reason(Why.OTHER_PARTY, party=before.party))
    likely = weighed(told) >= LIKELY_FROM
    return Proposal(
        payment, (), Confidence.LIKELY if likely else Confidence.NONE, tuple(told),
        returns=before.transaction, returns_nth=before.nth,
    )  # fmt: skip


def _by_reference(payment: Payment, before: Payment) -> list[Reason]:
    if not payment.reference or not before.reference:
        return []
    if reference_key(payment.reference) == reference_key(before.reference):
        return [reason(Why.REFERENCE, document=before.reference)]
    return [reason(Why.OTHER_REFERENCE)]
