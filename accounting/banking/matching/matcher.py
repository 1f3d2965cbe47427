"""Which items a payment settles (Zahlungsabgleich): a pure function of the payment and what is open.

Nothing is compared pairwise: reference, document number, amount, account and name each look items
up, and only those are weighed. A payment is certain when a valid reference names exactly one item
and the amount is what is open, or that less the discount still allowed, in the item's currency.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from accounting.banking.matching import combining, letters, ordering
from accounting.banking.matching.candidates import Candidate, Candidates, Whose
from accounting.banking.matching.payments import Payment
from accounting.banking.matching.proposal import Confidence, Proposal, Share
from accounting.banking.matching.reasons import LIKELY_FROM, Reason, Why, reason, weighed
from accounting.banking.matching.words import (
    is_valid_reference,
    name_words,
    numbers_in,
    reference_key,
)
from erp.core.money import ZERO

MOST_PROPOSALS: Final = 5
MOST_OF_AN_AMOUNT: Final = 20  # items of the same amount that are looked at
MOST_OF_A_PARTY: Final = 60


def proposals(payment: Payment, among: Candidates) -> list[Proposal]:
    """The best proposals for a payment, the best one first.

    None for what goes back (``returning.proposals``): that is never matched as a receipt.
    """
    if payment.is_return or not payment.amount:
        return []
    found = _Weighing(payment, among).done()
    if payment.charge and not (found and found[0].is_certain):
        found += _Weighing(payment.without_charge(), among).done()
        found.sort(key=_rank)
    return found[:MOST_PROPOSALS]


def _rank(one: Proposal) -> tuple[bool, int, int, int]:
    first = one.shares[0].item if one.shares else one.on_account
    return not one.is_certain, -one.score, len(one.shares), first.id if first else 0


class _Weighing:
    """One payment beside the items that anything about it leads to."""

    def __init__(self, payment: Payment, among: Candidates) -> None:
        self.payment, self.among = payment, among
        self.cash, self.date = payment.amount, payment.date
        self.evidence: dict[int, list[Reason]] = {}
        self.items: dict[int, Candidate] = {}
        self.has_reference = False

    def done(self) -> list[Proposal]:
        ordered = ordering.proposal(self.payment, self.among)
        if ordered is not None:
            return [ordered]
        exact = self._by_reference()
        if exact is not None:
            return [exact]
        letter = self._by_letter()
        if letter is not None and letter.is_certain:
            return [letter]
        named = [*self.items.values()]  # instalments may have one reference, letters several items
        named += self._by_document()
        parties = self._parties()
        self._by_amount(parties)
        for whose in parties:
            for item in self.among.by_party.get(whose, ())[:MOST_OF_A_PARTY]:
                if self._fits(item):
                    self.items.setdefault(item.id, item)
        found = [self._single(item, parties) for item in self.items.values()]
        found += self._several(named, parties)
        found += [letter] if letter is not None else []
        found.sort(key=_rank)
        if not (found and found[0].is_likely):
            found = [*self._settled(), *found]
        return self._told_apart(found)[:MOST_PROPOSALS]

    # --- what leads to items ------------------------------------------------------------------------
    def _by_reference(self) -> Proposal | None:
        """Items of the payment's reference; a proposal at once where that decides everything."""
        why = Why.REFERENCE if self.payment.reference else Why.REFERENCE_IN_TEXT
        for reference in letters.told_references(self.payment):
            valid = is_valid_reference(reference)
            self.has_reference = self.has_reference or valid
            rows = self.among.by_reference.get(reference_key(reference), [])
            rows = [item for item in rows if self._fits(item)]
            for item in rows:
                reasons = [reason(why, document=item.name)]
                if not valid:
                    reasons.append(reason(Why.REFERENCE_NOT_VALID))
                if len(rows) > 1:
                    reasons.append(reason(Why.SAME_REFERENCE, count=len(rows) - 1))
                self._note(item, reasons)
            if valid and len(rows) == 1:
                proposal = self._single(rows[0], self._parties_of(rows[0]))
                if proposal.is_certain:
                    return proposal
        return None

    def _by_letter(self) -> Proposal | None:
        """What a dunning letter demanded with this reference; noted of its items in any case.

        As a proposal where the payment is what is left of it: its items, credits taken off, and
        fee and interest that no item stands for.
        """
        found = letters.read(self.payment, self.among, has_reference=self.has_reference)
        if found is None:
            return None
        for share in found.shares:
            if self._fits(share.item):
                self._note(share.item, found.noted)
        if not found.fits:
            return None
        first = found.shares[0].item
        reasons = [*found.reasons, *self._about(first, self._parties_of(first))]
        return self._proposal(found.shares, reasons, ZERO, fees=found.fees)

    def _by_document(self) -> list[Candidate]:
        named: dict[int, Candidate] = {}
        before = set(self.items)
        told = self.payment.text
        if self.payment.reference and not self.has_reference:
            told = f"{told} {self.payment.reference}"
        for number in numbers_in(told) if told else ():
            rows = self.among.by_document.get(number, ())
            for item in rows[:MOST_OF_AN_AMOUNT]:
                if item.id not in named and self._fits(item):
                    named[item.id] = item
                    self._note(item, [reason(Why.DOCUMENT, document=item.document)])
        return [item for item in named.values() if item.id not in before]

    def _parties(self) -> dict[Whose, list[Reason]]:
        """Who it may be from, by account and by name."""
        found: dict[Whose, list[Reason]] = {}
        iban, name = self.payment.iban, self.payment.party
        for known, why in (
            (self.among.payers, Why.IBAN),
            (self.among.accounts, Why.IBAN_OF_CONTACT),
        ):
            for whose in known.get(iban, ()) if iban else ():
                items = self.among.by_party.get(whose)
                if items and whose not in found:
                    found[whose] = [reason(why, party=items[-1].party)]
        for whose, same in self.among.parties_called(name).items() if name else ():
            found.setdefault(whose, []).append(self._called(whose, same))
        return found

    def _parties_of(self, item: Candidate) -> dict[Whose, list[Reason]]:
        """What account and name say of one item's party."""
        found, whose = list[Reason](), item.whose
        if whose in self.among.payers.get(self.payment.iban, ()):
            found.append(reason(Why.IBAN, party=item.party))
        elif whose in self.among.accounts.get(self.payment.iban, ()):
            found.append(reason(Why.IBAN_OF_CONTACT, party=item.party))
        same = _alike(self.payment.party, item.party)
        if same is not None:
            found.append(self._called(whose, same))
        return {whose: found} if found else {}

    def _called(self, whose: Whose, same: bool) -> Reason:
        party = self.among.by_party[whose][-1].party
        return reason(Why.NAME) if same else reason(Why.NAME_ALIKE, party=party)

    def _by_amount(self, parties: dict[Whose, list[Reason]]) -> None:
        rows = self.among.by_amount.get((self.payment.currency, self.cash), [])
        if len(rows) > MOST_OF_AN_AMOUNT:
            theirs = [item for item in rows if item.whose in parties]
            rows = (theirs or rows)[:MOST_OF_AN_AMOUNT]
        for item in rows:
            if item.cash == self.cash or combining.expected(item, self.date) == self.cash:
                self.items.setdefault(item.id, item)

    def _note(self, item: Candidate, reasons: Iterable[Reason]) -> None:
        self.items[item.id] = item
        self.evidence.setdefault(item.id, []).extend(reasons)

    def _fits(self, item: Candidate) -> bool:
        """Whether money of this direction and currency can settle it at all."""
        if item.cash * self.cash <= 0:
            return False
        return item.currency == self.payment.currency or self.payment.currency == self.among.own

    # --- proposals ----------------------------------------------------------------------------------
    def _single(self, item: Candidate, parties: dict[Whose, list[Reason]]) -> Proposal:
        reasons = [*self.evidence.get(item.id, ()), *self._about(item, parties)]
        if item.currency != self.payment.currency:
            share, told = self._in_other_currency(item)
            over = ZERO
        else:
            share, over, told = self._of_one(item)
        reasons += told
        return self._proposal((share,), reasons, over)

    def _of_one(self, item: Candidate) -> tuple[Share, Decimal, list[Reason]]:
        paid, off = self.cash * item.sign, item.discount(self.date)
        told = [reason(Why.CHARGES, charge=self.payment.charge)] if self.payment.charge else []
        if paid == item.open_amount:
            return Share(item, paid), ZERO, [reason(Why.AMOUNT), *told]
        if off and paid == item.open_amount - off:
            less = reason(Why.AMOUNT_LESS_DISCOUNT, discount=abs(off))
            return Share(item, paid, off), ZERO, [less, *told]
        if abs(paid) > abs(item.open_amount):
            over = (paid - item.open_amount) * item.sign
            told.append(reason(Why.TOO_MUCH, over=abs(over)))
            return Share(item, item.open_amount), over, told
        told.append(reason(Why.PARTIAL, rest=abs(item.open_amount - paid)))
        if item.discount_until is not None and self.date > item.discount_until:
            lost = item.discount(item.discount_until)
            if paid == item.open_amount - lost:
                told.append(
                    reason(Why.DISCOUNT_LATE, discount=abs(lost), until=item.discount_until)
                )
        return Share(item, paid), ZERO, told

    def _in_other_currency(self, item: Candidate) -> tuple[Share, list[Reason]]:
        """Paid in the company's currency; what was ordered may say how much of the item it is."""
        told = [reason(Why.OTHER_CURRENCY, currency=item.currency)]
        ordered = self.payment.instructed
        if self.payment.instructed_currency != item.currency or not ordered:
            return Share(item, item.open_amount), told
        signed = ordered if item.open_amount > 0 else -ordered
        if signed == item.open_amount:
            told.insert(0, reason(Why.AMOUNT_ORDERED, amount=ordered, currency=item.currency))
        elif abs(signed) > abs(item.open_amount):
            return Share(item, item.open_amount), told
        else:
            told.append(reason(Why.PARTIAL, rest=abs(item.open_amount - signed)))
        return Share(item, signed), told

    def _about(self, item: Candidate, parties: dict[Whose, list[Reason]]) -> list[Reason]:
        told = list(parties.get(item.whose, ()))
        if not told and self.payment.party:
            told.append(reason(Why.OTHER_PARTY, party=item.party))
        if item.opened_on > self.date:
            told.append(reason(Why.NOT_OWED_YET, date=item.opened_on))
        known = (Why.REFERENCE, Why.REFERENCE_IN_TEXT, Why.DUNNING_LETTER)
        mine = {one.why for one in self.evidence.get(item.id, ())}
        if self.has_reference and not mine.intersection(known):
            told.append(reason(Why.OTHER_REFERENCE))
        if self.payment.stands_for > 1:
            told.append(reason(Why.NOT_TOLD_APART, count=self.payment.stands_for))
        return told

    def _several(
        self, named: Sequence[Candidate], parties: dict[Whose, list[Reason]]
    ) -> list[Proposal]:
        """Items that the payment names, or of one party, which come to its amount together."""
        found = []
        same = [item for item in named if item.currency == self.payment.currency]
        if len(same) > 1:
            found.append(self._spread(sorted(same, key=_by_due), parties))
        for whose in list(parties)[:3]:
            items = [
                item for item in self.among.by_party.get(whose, ())[:MOST_OF_A_PARTY]
                if item.currency == self.payment.currency and item.opened_on <= self.date
            ]  # fmt: skip
            chosen = combining.adding_up(items, self.cash, date=self.date)
            if chosen:
                found.append(self._spread(chosen, parties))
            elif len(items) > 1:
                owed = [item for item in items if item.cash * self.cash > 0]
                if abs(self.cash) > abs(owed[0].cash if owed else ZERO) and len(owed) > 1:
                    found.append(self._spread(owed, parties))
        return found

    def _spread(self, items: Sequence[Candidate], parties: dict[Whose, list[Reason]]) -> Proposal:
        """Items in their order, as far as the payment reaches."""
        found = combining.spread(items, self.cash, date=self.date)
        told = {
            one.why: one for share in found.shares for one in self.evidence.get(share.item.id, ())
        }
        reasons = [*told.values(), *self._about(items[0], parties)]
        open_rest = sum((share.rest for share in found.shares), ZERO)
        if found.exact:
            reasons.append(reason(Why.AMOUNT_OF_SEVERAL, count=len(found.shares)))
        elif found.over:
            reasons.append(reason(Why.TOO_MUCH, over=abs(found.over)))
        elif open_rest:
            reasons.append(reason(Why.PARTIAL, rest=abs(open_rest)))
        return self._proposal(found.shares, reasons, found.over)

    def _settled(self) -> list[Proposal]:
        """A second payment of what is settled: it would become a credit of its party."""
        again = letters.settled(self.payment, self.among)
        if again or not self.payment.reference:
            return again
        item = self.among.settled.get(reference_key(self.payment.reference))
        if item is None or item.amount * item.sign * self.cash <= 0 or (
            item.currency != self.payment.currency
        ):  # fmt: skip
            return []
        told = (reason(Why.REFERENCE, document=item.name), reason(Why.SETTLED))
        return [Proposal(self.payment, (), Confidence.LIKELY, told, self.cash, on_account=item)]

    def _proposal(
        self, shares: tuple[Share, ...], reasons: Sequence[Reason], over: Decimal, *,
        fees: Decimal = ZERO,
    ) -> Proposal:  # fmt: skip
        why = {one.why for one in reasons}
        fitting = why & {Why.AMOUNT, Why.AMOUNT_LESS_DISCOUNT}
        named = why & {Why.REFERENCE, Why.REFERENCE_IN_TEXT}
        against = {one.why for one in reasons if not one.speaks_for} - {Why.OTHER_PARTY}
        confidence = Confidence.NONE
        if weighed(reasons) >= LIKELY_FROM:
            confidence = Confidence.LIKELY
        if len(shares) == 1 and fitting and named and not against and not over:
            confidence = Confidence.CERTAIN
        if {Why.DUNNING_LETTER, Why.AMOUNT_OF_LETTER} <= why and not against and not fees:
            confidence = Confidence.CERTAIN
        return Proposal(self.payment, shares, confidence, tuple(reasons), over, fees=fees)

    def _told_apart(self, found: list[Proposal]) -> list[Proposal]:
        """Where several fit as well as the best one, it is less likely, and says so."""
        if not found or found[0].is_certain:
            return found
        best = found[0].score
        rivals = [one for one in found if one.score == best]
        if len(rivals) < 2 or len({one.shares for one in rivals}) < 2:
            return found
        doubt = reason(Why.SEVERAL_FIT, count=len(rivals) - 1)
        return [
            self._proposal(one.shares, [*one.reasons, doubt], one.over, fees=one.fees)
            if one.score == best and one.on_account is None else one
            for one in found
        ]  # fmt: skip


def _alike(one: str, other: str) -> bool | None:
    """Whether two names are the same; None where they have too little in common."""
    left, right = name_words(one), name_words(other)
    if not left or not right:
        return None
    if left == right:
        return True
    return False if left <= right or right <= left or len(left & right) > 1 else None


def _by_due(item: Candidate) -> tuple[dt.date, int]:
    return item.due_date, item.id
