"""What every room stands on: money, dates, errors, identifiers. No views, no models."""
