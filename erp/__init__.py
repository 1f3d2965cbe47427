"""The foundation of the house, and its roof: settings, addresses and the work queue."""
