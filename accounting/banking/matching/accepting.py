"""Booking a bank transaction by what it settles (Abgleich übernehmen), and all that are certain."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.banking import booking
from accounting.banking.matching.choosing import Choice, NothingMatches, Share, best_of
from accounting.banking.matching.hearing import Booked, Returned, tell_booked
from accounting.banking.matching.payments import payments_of
from accounting.banking.matching.proposal import Proposal
from accounting.banking.matching.proposing import Matched, proposals_for
from accounting.banking.models import BankTransaction
from accounting.ledger.entering import PurposeMissing, Reader, TypedLine
from accounting.ledger.lines import Line
from accounting.ledger.models import Account, JournalEntry
from accounting.ledger.models.accounts import Purpose
from accounting.open_items import together
from accounting.open_items.models import OpenItem
from accounting.open_items.plans import Money, Part, PlannedLine
from accounting.open_items.together import Block
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.core.money import ZERO, to_centimes


class RestUnmatched(DomainError):
    code = "banking.rest_unmatched"
    message = _("%(amount)s of this transaction settle nothing yet. Choose items for it, or the "
                "account it is booked to.")  # fmt: skip
    field = "account"


class NoSuchPayment(DomainError):
    code = "banking.no_such_payment"
    message = _("The transaction has no payment %(number)s. Load it again.")
    field = "payments"


class NoSuchItem(DomainError):
    code = "banking.no_such_item"
    message = _("There is no open item %(item)s. Search for it again.")
    field = "payments"
    missing = True


class NothingToTakeBack(DomainError):
    code = "banking.nothing_to_take_back"
    message = _("The payment that this one takes back is not booked as a settlement any more. Book "
                "it against an account.")  # fmt: skip
    field = "payments"
    conflict = True


@transaction.atomic
def accept(
    movement: BankTransaction,
    *,
    choices: Sequence[Choice],
    by: User,
    rate: Decimal | None = None,
    rest: Sequence[TypedLine] = (),
    text: str = "",
) -> JournalEntry:
    """Book a transaction by what its payments settle: one entry with one line of the bank.

    Discounts are booked with their VAT, charges on their account, differences of exchange rates and
    overpayments as ``settling.settle`` does. What no choice names goes to the typed lines of
    ``rest``. ``rate`` is the company's currency per unit of the account's; the day's official one
    unless given. Raises ``AlreadyBooked``, ``RateMissing``, ``RestUnmatched``, ``NoSuchPayment``,
    ``NoSuchItem``, ``NothingToTakeBack`` and what planning, taking back and posting raise.
    """
    current = booking.waiting(movement)
    if choices and all(choice.contra for choice in choices):
        return _against_account(current, choices, by, text)
    return _Acceptance(current, choices, by, rate).booked(rest, text)


def _against_account(
    current: BankTransaction, choices: Sequence[Choice], by: User, text: str
) -> JournalEntry:
    """Book a transaction whole against the account of an order, such as wages; nothing is settled."""
    first = choices[0]
    if {one.contra for one in choices} != {first.contra} or len(payments_of(current)) > len(
        choices
    ):
        raise NothingMatches
    told = {
        "certain": all(one.certain for one in choices),
        "reasons": [one.stored() for one in first.reasons],
    }
    return booking.book(
        current, contra=[TypedLine(account=first.contra)], by=by, text=text, told=told
    )


def is_certain(movement: BankTransaction, matched: Sequence[Matched]) -> bool:
    """Whether a rule may book it: every payment is certain, and nobody has undone it before."""
    return may_book(movement, [one.best for one in matched])


def may_book(movement: BankTransaction, found: Sequence[Proposal | None]) -> bool:
    """The same of one proposal for each payment."""
    certain = all(one is not None and one.is_certain for one in found)
    return not movement.by_hand and bool(found) and certain


def accept_certain(
    company: Company, movements: Sequence[BankTransaction], *, by: User
) -> tuple[int, list[DomainError]]:
    """Book those transactions that are certain; how many, and why others were refused.

    Each stands for itself: what is refused, as in a locked period, waits and stops nothing.
    """
    found, booked, refusals = proposals_for(company, movements), 0, list[DomainError]()
    for movement in movements:
        matched = found[movement.pk]
        if not is_certain(movement, matched):
            continue
        try:
            with transaction.atomic():
                accept(movement, choices=best_of(matched), by=by)
        except booking.AlreadyBooked:
            continue  # somebody else was quicker
        except DomainError as refusal:
            refusals.append(refusal)
        else:
            booked += 1
    return booked, refusals


class _Acceptance:
    """A transaction that is held, on its way to an entry."""

    def __init__(
        self, current: BankTransaction, choices: Sequence[Choice], by: User, rate: Decimal | None
    ) -> None:
        self.current, self.by = current, by
        self.company, self.bank = current.company, current.bank_account
        self.payments = {payment.nth: payment for payment in payments_of(current)}
        for choice in choices:
            if choice.nth not in self.payments:
                raise NoSuchPayment(number=choice.nth + 1)
        self.choices = list({choice.nth: choice for choice in choices}.values())
        self.rate = booking.rate_of(self.company, self.bank, current.booking_date, rate)
        self.originals = self._originals()
        ids = [share.item for choice in self.choices for share in choice.shares]
        entries = [found.entry for found in self.originals.values() if found.entry]
        self.items = together.held_items(self.company, ids, entries=entries)

    def booked(self, rest: Sequence[TypedLine], text: str) -> JournalEntry:
        blocks = self._blocks()
        left = self._lines_of_rest(rest)
        charged = sum((choice.charge for choice in self.choices), ZERO)
        charges = self._in_books(charged)
        others = [*left, *self._charge(charges), *(p.line for b in blocks for p in b.lines)]
        balance = sum((line.credit - line.debit for line in others), ZERO)
        entry, positions = together.post_blocks(
            company=self.company, date=self.current.booking_date,
            money=[booking.bank_line(self.bank, self.current, abs(balance)),
                   *self._charge(charges), *left],
            blocks=blocks, by=self.by, text=(text or booking.description(self.current))[:200],
            voucher=self.current.statement.identification[:40], source=JournalEntry.Source.BANK,
            source_key=f"bank:{self.current.pk}",
        )  # fmt: skip
        rows = BankTransaction.of(self.company).filter(pk=self.current.pk)
        rows.update(entry=entry, matched=self._told(positions))
        tell_booked(self._effect(entry))
        return entry

    def _effect(self, entry: JournalEntry) -> Booked:
        settled = {share.item for choice in self.choices for share in choice.shares}
        returned = []
        for choice in self.choices:
            before = self.originals[choice.returns].entry if choice.returns is not None else None
            if before is not None:
                returned.append(Returned(before, self._returned_items(choice),
                                         self.payments[choice.nth].return_reason))  # fmt: skip
        return Booked(self.current, entry, frozenset(settled), tuple(returned))

    def _returned_items(self, choice: Choice) -> frozenset[int]:
        told = self.originals[choice.returns or 0].matched.get("payments", ())
        return frozenset(
            item for one in told if one["nth"] == choice.returns_nth for item in one["items"]
        )

    def _blocks(self) -> list[Block]:
        """Those that settle in their order, then those that take back; their choices alike."""
        settling = [choice for choice in self.choices if choice.returns is None]
        back = [choice for choice in self.choices if choice.returns is not None]
        self.choices = [*settling, *back]
        found = together.blocks_of(self.company, date=self.current.booking_date,
                                   payments=[self._payment(choice) for choice in settling])  # fmt: skip
        for choice, block in zip(settling, found, strict=True):
            if choice.fees:  # behind the items, so that taking back takes it along
                block.lines.append(self._fees(choice.fees))
            block.lines += [PlannedLine(line, "") for line in self._beside(choice)]
        return found + [self._taken_back(choice) for choice in back]

    def _payment(self, choice: Choice) -> together.Payment:
        gross = self.payments[choice.nth].net + choice.charge
        fees, gross = self._in_books(choice.fees), gross - choice.fees
        parts = [Part(self._item(share), share.paid, share.discount) for share in choice.shares]
        account = self._control(choice, gross)
        sign = OpenItem.Side(account.control).sign
        beside = sum((line.credit - line.debit for line in self._beside(choice)), ZERO)
        base = sign * (self._in_books(gross + choice.fees) - fees - beside)
        gross -= beside if self.rate is None else to_centimes(beside / self.rate)
        foreign = {part.item.currency for part in parts} - {self.bank.currency}
        if foreign and self.bank.currency == self.company.currency:
            amount = sum((part.paid for part in parts), ZERO)
        else:
            amount = sign * gross
        return together.Payment(
            parts, Money(self.bank.account, amount, base), choice.party, account
        )

    def _item(self, share: Share) -> OpenItem:
        if share.item not in self.items:
            raise NoSuchItem(item=share.item)
        return self.items[share.item]

    def _control(self, choice: Choice, gross: Decimal) -> Account:
        """The control account: of the items, as chosen, or that of the side money comes from."""
        if choice.shares:
            return self._item(choice.shares[0]).account
        purpose = Purpose.RECEIVABLES if gross > 0 else Purpose.PAYABLES
        rows = Account.of(self.company)
        found: Account | None = (
            rows.filter(pk=choice.account).exclude(control="").first()
            if choice.account else rows.filter(purpose=purpose).first()
        )  # fmt: skip
        if found is None:
            raise PurposeMissing(purpose=purpose.label)
        return found

    def _taken_back(self, choice: Choice) -> Block:
        movement = self.originals[choice.returns or 0]
        if movement.entry is None:
            raise NothingToTakeBack
        told = [p for p in movement.matched.get("payments", ()) if p["nth"] == choice.returns_nth]
        return together.taken_back(movement.entry, told[0]["positions"] if told else None)

    def _originals(self) -> dict[int, BankTransaction]:
        wanted = {choice.returns for choice in self.choices if choice.returns is not None}
        if not wanted:
            return {}
        rows = BankTransaction.of(self.company).select_related("entry__company")
        found = {row.pk: row for row in rows.filter(pk__in=wanted)}
        if len(found) != len(wanted):
            raise NothingToTakeBack
        return found

    def _lines_of_rest(self, rest: Sequence[TypedLine]) -> list[Line]:
        chosen = {choice.nth for choice in self.choices}
        left = [payment for nth, payment in self.payments.items() if nth not in chosen]
        amount = sum((payment.net for payment in left), ZERO)
        if not self.choices:
            raise NothingMatches
        if not amount:
            return []
        if not rest:
            raise RestUnmatched(amount=amount)
        typed = booking.shared_out(rest, abs(self._in_books(amount)), inward=amount > 0)
        return Reader(self.company).lines(typed, date=self.current.booking_date)

    def _beside(self, choice: Choice) -> list[Line]:
        """What of a payment goes to other accounts; a line without an amount takes the rest."""
        if not choice.lines:
            return []
        gross = self.payments[choice.nth].net + choice.charge - choice.fees
        paid = ZERO
        for share in choice.shares:
            paid += share.paid * self._item(share).sign
        left = self._in_books(gross - paid)
        typed = booking.shared_out(choice.lines, abs(left), inward=left > 0)
        return Reader(self.company).lines(typed, date=self.current.booking_date)

    def _charge(self, base: Decimal) -> list[Line]:
        if not base:
            return []
        account = Account.of(self.company).filter(purpose=Purpose.BANK_CHARGES).first()
        if account is None:
            raise PurposeMissing(purpose=Purpose.BANK_CHARGES.label)
        return [Line(account, debit=base) if base > 0 else Line(account, credit=-base)]

    def _fees(self, fees: Decimal) -> PlannedLine:
        """Fee and interest of a dunning letter, income when they are paid; they bear no VAT."""
        purpose = Purpose.DUNNING_FEES
        account = Account.of(self.company).filter(purpose=purpose).first()
        if account is None:
            raise PurposeMissing(purpose=purpose.label)
        return PlannedLine(Line(account, credit=self._in_books(fees)), str(purpose.label))

    def _in_books(self, amount: Decimal) -> Decimal:
        """An amount of the bank account in the company's currency, with its sign."""
        if self.bank.currency == self.company.currency:
            return amount
        assert self.rate is not None  # there is one, or it was refused
        return to_centimes(amount * self.rate)

    def _told(self, positions: Sequence[Sequence[int]]) -> dict[str, Any]:
        """What the transaction keeps of it: why, and where in the entry."""
        certain = all(choice.certain for choice in self.choices)
        return {
            "certain": certain,
            "payments": [
                {
                    "nth": choice.nth,
                    "positions": list(lines),
                    "items": [share.item for share in choice.shares],
                    "returns": choice.returns,
                    "reasons": [one.stored() for one in choice.reasons],
                }
                for choice, lines in zip(self.choices, positions, strict=True)
            ],
        }
