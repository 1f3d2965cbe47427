"""Billing information for the payer's program (Rechnungsinformationen), by Swico's syntax S1.

``//S1/10/10201409/11/190512/30/106017086/32/8.1/40/2:10;0:30``: tags in ascending order, each once;
``/`` and ``\\`` in texts are escaped by ``\\``. Source: Swico, syntax definition S1, November 2018.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

PREFIX: Final = "//S1"

#: What goes first where there is no room: what the payer's program can do without longest. The
#: invoice number (10) stays, or there is no billing information at all.
DROPPED_FIRST: Final = ("20", "31", "40", "33", "32", "11", "30")


@dataclass(frozen=True, slots=True)
class RateAmount:
    """A VAT rate in percent with its net amount, or on import the tax itself."""

    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Condition:
    """``discount`` percent if paid within ``days``; 0 percent is the time for payment itself."""

    discount: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Information:
    """What S1 can say of an invoice; all is optional.

    ``uid`` is canonical (``CHE123456788``). The supply is a day, or a period when
    ``supply_until`` is given. ``vat_rate`` holds for the whole invoice, otherwise ``vat`` has
    the net amount per rate; both together are not written, ``vat`` wins.
    """

    invoice_number: str = ""
    invoice_date: dt.date | None = None
    customer_reference: str = ""
    uid: str = ""
    supply_from: dt.date | None = None
    supply_until: dt.date | None = None
    vat_rate: Decimal | None = None
    vat: tuple[RateAmount, ...] = ()
    import_vat: tuple[RateAmount, ...] = ()
    conditions: tuple[Condition, ...] = ()


class DateOutOfReach(DomainError):
    code = "qr.date_out_of_reach"
    message = _("%(value)s cannot stand on a QR-bill, whose years have two digits (2000 to 2099). "
                "Correct the date.")  # fmt: skip
    field = "date"


def write(information: Information) -> str:
    """The text of billing information; empty where there is nothing to say.

    Raises ``DateOutOfReach``.
    """
    tags = _tags(information)
    return PREFIX + "".join(f"/{tag}/{value}" for tag, value in tags) if tags else ""


def fitted(information: Information, *, room: int) -> tuple[str, tuple[str, ...]]:
    """The text in at most ``room`` characters, and the tags that had to go.

    They go in the order of ``DROPPED_FIRST``, and only as many as it takes; where even the invoice
    number has no room, nothing is left. ``room`` is 140 less the length of the message.
    """
    tags = dict(_tags(information))
    dropped: list[str] = []
    for tag in (*DROPPED_FIRST, "10"):
        text = PREFIX + "".join(f"/{name}/{value}" for name, value in tags.items())
        if tags and len(text) <= room:
            return text, tuple(sorted(dropped))
        if tags.pop(tag, None) is not None:
            dropped.append(tag)
    return "", tuple(sorted(dropped))


def _tags(information: Information) -> list[tuple[str, str]]:
    it = information
    supply = _written_date(it.supply_from) + (
        _written_date(it.supply_until) if it.supply_from and it.supply_until else ""
    )
    vat = _pairs(it.vat) or ("" if it.vat_rate is None else _number(it.vat_rate))
    tags = [
        ("10", _escaped(it.invoice_number)),
        ("11", _written_date(it.invoice_date)),
        ("20", _escaped(it.customer_reference)),
        ("30", it.uid.removeprefix("CHE")),
        ("31", supply),
        ("32", vat),
        ("33", _pairs(it.import_vat)),
        ("40", ";".join(f"{_number(one.discount)}:{one.days}" for one in it.conditions)),
    ]
    return [(tag, value) for tag, value in tags if value]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("/", "\\/")


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _pairs(amounts: tuple[RateAmount, ...]) -> str:
    return ";".join(f"{_number(one.rate)}:{_number(one.amount)}" for one in amounts)


def _written_date(day: dt.date | None) -> str:
    if day is None:
        return ""
    if not 2000 <= day.year <= 2099:
        raise DateOutOfReach(value=day)
    return f"{day:%y%m%d}"


# --- reading ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Found:
    """What was understood, and the tags that were not: they are skipped, never fatal."""

    information: Information
    skipped: tuple[str, ...]


def read(text: str) -> Found | None:
    """Billing information of a bill of others; None where it is not S1.

    Unknown, repeated and broken tags are skipped and named. Numbers with a comma, and a UID with its
    ``CHE``, are understood.
    """
    if text != PREFIX and not text.startswith(PREFIX + "/"):
        return None
    parts = _split(text[len(PREFIX) + 1 :])
    information, seen, skipped = Information(), set[str](), list[str]()
    for tag, value in zip(parts[::2], parts[1::2], strict=False):
        reader = _READERS.get(tag)
        if reader is None or tag in seen or not value:
            skipped.append(tag)
            continue
        try:
            information = replace(information, **reader(value))
        except (ValueError, ArithmeticError):
            skipped.append(tag)
        else:
            seen.add(tag)
    if len(parts) % 2 and parts[-1]:
        skipped.append(parts[-1])
    return Found(information, tuple(one[:20] for one in skipped))


def _split(text: str) -> list[str]:
    parts, escaped = [""], False
    for character in text:
        if not escaped and character == "\\":
            escaped = True
            continue
        if not escaped and character == "/":
            parts.append("")
        else:
            parts[-1] += character
        escaped = False
    return parts


def _decimal(text: str) -> Decimal:
    bare = text.strip().replace(",", ".")
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", bare, re.ASCII):
        raise ValueError(text)
    return Decimal(bare)


def _date(text: str) -> dt.date:
    if not re.fullmatch(r"[0-9]{6}", text, re.ASCII):
        raise ValueError(text)
    return dt.date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))


def _read_supply(text: str) -> dict[str, Any]:
    if len(text) == 6:
        return {"supply_from": _date(text)}
    start, end = _date(text[:6]), _date(text[6:])
    if end < start:
        raise ValueError(text)
    return {"supply_from": start, "supply_until": end}


def _read_uid(text: str) -> dict[str, Any]:
    digits = re.sub(r"[.\s-]", "", text).removeprefix("CHE").removeprefix("CH")
    if not re.fullmatch(r"[0-9]{9}", digits, re.ASCII):
        raise ValueError(text)
    return {"uid": f"CHE{digits}"}


def _read_pairs(text: str) -> tuple[RateAmount, ...]:
    pairs = [one.split(":") for one in text.split(";")]
    return tuple(RateAmount(_decimal(rate), _decimal(amount)) for rate, amount in pairs)


def _read_vat(text: str) -> dict[str, Any]:
    return {"vat": _read_pairs(text)} if ":" in text else {"vat_rate": _decimal(text)}


def _read_conditions(text: str) -> dict[str, Any]:
    pairs = [one.split(":") for one in text.split(";")]
    if not all(re.fullmatch(r"[0-9]{1,4}", days, re.ASCII) for _discount, days in pairs):
        raise ValueError(text)
    return {"conditions": tuple(Condition(_decimal(one), int(days)) for one, days in pairs)}


_READERS: Final[dict[str, Callable[[str], dict[str, Any]]]] = {
    "10": lambda text: {"invoice_number": text},
    "11": lambda text: {"invoice_date": _date(text)},
    "20": lambda text: {"customer_reference": text},
    "30": _read_uid,
    "31": _read_supply,
    "32": _read_vat,
    "33": lambda text: {"import_vat": _read_pairs(text)},
    "40": _read_conditions,
}
