"""Endpoints of contacts."""

urls: list = []
