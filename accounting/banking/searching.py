"""Bank transactions as they are found by search (Suche in den Bankbewegungen)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounting.banking.models import BankTransaction
from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.companies.models import Company
from erp.core.bulk import among
from erp.core.spelling import looked_up_by
from erp.search import kinds
from erp.search.asking import amount_word
from erp.search.kinds import Hit, Index
from erp.search.sources import Changed


def _words(company: Company, ids: Sequence[int]) -> Mapping[int, set[str]]:
    rows = BankTransaction.of(company).filter(pk__in=among(ids)).values_list(
        "pk", "amount", "party", "party_iban", "reference", "text"
    )  # fmt: skip
    return {pk: looked_up_by(texts) | {amount_word(amount)} for pk, amount, *texts in rows}


def _transactions(access: Access, ids: Sequence[int]) -> Iterator[Hit]:
    """What is booked leads to the list of its entry, the rest to where it is booked."""
    rows = BankTransaction.of(access.company).filter(pk__in=ids).select_related("bank_account")
    booked = reverse("bank-transactions", args=[access.company.pk])
    for one in rows:
        waits = reverse("reconcile-line", args=[access.company.pk, one.pk])
        yield Hit(
            one.pk, one.party or one.text, f"{booked}?entry={one.entry_id}" if one.entry_id else waits,
            note=one.text if one.party else "", day=one.booking_date, amount=one.amount,
            currency=one.bank_account.currency,
        )  # fmt: skip


def register() -> None:
    kinds.register(
        "bank_transactions", label=_("Bank transactions"), permission=Permission.BANKING_READ,
        index=Index(7, Changed(BankTransaction, "bank_transaction"), _words, _transactions),
    )  # fmt: skip
