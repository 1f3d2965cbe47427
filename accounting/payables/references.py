"""How an invoice says it is to be paid (Zahlungsangaben): IBAN and reference that belong together."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from accounting.payables.errors import BadIban, BadReference, ReferenceMissing, ReferenceNotTaken
from accounting.payables.typed import Payment
from accounting.qr.references import parse_qrr, parse_scor
from erp.core.errors import DomainError, Refusals
from erp.core.identifiers import format_iban, is_qr_iban, parse_iban
from erp.core.texts import one_line

ADDRESS: Final = {
    "name": 70,
    "street": 70,
    "house_no": 16,
    "postcode": 16,
    "town": 35,
    "country": 2,
}
MESSAGE: Final = 140
QRR: Final = 27


def checked(payment: Payment) -> Payment:
    """Payment details in canonical form.

    A QR-IBAN wants its QR reference; other accounts take a creditor reference or none. Raises
    ``BadIban``, ``BadReference``, ``ReferenceMissing``, ``ReferenceNotTaken``, or ``Refusals``.
    Source: SIX, Swiss implementation guidelines for the QR-bill, v2.3.
    """
    faults: list[DomainError] = []
    iban = _iban(payment.iban, faults)
    reference = _reference(payment.reference, faults)
    if iban and not faults:
        numeric = reference.isdigit() and len(reference) == QRR
        if is_qr_iban(iban) and not numeric:
            faults.append(ReferenceMissing(value=format_iban(iban)))
        elif numeric and not is_qr_iban(iban):
            faults.append(ReferenceNotTaken(value=format_iban(iban)))
    payee = {
        name: one_line(str(payment.payee.get(name) or ""), field=f"payee.{name}", most=most)
        for name, most in ADDRESS.items()
    }
    if faults:
        raise Refusals(faults) if len(faults) > 1 else faults[0]
    return replace(
        payment, iban=iban, reference=reference,
        message=one_line(payment.message, field="message", most=MESSAGE),
        payee={name: value for name, value in payee.items() if value},
        blocked=one_line(payment.blocked, field="blocked", most=200),
    )  # fmt: skip


def _iban(text: str, faults: list[DomainError]) -> str:
    if not text.strip():
        return ""
    try:
        return parse_iban(text)
    except DomainError:
        faults.append(BadIban(value=text[:42]))
        return ""


def _reference(text: str, faults: list[DomainError]) -> str:
    bare = re.sub(r"\s", "", text).upper()
    if not bare:
        return ""
    try:
        return parse_scor(bare) if bare.startswith("RF") else parse_qrr(bare)
    except DomainError:
        faults.append(BadReference(value=text[:40]))
        return ""
