"""Table of contents: the tables of accounting's rooms."""

from accounting.ledger.models import (
    Account,
    AccountGroup,
    AccountTotal,
    CostCentre,
    CostObject,
    EntryLine,
    EntryTemplate,
    EntryVoucher,
    FiscalYear,
    JournalEntry,
    LedgerHead,
    NumberSeries,
    Period,
)

__all__ = [
    "Account",
    "AccountGroup",
    "AccountTotal",
    "CostCentre",
    "CostObject",
    "EntryLine",
    "EntryTemplate",
    "EntryVoucher",
    "FiscalYear",
    "JournalEntry",
    "LedgerHead",
    "NumberSeries",
    "Period",
]
