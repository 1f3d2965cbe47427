"""Fields that a company gives its records itself (eigene Felder)."""
