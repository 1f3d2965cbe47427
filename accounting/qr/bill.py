"""What a QR-bill holds (Swiss QR Code): values in, the exact text out.

Source: SIX, Swiss Implementation Guidelines for the QR-bill, version 2.3 (in force since November
2025): header ``SPC``, ``0200``, ``1``; 31 to 34 lines; structured addresses only.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

HEADER: Final = ("SPC", "0200", "1")
TRAILER: Final = "EPD"
STRUCTURED: Final = "S"


class ReferenceType(StrEnum):
    """How a payment names what it pays; the account decides which kinds are possible."""

    QRR = "QRR"  # 27 digits, with a QR-IBAN
    SCOR = "SCOR"  # ISO 11649, with an ordinary IBAN
    NON = "NON"  # none, with an ordinary IBAN


@dataclass(frozen=True, slots=True)
class Party:
    """A name with its structured address (strukturierte Adresse)."""

    name: str
    postcode: str
    town: str
    country: str = "CH"
    street: str = ""
    house_number: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """The data of one payment part (Zahlteil).

    ``iban`` is canonical; without ``amount`` or ``debtor`` the payer fills them in by hand.
    ``message`` is for the payer, ``billing`` for the payer's program (Swico S1);
    ``procedures`` are at most two alternative procedures, such as ``eBill/B/…``.
    """

    iban: str
    creditor: Party
    currency: str = "CHF"
    amount: Decimal | None = None
    debtor: Party | None = None
    reference_type: str = ReferenceType.NON
    reference: str = ""
    message: str = ""
    billing: str = ""
    procedures: tuple[str, ...] = ()


def written(bill: Bill, *, newline: str = "\n") -> str:
    """The text of a bill as it stands, unchecked: what nothing follows is left out at the end."""
    lines = [
        *HEADER, bill.iban, *_party_lines(bill.creditor), *[""] * 7,
        "" if bill.amount is None else f"{bill.amount:.2f}", bill.currency,
        *(_party_lines(bill.debtor) if bill.debtor else [""] * 7),
        str(bill.reference_type), bill.reference, bill.message, TRAILER,
    ]  # fmt: skip
    if bill.billing or bill.procedures:
        lines += [bill.billing, *bill.procedures]
    return newline.join(lines)


def _party_lines(party: Party) -> list[str]:
    return [STRUCTURED, party.name, party.street, party.house_number, party.postcode, party.town,
            party.country]  # fmt: skip
