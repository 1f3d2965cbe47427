"""References, document numbers and names as they are compared: written alike, found in texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from stdnum import iso11649
from stdnum.ch import esr

QRR_DIGITS: Final = 27
SHORTEST_NUMBER: Final = 4  # digits of a document number without letters; less is anything
SHORTEST_TAIL: Final = 6  # digits of a number whose letters were left out
LONGEST_CODE: Final = 4  # letters before a number, such as RE or INV
MOST_PIECES: Final = 5  # of a document number in a text, such as RE-2026-03-00012

#: What a name may have or not: forms of companies, titles, small words.
_EMPTY_WORDS: Final = frozenset({
    "ag", "sa", "gmbh", "sarl", "sagl", "kg", "ltd", "inc", "llc", "plc", "spa", "srl", "bv", "se",
    "cie", "co", "et", "und", "and", "ed", "de", "la", "le", "les", "du", "von", "der", "die",
    "das", "the", "herr", "frau", "mr", "mrs", "mme", "dr", "prof",
})  # fmt: skip
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NOT_WRITTEN = re.compile(r"[^0-9A-Z]")
_DATES = re.compile(r"\b(?:\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![\w-])")
_PIECE = re.compile(r"[^\W_]+")
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ ]?\d){26}(?!\d)", re.ASCII)
_SCOR = re.compile(r"\bRF\d{2}(?:[ ]?[0-9A-Z]){1,21}\b", re.ASCII)
_WORD = re.compile(r"[^\W_]+")


def reference_key(text: str) -> str:
    """A reference without blanks and leading zeros, in capitals."""
    return _NOT_WRITTEN.sub("", text.upper()).lstrip("0")


@lru_cache(maxsize=50_000)
def is_valid_reference(text: str) -> bool:
    """Whether the check digits of a QR reference or creditor reference (ISO 11649) are right."""
    bare = _NOT_WRITTEN.sub("", text.upper())
    if bare.isdigit():
        bare = bare.zfill(QRR_DIGITS)
        return len(bare) == QRR_DIGITS and bool(bare.strip("0")) and (
            esr.calc_check_digit(bare[:-1]) == bare[-1]
        )  # fmt: skip
    return bare.startswith("RF") and bool(iso11649.is_valid(bare))


def references_in(text: str) -> list[str]:
    """Valid references that somebody wrote into a text, with or without blanks."""
    upper = text.upper()
    found = [re.sub(" ", "", hit) for hit in _LONG_NUMBER.findall(upper)]
    for hit in _SCOR.finditer(upper):
        words = hit.group().split(" ")
        found += ["".join(words[:last]) for last in range(len(words), 0, -1)]
    return [one for one in found if is_valid_reference(one)]


def document_keys(document: str) -> list[str]:
    """What a document number is found by: letters and digits, and the digits alone if many."""
    whole = _NOT_WRITTEN.sub("", document.upper())
    digits = whole.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if not any(c.isdigit() for c in whole) or (
        whole.isdigit() and len(whole) < SHORTEST_NUMBER
    ):  # fmt: skip
        return []
    if digits != whole and digits.isdigit() and len(digits) >= SHORTEST_TAIL:
        return [whole, digits]
    return [whole]


def numbers_in(text: str) -> Iterator[str]:
    """All that may be a document number in a text, as ``document_keys`` writes them.

    A number ends where its digits do: RE-2026-00012 is not found in RE-2026-000123. Its pieces may
    be joined by dashes, dots and slashes, after letters by a blank, too. Days are no numbers.
    """
    upper = _DATES.sub(" ", text).upper()
    pieces = [(hit.start(), hit.end(), hit.group()) for hit in _PIECE.finditer(upper)]
    for first in range(len(pieces)):
        start, end, joined = pieces[first]
        if first and _goes_on(pieces[first - 1], upper[pieces[first - 1][1] : start]):
            continue
        if any(c.isdigit() for c in joined):
            yield joined
        for begin, until, piece in pieces[first + 1 : first + MOST_PIECES]:
            between = upper[end:begin]
            if between not in {"-", ".", "/", "–"} and not (
                between == " " and joined[0].isalpha() and piece.isdigit()
            ):
                break
            joined, end = joined + piece, until
            if any(c.isdigit() for c in joined):
                yield joined


def _goes_on(before: tuple[int, int, str], between: str) -> bool:
    """Whether a number began with the piece before: a short code or digits, and a dash or slash."""
    piece = before[2]
    return between in {"-", "/", "–"} and (
        len(piece) <= LONGEST_CODE or any(c.isdigit() for c in piece)
    )


@lru_cache(maxsize=50_000)
def name_words(name: str) -> frozenset[str]:
    """The words that tell a name from others, without accents and forms of companies."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_UMLAUTS)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    found = frozenset(_WORD.findall(plain))
    return frozenset(word for word in found if len(word) > 1) - _EMPTY_WORDS
