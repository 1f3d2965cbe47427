"""What the queue brings: a job's number, and the minute for looking after the lost ones."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings

from erp.jobs import running, sweeping


@shared_task(name="jobs.run")
def run(*, job: int, company: int | None, **_later: Any) -> None:
    """Work on a job; brought twice, it is done once. What is done in one go is handed on to ``run_whole``."""
    running.run(job, company, hands_on=True)


@shared_task(
    name="jobs.run_whole", soft_time_limit=settings.JOB_WHOLE_LIMIT,
    time_limit=settings.JOB_WHOLE_LIMIT + 60,
)  # fmt: skip
def run_whole(*, job: int, company: int | None, **_later: Any) -> None:
    """Work on a job that is done in one go, for as long as ``settings.JOB_WHOLE_LIMIT`` allows."""
    running.run(job, company)


@shared_task(name="jobs.sweep")
def sweep(**_later: Any) -> int:
    """Send again what was lost."""
    return sweeping.sweep()
