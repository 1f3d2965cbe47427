"""What has changed since (Abgleich): for apps that keep a copy."""
