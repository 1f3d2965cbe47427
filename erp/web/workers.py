"""What gunicorn is told beside its address: which of its workers are ready (``--config python:erp.web.workers``).

``tools.reload`` lets the old ones go once the new ones are.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any, Final

ASIDE: Final = 30  # seconds that a worker stands aside before the server tries with another


def folder() -> Path:
    return Path(os.environ.get("RAPPEN_VAR", "var")) / "run.web"


def ready(server: int) -> set[int]:
    """The workers of a server, by its process, that take requests."""
    found = {int(path.name.partition(".")[2]) for path in folder().glob(f"{server}.*")}
    return {pid for pid in found if Path(f"/proc/{pid}").exists()}


def load() -> None:
    """Read every address, and with them every room. Raises whatever is wrong with one of them."""
    from django.urls import get_resolver

    get_resolver().reverse_dict  # noqa: B018 - reads them


def post_worker_init(worker: Any) -> None:
    """The program is loaded, all of it, before the first request is taken; from here on it is ready.

    A program that does not load ends a server that just starts; where others answer, this worker stands aside.
    """
    try:
        load()
    except Exception:
        if not ready(worker.ppid):
            raise
        worker.log.exception("The program does not load; this worker takes no requests.")
        _stand_aside(worker)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder() / f"{worker.ppid}.{worker.pid}").touch()


def child_exit(_server: Any, worker: Any) -> None:
    """However it ended: the arbiter notes it."""
    (folder() / f"{os.getpid()}.{worker.pid}").unlink(missing_ok=True)


def _stand_aside(worker: Any) -> None:
    """Take nothing for a while, then make room for one that may load; gunicorn would end the whole server."""
    end = time.monotonic() + ASIDE
    while worker.alive and os.getppid() == worker.ppid and time.monotonic() < end:
        worker.notify()
        time.sleep(1)
    sys.exit(0)
