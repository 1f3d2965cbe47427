"""What may become of a payment (Vorschlag): shares of items, how sure it is, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from accounting.banking.matching.candidates import Candidate
from accounting.banking.matching.payments import Payment
from accounting.banking.matching.reasons import Reason, weighed
from erp.core.money import ZERO


class Confidence(StrEnum):
    """What to do with a proposal: book it, ask, or leave it."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """What a payment settles of an item, in its currency and the direction of its side."""

    item: Candidate
    paid: Decimal
    discount: Decimal = ZERO

    @property
    def rest(self) -> Decimal:
        return self.item.open_amount - self.paid - self.discount


@dataclass(frozen=True, slots=True)
class Proposal:
    """What may become of a payment, and why.

    ``over`` is what is left of it, in the bank's direction: a credit of the party. ``on_account``
    is an item, settled already, whose party and control account take the whole as a credit.
    ``fees`` are income of their own: fee and interest of a dunning letter.
    ``returns`` is the bank transaction whose payment ``returns_nth`` goes back. ``contra`` is the number
    of the account that the whole is booked against, where it settles no items.
    """

    payment: Payment
    shares: tuple[Share, ...]
    confidence: Confidence
    reasons: tuple[Reason, ...]
    over: Decimal = ZERO
    on_account: Candidate | None = None
    returns: int | None = None
    returns_nth: int = 0
    fees: Decimal = ZERO
    contra: str = ""

    @property
    def score(self) -> int:
        return weighed(self.reasons)

    @property
    def speaks_for(self) -> list[Reason]:
        return [one for one in self.reasons if one.speaks_for]

    @property
    def speaks_against(self) -> list[Reason]:
        return [one for one in self.reasons if not one.speaks_for]

    @property
    def key(self) -> str:
        """What it does, as a page or program sends it back: what is told is what is done."""
        told = [f"{share.item.id}={share.paid}+{share.discount}" for share in self.shares]
        credited = self.on_account.id if self.on_account else ""
        return ",".join([
            *told, f"{self.over}/{self.payment.charge}/{credited}/{self.returns or ''}"
            f"/{self.returns_nth}/{self.fees}{'/' + self.contra if self.contra else ''}",
        ])  # fmt: skip

    @property
    def is_certain(self) -> bool:
        return self.confidence is Confidence.CERTAIN

    @property
    def is_likely(self) -> bool:
        return self.confidence is not Confidence.NONE


def with_doubt(one: Proposal, doubt: Reason) -> Proposal:
    """A proposal that is asked about whatever it rests on, and says why."""
    confidence = Confidence.LIKELY if one.is_likely else Confidence.NONE
    return replace(one, confidence=confidence, reasons=(*one.reasons, doubt))
