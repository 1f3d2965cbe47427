"""The program as it is run, for measuring: gunicorn with two workers of four threads, on a free port."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from tools.environment import ROOT

#: Requests are counted, but none is refused.
_STARTER: Final = "import sys; from gunicorn.app.wsgiapp import run; sys.exit(run())"
_LIMITS: Final = {
    f"RAPPEN_API_{who}": "1000000000" for who in ("TOKEN", "PERSON", "COMPANY", "ADDRESS")
}


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Its port and its process, from when it answers; ``environment`` is on top of what is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-c", _STARTER, application, "--workers", "2", "--threads", "4",
         "--bind", f"127.0.0.1:{port}", "--log-level", "error"],
        cwd=ROOT, env={**os.environ, "RAPPEN_MODE": "demo", **_LIMITS, **environment},
    )  # fmt: skip
    try:
        for _attempt in range(600):
            if running.poll() is not None:
                raise RuntimeError("the server has ended")
            if _answers(port):
                break
            time.sleep(0.2)
        else:
            raise RuntimeError("the server does not answer")
        yield port, running.pid
    finally:
        running.terminate()
        running.wait(60)


def _answers(port: int) -> bool:
    try:
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except OSError:
        return False
