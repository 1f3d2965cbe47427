"""Handing companies over."""
