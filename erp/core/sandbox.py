"""Reading foreign files in a child process with limits: the worker lives, whatever comes in."""

from __future__ import annotations

import json
import pickle
import resource
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError

MEMORY: Final = 1 << 30
CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 60
WAIT_SECONDS: Final = 20
#: Children of a process at a time: each may take a gigabyte.
_places: Final = threading.BoundedSemaphore(2)
ROOT: Final = Path(__file__).resolve().parent.parent.parent


class TooCostly(DomainError):
    code = "sandbox.too_costly"
    message = _("The file needs more time or memory than is allowed. Ask for a smaller one.")
    field = "file"


class Busy(DomainError):
    code = "sandbox.busy"
    message = _("Too many files are being read at this moment. Try again in a minute.")
    field = "file"


def call(function: str, content: bytes, *, patience: int = 1, **arguments: Any) -> Any:
    """Call ``package.module:name`` with bytes in a child process and return its result.

    ``arguments`` are passed along by name, as JSON has them. The child has 1 GB of memory, 30
    seconds of processor and 60 of time, ``patience`` times as many of both for what is our own,
    and none of our secrets. What it raises as ``DomainError`` is raised here; if it dies,
    ``TooCostly`` is, and ``Busy`` if others take too long.
    """
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from erp.core.sandbox import serve; serve()", function,
             json.dumps(arguments), str(CPU_SECONDS * patience)],
            input=content, capture_output=True, timeout=WALL_SECONDS * patience, cwd=ROOT, check=False,
            env={"PYTHONPATH": str(ROOT), "PATH": ""},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TooCostly from None
    finally:
        _places.release()
    if done.returncode != 0:
        raise TooCostly
    kind, value = pickle.loads(done.stdout)  # noqa: S301 - written by our own code in the child
    if kind == "refused":
        raise value
    return value


def serve() -> None:
    """The child's side: limits first, then the function, then its result on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    module, _colon, name = sys.argv[1].partition(":")
    function = getattr(import_module(module), name)
    arguments = json.loads(sys.argv[2])
    content = sys.stdin.buffer.read()
    try:
        answer = ("done", function(content, **arguments))
    except DomainError as refusal:
        answer = ("refused", refusal)
    sys.stdout.buffer.write(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
    sys.stdout.buffer.flush()
