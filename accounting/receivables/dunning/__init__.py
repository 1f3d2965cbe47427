"""Dunning (Mahnwesen): who is to be reminded of what, the letters, and statements of account."""
