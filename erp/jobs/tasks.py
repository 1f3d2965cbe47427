"""What the queue brings: a job's number, and the minute for looking after the lost ones."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from erp.jobs import running, sweeping


@shared_task(name="jobs.run")
def run(*, job: int, company: int | None, **_later: Any) -> None:
    """Work on a job; brought twice, it is done once."""
    running.run(job, company)


@shared_task(name="jobs.sweep")
def sweep(**_later: Any) -> int:
    """Send again what was lost."""
    return sweeping.sweep()
