"""Remembering what matters to the safety of an account, with where it came from."""

from __future__ import annotations

from typing import Any

from erp.access.models import User
from erp.access.sign_in.models import SecurityEvent
from erp.core import clock, origin

Kind = SecurityEvent.Kind


def note(user: User, kind: SecurityEvent.Kind, **details: Any) -> None:
    """Add an event; ``details`` hold no secret, not even a part of one."""
    come = origin.current()
    SecurityEvent.objects.create(
        user=user, kind=kind, at=clock.now(), address=come.address, agent=come.agent,
        details=details,
    )  # fmt: skip
