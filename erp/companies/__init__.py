"""Companies (Mandanten): whose books are kept, and which modules they use."""
