"""Times of a day as they are typed and shown (Stunden und Minuten): 2:30, 2.5 or 2,5 hours."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from accounting.hours.errors import BadMinutes
from accounting.hours.models import DAY_MINUTES

_CLOCK: Final = re.compile(r"(\d{1,4}):([0-5]\d)", re.ASCII)
_DECIMAL: Final = re.compile(r"(\d{0,4})(?:[.,](\d{1,4}))?", re.ASCII)
SIXTY: Final = Decimal(60)


def typed_minutes(text: str, *, most: int = DAY_MINUTES, field: str = "minutes") -> int:
    """Minutes of hours as typed; nothing is 0. Parts of a minute are rounded half up.

    Raises ``BadMinutes`` of ``field`` for what is no time, or more than ``most`` minutes.
    """
    text = text.strip()
    if not text:
        return 0
    if clock := _CLOCK.fullmatch(text):
        minutes = int(clock[1]) * 60 + int(clock[2])
    elif (told := _DECIMAL.fullmatch(text)) and (told[1] or told[2]):
        hours = Decimal(f"{told[1] or 0}.{told[2] or 0}")
        minutes = int((hours * 60).quantize(Decimal(1), ROUND_HALF_UP))
    else:
        raise BadMinutes(field=field, value=text[:20])
    if minutes > most:
        raise BadMinutes(field=field, value=text[:20])
    return minutes


def hours(minutes: int, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Minutes as hours for an invoice, rounded to four decimals: 20 are 0.3333."""
    return (Decimal(minutes) / SIXTY).quantize(Decimal("0.0001"), rounding)
