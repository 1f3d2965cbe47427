"""People who are paid (Personalstamm): their data with a history, sealed in the database."""
