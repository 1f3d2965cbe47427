"""The originals (Belege): copied once, as they are only ever added, and looked at while they are."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Mirror:
    """Copies of all originals of a data folder. It remembers which folders it has looked through."""

    def __init__(self, there: Path, here: Path) -> None:
        self.there, self.here = there, here
        self._seen: dict[Path, int] = {}
        self.halt: Callable[[], bool] = lambda: False

    def catch_up(self) -> list[str]:
        """Copy what is new; what was not copied, and why: its digest is another one, or it does not read.

        Ends between two originals where it is to ``halt``.
        """
        troubles: list[str] = []
        if not self.there.is_dir():
            return []
        for company in _folders(self.there):
            for folder in _folders(company):
                if self.halt():
                    return troubles
                try:
                    changed = folder.stat().st_mtime_ns
                    if self._seen.get(folder) == changed:
                        continue
                    found = self._copy(folder, self.here / company.name / folder.name)
                except OSError as error:
                    found = [f"{company.name}/{folder.name}: {error.strerror or error}"]
                troubles += found
                if not found:
                    self._seen[folder] = changed
        return troubles

    def _copy(self, there: Path, here: Path) -> list[str]:
        troubles = []
        known = {path.name for path in here.iterdir()} if here.is_dir() else set()
        for path in sorted(there.iterdir()):
            if self.halt():
                return [f"{there.parent.name}/{there.name}: halted"]
            if path.name in known or not _DIGEST.fullmatch(path.name):
                continue
            why = ""
            try:
                here.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not _copied(path, here / path.name):
                    why = "its digest is another one"
            except OSError as error:
                why = error.strerror or str(error)
            if why:
                troubles.append(f"{there.parent.name}/{path.name}: {why}")
        return troubles

    def clear_leftovers(self) -> None:
        """Remove what a kill left half copied; only while nobody else copies."""
        for path in self.here.glob("*/*/.*"):
            path.unlink(missing_ok=True)


def _folders(of: Path) -> list[Path]:
    return sorted(path for path in of.iterdir() if path.is_dir() and not path.name.startswith("."))


def _copied(path: Path, target: Path) -> bool:
    scratch = target.with_name(f".{secrets.token_hex(8)}")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as there, scratch.open("wb") as here:
            while piece := there.read(1 << 20):
                digest.update(piece)
                here.write(piece)
            here.flush()
            os.fsync(here.fileno())
        if digest.hexdigest() != path.name:
            return False
        scratch.chmod(0o400)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
    return True


def copy_anchors(var: Path, target: Path) -> None:
    """Ends of the chains as they were kept until now: what is restored later must hold them."""
    if (var / "anchors").is_dir():
        shutil.copytree(var / "anchors", target)
