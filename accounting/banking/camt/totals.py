"""Control figures (Kontrollsummen): what the bank counted itself, beside what was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.banking.camt.contents import Detail, Entry
from accounting.banking.camt.elements import (
    Reading,
    UnreadableValue,
    amount_of,
    child_of,
    paid_in,
    text_of,
)
from erp.core.errors import DomainError
from erp.core.money import CENTIME, ZERO

#: Figures of a statement, and whether they are about credits.
SUMMARIES: Final = {"TtlNtries": None, "TtlCdtNtries": True, "TtlDbtNtries": False}

_COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)
_SUM = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,17})?", re.ASCII)


class FalseTotal(DomainError):
    code = "banking.false_total"
    message = _("Statement %(statement)s: by its %(element)s there should be %(told)s, but the file "
                "has %(found)s. Download it again, complete.")  # fmt: skip
    field = "file"


class FalseBatch(DomainError):
    code = "banking.false_batch"
    message = _("Statement %(statement)s, entry %(entry)s: by its %(element)s there should be "
                "%(told)s, but the payments come to %(found)s. Download it again, complete.")  # fmt: skip
    field = "file"


def is_one_of_several(element: Any, reading: Reading) -> bool:
    """Whether a message or statement says that it goes on elsewhere: its figures do so, too."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.endswith("Pgntn"):
            number = text_of(child, reading, "PgNb").lstrip("0")
            last = text_of(child, reading, "LastPgInd")
            return number not in {"", "1"} or last not in {"", "true", "1"}
    return False


def require_totals(element: Any, entries: Sequence[Entry], reading: Reading) -> None:
    """Refuse a statement that has not the entries its summary counts. Raises ``FalseTotal``.

    Banks count booked entries, or pending ones as well, and sum up amounts or what they come to.
    An entry of nothing may be counted on either side.
    """
    summary = child_of(element, reading, "TxsSummry")
    if summary is None or reading.paged or is_one_of_several(element, reading):
        return
    one_currency = len({entry.currency for entry in entries}) < 2
    for name, credits in SUMMARIES.items():
        place = child_of(summary, reading, name)
        if place is None:
            continue
        side = [e for e in entries if credits is None or not e.amount or (e.amount > 0) is credits]
        ways = [side, [e for e in side if e.is_booked]]
        told = {
            "NbOfNtries": _count(place, reading, "NbOfNtries"),
            "Sum": _sum(place, reading) if one_currency else None,
        }
        found: dict[str, list[Any]] = {
            "NbOfNtries": [n for way in ways for n in _counts(way, credits)],
            "Sum": [n for way in ways for n in (_gross(way), abs(_net(way)))],
        }
        for figure, value in told.items():
            if value is not None and value not in found[figure]:
                raise FalseTotal(statement=text_of(element, reading, "Id"), told=value,
                                 element=f"{name}/{figure}", found=found[figure][0])  # fmt: skip


def require_batch(
    group: Any, details: Sequence[Detail], amount: Decimal, currency: str, reading: Reading
) -> None:
    """Refuse a collective entry that has not the payments it counts. Raises ``FalseBatch``.

    ``amount`` and ``currency`` are those of the entry, which is the next of its statement. Banks
    may leave the payments out, or tell one for all of them; after charges or without amounts they
    come to something else. In another currency nothing can be told.
    """
    batch = child_of(group, reading, "Btch")
    if batch is None or not details:
        return
    told = child_of(batch, reading, "TtlAmt")
    currencies = {detail.currency for detail in details}
    if currencies | {currency if told is None else told.get("Ccy", currency)} != {currency}:
        return
    entry, found = group.getparent(), abs(sum((d.amount for d in details), ZERO))
    faults: list[tuple[str, Any, Any]] = []
    count = _count(batch, reading, "NbOfTxs")
    total = None if told is None else amount_of(told, reading)
    stands_for_all = len(details) == 1 and found in {abs(amount), total}
    if count is not None and count != len(details) and not stands_for_all:
        faults.append(("Btch/NbOfTxs", count, len(details)))
    whole = next(entry.iter(f"{reading.ns}Chrgs"), None) is None and all(
        paid_in(payment, reading) is not None
        for payment in group.iterchildren(f"{reading.ns}TxDtls")
    )
    if total is not None and whole and total != found:
        faults.append(("Btch/TtlAmt", total, found))
    for element, value, counted in faults:
        raise FalseBatch(
            statement=text_of(entry.getparent(), reading, "Id"),
            entry=len(reading.entries) + 1, element=element, told=value, found=counted,
        )  # fmt: skip


def _counts(entries: Sequence[Entry], credits: bool | None) -> Iterable[int]:
    nothing = 0 if credits is None else sum(not entry.amount for entry in entries)
    return range(len(entries), len(entries) - nothing - 1, -1)


def _gross(entries: Sequence[Entry]) -> Decimal:
    return sum((abs(entry.amount) for entry in entries), ZERO)


def _net(entries: Sequence[Entry]) -> Decimal:
    return sum((entry.amount for entry in entries), ZERO)


def _count(place: Any, reading: Reading, name: str) -> int | None:
    text = text_of(place, reading, name)
    if text and not _COUNT.fullmatch(text):
        raise UnreadableValue(entry=reading.count, element=name, value=text[:40])
    return int(text) if text else None


def _sum(place: Any, reading: Reading) -> Decimal | None:
    text = text_of(place, reading, "Sum")
    if text and not _SUM.fullmatch(text):
        raise UnreadableValue(entry=reading.count, element="Sum", value=text[:40])
    if not text:
        return None
    total = abs(Decimal(text))
    centimes = total.quantize(CENTIME)
    return centimes if centimes == total else total
