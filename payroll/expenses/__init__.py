"""Expense claims (Spesen): with receipts, approved, paid through creditors or payroll."""
