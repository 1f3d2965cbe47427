"""Expense claims (Spesen): handed in with receipts, approved, paid through creditors or payroll."""
