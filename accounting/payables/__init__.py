"""Creditors (Kreditoren): what suppliers bill, and how it is paid."""
