"""Suppliers' invoices (Kreditoren): captured, approved, posted, and spread over time."""
