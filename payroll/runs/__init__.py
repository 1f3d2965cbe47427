"""Payroll runs (Lohnläufe): a month's wages, calculated, approved, posted and paid."""
