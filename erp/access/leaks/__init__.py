"""Leaks (Datenlecks): which addresses of a company's mail domains turned up in stolen data."""
