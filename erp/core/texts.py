"""Names and other texts of one line (einzeilige Texte), as they are kept."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

#: What nobody sees, or what breaks a line: control and format characters, line and paragraph ends.
UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})


class NotOneLine(DomainError):
    code = "core.not_one_line"
    message = _("“%(text)s” holds a line break or a character that nobody sees (%(character)s). Type "
                "it again, in one line.")  # fmt: skip


class LineTooLong(DomainError):
    code = "core.line_too_long"
    message = _("“%(text)s” is too long: %(most)s characters are the most. Shorten it.")


def one_line(text: str, *, field: str, most: int | None = None, plain: bool = False) -> str:
    """A text as it is kept: without blanks at its ends, and one blank between words.

    ``plain`` writes look-alikes as the letters they look like (Unicode NFKC: wide letters,
    ligatures), for names that people tell apart by their looks; otherwise letters are only put
    together (NFC). Raises ``NotOneLine``, or ``LineTooLong`` beyond ``most`` characters, both of
    ``field``.
    """
    text = unicodedata.normalize("NFKC" if plain else "NFC", text.strip())
    for character in text:
        if unicodedata.category(character) in UNSEEN:
            shown = "".join(c if unicodedata.category(c) not in UNSEEN else "·" for c in text)
            raise NotOneLine(field=field, text=shown[:60], character=f"U+{ord(character):04X}")
    text = " ".join(text.split())
    if most is not None and len(text) > most:
        raise LineTooLong(field=field, text=f"{text[:60]}…", most=most)
    return text
