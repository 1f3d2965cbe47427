"""Search over all that somebody may see in a company (Suche)."""
