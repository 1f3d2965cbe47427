"""The work queue (Celery)."""

import os
from contextlib import ExitStack
from typing import Any

import structlog
from celery import Celery
from celery.signals import task_postrun, task_prerun

from erp.core import queue
from erp.core.origin import Origin, Via, coming_from

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "erp.settings")

queue.use_it()
app = Celery("rappen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "erp.access.sign_in",
        "erp.api",
        "erp.audit",
        "erp.changes",
        "erp.uploads",
        "erp.webhooks",
        "erp.jobs",
        "erp.mails",
        "erp.manual",
        "erp.reference",
        "erp.search",
        "erp.cockpit",
        "erp.fiduciary",
        "erp.handover",
        "erp.operation",
        "accounting.ledger",
        "accounting.open_items",
        "accounting.receivables",
        "accounting.payables.capture",
        "payroll.employees",
    ]
)

_running: dict[str, ExitStack] = {}


@task_prerun.connect
def _begin(task_id: str, **_more: Any) -> None:
    """What a job does comes from the job: trail and log lines carry its id."""
    number = task_id.replace("-", "")[:32]
    scope = _running[task_id] = ExitStack()
    scope.enter_context(coming_from(Origin(via=Via.JOB, request_id=number)))
    scope.enter_context(structlog.contextvars.bound_contextvars(request_id=number))


@task_postrun.connect
def _end(task_id: str, **_more: Any) -> None:
    if scope := _running.pop(task_id, None):
        scope.close()
