"""What signing in leaves, and is forgotten by itself."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.access.sign_in import limits


@shared_task(name="sign_in.forget_misses")
def forget_misses(**_later: Any) -> int:
    """Forget addresses that nobody has missed for a month, unless they are closed; how many."""
    return limits.forget_old_misses()
