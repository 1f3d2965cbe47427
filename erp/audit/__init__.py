"""The audit trail (Protokoll): who did what, append-only."""
