"""Reference data (Referenzdaten): banks, places, rates and tariffs that others publish."""
