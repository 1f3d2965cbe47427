"""Stored files (Belege): kept bit for bit, named by their digest."""
