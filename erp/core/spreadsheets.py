"""Rows out of CSV and XLSX files, with the place of each cell."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core import sandbox
from erp.core.errors import DomainError
from erp.core.filetypes import CSV, XLSX
from erp.core.money import CENTIME, to_centimes

LARGEST: Final = 30 * 1024 * 1024
LARGEST_UNPACKED: Final = 150 * 1024 * 1024


class UnreadableFile(DomainError):
    code = "import.unreadable_file"
    message = _("The file is no readable CSV (UTF-8 or Windows-1252) or XLSX: %(reason)s")
    field = "file"


class FileTooLarge(DomainError):
    code = "import.file_too_large"
    message = _("The file has more than %(limit)s MB. Split it.")
    field = "file"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as text: ``cells`` by column title, ``number`` as the spreadsheet counts."""

    number: int
    cells: dict[str, str]


#: Of a file beyond this size a page shows the start alone: about 5,000 rows.
LARGE_CSV, LARGE_XLSX = 300_000, 150_000
PRICE: Final = Decimal("0.0001")
FIRST_ROWS: Final = 250  # that are read of a large workbook
_WORKBOOK: Final = b"PK\x03\x04"
#: What makes spreadsheets read a text as a formula; also as wide as Chinese characters.
FORMULA_BEGINS: Final = frozenset({"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"})  # noqa: RUF001


def harmless(text: Any) -> str:
    """A text cell that no spreadsheet reads as a formula (OUT-1): such a one gets an apostrophe in front.

    One that has apostrophes there already gets one more, so that ``as_meant`` gives back what it was.
    """
    cell = str(text)
    return "'" + cell if cell.lstrip("'")[:1] in FORMULA_BEGINS else cell


def as_meant(cell: str) -> str:
    """The text that ``harmless`` made this cell of; another cell is as it is."""
    told = cell.lstrip(" ")
    return told[1:] if told[:1] == "'" and told.lstrip("'")[:1] in FORMULA_BEGINS else cell


def is_large(content: bytes) -> bool:
    """Whether a file holds so much that no page should wait for it."""
    return len(content) > (LARGE_XLSX if content.startswith(_WORKBOOK) else LARGE_CSV)


def content_type_of(content: bytes) -> str:
    return XLSX if content.startswith(_WORKBOOK) else CSV


def rows_of(content: bytes, most: int | None = None, *, decimals: int = 2) -> Iterator[Row]:
    """The rows below the title row, empty ones and headings of one cell above it left out.

    Cells are as they were meant, without the mark that keeps spreadsheets from reading formulas.

    ``most`` ends it after some rows (at most ``FIRST_ROWS`` of a large file), without reading the rest.
    Numbers of a workbook are read to 2 or 4 ``decimals``. Raises ``FileTooLarge`` or ``UnreadableFile``.
    """
    if len(content) > LARGEST:
        raise FileTooLarge(limit=LARGEST >> 20)
    reader = "read_xlsx" if most is None else "read_xlsx_start"
    if decimals > 2:
        reader = "read_xlsx_prices"
    lines: Iterable[tuple[int, list[str]]] = (
        sandbox.call(f"erp.core.spreadsheets:{reader}", content)
        if content.startswith(_WORKBOOK)
        else _csv(content)
    )
    count = 0
    titles: list[str] | None = None
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if titles is None:
            if len(cells) > 1 and sum(map(bool, cells)) < 2:
                continue
            titles = [as_meant(cell).strip().lower() for cell in cells]
            continue
        yield Row(number, dict(zip(titles, map(as_meant, cells), strict=False)))
        count += 1
        if count == most:
            return
    if titles is None:
        raise UnreadableFile(reason=str(_("it is empty")))


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if b"\x00" in content:
        raise UnreadableFile(reason="NUL")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True), 1)
    except csv.Error as error:
        raise UnreadableFile(reason=str(error)) from None


def read_xlsx(content: bytes) -> list[tuple[int, list[str]]]:
    """A workbook's first sheet; called in a child process, as small files can hold a great deal."""
    return [(number, cells) for number, cells in _xlsx(content) if any(cells)]


def read_xlsx_start(content: bytes) -> list[tuple[int, list[str]]]:
    """The first rows of it, in a child process as well."""
    return [(number, cells) for number, cells in islice(_xlsx(content), FIRST_ROWS) if any(cells)]


def read_xlsx_prices(content: bytes) -> list[tuple[int, list[str]]]:
    """All of it, with four decimals of each number that has as many, in a child process as well."""
    return [(number, cells) for number, cells in _xlsx(content, PRICE) if any(cells)]


def _xlsx(content: bytes, step: Decimal = CENTIME) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST_UNPACKED:
                raise FileTooLarge(limit=LARGEST_UNPACKED >> 20)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            yield number, [_text(cell, step) for cell in cells]
    except DomainError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise UnreadableFile(reason=type(error).__name__) from None


def _text(cell: object, step: Decimal) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):  # a spreadsheet's number: what it shows to a few decimals
        if cell == int(cell):
            return str(int(cell))
        rounded = Decimal(repr(cell)).quantize(step, ROUND_HALF_UP)
        return str(to_centimes(rounded) if rounded == to_centimes(rounded) else rounded)
    return str(cell).strip()
