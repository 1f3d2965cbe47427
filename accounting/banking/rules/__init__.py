"""Rules of a company for what its bank reports again and again (eigene Regeln)."""
