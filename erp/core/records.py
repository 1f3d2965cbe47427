"""What was found last (Befunde): results of proofs and backups, kept in the data folder for who watches."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from erp.core import clock


@dataclass(frozen=True)
class Record:
    """A result: when it was found, whether all was well, and what else is to be told."""

    at: dt.datetime
    sound: bool
    told: dict[str, Any]


def folder() -> Path:
    return Path(settings.RAPPEN_VAR) / "operation"


def keep(name: str, *, sound: bool, told: dict[str, Any]) -> None:
    """Put a result in the place of the one before, completely or not at all."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = folder() / f".{name}.{os.getpid()}"
    row = {"at": clock.now().isoformat(), "sound": sound, "told": told}
    scratch.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    scratch.replace(folder() / f"{name}.json")


def kept(name: str) -> Record | None:
    """The last result, or None where there is none that can be read."""
    try:
        row = json.loads((folder() / f"{name}.json").read_text(encoding="utf-8"))
        return Record(dt.datetime.fromisoformat(row["at"]), bool(row["sound"]), dict(row["told"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
