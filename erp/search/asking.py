"""What was typed to find something (Suchanfrage): ranges of words; pure, asks no database."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from erp.core import spelling

MOST_LETTERS: Final = 80
MOST_WORDS: Final = 6
LEAST_LETTERS: Final = 2
_AMOUNT: Final = re.compile(r"[+-]?(\d{1,3}(?:'\d{3})+|\d{1,13})(?:[.,](\d{0,2}|-+))?")
_CURRENCIES: Final = frozenset({"chf", "fr", "sfr", "eur", "usd", "gbp"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: ``plain`` as texts have it, ``amount`` as a word of amounts, if it may be one.

    ``1234`` may be a number, or the beginning of 1234.50.
    """

    plain: str
    amount: str = ""

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How words begin that are meant."""
        return (self.plain, self.amount) if self.amount else (self.plain,)

    @property
    def exact(self) -> tuple[str, ...]:
        """The very words that are meant; centimes that were left out are none."""
        francs, _, centimes = self.amount.partition(".")
        return (self.plain, f"{francs}.{centimes:0<2}") if self.amount else (self.plain,)


@dataclass(frozen=True, slots=True)
class Question:
    """All words must be found; ``text`` is what was typed."""

    text: str
    words: tuple[Word, ...]

    def fits(self, words: Collection[str]) -> bool:
        """Whether a record with these words is meant."""
        for asked in self.words:
            begins = asked.beginnings
            if not any(word.startswith(begins) for word in words):
                return False
        return True


def read(text: str) -> Question:
    """The words of what was typed; none where it is less than ``LEAST_LETTERS`` letters.

    A currency beside an amount says nothing: ``CHF 1'234.50`` asks for the amount.
    """
    text = text.replace("\x00", "").replace("’", "'").strip()[:MOST_LETTERS]
    words = [
        Word(word[: spelling.LONGEST], _amount_begins(word)) for word in spelling.typed_words(text)
    ]
    if any(word.amount for word in words):
        words = [word for word in words if word.plain not in _CURRENCIES]
    if len(text) < LEAST_LETTERS:
        words = []
    return Question(text, tuple(words[:MOST_WORDS]))


def amount_word(amount: Decimal) -> str:
    """An amount as records are found by it: without sign, with centimes."""
    return f"={abs(amount):.2f}"


def _amount_begins(word: str) -> str:
    """How the word of an amount begins that this may be, or nothing: ``1'234.5`` gives ``=1234.5``."""
    found = _AMOUNT.fullmatch(word)
    if found is None:
        return ""
    francs, centimes = found[1].replace("'", ""), (found[2] or "").strip("-")
    return f"={francs.lstrip('0') or '0'}.{centimes}"
