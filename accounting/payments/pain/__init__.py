"""Payment orders of ISO 20022 as the Swiss Payment Standards have them; no database."""
