"""Exchange rates of the customs office (BAZG), which the ESTV prescribes for VAT (MWSTV Art. 45).

They are selling rates. A daily rate is valid on the days in ``gueltigkeit``; files without it are
valid on the day after. The monthly mean is that of the 25th to the 24th, is published on the 25th,
and counts for the month it is called after. Namespaces and the form of dates changed over the
years, so elements are found by their local names. Rates must not be passed on with the program.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotOutYet,
    NotPlausible,
    WrongHeader,
    iso_day,
    once,
)
from erp.reference.sources.xml import child_text, local, root_of

DAILY, MONTHLY = "bazg-daily", "bazg-monthly"
_UNIT: Final = re.compile(r"(\d{1,6})\s+([A-Z]{3})", re.ASCII)
_RATE: Final = re.compile(r"\d{1,6}\.\d{1,8}", re.ASCII)
_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


def parse_daily(content: bytes, given: Given) -> Edition:
    """Read the rates of a day. Raises ``NotOutYet``, ``WrongHeader`` or ``NotPlausible``."""
    root = root_of(content, "wechselkurse", source="BAZG")
    told = child_text(root, "datum")
    if not len(root):
        raise NotOutYet
    if not told:
        raise WrongHeader(found="wechselkurse", source="BAZG", wanted="<datum>")
    day = iso_day(told, line=root.sourceline, column="datum")
    validity = [
        iso_day(one.strip(), line=root.sourceline, column="gueltigkeit")
        for one in child_text(root, "gueltigkeit").split(",") if one.strip()
    ] or [day + dt.timedelta(days=1)]  # fmt: skip
    rows = _rates(root, DAILY, day, min(validity), max(validity))
    return Edition(day, day, rows, scope=day.isoformat(),
                   within={"source": [DAILY], "published": [day]})  # fmt: skip


def parse_monthly(content: bytes, given: Given) -> Edition:
    """Read the means for a month. Raises ``NotOutYet``, ``WrongHeader`` or ``NotPlausible``."""
    root = root_of(content, "monatsmittelkurs", source="BAZG")
    if not len(root):
        raise NotOutYet
    told = child_text(root, "monat")
    match = _MONTH.fullmatch(told)
    if match is None:
        raise WrongHeader(found=told or "monatsmittelkurs", source="BAZG", wanted="<monat>")
    first = dt.date(int(match[1]), int(match[2]), 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    rows = _rates(root, MONTHLY, first, first, last)
    return Edition(first, dt.date.min, rows, scope=told,
                   within={"source": [MONTHLY], "published": [first]})  # fmt: skip


def _rates(
    root: Any, source: str, published: dt.date, first: dt.date, last: dt.date
) -> list[tuple[Any, ...]]:
    """All rates of a file; one that cannot be read refuses the whole file."""
    rows: list[tuple[Any, ...]] = []
    for element in root:
        if local(element) != "devise":
            continue
        line = element.sourceline
        unit = _UNIT.fullmatch(child_text(element, "waehrung"))
        if unit is None or not int(unit[1]):
            raise NotPlausible(line=line, column="waehrung", value=child_text(element, "waehrung"))
        if element.get("code", "").upper() != unit[2]:
            raise NotPlausible(line=line, column="code", value=element.get("code", ""))
        rate = child_text(element, "kurs")
        if not _RATE.fullmatch(rate) or not Decimal(rate):
            raise NotPlausible(line=line, column="kurs", value=rate)
        quoted, count = Decimal(rate), int(unit[1])
        rows.append((source, unit[2], published, first, last, count, quoted, quoted / count))
    return list(once(rows, 3))


def days_to_ask(on: dt.date, last: dt.date | None) -> list[str]:
    """The paths of working days without rates, the newest 31 at most; the first time, of today."""
    since = max(last + dt.timedelta(days=1), on - dt.timedelta(days=45)) if last else on
    days = [since + dt.timedelta(days=n) for n in range((on - since).days + 1)]
    working = [day for day in days if day.weekday() < 5] or ([on] if last is None else [])
    return [f"/api/xmldaily?d={day:%Y%m%d}&locale=de" for day in working[-31:]]


def months_to_ask(on: dt.date, last: dt.date | None) -> list[str]:
    """The paths of months without means. From the 25th on the next month's may be out."""
    newest = _after(on.replace(day=1)) if on.day >= 25 else on.replace(day=1)
    month = max(_after(last), on.replace(year=on.year - 1, day=1)) if last else on.replace(day=1)
    paths = []
    while month <= newest:
        paths.append(f"/api/xmlavgmonth?j={month:%Y}&m={month:%m}&locale=de")
        month = _after(month)
    return paths


def mean_is_old(known: dt.date, on: dt.date) -> bool:
    """Old is a mean when that of the next month should be out: on the 25th, or after a weekend."""
    wanted = on.replace(day=1) if on.day < 29 else _after(on)
    return known < wanted


def _after(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
