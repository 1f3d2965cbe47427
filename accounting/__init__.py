"""Accounting (Buchhaltung): the ledger and everything that posts into it."""
