"""Values that masks send, all of them text: read one by one, with all that is wrong (Eingaben lesen)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.ledger.typed import NotADate
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import parse_amount
from erp.core.texts import LineTooLong, one_line
from erp.web.dates import read_day

Sent = dict[str, Any]
LARGEST: Final = Decimal(10**9)  # of a quantity, price or amount
LONGEST_DAYS: Final = 999
MOST_OF_A_TEXT: Final = 4000


class NotAChoice(DomainError):
    code = "masks.not_a_choice"
    message = _("“%(value)s” is not among what can be chosen here. Choose one of the list.")


class NotANumberOfDays(DomainError):
    code = "masks.not_a_number_of_days"
    message = _("“%(value)s” is no number of days. Enter a whole number from 0 to %(most)s.")


class NotARate(DomainError):
    code = "masks.not_a_rate"
    message = _("%(value)s is no exchange rate. Enter what one unit of the currency costs.")
    field = "exchange_rate"


class LineTooLarge(DomainError):
    code = "masks.line_too_large"
    message = _("%(value)s is too large for a line. Check quantity and price, or split the line.")


@dataclass
class Reader:
    """Reads values one by one, and keeps what is wrong with them."""

    faults: list[DomainError] = field(default_factory=list)

    def tried(self, read: Callable[..., Any], *values: Any, **more: Any) -> Any:
        try:
            return read(*values, **more)
        except DomainError as refusal:
            self.faults.append(refusal)
            return None


def number(sent: Sent, name: str) -> int | None:
    text = str(sent.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def choice(sent: Sent, name: str, choices: Any, place: str = "") -> str:
    text = str(sent.get(name) or "")
    if text and text not in choices:
        raise NotAChoice(field=place or name, value=text[:40])
    return text


def currency(sent: Sent) -> str:
    text = str(sent.get("currency") or "").strip().upper()
    if text and not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise NotAChoice(field="currency", value=text[:20])
    return text


def rate(sent: Sent) -> Decimal | None:
    found = figure(sent, "exchange_rate", "exchange_rate", 6)
    if found is not None and found <= 0:
        raise NotARate(value=found)
    return found


def day(sent: Sent, name: str, place: str) -> dt.date | None:
    text = str(sent.get(name) or "").strip()
    if not text:
        return None
    day = read_day(text)
    if day is None or day.year not in clock.YEARS:
        raise NotADate(field=place, value=text[:20])
    return day


def days(sent: Sent, name: str, place: str) -> int | None:
    text = str(sent.get(name) or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= LONGEST_DAYS):
        raise NotANumberOfDays(field=place, value=text[:20], most=LONGEST_DAYS)
    return int(text)


def figure(sent: Sent, name: str, place: str, decimals: int) -> Decimal | None:
    text = str(sent.get(name) or "").strip()
    return typed_figure(text, place, decimals=decimals) if text else None


def typed_figure(text: str, place: str, *, decimals: int) -> Decimal:
    """A figure as people type it: groups, a comma and the typographic minus are taken too.

    Raises ``NotAnAmount`` or ``LineTooLarge``.
    """
    for sign, plain in (("’", ""), ("'", ""), (" ", ""), ("\u2212", "-"), (",", ".")):
        text = text.replace(sign, plain)
    found = parse_amount(text, decimals=decimals, field=place)
    if abs(found) >= LARGEST:
        raise LineTooLarge(field=place, value=found)
    return found


def line_of_text(sent: Sent, name: str, place: str, most: int) -> str:
    return one_line(str(sent.get(name) or ""), field=place, most=most)


def text(sent: Sent, name: str, place: str) -> str | None:
    """A text of several lines; None where it is blank, so that the default takes its place."""
    text = str(sent.get(name) or "").replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if len(text) > MOST_OF_A_TEXT:
        raise LineTooLong(field=place, text=f"{text[:60]}…", most=MOST_OF_A_TEXT)
    return text if text.strip() else None


def own_text(sent: Sent, name: str) -> str | None:
    """A text that the mask leaves out as long as nobody touched it; blank is none."""
    return None if sent.get(name) is None else text(sent, name, name) or ""


def instalments(sent: Sent) -> tuple[tuple[Decimal, int], ...] | None:
    found = []
    for row in sent.get("instalments") or []:
        percent, after = figure(row, "percent", "instalments", 2), days(row, "days", "instalments")
        if percent is not None and after is not None:
            found.append((percent, after))
    return tuple(found) or None


def written(value: Any) -> str:
    """A value as text: nothing for None and zero, figures without needless zeros, days in ISO."""
    if value is None or (isinstance(value, Decimal) and not value):
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, dt.date) else str(value)
