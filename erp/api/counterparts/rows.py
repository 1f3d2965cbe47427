"""How counterparts are written down."""

from __future__ import annotations

from collections.abc import Mapping


def of(*rows: tuple[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Names of pages with the operations of each, between commas."""
    return {page: tuple(one.strip() for one in told.split(",")) for page, told in rows}
