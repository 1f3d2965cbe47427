"""Banking: bank accounts, statements in, and their booking."""
