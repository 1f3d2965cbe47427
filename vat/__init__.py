"""Swiss value added tax (Mehrwertsteuer, MWST)."""
