"""The arithmetic of wages."""
