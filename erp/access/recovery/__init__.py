"""Letting somebody in again who lost all second factors."""
