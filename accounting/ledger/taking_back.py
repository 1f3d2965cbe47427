"""The journal in the form that the journal import takes (Journal zum Wiedereinlesen).

Titles are those of ``importing.COLUMNS``. An entry is written as it would be typed, with the tax in its
amounts, wherever that gives the same lines again; else line by line without its VAT codes, which the
column ``remark`` tells and the import does not read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from accounting.ledger.entering import Reader, TypedLine
from accounting.ledger.models import JournalEntry
from accounting.ledger.typed import same_again
from erp.companies.models import Company
from erp.core.filetypes import CSV
from erp.core.spreadsheets import harmless

HEAD: Final = (
    "entry", "date", "voucher", "kind", "text", "account", "debit", "credit", "vat_code",
    "supply_date", "cost_centre", "cost_object", "currency", "amount_foreign", "remark",
)  # fmt: skip


@dataclass
class ImportFile:
    """Entries, oldest first, as pieces of a file: the beginning, some entries after others, the end."""

    company: Company
    lines: int = 0
    _reader: Reader | None = None

    def begin(self) -> bytes:
        return ("\ufeff" + _written([HEAD])).encode()

    def add(self, entries: Iterable[JournalEntry]) -> bytes:
        rows: list[list[str]] = []
        if self._reader is None:
            self._reader = Reader(self.company)
        for entry in entries:
            stored = list(entry.lines.all())
            self.lines += len(stored)
            typed = same_again(stored, entry, self._reader)
            remark = ""
            if typed is None:
                typed = [TypedLine(
                    account=row.account.number, debit=row.debit, credit=row.credit, text=row.text,
                    cost_centre=row.cost_centre.number if row.cost_centre else "",
                    cost_object=row.cost_object.number if row.cost_object else "",
                    currency=row.currency,
                    amount_foreign=None if row.amount_foreign is None else abs(row.amount_foreign),
                ) for row in stored]  # fmt: skip
                if any(row.vat_code_id for row in stored):
                    remark = _("without VAT codes")
            rows += [_row(entry, nth, line, remark) for nth, line in enumerate(typed)]
        return _written(rows).encode()

    def end(self) -> bytes:
        return b""

    def named(self, *, start: dt.date | None, end: dt.date | None) -> tuple[str, str]:
        """The type of the file and its name."""
        days = "".join(f"-{day:%Y-%m-%d}" for day in (start, end) if day)
        return CSV, f"{self.company.short_name}-journal-import{days}.csv"


def _written(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _row(entry: JournalEntry, nth: int, line: TypedLine, remark: str) -> list[str]:
    """The first row has the text of the entry, which the import takes for that of all."""
    opening = entry.kind == JournalEntry.Kind.OPENING
    cells: tuple[Any, ...] = (
        str(entry.number), entry.date.isoformat(), entry.voucher, "opening" if opening else "",
        line.text if nth and line.text else entry.text, line.account, _amount(line.debit),
        _amount(line.credit), line.vat_code,
        line.supply_date.isoformat() if line.supply_date else "", line.cost_centre,
        line.cost_object, line.currency, _amount(line.amount_foreign), remark,
    )  # fmt: skip
    return [harmless(cell) for cell in cells]


def _amount(amount: Decimal | None) -> str:
    return f"{amount:.2f}" if amount else ""
