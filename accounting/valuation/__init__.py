"""What is held and owed in foreign currencies, valued on a day (Bewertung der Fremdwährungen)."""
