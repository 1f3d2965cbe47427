"""Clients as others write them, against the running program."""
