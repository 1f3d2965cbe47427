"""App tokens (Zugriffsschlüssel): keys by which a program works in one company for its owner."""
