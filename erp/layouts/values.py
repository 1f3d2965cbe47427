"""What a layout says (Gestaltung): values without a database, kept with each paper that goes out.

A paper keeps the layout it was made with, so that it stays as it was, whatever is chosen later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

INK: Final = "#111111"  # the colour of the text
LEAST_WIDTH, MOST_WIDTH = 15, 80  # millimetres of a logo beside the sender


class Kind(models.TextChoices):
    """The papers that may look otherwise than all others; those of debtors have the names they have there."""

    DEFAULT = "default", _("All papers")
    OFFER = "offer", _("Offer")
    ORDER = "order", _("Order confirmation")
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    LETTER = "letter", _("Dunning letters and account statements")
    ANNUAL = "annual", _("Annual accounts")


class Font(models.TextChoices):
    """The fonts that the set-up installs (fonts-liberation)."""

    SANS = "sans", "Liberation Sans"
    SERIF = "serif", "Liberation Serif"


class Size(models.TextChoices):
    """How large the letters are."""

    SMALL = "small", pgettext_lazy("letters", "small")
    NORMAL = "normal", pgettext_lazy("letters", "normal")
    LARGE = "large", pgettext_lazy("letters", "large")


class Place(models.TextChoices):
    """Where the logo stands."""

    LEFT = "left", pgettext_lazy("logo", "left")
    RIGHT = "right", pgettext_lazy("logo", "right")


class Lines(models.TextChoices):
    """How the rows of a table are told apart."""

    RULED = "ruled", pgettext_lazy("rows", "lines")
    ZEBRA = "zebra", _("shaded rows")
    PLAIN = "plain", pgettext_lazy("rows", "nothing")


class Shown(models.TextChoices):
    """Columns of a document's lines that may be left out; text and amount always stand there."""

    POSITION = "position", _("Position")
    QUANTITY = "quantity", _("Quantity")
    UNIT = "unit", _("Unit")
    PRICE = "price", _("Price")
    DISCOUNT = "discount", pgettext_lazy("line", "Discount")
    VAT_RATE = "vat_rate", _("VAT rate on every line")


USUAL: Final = (
    Shown.QUANTITY.value, Shown.UNIT.value, Shown.PRICE.value, Shown.DISCOUNT.value,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """The layout of a paper; without any choice it is black on white, without serifs.

    ``accent`` is ``#rrggbb``, of headings and rules; ``logo_width`` at most that many millimetres.
    ``columns`` are of ``Shown``: where lines have several VAT rates, the rate stands there even
    without ``vat_rate``, and a discount that has no column stands below its text (MWSTG Art. 26).
    ``sender_line`` is the small line over the address. On ``letterhead`` neither logo nor sender
    nor foot is printed: the paper has them.
    """

    accent: str = INK
    font: str = Font.SANS.value
    size: str = Size.NORMAL.value
    logo_place: str = Place.LEFT.value
    logo_width: int = MOST_WIDTH
    columns: tuple[str, ...] = USUAL
    sender_line: bool = True
    letterhead: bool = False
    lines: str = Lines.RULED.value

    @property
    def classes(self) -> str:
        """What a page's body is marked with, for the style sheets."""
        return f"{self.font} {self.size} logo-{self.logo_place} {self.lines}"

    def shows(self, column: Shown) -> bool:
        return column.value in self.columns

    def told(self) -> dict[str, Any]:
        """As it is kept in JSON."""
        return asdict(self) | {"columns": list(self.columns)}


PLAIN: Final = Look()  # where nothing was chosen
FIELDS: Final = tuple(Look.__dataclass_fields__)


def look_from(told: Mapping[str, Any]) -> Look:
    """The layout that ``Look.told`` gave."""
    return Look(**{**told, "columns": tuple(told["columns"])})


def contrast(accent: str) -> Decimal:
    """How far ``#rrggbb`` stands out from white paper: 1 to 21.

    Source: WCAG 2.2, contrast ratio and relative luminance.
    """
    parts = [_linear(Decimal(int(accent[at : at + 2], 16)) / 255) for at in (1, 3, 5)]
    weights = (Decimal("0.2126"), Decimal("0.7152"), Decimal("0.0722"))
    luminance = sum(
        (part * weight for part, weight in zip(parts, weights, strict=True)), Decimal(0)
    )
    return Decimal("1.05") / (luminance + Decimal("0.05"))


def _linear(share: Decimal) -> Decimal:
    if share <= Decimal("0.04045"):
        return share / Decimal("12.92")
    power: Decimal = ((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
    return power
