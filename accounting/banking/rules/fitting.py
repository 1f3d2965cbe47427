"""Which rules fit a bank transaction (Regel trifft zu): a pure function of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from accounting.banking.contra import Contra
from accounting.banking.matching.reasons import Reason, Why, reason
from accounting.banking.models import BankRule, BankTransaction, Direction
from erp.core.identifiers import format_iban

MOST_AMOUNT: Final = Decimal("9999999999999.99")
MOST_RULES: Final = 500  # of a company


@dataclass(frozen=True, slots=True)
class Fit:
    """A rule whose conditions all hold, and what each of them says."""

    rule: BankRule
    reasons: tuple[Reason, ...]

    @property
    def closeness(self) -> int:
        """How much the rule looked at: what asks for more fits closer."""
        return len(self.reasons)

    @property
    def contra(self) -> Contra:
        rule = self.rule
        return Contra(
            rule.account.number, rule.vat_code.code if rule.vat_code else "",
            rule.cost_centre.number if rule.cost_centre else "",
            rule.cost_object.number if rule.cost_object else "", rule.text,
            account_name=rule.account.name,
        )  # fmt: skip


def fit(rule: BankRule, movement: BankTransaction) -> Fit | None:
    """How a rule fits a transaction; None where one of its conditions does not hold."""
    told = []
    for asked, holds, why in (
        (rule.bank_account_id, rule.bank_account_id == movement.bank_account_id,
         reason(Why.RULE_ACCOUNT)),
        (rule.direction, (rule.direction == Direction.IN) is (movement.amount > 0),
         reason(Why.RULE_DIRECTION)),
        (rule.party_contains, _within(rule.party_contains, movement.party),
         reason(Why.RULE_PARTY, text=rule.party_contains)),
        (rule.text_contains, _within(rule.text_contains, _text_of(movement)),
         reason(Why.RULE_TEXT, text=rule.text_contains)),
        (rule.iban, rule.iban == movement.party_iban,
         reason(Why.RULE_IBAN, iban=format_iban(rule.iban))),
        (rule.amount_from is not None or rule.amount_to is not None,
         _least(rule) <= abs(movement.amount) <= _most(rule),
         reason(Why.RULE_AMOUNT, least=_least(rule), most=_most(rule))),
    ):  # fmt: skip
        if asked and not holds:
            return None
        if asked:
            told.append(why)
    return Fit(rule, tuple(told)) if told else None


def fits(rules: Iterable[BankRule], movement: BankTransaction) -> list[Fit]:
    """The rules that fit a transaction, the closest first, then in their order, new ones last."""
    found = [one for rule in rules if (one := fit(rule, movement)) is not None]
    return sorted(found, key=lambda one: (-one.closeness, one.rule.position or MOST_RULES + 1))


def ahead_of(one: Fit, found: Sequence[Fit]) -> list[Fit]:
    """Those that fit at least as closely, and would book something else (gleich gut)."""
    return [
        other
        for other in found
        if other.closeness >= one.closeness and other.contra.books != one.contra.books
    ]


def decided(found: Sequence[Fit]) -> Fit | None:
    """The rule that may book by itself: the closest, unless another fits equally."""
    if not found or not found[0].rule.books or ahead_of(found[0], found):
        return None
    return found[0]


def _within(wanted: str, text: str) -> bool:
    return _plain(wanted) in _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _text_of(movement: BankTransaction) -> str:
    """All that was told beside the party: of a collective entry what its payments say, too."""
    return " ".join(
        [movement.text, movement.reference, *(d.get("text", "") for d in movement.details)]
    )


def _least(rule: BankRule) -> Decimal:
    return rule.amount_from if rule.amount_from is not None else Decimal("0.00")


def _most(rule: BankRule) -> Decimal:
    return rule.amount_to if rule.amount_to is not None else MOST_AMOUNT
