"""Dated figures of law (Sätze und Grenzbeträge), and withholding-tax tariffs."""
