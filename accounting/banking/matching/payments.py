"""The payments within a bank transaction (Einzelzahlungen einer Sammelbuchung), as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from accounting.banking.models import BankTransaction
from erp.core.money import ZERO

RETURN: Final = "RRTN"  # bank transaction code, sub-family: reimbursement due to a payment return


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment; ``amount`` is signed, credits positive, in ``currency``, before ``charge``.

    What reached the account, or left it, is ``amount`` less ``charge``. ``instructed`` is what was
    ordered, where that was another currency.
    """

    transaction: int
    nth: int
    date: dt.date
    amount: Decimal
    currency: str
    charge: Decimal = ZERO
    party: str = ""
    iban: str = ""
    reference: str = ""
    end_to_end_id: str = ""
    message_id: str = ""
    instruction_id: str = ""
    block_id: str = ""
    text: str = ""
    is_return: bool = False
    return_reason: str = ""
    instructed: Decimal = ZERO
    instructed_currency: str = ""
    stands_for: int = 1

    @property
    def net(self) -> Decimal:
        return self.amount - self.charge

    def without_charge(self) -> Payment:
        """The same payment, were its charge no part of what was owed."""
        return replace(self, amount=self.net, charge=ZERO)


def payments_of(movement: BankTransaction) -> list[Payment]:
    """The payments of a transaction; together, less their charges, they come to its amount.

    Banks tell amounts before or after charges: what adds up decides. Where the details do not add
    up, or are in another currency, the transaction is one payment.
    """
    details, currency = movement.details, movement.bank_account.currency
    if len(details) > 1:
        found = [_of_detail(movement, nth, detail) for nth, detail in enumerate(details)]
        fitting = _fitting(movement, found, details)
        if fitting is not None:
            return fitting
    only: Mapping[str, Any] = details[0] if len(details) == 1 else {}
    charge = Decimal(only.get("charges") or 0)
    whole = _of_detail(movement, 0, only)
    ordered, in_currency = _instructed(only, currency)
    return [
        replace(
            whole, amount=movement.amount + charge, charge=charge, currency=currency,
            party=movement.party, iban=movement.party_iban, reference=movement.reference,
            text=movement.text, stands_for=max(1, len(details)),
            instructed=ordered, instructed_currency=in_currency,
        )
    ]  # fmt: skip


def _fitting(
    movement: BankTransaction, found: list[Payment], details: list[dict[str, Any]]
) -> list[Payment] | None:
    currency = movement.bank_account.currency
    if any(detail["currency"] != currency for detail in details):
        return None
    charges = [Decimal(detail.get("charges") or 0) for detail in details]
    told = sum((payment.amount for payment in found), ZERO)
    if told == movement.amount:
        return [
            replace(payment, amount=payment.amount + charge, charge=charge)
            for payment, charge in zip(found, charges, strict=True)
            if payment.amount
        ]
    if told == movement.amount + sum(charges, ZERO):
        return [
            replace(payment, charge=charge)
            for payment, charge in zip(found, charges, strict=True)
            if payment.amount
        ]
    return None


def _of_detail(movement: BankTransaction, nth: int, detail: Mapping[str, Any]) -> Payment:
    reason = str(detail.get("return_reason", ""))
    return Payment(
        transaction=movement.pk, nth=nth, date=movement.booking_date,
        amount=Decimal(detail.get("amount") or movement.amount),
        currency=str(detail.get("currency", "")), party=str(detail.get("party", "")),
        iban=str(detail.get("party_iban", "")), reference=str(detail.get("reference", "")),
        end_to_end_id=str(detail.get("end_to_end_id", "")),
        message_id=str(detail.get("message_id", "")), block_id=str(detail.get("block_id", "")),
        instruction_id=str(detail.get("instruction_id", "")), text=str(detail.get("text", "")),
        is_return=movement.is_reversal or bool(reason) or RETURN in movement.bank_code.split("/"),
        return_reason=reason,
    )  # fmt: skip


def _instructed(detail: Mapping[str, Any], currency: str) -> tuple[Decimal, str]:
    """What was ordered in another currency; told in the account's own it says nothing new."""
    if detail.get("currency") and detail["currency"] != currency:
        return abs(Decimal(detail["amount"])), str(detail["currency"])
    told = str(detail.get("instructed_currency", ""))
    if told and told != currency and detail.get("instructed"):
        return Decimal(detail["instructed"]), told
    return ZERO, ""
