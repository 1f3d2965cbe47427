"""Statements (Jahresrechnung): trial balance, balance sheet, income statement."""
