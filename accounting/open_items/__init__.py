"""What is owed, either way, and how it was settled (offene Posten)."""
