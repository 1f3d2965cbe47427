"""The journal as a table to take along (Journalexport): at once, or as a job when it is long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Protocol

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounting.ledger.abacus import AbacusFile
from accounting.ledger.models import JournalEntry
from accounting.ledger.taking_back import ImportFile
from erp.companies.models import Company
from erp.core.display import swiss_date
from erp.core.errors import DomainError
from erp.core.money import ZERO
from erp.web.export import Table, table

MOST_PRINTED: Final = 4_000  # lines of a PDF
MOST_AT_ONCE: Final = 20_000  # lines of CSV or XLSX that a page may wait for
MOST_EXPORTED: Final = 500_000  # lines of CSV or XLSX made in the background


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


class Gathered(Protocol):
    """A file for other systems, to which entries are added, oldest first."""

    lines: int

    def add(self, entries: Iterable[JournalEntry]) -> None: ...

    def made(self, *, start: dt.date | None, end: dt.date | None) -> tuple[bytes, str, str]: ...


#: Forms for other systems: our own import, and Abacus.
FOR_OTHERS: Final[Mapping[str, Callable[[Company], Gathered]]] = {
    "import": ImportFile, "abacus": AbacusFile,
}  # fmt: skip


def takes_long(entries: QuerySet[JournalEntry]) -> bool:
    """Whether there are so many entries, of two lines at least, that no page should wait for them."""
    most = MOST_AT_ONCE // 2
    return entries.order_by()[: most + 1].count() > most
