"""What each waiting line of the bank may be (Vorschläge): open items, rules, and what was learnt.

One order for all of them: certain items, likely items, rules, past bookings. Page, endpoint and act
read the same suggestions, and name them by their key: what was shown is what is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accounting.banking.contra import Contra
from accounting.banking.matching import accepting
from accounting.banking.matching.orders import may_match
from accounting.banking.matching.proposal import Proposal
from accounting.banking.matching.proposing import Matched, proposals_for, waiting
from accounting.banking.matching.reasons import Reason, Why, reason
from accounting.banking.models import BankTransaction
from accounting.banking.reconciling.learning import Learnt, learnt
from accounting.banking.rules.applying import active, hindrances
from accounting.banking.rules.fitting import Fit, ahead_of, fits
from erp.companies.models import Company

MOST_RULES: Final = 3  # of a line


class Source(StrEnum):
    """Where a suggestion comes from."""

    ITEMS = "items"
    RULE = "rule"
    LEARNT = "learnt"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may become of a line: a proposal for each of its payments, or accounts; and why, and why not.

    ``contra`` is what a rule, or the past, books against. What is not likely is no more than a hint.
    """

    source: Source
    key: str
    reasons: tuple[Reason, ...]
    is_certain: bool = False
    is_likely: bool = True
    proposals: tuple[Proposal, ...] = ()
    contra: Contra | None = None
    fit: Fit | None = None

    @property
    def speaks_for(self) -> list[Reason]:
        return [one for one in self.reasons if one.speaks_for]

    @property
    def speaks_against(self) -> list[Reason]:
        return [one for one in self.reasons if not one.speaks_for]


@dataclass(frozen=True, slots=True)
class BankLine:
    """A waiting line of the bank with all that is suggested for it, the best first."""

    movement: BankTransaction
    suggestions: tuple[Suggestion, ...]
    matched: tuple[Matched, ...]

    @property
    def best(self) -> Suggestion | None:
        """What Enter takes; nothing where it would be a guess."""
        first = self.suggestions[0] if self.suggestions else None
        return first if first is not None and first.is_likely else None

    @property
    def others(self) -> tuple[Suggestion, ...]:
        return self.suggestions[1:] if self.best else self.suggestions


def lines_of(
    company: Company, movements: Iterable[BankTransaction], *, with_items: bool = True
) -> list[BankLine]:
    """What is suggested for transactions; a fixed number of queries for any number of them.

    They bring their bank account along. ``with_items`` says whether the asker may see open items.
    """
    rows = list(movements)
    matched: Mapping[int, list[Matched]] = {}
    if with_items and may_match(company):
        matched = proposals_for(company, rows)
    rules, past = active(company), learnt(company, rows)
    return [
        BankLine(row, tuple(_suggestions(row, matched.get(row.pk, []), fits(rules, row),
                                         past.get(row.pk))), tuple(matched.get(row.pk, ())))
        for row in rows
    ]  # fmt: skip


def line_of(movement: BankTransaction, *, with_items: bool = True) -> BankLine | None:
    """What is suggested for one transaction; nothing where it is booked."""
    rows = waiting(movement.company).filter(pk=movement.pk)
    return next(iter(lines_of(movement.company, rows, with_items=with_items)), None)


def _suggestions(
    row: BankTransaction, matched: Sequence[Matched], found: Sequence[Fit], past: Learnt | None
) -> list[Suggestion]:
    items = _of_items(row, matched)
    told = [one for one in items if one.is_likely]
    told += [_of_rule(row, one, found, matched) for one in found[:MOST_RULES]]
    if past is not None and all(
        one.contra is None or one.contra.books != past.contra.books for one in told
    ):
        told.append(Suggestion(Source.LEARNT, f"learnt:{past.contra.key}", past.reasons,
                               contra=past.contra))  # fmt: skip
    return told + [one for one in items if not one.is_likely]


def _of_items(row: BankTransaction, matched: Sequence[Matched]) -> list[Suggestion]:
    """Each proposal for a payment; of several payments the best of each together, if all have one."""
    off = not row.bank_account.books_certain
    if len(matched) == 1:
        return [_settling([one], certain=accepting.may_book(row, [one]), off=off)
                for one in matched[0].proposals]  # fmt: skip
    best = [one.best for one in matched if one.best is not None]
    if not best or len(best) < len(matched):
        return []
    return [_settling(best, certain=accepting.may_book(row, best), off=off)]


def _settling(found: Sequence[Proposal], *, certain: bool, off: bool) -> Suggestion:
    told = {(one.why, *one.values.items()): one for each in found for one in each.reasons}
    reasons = [*told.values(), *([reason(Why.SWITCHED_OFF)] if certain and off else [])]
    key = "|".join(f"{one.payment.nth}:{one.key}" for one in found)
    return Suggestion(Source.ITEMS, f"items:{key}", tuple(reasons), is_certain=certain,
                      is_likely=all(one.is_likely for one in found), proposals=tuple(found))  # fmt: skip


def _of_rule(
    row: BankTransaction, one: Fit, found: Sequence[Fit], matched: Sequence[Matched]
) -> Suggestion:
    told = [reason(Why.RULE, name=one.rule.name), *one.reasons]
    told += [reason(Why.RULE_RIVAL, name=other.rule.name) for other in ahead_of(one, found)]
    told += hindrances(row, matched)
    if not one.rule.books:
        told.append(reason(Why.RULE_ASKS))
    return Suggestion(Source.RULE, f"rule:{one.rule.pk}:{one.contra.key}", tuple(told),
                      contra=one.contra, fit=one)  # fmt: skip
