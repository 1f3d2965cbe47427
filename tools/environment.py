"""Where things lie and what the processes are told."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def var_folder() -> Path:
    """The data folder: ``RAPPEN_VAR``, else ``var`` in the checkout."""
    folder = Path(os.environ.get("RAPPEN_VAR", ROOT / "var")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def secret(name: str, *, of: str = "{}") -> str:
    """A secret of this installation, made once and readable by its owner alone.

    ``of`` is what it is written as: 32 random bytes in hex stand for ``{}``.
    """
    folder = var_folder() / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        scratch = folder / f".{name}.{os.getpid()}"
        scratch.touch(mode=0o600)
        scratch.write_text(of.format(secrets.token_hex(32)))
        scratch.replace(path)
    return path.read_text().strip()


def child_environment(
    mode: str, *, runtime: str, owner: str | None, redis: str, backup: str = ""
) -> dict[str, str]:
    """What web, worker and commands read. Without ``owner`` a process cannot migrate, without ``backup``
    it cannot copy the database."""
    told = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "erp.settings",
        "RAPPEN_MODE": mode,
        "RAPPEN_VAR": str(var_folder()),
        "RAPPEN_SECRET_KEY": os.environ.get("RAPPEN_SECRET_KEY") or secret("secret_key"),
        "RAPPEN_FIELD_KEYS": os.environ.get("RAPPEN_FIELD_KEYS") or secret("field_keys", of="1:{}"),
        "DATABASE_URL": runtime,
        "REDIS_URL": redis,
        "PYTHONUNBUFFERED": "1",
    }
    told.pop("DATABASE_OWNER_URL", None)
    told.pop("RAPPEN_BACKUP_URL", None)
    if backup:
        told["RAPPEN_BACKUP_URL"] = backup
    if owner is not None:
        told["DATABASE_OWNER_URL"] = owner
    return told
