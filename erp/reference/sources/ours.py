"""Data that are bundled in our own form and published in no other: read only so."""

from __future__ import annotations

from dataclasses import replace

from erp.reference.editions import Edition, Given, WrongHeader


def only_ours(content: bytes, _given: Given) -> Edition:
    """Refuse any other form. Raises ``WrongHeader``."""
    found = content[:60].decode("utf-8", "replace")
    raise WrongHeader(found=found, source="Rappen", wanted="rappen-reference-1;")


def of_its_years(edition: Edition) -> Edition:
    """Holidays of the years in the file; those of other years stay."""
    days = [str(row[2]) for row in edition.rows]
    if not days:
        return edition
    return replace(edition, within={"day": (f"{min(days)[:4]}-01-01", f"{max(days)[:4]}-12-31")})
