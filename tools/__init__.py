"""Running Rappen: embedded services, start and stop."""
