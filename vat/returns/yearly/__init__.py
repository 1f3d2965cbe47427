"""A year of returns beside its books: what is booked, what is declared, and the pages of both."""
