"""Pages of runs, slips and movements."""
