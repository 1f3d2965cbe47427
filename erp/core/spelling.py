"""How words are spelt and looked up (Schreibweisen): pure text, for lists, lookups and search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

LAST: Final = "\U0010ffff"  # after every word that begins alike
LONGEST: Final = 40  # letters of a word that are kept for search
_FOLDED: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe",
                                "ø": "o", "ł": "l"})  # fmt: skip
WORD: Final = re.compile(r"[a-z0-9]+")
_EDGES: Final = ",;:.()'’“”«»\""


def plain(text: str) -> str:
    """Small letters without accents: ``Müller`` as ``muller``."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in split if not unicodedata.combining(c))


def folded(text: str) -> str:
    """As ``plain``, with umlauts as people write them out: ``Müller`` as ``mueller``."""
    if text.isascii():
        return text.lower()
    small = unicodedata.normalize("NFKC", text).casefold()
    return plain(unicodedata.normalize("NFC", small).translate(_FOLDED))


def kept_words(search: str) -> set[str]:
    """The words of a search text that a contact is looked up by; of ``meier-huber`` both halves."""
    found = set()
    for word in search.split():
        found.add(word[:140])
        if "@" not in word and "/" not in word:
            found.update(part for part in WORD.findall(word) if len(part) > 1)
    return found


def typed_words(text: str) -> list[str]:
    """The words of what was typed, as ``kept_words`` begin; blanks of phone numbers do not count."""
    digits = text.replace(" ", "").replace("/", "")
    if (
        len(digits) > 5
        and digits.removeprefix("+").isascii()
        and digits.removeprefix("+").isdigit()
    ):
        return [digits[:40]]
    cut = (word.strip(_EDGES) for word in plain(text[:80]).split())
    return list(dict.fromkeys(word for word in cut if word))


def search_text(parts: Iterable[str]) -> str:
    """What a list is searched in: both spellings of every word, and digits of phones together."""
    found: dict[str, None] = {}
    for part in parts:
        for written in (plain(part), folded(part)):
            found.update(dict.fromkeys(written.split()))
    return " ".join(found)


def looked_up_by(parts: Iterable[str]) -> set[str]:
    """The words that a record is looked up by: each in both spellings, whole and in its halves."""
    found = set()
    for word in search_text(parts).split():
        if any(sign.isalnum() for sign in word):
            found.add(word.strip(_EDGES)[:LONGEST])
            found.update(half[:LONGEST] for half in WORD.findall(word) if len(half) > 1)
    return found
