"""One form for what is typed in many: the same password from every keyboard and device."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Code points of a normalised password.
MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
#: Composition makes one code point of at most four, so what is longer stays too long.
MOST_TYPED: Final = 4 * MAX_LENGTH
_LONE_SURROGATES: Final = re.compile("[\ud800-\udfff]")


def normalised(password: str) -> str:
    """The form in which a password is judged, stored and compared: NFKC (RFC 8265).

    What is longer than ``MOST_TYPED`` code points stays as it is: it can never be a password, and
    ordering a long row of combining marks takes time that grows with its square. Half characters
    (lone surrogates, which JSON can hold and UTF-8 cannot) become U+FFFD. Blanks at the ends, which
    come along when a password is pasted, are no part of it.
    """
    whole = _LONE_SURROGATES.sub("\ufffd", password)
    if len(whole) > MOST_TYPED:
        return whole
    return unicodedata.normalize("NFKC", whole).strip()
