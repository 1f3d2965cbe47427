"""What is measured, by area: works on books of each size, and works that make what they need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tools.bench.api import bench_api
from tools.bench.assets import bench_assets
from tools.bench.bank_files import bench_camt
from tools.bench.books import Book, analyse
from tools.bench.capture import bench_capture
from tools.bench.closing import bench_closing
from tools.bench.cockpit import bench_cockpit
from tools.bench.fields import bench_fields
from tools.bench.invoices import bench_invoices
from tools.bench.matching import bench_matching
from tools.bench.open_items import bench_open_items
from tools.bench.papers import bench_papers
from tools.bench.payments import bench_payment_file, bench_proposal
from tools.bench.payroll import bench_payroll
from tools.bench.payroll_year import bench_payroll_year
from tools.bench.posting import bench_import, bench_post
from tools.bench.reconciling import bench_reconciling
from tools.bench.reference import bench_reference
from tools.bench.reports import bench_journal, bench_reports, bench_sheet, bench_verify
from tools.bench.search import bench_search
from tools.bench.slips import bench_slips
from tools.bench.sync import bench_sync
from tools.bench.valuation import bench_valuation
from tools.bench.vat import bench_return
from tools.bench.vat_reconciliation import bench_reconciliation
from tools.bench.wage_papers import bench_wage_papers

LEDGER: Final = "Ledger and reports"
BANK: Final = "Banking and payments"
TRADE: Final = "Invoices, bills and open items"
YEAR: Final = "Year-end, VAT and assets"
PAYROLL: Final = "Payroll"
FACES: Final = "Interfaces and search"
HOUSE: Final = "Fiduciaries and reference data"


@dataclass(frozen=True)
class Work:
    """``on_books`` is measured on books of every size, ``alone`` makes what it needs; one of both.

    What takes very ``long`` is done only when it is asked for.
    """

    name: str
    area: str
    alone: Callable[[], None] | None = None
    on_books: Callable[[Sequence[Book]], None] | None = None
    long: bool = False


def each(measure: Callable[[Book], None]) -> Callable[[Sequence[Book]], None]:
    """Measure books of each size."""

    def on_books(books: Sequence[Book]) -> None:
        for book in books:
            measure(book)

    return on_books


#: In the order in which they are done; the table has them by area.
WORKS: Final = (
    Work("reports", LEDGER, on_books=bench_reports),
    Work("sheet", LEDGER, on_books=each(bench_sheet)),
    Work("journal", LEDGER, on_books=each(bench_journal)),
    Work("verify", LEDGER, on_books=bench_verify),
    Work("import", LEDGER, bench_import),
    Work("camt", BANK, bench_camt),
    Work("matching", BANK, partial(bench_matching, analyse)),
    Work("reconciling", BANK, partial(bench_reconciling, analyse)),
    Work("payment-file", BANK, bench_payment_file),
    Work("payments", BANK, partial(bench_proposal, analyse)),
    Work("slips", TRADE, bench_slips),
    Work("papers", TRADE, bench_papers),
    Work("invoices", TRADE, bench_invoices),
    Work("capture", TRADE, bench_capture),
    Work("items", TRADE, partial(bench_open_items, analyse)),
    Work("closing", YEAR, on_books=each(bench_closing)),
    Work("valuation", YEAR, partial(bench_valuation, analyse)),
    Work("assets", YEAR, partial(bench_assets, analyse)),
    Work("vat", YEAR, partial(bench_return, analyse)),
    Work("vat-reconciliation", YEAR, partial(bench_reconciliation, analyse)),
    Work("payroll", PAYROLL, partial(bench_payroll, analyse)),
    Work("payroll-year", PAYROLL, partial(bench_payroll_year, analyse), long=True),
    Work("wage-papers", PAYROLL, bench_wage_papers),
    Work("api", FACES, partial(bench_api, analyse)),
    Work("sync", FACES, partial(bench_sync, analyse)),
    Work("search", FACES, on_books=lambda books: bench_search(books[-1], analyse)),
    Work("fields", FACES, partial(bench_fields, analyse)),
    Work("reference", HOUSE, bench_reference),
    Work("cockpit", HOUSE, partial(bench_cockpit, analyse), long=True),
    # Last of those on books: what it writes by hand is in no chain.
    Work("post", LEDGER, on_books=each(bench_post)),
)
