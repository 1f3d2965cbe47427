"""Projects and hours (Leistungserfassung): entered, approved, invoiced through debtors."""
