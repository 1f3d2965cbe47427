"""What imports of rows have in common (Importe): refusals with a place, and titles that are known."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError
from erp.core.spreadsheets import Row, rows_of


class AlreadyImported(DomainError):
    code = "import.already_imported"
    message = _("This preview was confirmed already. Look into the journal.")
    field = "file"
    conflict = True


class ColumnMissing(DomainError):
    code = "import.column_missing"
    message = _("The file has no column “%(column)s”. Its columns are: %(found)s.")
    field = "file"


class BadRow(DomainError):
    code = "import.bad_row"
    message = _("Row %(row)s, column %(column)s, “%(value)s”: %(remedy)s")
    field = "file"


class UnknownWord(DomainError):
    code = "import.unknown_word"
    message = _("“%(value)s” is not known here. Write one of: %(known)s.")
    field = "kind"


def titles_of(content: bytes) -> list[str]:
    """The file's column titles. Raises ``UnreadableFile``."""
    return list(next(rows_of(content, 1), Row(0, {})).cells)


def guessed(titles: list[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Our column names with the file's titles, as far as they are known words.

    ``columns`` has the titles that each of our columns is found by.
    """
    pairs = {name: next((t for t in known if t in titles), "") for name, known in columns.items()}
    return {name: title for name, title in pairs.items() if title}
