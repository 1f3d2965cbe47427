"""Backups (Sicherungen) with PostgreSQL's own tools: base, WAL, originals; restored to any moment."""
