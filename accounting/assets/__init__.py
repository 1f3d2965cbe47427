"""Fixed assets (Anlagenbuchhaltung): the register, depreciation, disposals, and the assets table."""
