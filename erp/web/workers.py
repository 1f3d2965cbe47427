"""What gunicorn is told beside its address: which of its workers are ready (``--config python:erp.web.workers``).

``tools.reload`` lets the old ones go once the new ones are.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def folder() -> Path:
    return Path(os.environ.get("RAPPEN_VAR", "var")) / "run.web"


def post_worker_init(worker: Any) -> None:
    """The program is loaded, all of it, before the first request is taken; from here on it is ready."""
    from django.urls import get_resolver

    get_resolver().reverse_dict  # noqa: B018 - reads every address, and with them every room
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder() / f"{worker.ppid}.{worker.pid}").touch()


def child_exit(_server: Any, worker: Any) -> None:
    """However it ended: the arbiter notes it."""
    (folder() / f"{os.getpid()}.{worker.pid}").unlink(missing_ok=True)
