"""Signing in (Anmeldung): second factors, limits, known devices, and what is remembered of it."""
