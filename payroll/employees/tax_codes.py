"""Codes of withholding tax (Tarifcodes der Quellensteuer): what they say, and where they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: Tariffs of the law (QStV Art. 1); F was abolished on 1 January 2024.
LETTERS: Final = frozenset("ABCDEGHLMNPQRSTUV")
#: Tariffs for somebody without a spouse, with one, and where both earn.
SINGLE, MARRIED, BOTH_EARN = frozenset("AHLPRU"), frozenset("BMS"), frozenset("CNT")
#: Tariffs for who is alone with children in the same household; U is H of the agreement with Italy.
WITH_CHILDREN: Final = frozenset("HPU")
#: Without a letter: board fees and participations abroad, not liable, the agreement with France.
PREDEFINED: Final = frozenset({"HEN", "HEY", "MEN", "MEY", "NON", "NOY", "SFN"})
#: Fees of a board, of who lives abroad (DBG Art. 93).
BOARD: Final = frozenset({"HEN", "HEY"})
#: Where the agreement with France on cross-border workers holds; not in Geneva.
FRANCE: Final = frozenset({"BE", "BL", "BS", "JU", "NE", "SO", "VD", "VS"})
_CODE: Final = re.compile(r"([A-Z])([0-9])([YN])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Code:
    """A code taken apart; a predefined one has no ``letter``."""

    text: str
    letter: str = ""
    children: int = 0
    church: bool = False


def parse_code(text: str) -> Code | None:
    """A code such as ``B2N`` or ``SFN``; None where it is none."""
    text = text.strip().upper()
    if text in PREDEFINED:
        return Code(text, church=text.endswith("Y"))
    found = _CODE.fullmatch(text)
    if found is None or found[1] not in LETTERS:
        return None
    return Code(text, found[1], int(found[2]), found[3] == "Y")
