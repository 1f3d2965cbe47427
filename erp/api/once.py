"""What a page's script sends is done once, however often it is sent: by a key of its own."""

from __future__ import annotations

from typing import Any

from erp.access.models import User
from erp.api.models import IdempotencyRecord
from erp.companies.models import Company
from erp.core import clock


def sent_before(company: Company, user: User, operation: str, key: str) -> dict[str, Any] | None:
    """What was answered to this key before; None the first time, and without a key."""
    if not key:
        return None
    found = IdempotencyRecord.of(company).filter(user=user, operation=operation, key=key).first()
    return None if found is None else dict(found.body or {})


def remember(
    company: Company, user: User, operation: str, key: str, answer: dict[str, Any]
) -> None:
    """Keep the answer to a key, in the transaction of what was done."""
    if key:
        IdempotencyRecord.unscoped.create(
            company=company, user=user, operation=operation, key=key, payload_digest="",
            status=200, body=answer, at=clock.now(),
        )  # fmt: skip
