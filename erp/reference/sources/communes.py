"""Communes of the Federal Statistical Office (BFS, Gemeindeverzeichnis): a snapshot of a day.

Source: agvchapp.bfs.admin.ch/api/communes/snapshot. Codes are unique only within a level (1 canton,
2 district, 3 commune), and ``Parent`` is the ``HistoricalCode`` of the level above.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    Given,
    NotPlausible,
    WrongHeader,
    iso_day,
    number,
    once,
    table_of,
    text_of,
)

TITLE: Final = "BFS communes"
REQUIRED: Final = ("HistoricalCode", "BfsCode", "ValidFrom", "ValidTo", "Level", "Parent", "Name")
_SUFFIX: Final = re.compile(r"\s+\([A-Z]{2}\)$")


def parse(content: bytes, given: Given) -> Edition:
    """Read a snapshot; its day is that of the newest commune.

    Raises ``WrongHeader``, ``NotPlausible``, ``TwiceInFile`` or ``WrongText``.
    """
    text = text_of(content, "utf-8-sig", "cp1252")
    levels: dict[str, dict[str, dict[str, str]]] = {"1": {}, "2": {}, "3": {}}
    lines: dict[str, int] = {}
    newest = dt.date.min
    ended = 0
    for line, row in table_of(text, delimiter=",", source=TITLE, required=REQUIRED):
        if row["Level"] not in levels:
            raise NotPlausible(line=line, column="Level", value=row["Level"])
        if row["ValidTo"]:
            ended += 1
            continue
        newest = max(newest, iso_day(row["ValidFrom"], line=line, column="ValidFrom"))
        levels[row["Level"]][row["HistoricalCode"]] = row
        if row["Level"] == "3":
            lines[row["HistoricalCode"]] = line
    rows: list[tuple[Any, ...]] = []
    for historical, row in levels["3"].items():
        line = lines[historical]
        district = levels["2"].get(row["Parent"], {})
        canton = levels["1"].get(district.get("Parent", ""), {}).get("ShortName", "")
        if len(canton) != 2:
            raise NotPlausible(line=line, column="Parent", value=row["Parent"])
        rows.append((
            number(row["BfsCode"], line=line, column="BfsCode", least=1, most=9999),
            _SUFFIX.sub("", row["Name"].strip()), canton,
            district.get("ShortName") or district.get("Name", ""),
        ))  # fmt: skip
    if not rows:
        raise WrongHeader(found=text[:80].strip(), source=TITLE, wanted=",".join(REQUIRED))
    return Edition(newest, newest, once(rows, 1), left_out={"ended": ended} if ended else {})
