"""Pages of cash books."""
