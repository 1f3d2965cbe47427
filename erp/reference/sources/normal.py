"""Our own form of an edition, in which data are bundled: a first line, a header, rows.

``rappen-reference-1;banks;2026-10-12;where the facts come from`` and then CSV with commas, packed or
not. A column that may be empty is empty; all values stand as PostgreSQL writes them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from erp.reference.editions import (
    Edition,
    NotPlausible,
    WrongHeader,
    iso_day,
    once,
    sound_lines,
    text_of,
)
from erp.reference.tables import Table

MARK: Final = b"rappen-reference-1;"


def is_normal(content: bytes) -> bool:
    return content.startswith(MARK)


def parse_normal(content: bytes, *, source: str, table: Table, within: dict[str, Any]) -> Edition:
    """Read an edition of ``source``. Raises ``WrongHeader``, ``NotPlausible`` or ``TwiceInFile``."""
    first, _newline, rest = text_of(content, "utf-8").partition("\n")
    _mark, name, day, *_facts = [*first.split(";"), "", ""]
    if name != source:
        raise WrongHeader(found=first[:80], source=source, wanted=f"{MARK.decode()}{source};")
    reader = csv.reader(io.StringIO(rest, newline=""))
    lines = sound_lines(reader)
    header = next(lines, [])
    if tuple(header) != table.columns:
        raise WrongHeader(
            found=",".join(header)[:80], source=source, wanted=",".join(table.columns)
        )
    empty = [column in table.nullable for column in table.columns]
    rows: list[tuple[Any, ...]] = []
    for row in lines:
        if len(row) != len(header):
            raise NotPlausible(line=reader.line_num + 1, column="columns", value=len(row))
        rows.append(tuple(
            None if blank and value == "" else value
            for blank, value in zip(empty, row, strict=True)
        ))  # fmt: skip
    date = iso_day(day, line=1, column="edition")
    return Edition(date, date, once(rows, len(table.key)), within=within)


def written(
    rows: Iterable[Sequence[Any]], *, source: str, table: Table, day: dt.date, facts: str
) -> str:
    """An edition in our own form, its rows in order."""
    out = io.StringIO()
    out.write(f"{MARK.decode()}{source};{day};{facts}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(sorted(["" if value is None else str(value) for value in row] for row in rows))
    return out.getvalue()
