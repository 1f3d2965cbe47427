"""Webhooks: other systems are told that something changed, signed and retried."""
