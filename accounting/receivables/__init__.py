"""Debtors (Debitoren): invoices, QR-bills, what customers owe."""
