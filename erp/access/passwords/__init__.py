"""Passwords (Kennwörter): what one may be, and whether it is known from a leak."""
