"""What the queue brings: a webhook's number, and the moment for looking after all of them."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.webhooks import delivering


@shared_task(name="webhooks.tell")
def tell(*, hook: int, company: int, **_later: Any) -> None:
    """Tell a webhook what changed; brought twice, it is told once."""
    delivering.tell(hook, company)


@shared_task(name="webhooks.sweep")
def sweep(**_later: Any) -> int:
    """See which webhooks have something to be told."""
    return delivering.sweep()
