"""What money will come and go (Liquiditätsplanung): from what is owed, what comes again, and what is planned."""
