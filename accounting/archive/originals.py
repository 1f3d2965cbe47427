"""The originals of a year (Belege): which files belong to it, and where they stand in the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounting.archive.errors import OriginalLost
from accounting.assets.models import AssetVoucher
from accounting.banking.models import BankTransaction, Statement
from accounting.ledger.models import EntryVoucher, FiscalYear
from accounting.payables.models import SupplierInvoice
from accounting.receivables.models import SalesDocument
from erp.companies.models import Company
from erp.core.filetypes import ENDINGS
from erp.documents.models import StoredFile
from erp.documents.storing import path_of
from vat.returns.models import VatReturn

HEAD: Final = ("kind", "entry", "date", "reference", "sealed", "name", "content_type", "size", "sha256",
               "path")  # fmt: skip
_ENDINGS: Final = {
    **{kind: f".{ending}" for kind, ending in ENDINGS.items()},
    "application/xml": ".xml",
    "text/xml": ".xml",
}


@dataclass(frozen=True)
class Original:
    """A stored file, and what it is: of an entry, or of a day."""

    kind: str
    file: StoredFile
    entry: int | None
    date: dt.date | None
    reference: str
    sealed: bool | None = None

    @property
    def path(self) -> str:
        folder = "vat-returns" if self.kind == "vat-return" else "originals"
        stem = (
            f"{self.reference}-{self.file.digest[:12]}"
            if folder == "vat-returns"
            else (self.file.digest)
        )
        return f"{folder}/{stem}{_ENDINGS.get(self.file.content_type, '')}"

    def row(self) -> tuple[Any, ...]:
        return (self.kind, self.entry, self.date, self.reference, self.sealed, self.file.name,
                self.file.content_type, self.file.size, self.file.digest, self.path)  # fmt: skip

    def require_there(self) -> None:
        """Raises ``OriginalLost`` where the store has no such file, or one of another size."""
        place = path_of(self.file.company_id, self.file.digest)
        if not place.is_file() or place.stat().st_size != self.file.size:
            raise OriginalLost(name=self.file.name, digest=self.file.digest[:16])


def _vouchers(company: Company, year: FiscalYear) -> QuerySet[Any]:
    rows = EntryVoucher.of(company).filter(entry__fiscal_year=year, entry__number__isnull=False)
    return rows.select_related("entry", "file")


def _of_vouchers(rows: Sequence[EntryVoucher]) -> Iterator[Original]:
    for row in rows:
        yield Original("voucher", row.file, row.entry.number, row.entry.date, row.entry.voucher,
                       row.sealed)  # fmt: skip


def _sales(company: Company, year: FiscalYear) -> QuerySet[Any]:
    rows = SalesDocument.of(company).filter(entry__fiscal_year=year, file__isnull=False)
    return rows.select_related("entry", "file")


def _bills(company: Company, year: FiscalYear) -> QuerySet[Any]:
    rows = SupplierInvoice.of(company).filter(entry__fiscal_year=year, file__isnull=False)
    return rows.select_related("entry", "file")


def _of_documents(rows: Sequence[SalesDocument | SupplierInvoice]) -> Iterator[Original]:
    for row in rows:
        kind = "invoice" if isinstance(row, SalesDocument) else "bill"
        if row.file is not None and row.entry is not None:
            yield Original(kind, row.file, row.entry.number, row.date, row.number)


def _returns(company: Company, year: FiscalYear) -> QuerySet[Any]:
    rows = VatReturn.of(company).filter(
        state=VatReturn.State.FILED, end__range=(year.start, year.end)
    )
    return rows.select_related("entry", "xml", "pdf")


def _of_returns(rows: Sequence[VatReturn]) -> Iterator[Original]:
    for row in rows:
        name = f"{row.start:%Y-%m-%d}_{row.end:%Y-%m-%d}_{row.kind}-{row.nth}"
        entry = row.entry.number if row.entry else None
        for file in (row.xml, row.pdf):
            if file is not None:
                yield Original("vat-return", file, entry, row.end, name)


def _statements(company: Company, year: FiscalYear) -> QuerySet[Any]:
    """What the bank told of days of the year."""
    days = (year.start, year.end)
    told = BankTransaction.of(company).filter(booking_date__range=days).values("statement")
    return Statement.of(company).filter(
        Q(to_date__gte=year.start, from_date__lte=year.end) | Q(pk__in=told)
    )


def _of_statements(rows: Sequence[Statement]) -> Iterator[Original]:
    """Those whose files were kept: one query for all."""
    company = rows[0].company_id if rows else 0
    wanted = {row.file_digest for row in rows}
    kept = {file.digest: file for file in StoredFile.of(company).filter(digest__in=wanted)}
    for row in rows:
        if file := kept.get(row.file_digest):
            yield Original("bank-statement", file, None, row.to_date, row.identification)


def _assets(company: Company, year: FiscalYear) -> QuerySet[Any]:
    """Of assets that were acquired in the year, with or without an entry of it."""
    rows = AssetVoucher.of(company).filter(asset__acquired_on__range=(year.start, year.end))
    return rows.select_related("asset", "file")


def _of_assets(rows: Sequence[AssetVoucher]) -> Iterator[Original]:
    for row in rows:
        yield Original("asset", row.file, None, row.asset.acquired_on, row.asset.number)


#: What originals there are, in the order of the index: the rows, and the files of some of them.
_KINDS: Final[tuple[tuple[Callable[..., QuerySet[Any]], Callable[[Any], Iterator[Original]]], ...]] = (
    (_vouchers, _of_vouchers), (_sales, _of_documents), (_bills, _of_documents),
    (_returns, _of_returns), (_statements, _of_statements), (_assets, _of_assets),
)  # fmt: skip


def originals_page(
    company: Company, year: FiscalYear, *, kind: int, after: int, size: int
) -> tuple[list[Original], tuple[int, int] | None]:
    """The next originals, by kind and id, and where to go on. Raises ``OriginalLost``."""
    rows_of, files_of = _KINDS[kind]
    rows = list(rows_of(company, year).filter(pk__gt=after).order_by("pk")[:size])
    found = list(files_of(rows))
    for original in found:
        original.require_there()
    if len(rows) == size:
        return found, (kind, rows[-1].pk)
    return found, (kind + 1, 0) if kind + 1 < len(_KINDS) else None


def statements_of(company: Company, year: FiscalYear) -> list[tuple[Any, ...]]:
    """Every statement of the bank that was read, with the SHA-256 of the file it came in."""
    rows = _statements(company, year).order_by("bank_account__iban", "to_date", "pk")
    columns = ("bank_account__iban", "identification", "message_type", "from_date", "to_date",
               "opening", "closing", "entry_count", "imported_at", "file_digest")  # fmt: skip
    return list(rows.values_list(*columns))


STATEMENTS: Final = ("iban", "identification", "message", "from", "until", "opening", "closing",
                     "entries", "imported_at", "sha256")  # fmt: skip
