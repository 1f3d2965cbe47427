"""Booking by itself (Buchen von selbst): certain matches of open items first, then what rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from accounting.banking import booking
from accounting.banking.matching import accepting
from accounting.banking.matching.choosing import best_of
from accounting.banking.matching.proposing import Matched, proposals_for, waiting
from accounting.banking.matching.reasons import Reason, Why, reason
from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.rules.fitting import Fit, ahead_of, decided, fit, fits
from accounting.banking.rules.keeping import rules_of
from accounting.ledger.models import JournalEntry
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError

MOST_TRIED: Final = 200  # transactions that a dry run shows


@dataclass
class Outcome:
    """What booked itself, and why others were refused."""

    certain: int = 0
    by_rule: int = 0
    refusals: list[DomainError] = field(default_factory=list)

    @property
    def booked(self) -> int:
        return self.certain + self.by_rule


@dataclass(frozen=True, slots=True)
class Tried:
    """A waiting transaction that a rule fits, and why the rule would not book it by itself."""

    movement: BankTransaction
    fit: Fit
    but: tuple[Reason, ...]


def book_rule(
    movement: BankTransaction, found: Fit, *, by: User, certain: bool = False
) -> JournalEntry:
    """Book a transaction as a rule says, at the day's official rate where one is needed.

    Raises what ``booking.book`` raises.
    """
    reasons = [reason(Why.RULE, name=found.rule.name), *found.reasons]
    told = {"rule": found.rule.pk, "certain": certain, "reasons": [one.stored() for one in reasons]}
    rate = booking.rate_of(movement.company, movement.bank_account, movement.booking_date)
    return booking.book(movement, contra=[found.contra.typed()], by=by, text=found.rule.text,
                        rate=rate, told=told)  # fmt: skip


def book_by_itself(
    company: Company, movements: Sequence[BankTransaction], *, by: User, asked: bool = False
) -> Outcome:
    """Book what is certain, where the bank account does so, and what a rule decides.

    With ``asked`` somebody said so just now, and the bank accounts' switch does not count. What is
    certain is never left to a rule; nor is what open items may be, or what goes back. Each stands
    for itself: what is refused, as in a locked period, waits and stops nothing.
    """
    found, rules, outcome = proposals_for(company, movements), active(company), Outcome()
    for movement in movements:
        matched = found[movement.pk]
        certain = accepting.is_certain(movement, matched)
        rule = None if certain else decided(fits(rules, movement))
        if certain and not (asked or movement.bank_account.books_certain):
            continue
        if not certain and (rule is None or hindrances(movement, matched)):
            continue
        try:
            with transaction.atomic():
                if rule is not None:
                    book_rule(movement, rule, by=by, certain=True)
                else:
                    accepting.accept(movement, choices=best_of(matched), by=by)
        except booking.AlreadyBooked:
            continue  # somebody else was quicker
        except DomainError as refusal:
            outcome.refusals.append(refusal)
        else:
            outcome.certain += certain
            outcome.by_rule += not certain
    return outcome


def hindrances(movement: BankTransaction, matched: Sequence[Matched]) -> list[Reason]:
    """Why no rule books a transaction by itself, however well it fits."""
    found = []
    if movement.by_hand:
        found.append(reason(Why.UNDONE_BEFORE))
    if any(one.payment.is_return for one in matched):
        found.append(reason(Why.GOES_BACK))
    elif any(one.best is not None for one in matched):
        found.append(reason(Why.ITEMS_FIRST))
    return found


def active(company: Company) -> list[BankRule]:
    """The rules that count, in their order."""
    return list(rules_of(company).filter(is_active=True))


def dry_run(company: Company, rule: BankRule) -> tuple[list[Tried], int]:
    """Which waiting transactions a rule fits, and why it would not book some (Probelauf).

    The rule may be one that is not saved yet, and counts as active. Returns the oldest ones, up to
    ``MOST_TRIED``, and how many there are in all. Nothing is written.
    """
    rows = [row for row in waiting(company) if fit(rule, row) is not None]
    shown = rows[:MOST_TRIED]
    others = [one for one in active(company) if one.pk != rule.pk]
    matched = proposals_for(company, shown)
    tried = []
    for row in shown:
        found = fits([rule, *others], row)
        mine = next(one for one in found if one.rule is rule)
        tried.append(Tried(row, mine, tuple(_against(mine, found, row, matched[row.pk]))))
    return tried, len(rows)


def _against(
    mine: Fit, found: Sequence[Fit], movement: BankTransaction, matched: Sequence[Matched]
) -> list[Reason]:
    told = hindrances(movement, matched)
    told += [reason(Why.RULE_RIVAL, name=one.rule.name) for one in ahead_of(mine, found)]
    if not mine.rule.books:
        told.append(reason(Why.RULE_ASKS))
    return told
