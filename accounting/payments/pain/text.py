"""Texts of payments (Zeichensatz der SPS): what a bank accepts, and how the rest is written with it.

Swiss Payment Standards, implementation guidelines for credit transfers, chapter 2.4.1: Basic Latin,
Latin-1, Latin Extended-A, and Ș ș Ț ț €. References have a smaller set.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

ALLOWED: Final = re.compile("[\u0020-\u007e\u00a0-\u00ac\u00ae-\u017f\u0218-\u021b\u20ac]*")
#: What MsgId, PmtInfId, InstrId and EndToEndId are written with (SPS, chapter 2.4.1).
REFERENCE: Final = re.compile(r"[A-Za-z0-9 '()+,\-./:?]*", re.ASCII)
LONGEST_REFERENCE: Final = 35
UNKNOWN: Final = "?"  # stands for what cannot be written; it is always told

_WRITTEN: Final = {
    "\u2018": "'", "\u2019": "'", "\u201a": ",", "\u201b": "'", "\u2039": "'", "\u203a": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2032": "'", "\u2033": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-",
    "\u2212": "-", "\u2026": "...", "\u2022": "-", "\u20a3": "Fr.", "\u2116": "Nr.", "\u1e9e": "SS",
    "\u018f": "E", "\u0259": "e", "\u0192": "f",
}  # fmt: skip
# Cyrillic by ISO/R 9 in plain letters, Greek by ELOT 743: as passports and banks write them.
_CYRILLIC: Final = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=j к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts"
    " ч=ch ш=sh щ=shch ъ=- ы=y ь=- э=e ю=yu я=ya і=i ї=yi є=ye ґ=g ў=u ђ=d ј=j љ=lj њ=nj ћ=c џ=dz"
)
_GREEK: Final = (
    "α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch"
    " ψ=ps ω=o"
)
_LETTERS: Final = dict(pair.split("=") for pair in f"{_CYRILLIC} {_GREEK}".split())


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as a bank accepts it, and what had to be written otherwise: ``(was, is)``, each once."""

    text: str
    changed: tuple[tuple[str, str], ...] = ()

    @property
    def lost(self) -> tuple[str, ...]:
        """Characters for which there are no letters; ``?`` stands for them."""
        return tuple(was for was, now in self.changed if now == UNKNOWN)


def is_allowed(text: str) -> bool:
    """Whether a bank accepts each character; see the module for the source."""
    return ALLOWED.fullmatch(text) is not None


def fitted(text: str) -> Fitted:
    """A text in one line, written with the characters that banks accept.

    Other scripts are transliterated, accents outside the set are left off, and what cannot be
    written becomes ``?``: nothing is lost without being told in ``changed``. Length is the caller's.
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if is_allowed(plain) and "\u00a0" not in plain:
        return Fitted(plain)
    changed: dict[str, str] = {}
    written = []
    for character in plain:
        if is_allowed(character):
            written.append(character)
        else:
            changed[character] = _letters_for(character)
            written.append(changed[character])
    return Fitted(" ".join("".join(written).split()), tuple(changed.items()))


def _letters_for(character: str) -> str:
    if unicodedata.category(character) in {"Cf", "Mn"}:
        return ""  # joins letters, or hides: nobody sees it
    if character in _WRITTEN:
        return _WRITTEN[character]
    base = "".join(
        c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)
    )
    if base and base != character and is_allowed(base):
        return base
    lower = base.lower() if len(base) == 1 else character.lower()
    found = _LETTERS.get(lower)
    if found is None:
        return UNKNOWN
    if found == "-":
        return ""  # hard and soft signs have no sound
    return found if lower == (base or character) else found.capitalize()


def is_reference(text: str) -> bool:
    """Whether a text may stand in MsgId, PmtInfId, InstrId or EndToEndId."""
    return (
        0 < len(text) <= LONGEST_REFERENCE
        and REFERENCE.fullmatch(text) is not None
        and text[0] not in "/ "
        and text[-1] != "/"
        and "//" not in text
    )


def as_reference(text: str) -> str:
    """A text as a reference: other characters become ``-``, what is too long is cut at its end."""
    plain = unicodedata.normalize("NFKD", fitted(text).text)
    kept = "".join(
        c if REFERENCE.fullmatch(c) else "-" for c in plain if not unicodedata.combining(c)
    )
    kept = re.sub("/{2,}", "/", kept).lstrip("/ ")[:LONGEST_REFERENCE].rstrip("/ ")
    return kept or "NOTPROVIDED"
