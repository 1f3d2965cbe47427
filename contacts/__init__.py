"""Contacts (Adressen): persons, organisations and their addresses; knows nothing of money."""
