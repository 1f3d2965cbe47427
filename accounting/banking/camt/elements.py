"""Values out of the elements of a file: texts, amounts and days, or a refusal."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.banking.camt.contents import Entry
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.money import CENTIME

YEARS: Final = range(1900, 2100)  # what lies outside is no day a bank books on

_AMOUNT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,5})?", re.ASCII)


class UnreadableValue(DomainError):
    code = "banking.unreadable_value"
    message = _("Entry %(entry)s: %(element)s is “%(value)s”, which cannot be read. The file is "
                "refused as a whole; ask the bank.")  # fmt: skip
    field = "file"


@dataclass
class Reading:
    """How far a file is read: its namespace, and the entries of the statement under way.

    ``count`` goes on over all statements. ``paged`` is a message that is one of several.
    """

    ns: str
    entries: list[Entry] = field(default_factory=list)
    count: int = 0
    paged: bool = False


def signed_of(element: Any, reading: Reading) -> Decimal:
    place = child_of(element, reading, "Amt")
    if place is None:
        raise UnreadableValue(entry=reading.count, element="Amt", value="")
    amount = amount_of(place, reading)
    if amount != amount.quantize(CENTIME):  # the books could not keep it
        raise UnreadableValue(entry=reading.count, element="Amt", value=str(amount))
    direction = text_of(element, reading, "CdtDbtInd")
    if direction not in {"CRDT", "DBIT"}:
        raise UnreadableValue(entry=reading.count, element="CdtDbtInd", value=direction[:40])
    return amount if direction == "CRDT" else -amount


def paid_in(payment: Any, reading: Reading) -> Any:
    """Where a payment (TxDtls) tells its amount, in the account's currency where it can."""
    place = child_of(payment, reading, "Amt")
    return child_of(payment, reading, "AmtDtls", "TxAmt", "Amt") if place is None else place


def amount_of(element: Any, reading: Reading) -> Decimal:
    text = value_of(element, reading)
    if not _AMOUNT.fullmatch(text):
        name = element.tag.rpartition("}")[2]
        raise UnreadableValue(entry=reading.count, element=name, value=text[:40])
    amount = Decimal(text)
    centimes = amount.quantize(CENTIME)
    return centimes if centimes == amount else amount


def text_of(element: Any, reading: Reading, *path: str) -> str:
    found = child_of(element, reading, *path)
    return "" if found is None else value_of(found, reading)


def child_of(element: Any, reading: Reading, *path: str) -> Any:
    """The first child of that name, and its first child … ``find`` takes five times as long.

    ``element`` may be the children of one, by name, where many are asked for.
    """
    ns, found = reading.ns, element
    if type(element) is dict:
        found, path = element.get(ns + path[0]), path[1:]
        if found is None:
            return None
    for name in path:
        found = next(found.iterchildren(ns + name), None)
        if found is None:
            return None
    return found


def children_of(element: Any) -> dict[str, Any]:
    """The first child of each name."""
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(child.tag, child)
    return found


def value_of(element: Any, reading: Reading) -> str:
    """What stands in an element; a comment or instruction hidden in it refuses the file."""
    if len(element):
        shown = "".join(element.itertext())[:40]
        name = element.tag.rpartition("}")[2]
        raise UnreadableValue(entry=reading.count, element=name, value=shown)
    return (element.text or "").strip()


def day_of(element: Any, reading: Reading) -> dt.date | None:
    if element is None:
        return None
    day = text_of(element, reading, "Dt")
    if not day:
        return moment_of(element, reading, "DtTm")
    try:
        return _sensible(dt.date.fromisoformat(day[:10]))
    except ValueError:
        raise UnreadableValue(entry=reading.count, element="Dt", value=day[:40]) from None


def moment_of(element: Any, reading: Reading, name: str) -> dt.date | None:
    """The business day in Zurich of a moment; without a time zone it is local time."""
    text = "" if element is None else text_of(element, reading, name)
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
        return _sensible(moment.astimezone(clock.ZURICH).date() if moment.tzinfo else moment.date())
    except (ValueError, OverflowError):
        raise UnreadableValue(entry=reading.count, element=name, value=text[:40]) from None


def _sensible(day: dt.date) -> dt.date:
    if day.year not in YEARS:
        raise ValueError(day)
    return day
