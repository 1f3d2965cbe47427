"""The program as it runs elsewhere: gunicorn, on the database of this worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[3]


def environment() -> dict[str, str]:
    """What a process is told that is to work beside this test."""
    name = settings.DATABASES["default"]["NAME"]
    told = {
        key: os.environ[key].replace("/rappen?", f"/{name}?")
        for key in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }
    # A queue of its own, from the last one on: other tests leave in theirs what nobody is to do.
    server, _slash, number = settings.CACHES["default"]["LOCATION"].rpartition("/")
    return os.environ | told | {"REDIS_URL": f"{server}/{16 - int(number)}"}


@contextmanager
def working(log: Path, level: str = "WARNING") -> Iterator[None]:
    """A worker beside the site, which does what is put into its queue; ``level`` is what it logs."""
    command = [sys.executable, "-m", "celery", "-A", "erp", "worker", "--pool", "solo",
               "--without-gossip", "--without-mingle", "--loglevel", level]  # fmt: skip
    with log.open("w") as out:
        worker = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environment())
    try:
        yield
        assert "Traceback" not in log.read_text(), log.read_text()[-5000:]
    finally:
        worker.terminate()
        worker.wait(timeout=20)


@contextmanager
def running(
    log: Path, *, workers: int = 1, more: tuple[str, ...] = ()
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Its port and its first process; it must leave no trace of an error in the log. ``more`` is for gunicorn."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("gunicorn")), "erp.wsgi", "--bind",
               f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "4",
               "--no-control-socket", *more]  # fmt: skip
    with log.open("w") as out:
        web = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environment())
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1).read()
                break
            except OSError:
                assert web.poll() is None, log.read_text()
                time.sleep(0.1)
        yield port, web
        assert "Traceback" not in log.read_text(), log.read_text()[-5000:]
    finally:
        web.terminate()
        web.wait(timeout=20)
