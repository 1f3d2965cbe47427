"""``python -m tools.testing [--durable] COMMAND…``: run a command beside throw-away services.

``--durable`` keeps the disk honest, as in real use: for measuring.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import migrated
from tools.environment import ROOT
from tools.postgres import OWNER, RUNTIME, Postgres
from tools.valkey import Valkey


def main(command: list[str]) -> int:
    """Start both services in a scratch folder, migrate, load what is bundled, run, leave nothing."""
    scratch = Path(tempfile.mkdtemp(prefix="rappen-test-"))
    scratch.chmod(0o755)
    durable = command[:1] == ["--durable"]
    command = command[durable:]
    server, queue = Postgres(scratch / "postgres", durable=durable), Valkey(scratch / "valkey")
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(143))
    try:
        queue.start()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "erp.settings",
            "RAPPEN_MODE": "test",
            "RAPPEN_VAR": str(scratch / "var"),
            "DATABASE_URL": server.url(RUNTIME, "rappen"),
            "DATABASE_OWNER_URL": server.url(OWNER, "rappen"),
            "REDIS_URL": queue.url,
        }
        (scratch / "var").mkdir()
        migrated.start(server, environment)
        return subprocess.call(command, cwd=ROOT, env=environment)
    finally:
        queue.stop()
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
