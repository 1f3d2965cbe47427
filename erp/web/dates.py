"""Dates in and out of pages: people write 31.12.2026, addresses say 2026-12-31."""

from __future__ import annotations

import datetime as dt
import re

from django import forms

from erp.core import clock

_SWISS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)


def read_day(text: str | None) -> dt.date | None:
    """A day written either way; None for anything else, and for years that no books are of."""
    written = (text or "").strip()
    swiss = _SWISS.fullmatch(written)
    try:
        if swiss:
            day, month, year = (int(part) for part in swiss.groups())
            found = dt.date(year, month, day)
        else:
            found = dt.date.fromisoformat(written)
    except ValueError:
        return None
    return found if found.year in clock.YEARS else None


class DayInput(forms.DateInput):
    """A date field that reads ``31.``, ``31.12`` and ``-1`` as the entry mask does."""

    def __init__(self, **attrs: str) -> None:
        super().__init__(
            attrs={"data-date": "", "inputmode": "decimal", "autocomplete": "off", **attrs},
            format="%d.%m.%Y",
        )
