"""What the queue brings: a mail's number, and the moment for looking after those that wait."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.mails import sending, sweeping


@shared_task(name="mails.send")
def send(*, mail: int, company: int, **_later: Any) -> None:
    """Try to send a mail; brought twice, it is sent once."""
    sending.run(mail, company)


@shared_task(name="mails.sweep")
def sweep(**_later: Any) -> int:
    """Send what is due."""
    return sweeping.sweep()
