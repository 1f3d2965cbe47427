"""Withholding-tax tariffs of the ESTV (Quellensteuertarife): ``tarYYcc.txt``, a canton's year.

Fixed width, amounts in centimes, rates in hundredths of a per cent. The last record tells how many
there are. Public copies are at times called after another year than they hold, so a name of that
form must agree with the content.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import starmap
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotPlausible,
    WrongHeader,
    iso_day,
    once,
    text_of,
)

TITLE: Final = "ESTV withholding-tax tariffs"
_HEADER: Final = re.compile(r"00([A-Z]{2}).{15}(\d{8})", re.ASCII)
_TRAILER: Final = re.compile(r"99.{15}([A-Z]{2})(\d{8})", re.ASCII)
_NAME: Final = re.compile(r"tar(\d\d)([a-z]{2})(?![a-z])", re.IGNORECASE)
#: kind, transaction, canton, code, valid from, income from, step, sex, children, minimum tax, rate
_RECORD: Final = re.compile(
    r"(06|11|12|13)(0[1-3])([A-Z]{2})([A-Z0-9+]{1,10}) *((?:19|20)\d{6})(\d{7})(\d\d)(\d{7})(\d\d)"
    r"[ A-Z]([ \d]\d)(\d{7})(\d\d)(\d{3})(\d\d)(?:[ \d]{0,3})",
    re.ASCII,
)


def parse(content: bytes, given: Given) -> Edition:
    """Read a canton's tariffs of a year; the edition is of the day they were made.

    Raises ``WrongHeader``, ``NotPlausible`` or ``TwiceInFile``.
    """
    lines = text_of(content, "latin-1").splitlines()
    while lines and not lines[-1].strip("\x1a "):
        lines.pop()
    header = _HEADER.match(lines[0]) if lines else None
    if header is None:
        raise WrongHeader(found=(lines or [""])[0][:60], source=TITLE, wanted="00ZH … YYYYMMDD")
    canton, made = header[1], iso_day(header[2], line=1, column="creation date")
    trailer = _TRAILER.match(lines[-1])
    if trailer is None or trailer[1] != canton:
        raise NotPlausible(line=len(lines), column="last record", value=lines[-1][:40].strip())
    if int(trailer[2]) != len(lines):
        raise NotPlausible(line=len(lines), column="number of records",
                           value=f"{int(trailer[2])} ≠ {len(lines)}")  # fmt: skip
    rows = list(_rows(lines, canton))
    years = {row[3][:4] for row in rows}
    if len(years) != 1:
        raise NotPlausible(line=2, column="valid from", value=", ".join(sorted(years)) or "–")
    year = int(years.pop())
    _require_name(given, canton, year)
    return Edition(
        made, dt.date.min, once(rows, 5), scope=f"{canton} {year}",
        within={"canton": [canton], "valid_from": (dt.date(year, 1, 1), dt.date(year, 12, 31))},
    )  # fmt: skip


def _rows(lines: list[str], canton: str) -> Iterator[tuple[Any, ...]]:
    """Rows as PostgreSQL reads them, as files have up to 60,000 lines."""
    match = _RECORD.fullmatch
    for nth in range(1, len(lines) - 1):
        line = lines[nth]
        found = match(line.rstrip())
        if found is None:
            raise NotPlausible(line=nth + 1, column="record", value=line[:60].strip())
        (kind, act, where, code, day, low, low_c, step, step_c, children, least, least_c, rate,
         rate_c) = found.groups()  # fmt: skip
        if where != canton:
            raise NotPlausible(line=nth + 1, column="canton", value=where)
        if act != "01":
            raise NotPlausible(line=nth + 1, column="transaction (a file of changes)", value=act)
        yield (where, kind, code, day, f"{low}.{low_c}", f"{step}.{step_c}", children,
               f"{least}.{least_c}", f"{rate}.{rate_c}")  # fmt: skip


def _require_name(given: Given, canton: str, year: int) -> None:
    for short, where in starmap(lambda a, b: (a, b.upper()), _NAME.findall(given.name)):
        if (short, where) != (f"{year % 100:02}", canton):
            raise NotPlausible(line=1, column=given.name, value=f"{canton} {year}")
