"""Migrated clusters for the tests, kept until what they are made from changes, so that each is made once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.environment import ROOT
from tools.postgres import OWNER, Postgres

KEPT: Final = ROOT / "build" / "cluster"
#: What a migrated cluster is made from: migrations with their SQL, data that they and editions load,
#: how editions are read, and how tables are fenced. Models make nothing: migrations do.
MADE_FROM: Final = (
    "*/migrations/*", "*/data/*", "*/*/data/*", "erp/reference/**/*", "erp/core/tenancy.py",
    "erp/apps.py", "tools/postgres.py", "tools/migrated.py", "requirements.txt",
)  # fmt: skip


def start(server: Postgres, environment: dict[str, str]) -> None:
    """Start a new server with roles, schema and bundled data in ``rappen``.

    ``environment`` is for the commands, and knows the addresses. What was made before of the same
    source files is copied; what is made now is kept.
    """
    kept = KEPT / _digest()
    if kept.exists():
        server.home.mkdir(parents=True, exist_ok=True)
        _copy(kept, server.data)
        server.start()
        return
    server.start()
    server.create_roles()
    server.create_database("rappen")
    for command in (
        ["migrate", "--database=owner", "--verbosity=0", "--skip-checks"],
        ["reference_update", "--bundled", "--verbosity=0"],
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, check=True,
            env={**environment, "DATABASE_OWNER_URL": server.url(OWNER, "rappen")},
        )  # fmt: skip
    server.stop()
    _keep(server.data, kept)
    server.start()


def _keep(data: Path, kept: Path) -> None:
    """Put a cluster that is at rest aside in one step, in place of older ones."""
    scratch = KEPT / f".{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    shutil.copytree(data, scratch)
    older = [one for one in KEPT.iterdir() if not one.name.startswith(".")]
    try:
        scratch.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(scratch)
    for one in older:
        if one != kept:
            shutil.rmtree(one, ignore_errors=True)


def _copy(kept: Path, data: Path) -> None:
    shutil.copytree(kept, data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody:", str(data)], check=True)


def _digest() -> str:
    found = hashlib.sha256(sys.version.encode())
    for path in sorted({path for pattern in MADE_FROM for path in ROOT.glob(pattern)}):
        if path.is_file() and path.suffix != ".pyc":
            found.update(str(path.relative_to(ROOT)).encode() + b"\0")
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:24]
