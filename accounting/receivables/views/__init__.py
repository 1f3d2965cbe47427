"""Pages of debtors."""
