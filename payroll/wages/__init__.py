"""Wages as arithmetic (Lohnberechnung): values in, a slip out. No database, no clock."""
