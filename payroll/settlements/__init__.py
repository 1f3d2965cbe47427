"""What was withheld for tax offices (Quellensteuer) is settled with them by canton, and becomes a debt."""
