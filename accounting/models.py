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
from accounting.receivables.models import (
    DocumentLine,
    DocumentText,
    NumberCount,
    NumberRange,
    Product,
    RecurringInvoice,
    SalesDocument,
    SalesSettings,
)
from accounting.terms.models import CustomerTerms, PaymentTerms, SupplierTerms

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
    "CustomerTerms",
    "DocumentLine",
    "DocumentText",
    "EntryLine",
    "EntryTemplate",
    "EntryVoucher",
    "FiscalYear",
    "JournalEntry",
    "LedgerHead",
    "NumberCount",
    "NumberRange",
    "NumberSeries",
    "OpenItem",
    "PaymentTerms",
    "Period",
    "Product",
    "RecurringInvoice",
    "ResidueLimit",
    "SalesDocument",
    "SalesSettings",
    "Settlement",
    "Statement",
    "SupplierTerms",
]
