"""Table of contents: the tables of accounting's rooms."""

from accounting.banking.models import BankAccount, BankTransaction, Statement
from accounting.budgets.models import Budget, BudgetAmount
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
from accounting.open_items.models import OpenItem, ResidueLimit, Settlement
from accounting.receivables.dunning.models import (
    CustomerDunning,
    DunningFee,
    DunningLevel,
    DunningNotice,
    DunningNoticeItem,
    DunningProcedure,
    DunningRun,
    DunningText,
    ItemStop,
)

__all__ = [
    "Account",
    "AccountGroup",
    "AccountTotal",
    "BankAccount",
    "BankTransaction",
    "Budget",
    "BudgetAmount",
    "CostCentre",
    "CostObject",
    "CustomerDunning",
    "DunningFee",
    "DunningLevel",
    "DunningNotice",
    "DunningNoticeItem",
    "DunningProcedure",
    "DunningRun",
    "DunningText",
    "EntryLine",
    "EntryTemplate",
    "EntryVoucher",
    "FiscalYear",
    "ItemStop",
    "JournalEntry",
    "LedgerHead",
    "NumberSeries",
    "OpenItem",
    "Period",
    "ResidueLimit",
    "Settlement",
    "Statement",
]
