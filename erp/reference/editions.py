"""What a file of a source holds once it is read (Stand), and why one is not taken."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.clock import YEARS
from erp.core.errors import DomainError

FIRST_DAY: Final = dt.date(1500, 1, 1)  # communes are older than books are
_DAY_IN_NAME: Final = re.compile(r"(?<!\d)(20\d\d)-?([01]\d)(?:-?([0-3]\d))?(?!\d)")


class WrongHeader(DomainError):
    code = "reference.wrong_header"
    message = _("The file begins with “%(found)s”, but %(source)s begins with “%(wanted)s”. Download "
                "it again from the publisher, or look whether its form has changed.")  # fmt: skip
    field = "file"


class NotPlausible(DomainError):
    code = "reference.not_plausible"
    message = _(
        "Line %(line)s: %(column)s is “%(value)s”, which cannot be. Download the file again."
    )
    field = "file"


class TwiceInFile(DomainError):
    code = "reference.twice_in_file"
    message = _("The file names %(key)s twice with different values. Download it again.")
    field = "file"


class WrongText(DomainError):
    code = "reference.wrong_text"
    message = _("Byte %(position)s of the file is no character in %(encoding)s. Download the file "
                "again, and do not open and save it with another program.")  # fmt: skip
    field = "file"


class NotOutYet(DomainError):
    code = "reference.not_out_yet"
    message = _("The file holds no rates, as they are not published yet. Try again later.")
    field = "file"


@dataclass(frozen=True)
class Given:
    """What is known of a file besides its bytes: its name, and the day its sender dates it."""

    name: str = ""
    dated: dt.date | None = None

    def day(self, otherwise: dt.date) -> dt.date:
        """The edition's day where the file does not tell: as sent, by its name, or otherwise."""
        if self.dated is not None:
            return self.dated
        if match := _DAY_IN_NAME.search(self.name):
            try:
                return dt.date(int(match[1]), int(match[2]), int(match[3] or 1))
            except ValueError:
                return otherwise
        return otherwise


@dataclass(frozen=True)
class Edition:
    """The rows of a file in the order of its table's columns.

    ``within`` are the rows of the table that the edition speaks of: values, or (from, to), by
    column. ``valid_from`` is the day from which it counts; ``left_out`` how many rows of the file
    are none of ours, by reason.
    """

    edition_date: dt.date
    valid_from: dt.date
    rows: Sequence[tuple[Any, ...]]
    scope: str = ""
    within: Mapping[str, Sequence[Any] | tuple[Any, Any]] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)


def text_of(content: bytes, *encodings: str) -> str:
    """The bytes as text without a mark of byte order. Raises ``WrongText``."""
    for encoding in encodings[:-1]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    try:
        return content.decode(encodings[-1])
    except UnicodeDecodeError as error:
        raise WrongText(position=error.start, encoding=encodings[0]) from None


def table_of(
    text: str, *, delimiter: str, source: str, required: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line's number and values by column. Raises ``WrongHeader`` or ``NotPlausible``.

    Columns may stand in any order, and others among them.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines = sound_lines(reader)
    header = next(lines, [])
    if not set(required) <= set(header):
        raise WrongHeader(
            found=text[:80].strip(), source=source, wanted=delimiter.join(required)[:120]
        )
    for line in lines:
        if not line:
            continue
        if len(line) != len(header):
            raise NotPlausible(line=reader.line_num, column="columns", value=len(line))
        yield reader.line_num, dict(zip(header, line, strict=True))


def sound_lines(reader: Any) -> Iterator[list[str]]:
    """The lines of a CSV reader. Raises ``NotPlausible`` where there is none to be seen."""
    try:
        yield from reader
    except csv.Error as error:
        raise NotPlausible(line=reader.line_num, column="line", value=str(error)[:60]) from None


def number(text: str, *, line: int, column: str, least: int = 0, most: int = 2_000_000_000) -> int:
    """A whole number within limits. Raises ``NotPlausible``."""
    if text.isascii() and text.isdigit() and len(text) < 12 and least <= int(text) <= most:
        return int(text)
    raise NotPlausible(line=line, column=column, value=text)


def iso_day(text: str, *, line: int, column: str) -> dt.date:
    """A day as 2026-10-12, 12.10.2026 or 20261012. Raises ``NotPlausible``."""
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%Y%m%d"):
        try:
            day = dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if FIRST_DAY.year <= day.year <= YEARS.stop:
            return day
    raise NotPlausible(line=line, column=column, value=text)


def code(text: str, pattern: re.Pattern[str], *, line: int, column: str) -> str:
    """A text of a form. Raises ``NotPlausible``."""
    if pattern.fullmatch(text):
        return text
    raise NotPlausible(line=line, column=column, value=text[:60])


def once(rows: Sequence[tuple[Any, ...]], width: int) -> Sequence[tuple[Any, ...]]:
    """The rows without exact repetitions. Raises ``TwiceInFile`` where a key has two meanings.

    A key is the first ``width`` values.
    """
    if len({row[:width] for row in rows}) == len(rows):
        return rows
    found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for row in rows:
        if found.setdefault(row[:width], row) != row:
            raise TwiceInFile(key=" ".join(map(str, row[:width])))
    return list(found.values())
