"""Bank reconciliation (Bankabstimmung): lines of the bank beside what they may be, and the account as a whole."""
