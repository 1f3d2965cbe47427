"""Handing a job's number to the queue. What gets lost there, the sweeper sends again."""

from __future__ import annotations

import logging
import secrets

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from erp.access.gate import keeping_jobs
from erp.core import clock
from erp.jobs.models import Job

log = logging.getLogger(__name__)


def send(job: int, company: int | None) -> bool:
    """Put a job into the queue; False when that is away, which is logged and no failure."""
    number = f"c{company or 0}-j{job}-{secrets.token_hex(6)}"
    try:
        current_app.send_task(
            "jobs.run", kwargs={"job": job, "company": company}, task_id=number, retry=False
        )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("the queue is away, job %s waits: %s", job, type(error).__name__)
        return False
    return True


def send_now(job: int, company: int | None) -> None:
    """Send a job after the commit that made it, and note that it was."""
    if send(job, company):
        with keeping_jobs(company):
            Job.of_place(company).filter(pk=job).update(enqueued_at=clock.now())
