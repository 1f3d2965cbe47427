"""Archive packages (Archivpakete): a closed fiscal year as one file that proves itself (GeBüV)."""
