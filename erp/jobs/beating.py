"""The heartbeat (Lebenszeichen): a lease is renewed while its holder lives, however long a step takes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connection

from erp.access.gate import keeping_jobs
from erp.core import clock
from erp.jobs.models import Job, State

log = logging.getLogger(__name__)


@contextmanager
def beating(job: Job) -> Iterator[None]:
    """Renew the lease of a job beside the work, on a connection of its own."""
    over = threading.Event()
    heart = threading.Thread(target=_beat, args=(job, over), name=f"job-{job.pk}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()


def _beat(job: Job, over: threading.Event) -> None:
    from erp.jobs.running import lease_end

    while not over.wait(settings.JOB_LEASE / 4):
        try:
            with keeping_jobs(job.company_id):
                Job.of_place(job.company_id).filter(
                    pk=job.pk, lease=job.lease, state=State.RUNNING
                ).update(lease_until=lease_end(), heartbeat_at=clock.now())
        except Error as error:
            log.warning("the lease of job %s was not renewed: %s", job.pk, type(error).__name__)
        finally:
            connection.close()
