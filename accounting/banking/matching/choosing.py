"""What somebody chose for the payments of a transaction: a proposal as it is, or items by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounting.banking.matching.proposal import Proposal
from accounting.banking.matching.proposing import Matched
from accounting.banking.matching.reasons import Reason
from accounting.ledger.entering import TypedLine
from accounting.open_items.opening import Party
from erp.core.errors import DomainError
from erp.core.money import ZERO


class NothingMatches(DomainError):
    code = "banking.nothing_matches"
    message = _(
        "Nothing that is open fits this transaction well enough. Choose the items yourself."
    )
    field = "payments"


class ProposalGone(DomainError):
    code = "banking.proposal_gone"
    message = _(
        "What was proposed is no longer so: something was booked meanwhile. Look at it again."
    )
    field = "payments"
    conflict = True


@dataclass(frozen=True, slots=True)
class Share:
    """What a payment settles of an item: its id, and amounts in its currency and direction."""

    item: int
    paid: Decimal
    discount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of payment ``nth`` of a transaction.

    ``charge`` is what banks took off, ``fees`` what is booked as dunning fees, both in the account's
    currency. What else is beyond the shares becomes a credit of ``party``, on ``account`` (a control
    account) where there are no shares. ``lines`` go to other accounts, in the company's currency; one
    without an amount takes what the shares leave. With ``returns`` the payment of that bank transaction is
    taken back instead. ``contra`` is the account that all of it goes to, and nothing is settled.
    """

    nth: int
    shares: Sequence[Share] = ()
    charge: Decimal = ZERO
    party: Party | None = None
    account: int | None = None
    returns: int | None = None
    returns_nth: int = 0
    reasons: Sequence[Reason] = ()
    certain: bool = False
    fees: Decimal = ZERO
    lines: Sequence[TypedLine] = ()
    contra: str = ""

    @classmethod
    def of(cls, found: Proposal) -> Choice:
        """A proposal as it is."""
        credited = found.on_account
        return cls(
            found.payment.nth,
            [Share(share.item.id, share.paid, share.discount) for share in found.shares],
            charge=found.payment.charge,
            party=Party(credited.party, credited.contact) if credited else None,
            account=credited.account if credited else None,
            returns=found.returns, returns_nth=found.returns_nth, reasons=found.reasons,
            certain=found.is_certain, fees=found.fees, contra=found.contra,
        )  # fmt: skip


def best_of(matched: Iterable[Matched]) -> list[Choice]:
    """The best proposal for each payment that has one worth asking about."""
    return [Choice.of(one.best) for one in matched if one.best is not None]


def taken(matched: Iterable[Matched], nth: int, key: str) -> Choice:
    """The proposal of a payment that has this key (``Proposal.key``). Raises ``ProposalGone``."""
    for one in matched:
        for found in one.proposals if one.payment.nth == nth else ():
            if found.key == key:
                return Choice.of(found)
    raise ProposalGone


def by_hand(matched: Iterable[Matched], choice: Choice) -> Choice:
    """What somebody chose, with the reasons of the proposal that says the same, if there is one."""
    wanted = {(share.item, share.paid, share.discount) for share in choice.shares}
    for one in matched:
        for found in one.proposals if one.payment.nth == choice.nth else ():
            same = wanted == {(s.item.id, s.paid, s.discount) for s in found.shares}
            if same and found.fees == choice.fees:
                return replace(choice, reasons=found.reasons)
    return choice
