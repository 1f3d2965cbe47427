"""Operation (Betrieb): what whoever runs an installation asks, and how it fares."""
