"""Passwords made of what is in front of everybody: Rappen-Zürich-2026!

Whoever guesses tries the product, the company, the person, the canton, the season and the year
first, in every order. None of these is in a list of leaked passwords.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from erp.access.passwords.leet import readings

#: Letters besides the context words that make a password: about one word of one's own.
ENOUGH: Final = 6
#: From this length on a word counts wherever it stands; a shorter one only among its like.
LONG: Final = 4

WORDS: Final = Path(__file__).with_name("data") / "context_words.csv"

_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_YEARS: Final = re.compile(r"(?<!\d)(?:(?:19|20)\d\d)+(?!\d)")
_REPEATED: Final = re.compile(r"(.{1,4}?)\1\1+", re.DOTALL)


class Kind(models.TextChoices):
    """Where a word comes from, as a refusal names it: never the word, as it is in the password."""

    PRODUCT = "product", _("words of this program and of signing in")
    COMPANY = "company", _("the name of your company")
    PERSON = "person", _("your name or address")
    PLACE = "place", _("Swiss cantons")
    SEASON = "season", _("months and seasons")
    YEAR = "year", _("years")
    KEYBOARD = "keyboard", _("rows of the keyboard")
    REPEATED = "repeated", _("repeated characters")


@dataclass(frozen=True)
class Context:
    """What a password has of its context (``kinds``), and how many other letters (``left``)."""

    kinds: tuple[Kind, ...]
    left: int

    @property
    def is_all(self) -> bool:
        """Whether hardly anything is left. A password without any context is none of our business.

        Otherwise twenty random digits would be refused for what they do not hold.
        """
        return bool(self.kinds) and self.left < ENOUGH


def words_in(text: str) -> set[str]:
    """The words of a name or an address, as ``context_of`` compares them; ü also as ue."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    spelled = {_folded(plain), _folded(plain.translate(_UMLAUTS))}
    return {word for form in spelled for word in _LETTERS.findall(form) if len(word) > 1}


@sensitive_variables()
def context_of(
    password: str, *, company: Iterable[str] = (), person: Iterable[str] = ()
) -> Context:
    """Take context words away from a password and count the letters that are left.

    Case, accents and simple substitutions (``R4ppen``) make no difference, and digits and
    punctuation never count. A word of four letters and more is taken away wherever it stands.
    A shorter one (Uri, ZH, AG) would be found in half of all sentences, so it is taken only where
    a row of letters consists of nothing but such words; two letters alone are no finding.
    """
    folded = _folded(password)
    taken = bytearray(len(folded))
    found: set[Kind] = set()

    def take(start: int, end: int, kind: Kind) -> None:
        taken[start:end] = b"\1" * (end - start)
        found.add(kind)

    words = _known_words() | _of_kind(Kind.COMPANY, company) | _of_kind(Kind.PERSON, person)
    long = {word: kind for word, kind in words.items() if len(word) >= LONG}
    for text in {folded, *readings(folded)}:
        for word, kind in long.items():
            for start in _starts(word, text):
                take(start, start + len(word), kind)
    for letters in _LETTERS.finditer(folded):
        at = letters.start()
        for word in _composition(letters[0], words):
            if len(word) > 2:
                found.add(words[word])
            taken[at : at + len(word)] = b"\1" * len(word)
            at += len(word)
    for pattern, kind in ((_YEARS, Kind.YEAR), (_REPEATED, Kind.REPEATED)):
        for match in pattern.finditer(folded):
            take(*match.span(), kind)

    left = sum(not gone and _counts(sign) for gone, sign in zip(taken, folded, strict=True))
    return Context(tuple(kind for kind in Kind if kind in found), left)


def _folded(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
    return unicodedata.normalize("NFC", bare)


def _counts(sign: str) -> bool:
    """Letters of any script, and pictures; neither digits nor punctuation."""
    return unicodedata.category(sign)[0] == "L" or unicodedata.category(sign) == "So"


def _starts(word: str, text: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


def _composition(letters: str, words: Mapping[str, Kind]) -> list[str]:
    """The words whose row ``letters`` is, or nothing where something else is in it."""
    longest = max(map(len, words))
    last_word = {0: ""}  # by the place where it ends
    for end in range(2, len(letters) + 1):
        for start in range(max(0, end - longest), end - 1):
            if start in last_word and letters[start:end] in words:
                last_word[end] = letters[start:end]
                break
    row: list[str] = []
    end = len(letters)
    while word := last_word.get(end):
        row.append(word)
        end -= len(word)
    return row[::-1]


def _of_kind(kind: Kind, texts: Iterable[str]) -> dict[str, Kind]:
    return {word: kind for text in texts for word in words_in(text)}


@lru_cache(maxsize=1)
def _known_words() -> dict[str, Kind]:
    """The words of the table; of a keyboard row its first four keys, and any five in a row."""
    known: dict[str, Kind] = {}
    with WORDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            kind = Kind(row["kind"])
            for word in row["words"].split():
                if kind is Kind.KEYBOARD:
                    known |= dict.fromkeys(_runs(_folded(word)), kind)
                else:
                    known |= dict.fromkeys(words_in(word), kind)
    return known


def _runs(keys: str) -> set[str]:
    runs = {keys[:4], keys[::-1][:4]}
    for way in (keys, keys[::-1]):
        runs |= {way[start : start + 5] for start in range(len(way) - 4)}
    return runs
