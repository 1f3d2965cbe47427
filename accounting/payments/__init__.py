"""Paying what is owed (Zahlungsverkehr): instructions, runs, pain.001 out, pain.002 in."""
