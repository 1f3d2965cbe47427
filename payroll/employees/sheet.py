"""The rows of a file of employees (Zeilen der Datei): cells by our names, whatever titles the file has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.importing import ColumnMissing
from erp.core.spreadsheets import Row, rows_of
from erp.own_fields.lists import COLUMN, titles
from erp.own_fields.models import OwnField
from payroll.employees.columns import CONTACT, FACTS, WORK

MOST_ROWS: Final = 1_000
MOST_AT_ONCE: Final = 50  # rows that a page waits for; more are worked on in the background
_DECIMALS: Final = 4  # of hourly wages and degrees


class TooManyRows(DomainError):
    code = "people.too_many_rows"
    message = _("The file has more than %(limit)s rows. Split it.")
    field = "file"


def is_long(content: bytes) -> bool:
    """Whether a file has more rows than a page should wait for. Raises ``UnreadableFile``."""
    rows = rows_of(content, decimals=_DECIMALS)
    return len(list(islice(rows, MOST_AT_ONCE + 1))) > MOST_AT_ONCE


class Sheet:
    """A file that was read: ``names`` are our columns with the file's titles.

    Raises ``UnreadableFile``, ``ColumnMissing``, ``TooManyRows``.
    """

    def __init__(self, content: bytes, own: Sequence[OwnField]) -> None:
        self.names: dict[str, str] = {}
        self.rows: list[Row] = []
        for row in rows_of(content, decimals=_DECIMALS):
            if not self.names:
                self._find(list(row.cells), own)
            if len(self.rows) >= MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            cells = {name: row.cells.get(title, "").strip() for name, title in self.names.items()}
            self.rows.append(Row(row.number, cells))

    def _find(self, found: Sequence[str], own: Sequence[OwnField]) -> None:
        known: dict[str, Sequence[str]] = {**CONTACT, **WORK}
        known |= {
            f"{kind}.{one}": (f"{kind}.{one}",) for kind, names in FACTS.items() for one in names
        }
        known |= {COLUMN + one.code: titles(one) for one in own}
        for name, words in known.items():
            title = next((one for one in words if one in found), None)
            if title is not None:
                self.names[name] = title
        for needed in ("entry", "birth_date", "sex"):
            if needed not in self.names:
                raise ColumnMissing(column=needed, found=", ".join(filter(None, found))[:200])
