"""Refusals as a page's script reads them."""

from __future__ import annotations

from typing import Any

from erp.core.errors import DomainError, Refusals


def told(refusal: DomainError) -> list[dict[str, Any]]:
    """Refusals with their places, for the script of a mask."""
    each = refusal.refusals if isinstance(refusal, Refusals) else [refusal]
    return [{"field": one.place, "code": one.code, "message": str(one)} for one in each]
