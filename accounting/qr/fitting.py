"""How many lines a text takes on the slip (Umbruch), reckoned from the widths of its letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

POINT: Final = 25.4 / 72  # in millimetres
FIELD_GAP: Final = 0.7  # millimetres above a field to fill in by hand

#: Widths in thousandths of the size. Liberation Sans has those of Arial and Helvetica.
_GROUPS: Final = {
    191: "'", 222: "ijl’", 260: "|", 278: " !,./:;[\\]ftIìíîïĩīĭ", 292: "ľ", 333: "()-`r", 334: "{}", 355: '"',
    375: "ť", 389: "*", 469: "^", 500: "ckJsvxyz", 556: "#$_?0123456789abdeghnopquL–", 584: "+<=>~−", 611: "FTZ",
    615: "ď", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1015: "@",
}  # fmt: skip
_WIDTHS: Final = {letter: width for width, letters in _GROUPS.items() for letter in letters}
_UNKNOWN: Final = 1000  # the widest that occurs, so that nothing is reckoned too short


def width(text: str, *, size: float) -> float:
    """The width of a text in millimetres, at a size in points, never less than it will be."""
    return sum(_letter(letter) for letter in text) / 1000 * size * POINT


def lines(text: str, *, size: float, room: float) -> int:
    """How many lines a text takes in ``room`` millimetres, broken between words where it can be."""
    count, used, blank = 1, 0.0, width(" ", size=size)
    for word in text.replace("/", "/ ").split(" "):  # a code may break behind a slash, too
        wide = width(word, size=size)
        if used and used + blank + wide > room:
            count, used = count + 1, 0.0
        elif used:
            used += blank
        while wide > room:  # longer than a line: broken within
            count, wide = count + 1, wide - room
        used += wide
    return count


def all_lines(texts: Iterable[str], *, size: float, room: float) -> int:
    return sum(lines(text, size=size, room=room) for text in texts)


def _letter(letter: str) -> int:
    if letter not in _WIDTHS:
        letter = unicodedata.normalize("NFD", letter)[0]
    return _WIDTHS.get(letter, _UNKNOWN)
