"""Support access (Supportzugriff): operators look into a company, with its consent, for a time."""
