"""The QR symbol (Swiss QR Code) as an SVG path; the cross in its middle is drawn by the slip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno

from accounting.qr.rules import MOST_BYTES, TooMuchData

MASK: Final = 4  # a fixed mask: trying all eight takes four times as long, and readers need none
MOST_MODULES: Final = 117  # version 25, the largest that SIX allows
WIDTH: Final = 46  # millimetres, whatever the version


@dataclass(frozen=True, slots=True)
class Symbol:
    """``path`` runs through the dark modules of each row of a square of ``modules`` by ``modules``.

    It is stroked, a module wide or a trifle more, so that no viewer shows hairlines between rows;
    filled squares would need twice as many commands.
    """

    modules: int
    path: str

    @property
    def scale(self) -> str:
        """Millimetres per module, as SVG writes it: the symbol is always 46 mm wide."""
        return f"{WIDTH / self.modules:.6f}"


def symbol(text: str) -> Symbol:
    """The symbol of a payload: error correction M, bytes in UTF-8, at most version 25.

    Raises ``TooMuchData``. Source: SIX, guidelines for the QR-bill, chapter 5.
    """
    content = text.encode()
    if len(content) > MOST_BYTES:
        raise TooMuchData(length=len(content), most=MOST_BYTES)
    code = segno.make_qr(content, error="m", mode="byte", mask=MASK, boost_error=False)
    rows = code.matrix
    parts = []
    for y, row in enumerate(rows):
        bits, x = bytes(row), 0
        while (x := bits.find(1, x)) >= 0:
            end = bits.find(0, x)
            end = len(bits) if end < 0 else end
            parts.append(f"M{x} {y}.5h{end - x}")
            x = end
    return Symbol(len(rows), "".join(parts))
