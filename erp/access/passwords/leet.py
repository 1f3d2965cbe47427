"""Letters written as signs and digits (leet): ``P4$$w0rt``."""

from __future__ import annotations

from typing import Final

_SIGNS: Final = {
    "@": "a", "4": "a", "8": "b", "3": "e", "€": "e", "0": "o", "$": "s", "5": "s",
    "7": "t", "+": "t",
}  # fmt: skip
_READINGS: Final = tuple(
    str.maketrans(_SIGNS | dict.fromkeys("1!|", letter)) for letter in ("i", "l")
)


def readings(text: str) -> list[str]:
    """How a text in small letters may be meant; sign by sign, so all are as long as it is."""
    return [text.translate(signs) for signs in _READINGS]
