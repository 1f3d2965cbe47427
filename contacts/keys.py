"""What a contact is recognised by (Suchschlüssel): pure text, for lists and for duplicates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from erp.core.spelling import WORD, folded

#: Words of a name that say nothing about who it is: legal forms in the languages of the country.
LEGAL_FORMS: Final = frozenset({
    "ag", "sa", "sagl", "sarl", "gmbh", "llc", "ltd", "inc", "kg", "klg", "snc", "cie", "co",
    "kommanditgesellschaft", "genossenschaft", "cooperative", "cooperativa", "verein",
    "association", "associazione", "stiftung", "fondation", "fondazione", "und", "et", "e", "and",
    "in", "liq", "liquidation", "schweiz", "suisse", "svizzera",
})  # fmt: skip
#: Digits of the Cologne phonetics (Postel 1969), which fits German names better than Soundex.
_SOUNDS: Final = {
    **dict.fromkeys("aeijouy", "0"), "b": "1", "p": "1", **dict.fromkeys("dt", "2"),
    **dict.fromkeys("fvw", "3"), **dict.fromkeys("gkq", "4"), "l": "5", **dict.fromkeys("mn", "6"),
    "r": "7", **dict.fromkeys("sz", "8"),
}  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a name that tell who it is, in one order: titles and legal forms left out."""
    found = WORD.findall(folded(text.replace("'", "").replace("’", "").replace(".", "")))
    telling = [word for word in found if word not in LEGAL_FORMS]
    return sorted(telling or found)


def sound_of(word: str) -> str:
    """The Cologne phonetics of a word: ``mueller``, ``muller`` and ``moeller`` are all ``657``."""
    digits: list[str] = []
    for nth, letter in enumerate(word):
        before, after = word[nth - 1 : nth] if nth else "", word[nth + 1 : nth + 2]
        if letter == "h":
            continue
        if letter == "p" and after == "h":
            digit = "3"
        elif letter in "dt" and after and after in "csz":
            digit = "8"
        elif letter == "c":
            first = "ahkloqrux" if not nth else "ahkoqux"
            digit = "4" if after and after in first and not (before and before in "sz") else "8"
        elif letter == "x":
            digit = "8" if before and before in "ckq" else "48"
        else:
            digit = _SOUNDS.get(letter, letter)
        digits.append(digit)
    joined = re.sub(r"(.)\1+", r"\1", "".join(digits))
    return joined[:1] + joined[1:].replace("0", "")


def name_key(name: str) -> str:
    return " ".join(words(name))[:140]


def sound_key(name: str) -> str:
    return " ".join(sorted(sound_of(word) for word in words(name)))[:140]


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of a contact, stored or being typed."""

    name: str = ""
    uid: str = ""
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    ibans: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()  # postcode, and street with number


def keys_of(traits: Traits) -> set[tuple[str, str]]:
    """The keys (kind, key) of what is known; the same things have the same keys."""
    found = {("phone", phone) for phone in traits.phones}
    found |= {("mail", mail.lower()) for mail in traits.mails}
    found |= {("iban", iban) for iban in traits.ibans}
    if traits.uid:
        found.add(("uid", traits.uid))
    if name := name_key(traits.name):
        found.add(("name", name))
    if sound := sound_key(traits.name):
        found.add(("sound", sound))
    for postcode, street in traits.places:
        place = folded(postcode).strip()
        if place:
            found.add(("place", place[:140]))
        road = "".join(WORD.findall(folded(street).replace("strasse", "str")))
        if place and road:
            found.add(("street", f"{place} {road}"[:140]))
    return found
