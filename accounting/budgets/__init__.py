"""What a company plans to earn and to spend (Budgets): the ledger's accounts, month by month."""
