"""Matching what the bank reported with what is owed (Zahlungsabgleich): proposals with reasons."""
