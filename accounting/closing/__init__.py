"""Closing a fiscal year (Jahresabschluss): checks, accruals, closing, appropriation, annual report."""
