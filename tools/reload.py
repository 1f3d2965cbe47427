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
from contextlib import suppress
from pathlib import Path

from erp.web.workers import ready
from tools.environment import ROOT

READY_WITHIN, GONE_WITHIN = 120, 180  # seconds
#: What a new worker does before it takes requests, and more: addresses that read but lead nowhere are found.
TRIAL = """
import sys, erp.wsgi
from django.core import checks
from erp.web.workers import load
load()
wrong = [one for one in checks.run_checks(tags=[checks.Tags.urls]) if one.is_serious()]
sys.exit("\\n".join(map(str, wrong)) or 0)
"""


def main(arguments: list[str]) -> int:
    """Exchange the workers; 1 where the new ones did not come up, and the old ones go on."""
    if len(arguments) != 1 or not arguments[0].isdigit():
        print(__doc__, file=sys.stderr)
        return 2
    server = int(arguments[0])
    if subprocess.call([sys.executable, "-c", TRIAL], cwd=ROOT, env=_environment(server)):
        print("The new program does not load; the old one goes on.", file=sys.stderr)
        return 1
    old = ready(server)
    if not old:
        print(f"Process {server} has no worker that is ready; was it started with "
              "--config python:erp.web.workers, and with this RAPPEN_VAR?", file=sys.stderr)  # fmt: skip
        return 1
    for _one in old:
        _send(server, signal.SIGTTIN)
        time.sleep(0.2)
    _until(lambda: len(ready(server) - old) >= len(old) or not _lives(server), READY_WITHIN)
    if not _lives(server) or len(ready(server) - old) < len(old):
        print("The new workers did not come up; the old ones go on beside them. Look at the log of web, put the "
              "program right, then restart it." if ready(server) & old and _lives(server) else
              "The web server has ended: nobody answers. Look at its log, put the program right, and start it.",
              file=sys.stderr)  # fmt: skip
        return 1
    for _one in old:  # gunicorn lets the oldest go
        _send(server, signal.SIGTTOU)
        time.sleep(0.2)
    if not _until(lambda: not ready(server) & old, GONE_WITHIN):
        print("The workers were not exchanged in time; look at the log of web.", file=sys.stderr)
        return 1
    return 0


def _environment(server: int) -> dict[str, str]:
    """What its new workers will be told; ours where that may not be read."""
    try:
        told = Path(f"/proc/{server}/environ").read_bytes().decode(errors="surrogateescape")
    except OSError:
        return dict(os.environ)
    return dict(one.split("=", 1) for one in told.split("\0") if "=" in one)


def _send(server: int, sign: signal.Signals) -> None:
    """To a server that may have ended meanwhile: that is looked at afterwards."""
    with suppress(ProcessLookupError):
        os.kill(server, sign)


def _lives(server: int) -> bool:
    try:
        return Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
