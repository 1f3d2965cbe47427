"""Pages of employees."""
