"""Search over everything a user may see in a company (Suche)."""
