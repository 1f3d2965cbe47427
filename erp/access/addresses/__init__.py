"""Changing the address one signs in with."""
