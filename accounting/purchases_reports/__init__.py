"""What was bought (Einkauf): reports of creditors from open items and the ledger alone."""
