"""Tables of an archive: CSV with headings that stay, whatever language the books are in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final

from erp.core.spreadsheets import harmless

MARK: Final = "\ufeff".encode()  # by which spreadsheets know UTF-8


def rows_as_csv(rows: Iterable[Sequence[Any]], *, head: Sequence[str] = ()) -> bytes:
    """Rows with ``;`` between cells, plain amounts and ISO dates; with ``head`` a file begins."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    if head:
        writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return (MARK if head else b"") + out.getvalue().encode()


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return f"{cell:z.2f}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int) else harmless(cell)
