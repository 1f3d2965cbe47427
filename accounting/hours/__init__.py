"""Projects and hours (Projekte und Stunden): entered, approved, and invoiced through debtors."""
