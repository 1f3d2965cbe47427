"""What the ledger stores."""

from accounting.ledger.models.accounts import Account, AccountGroup, CostCentre, CostObject
from accounting.ledger.models.closings import YearClosing
from accounting.ledger.models.entries import (
    AccountTotal,
    EntryLine,
    EntryVoucher,
    JournalEntry,
    LedgerHead,
    NumberSeries,
)
from accounting.ledger.models.templates import EntryTemplate
from accounting.ledger.models.years import FiscalYear, Period

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
    "YearClosing",
]
