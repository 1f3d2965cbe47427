"""The journal as a table to take along (Journalexport): at once, or as a job when it is long."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.abacus import AbacusFile
from accounting.ledger.models import JournalEntry
from accounting.ledger.taking_back import ImportFile
from erp.access.models import User
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.documents import storing
from erp.documents.models import StoredFile
from erp.web.export import Table, table

MOST_PRINTED: Final = 4_000  # lines of a PDF
MOST_AT_ONCE: Final = 20_000  # lines of CSV or XLSX that a page may wait for
MOST_EXPORTED: Final = 500_000  # lines of CSV or XLSX made in the background
MOST_WRITTEN: Final = 2_000_000  # lines for other systems, which are written and never held
_FORGOTTEN: Final = 24 * 3600  # seconds


class TooLong(DomainError):
    code = "ledger.journal_too_long"
    message = gettext_lazy("More than %(limit)s lines are too many for this file. Choose a shorter "
                           "span of days, or CSV instead of PDF.")  # fmt: skip


@dataclass
class JournalTable:
    """Lines that are gathered, oldest first, with their sums."""

    most: int
    rows: list[list[Any]] = field(default_factory=list)
    debit: Decimal = ZERO
    credit: Decimal = ZERO

    @property
    def lines(self) -> int:
        return len(self.rows)

    def add(self, entries: Iterable[JournalEntry]) -> None:
        """Add the lines of some entries. Raises ``TooLong``."""
        for entry in entries:
            for line in entry.lines.all():
                self.rows.append([
                    entry.number, entry.date, entry.voucher, line.account.number,
                    line.account.name, line.text or entry.text,
                    line.vat_code.code if line.vat_code else "",
                    line.cost_centre.number if line.cost_centre else "",
                    line.debit or None, line.credit or None,
                ])  # fmt: skip
                self.debit, self.credit = self.debit + line.debit, self.credit + line.credit
            if len(self.rows) > self.most:
                raise TooLong(limit=self.most)

    def finished(self, *, start: dt.date | None, end: dt.date | None) -> Table:
        """With its sums below."""
        total = [None, None, "", "", _("Total"), "", "", "", self.debit, self.credit]
        span = " – ".join(filter(None, (swiss_date(start), swiss_date(end)))) or _("all entries")
        head = [_("No."), _("Date"), _("Voucher"), _("Account"), _("Name"), _("Text"), _("VAT"),
                _("Cost centre"), _("Debit"), _("Credit")]  # fmt: skip
        return table(title=_("Journal"), subtitle=span, head=head, rows=[*self.rows, total],
                     name="journal", wide=True, kinds={len(self.rows): "grand"})  # fmt: skip


class ForOthers(Protocol):
    """A file for other systems in pieces: its beginning, entries, oldest first, and its end."""

    lines: int

    def begin(self) -> bytes: ...

    def add(self, entries: Iterable[JournalEntry]) -> bytes: ...

    def end(self) -> bytes: ...

    def named(self, *, start: dt.date | None, end: dt.date | None) -> tuple[str, str]: ...


#: Forms for other systems: our own import, and Abacus.
FOR_OTHERS: Final[Mapping[str, Callable[[Company], ForOthers]]] = {
    "import": ImportFile, "abacus": AbacusFile,
}  # fmt: skip


class ScratchFile:
    """Lines for other systems that are written to the disk, oldest first, and never held."""

    def __init__(self, company: Company, form: str) -> None:
        self._maker = FOR_OTHERS[form](company)
        folder = Path(settings.RAPPEN_VAR) / "scratch" / str(company.pk)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = folder / secrets.token_hex(16)
        self._file = os.fdopen(
            os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        )
        self._file.write(self._maker.begin())

    @property
    def lines(self) -> int:
        return self._maker.lines

    @property
    def is_over(self) -> bool:
        """Whether nothing can be added any more."""
        return self._file.closed

    def add(self, entries: Iterable[JournalEntry]) -> None:
        """Write the lines of some entries. Raises ``TooLong``, or what the form raises."""
        self._file.write(self._maker.add(entries))
        if self.lines > MOST_WRITTEN:
            raise TooLong(limit=MOST_WRITTEN)

    def kept(
        self, company: Company, *, by: User, start: dt.date | None, end: dt.date | None
    ) -> StoredFile:
        """The whole file among those of the company."""
        self._file.write(self._maker.end())
        self._file.close()
        content_type, name = self._maker.named(start=start, end=end)
        return storing.move(
            company=company, path=self.path, by=by, content_type=content_type, name=name
        )

    def close(self) -> None:
        """Nothing is left where it was not kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def forget_scratch() -> int:
    """Clear away, of all companies, what processes have left that were killed; how many files."""
    folders = (Path(settings.RAPPEN_VAR) / "scratch").glob("*")
    return sum(_sweep(folder) for folder in folders if folder.is_dir())


def _sweep(folder: Path) -> int:
    """Of a folder what is older than a day: nobody writes it any more."""
    gone = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _FORGOTTEN:
                path.unlink()
                gone += 1
    return gone


def takes_long(entries: QuerySet[JournalEntry]) -> bool:
    """Whether there are so many entries, of two lines at least, that no page should wait for them."""
    most = MOST_AT_ONCE // 2
    return entries.order_by()[: most + 1].count() > most
