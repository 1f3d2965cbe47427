"""``python -m tools.reload PID``: a new program for the web server, without a moment in which nobody answers.

PID is gunicorn's own. New workers load the program that lies there now, beside the old ones; once they take
requests the old ones finish theirs and go. A program that does not load changes nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from erp.web.workers import folder
from tools.environment import ROOT

READY_WITHIN, GONE_WITHIN = 120, 180  # seconds


def main(arguments: list[str]) -> int:
    """Exchange the workers; 1 where the new ones did not come up, and the old ones go on."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    server = int(arguments[0])
    if subprocess.call([sys.executable, "-c", "import erp.wsgi"], cwd=ROOT):
        print("The new program does not load; the old one goes on.", file=sys.stderr)
        return 1
    old = _ready(server)
    if not old:
        print(f"Process {server} has no worker that is ready; was it started with "
              "--config python:erp.web.workers, and with this RAPPEN_VAR?", file=sys.stderr)  # fmt: skip
        return 1
    for _one in old:
        os.kill(server, signal.SIGTTIN)
        time.sleep(0.2)
    up = _until(lambda: len(_ready(server) - old) >= len(old), READY_WITHIN)
    if not up:
        print("The new workers did not come up; the old ones go on beside them. Look at the log of web, then "
              "restart it.", file=sys.stderr)  # fmt: skip
        return 1
    for _one in old:  # gunicorn lets the oldest go
        os.kill(server, signal.SIGTTOU)
        time.sleep(0.2)
    if not _until(lambda: not _ready(server) & old, GONE_WITHIN):
        print("The workers were not exchanged in time; look at the log of web.", file=sys.stderr)
        return 1
    return 0


def _ready(server: int) -> set[int]:
    """The workers of a server that take requests."""
    found = {int(path.name.partition(".")[2]) for path in folder().glob(f"{server}.*")}
    return {pid for pid in found if Path(f"/proc/{pid}").exists()}


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
