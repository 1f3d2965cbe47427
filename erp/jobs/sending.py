"""Handing a job's number to the queue. What gets lost there, the sweeper sends again."""

from __future__ import annotations

import logging
import secrets
from typing import Any, Final

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from erp.access.gate import keeping_jobs
from erp.core import clock
from erp.jobs.models import Job

#: A page waits for the answer: the queue is asked once, not again and again for six seconds.
IMPATIENT: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}

log = logging.getLogger(__name__)


def send(job: int, company: int | None, *, whole: bool = False) -> bool:
    """Put a job into the queue; False when that is away, which is logged and no failure.

    As ``whole`` it has the time of what is done in one go.
    """
    number = f"c{company or 0}-j{job}-{secrets.token_hex(6)}"
    return put("jobs.run_whole" if whole else "jobs.run", number, job=job, company=company)


def put(task: str, number: str, **told: Any) -> bool:
    """Put a task into the queue, with numbers alone; False when the queue is away, which is logged."""
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as queue:
            current_app.send_task(
                task, kwargs=told, task_id=number, retry=False, connection=queue
            )  # fmt: skip
    except (OperationalError, RedisError, OSError) as error:
        log.warning("the queue is away, %s waits: %s", number, type(error).__name__)
        return False
    return True


def send_now(job: int, company: int | None, *, whole: bool) -> None:
    """Send a job after the commit that made it, and note that it was."""
    if send(job, company, whole=whole):
        with keeping_jobs(company):
            Job.of_place(company).filter(pk=job).update(enqueued_at=clock.now())
