"""Reference rates of the European Central Bank, for information alone.

Source: ecb.europa.eu/stats/eurofxref, free with the source named. They are mid rates against the
euro, about one per cent below the selling rates of the BAZG, and must never feed VAT. Francs per
unit are the cross EUR/CHF divided by EUR/XXX.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotPlausible,
    WrongHeader,
    iso_day,
    once,
    sound_lines,
    text_of,
)
from erp.reference.sources.xml import local, root_of

ECB: Final = "ecb"
_CODE: Final = re.compile(r"[A-Z]{3}")
_RATE: Final = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_TEN_PLACES: Final = Decimal("0.0000000001")
_EIGHT_PLACES: Final = Decimal("0.00000001")


def parse(content: bytes, given: Given) -> Edition:
    """Read the rates of a day, of 90 days, or all of them, as XML or CSV.

    Raises ``WrongHeader``, ``NotPlausible``, ``UnreadableXml`` or ``WrongText``.
    """
    rows: list[tuple[Any, ...]] = []
    days = _of_xml(content) if content.lstrip()[:1] == b"<" else _of_csv(content)
    for day, rates in days:
        rows += _in_francs(day, rates)
    if not rows:
        raise WrongHeader(
            found=content[:60].decode("utf-8", "replace"), source="ECB", wanted="Date,"
        )
    published = [row[2] for row in rows]
    newest = max(published)
    return Edition(newest, dt.date.min, once(rows, 3),
                   within={"source": [ECB], "published": (min(published), newest)})  # fmt: skip


def _in_francs(day: dt.date, rates: dict[str, Decimal]) -> list[tuple[Any, ...]]:
    franc = rates.get("CHF")
    if franc is None:
        return []
    rates = {**rates, "EUR": Decimal(1)}
    return [
        (ECB, currency, day, day, None, 1, (franc / rate).quantize(_EIGHT_PLACES),
         (franc / rate).quantize(_TEN_PLACES))
        for currency, rate in rates.items() if currency != "CHF"
    ]  # fmt: skip


def _of_csv(content: bytes) -> list[tuple[dt.date, dict[str, Decimal]]]:
    reader = csv.reader(io.StringIO(text_of(content, "utf-8-sig"), newline=""))
    lines = sound_lines(reader)
    header = [name.strip() for name in next(lines, [])]
    codes = [name for name in header[1:] if name]
    if header[:1] != ["Date"] or "CHF" not in codes or not all(map(_CODE.fullmatch, codes)):
        raise WrongHeader(found=",".join(header)[:80], source="ECB", wanted="Date,USD,…,CHF")
    days = []
    for line in lines:
        if not line:
            continue
        if len(line) < len(codes) + 1:
            raise NotPlausible(line=reader.line_num, column="columns", value=len(line))
        day = _day(line[0].strip(), reader.line_num)
        rates = {}
        for code, value in zip(codes, line[1:], strict=False):
            if (text := value.strip()) not in {"", "N/A"}:
                rates[code] = _rate(text, reader.line_num, code)
        days.append((day, rates))
    return days


def _of_xml(content: bytes) -> list[tuple[dt.date, dict[str, Decimal]]]:
    root = root_of(content, "Envelope", source="ECB")
    days = []
    for cube in root.iter():
        if local(cube) != "Cube" or cube.get("time") is None:
            continue
        rates = {}
        for one in cube:
            currency = one.get("currency", "")
            if not _CODE.fullmatch(currency):
                raise NotPlausible(line=one.sourceline, column="currency", value=currency[:20])
            rates[currency] = _rate(one.get("rate", ""), one.sourceline, currency)
        days.append((iso_day(cube.get("time"), line=cube.sourceline, column="time"), rates))
    return days


def _day(text: str, line: int) -> dt.date:
    """A day as 2026-10-30, or 30 October 2026 as in the file of a day."""
    with suppress(ValueError):
        text = f"{dt.datetime.strptime(text, '%d %B %Y'):%Y-%m-%d}"  # noqa: DTZ007 - no zone
    return iso_day(text, line=line, column="Date")


def _rate(text: str, line: int, currency: str) -> Decimal:
    if not _RATE.fullmatch(text) or not Decimal(text):
        raise NotPlausible(line=line, column=currency, value=text[:40])
    return Decimal(text)
