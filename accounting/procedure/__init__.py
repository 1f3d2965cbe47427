"""How the books are kept (Verfahrensdokumentation, GeBüV Art. 4): told from what is configured."""
