"""The general ledger (Hauptbuch): accounts, fiscal years, entries. Money gets in here alone."""
