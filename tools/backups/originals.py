"""The originals (Belege): copied once, as they are only ever added, and looked at while they are."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Final

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Mirror:
    """Copies of all originals of a data folder. It remembers which folders it has looked through."""

    def __init__(self, there: Path, here: Path) -> None:
        self.there, self.here = there, here
        self._seen: dict[Path, int] = {}

    def catch_up(self) -> list[str]:
        """Copy what is new; the originals that are not what their names say, which are left out."""
        damaged = []
        if not self.there.is_dir():
            return []
        for company in sorted(self.there.iterdir()):
            for folder in sorted(company.iterdir()) if company.is_dir() else []:
                changed = folder.stat().st_mtime_ns
                if self._seen.get(folder) == changed:
                    continue
                found = self._copy(folder, self.here / company.name / folder.name)
                damaged += found
                if not found:
                    self._seen[folder] = changed
        return damaged

    def _copy(self, there: Path, here: Path) -> list[str]:
        damaged = []
        known = {path.name for path in here.iterdir()} if here.is_dir() else set()
        for path in sorted(there.iterdir()):
            if path.name in known or not _DIGEST.fullmatch(path.name):
                continue
            here.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _copied(path, here / path.name):
                damaged.append(f"{there.parent.name}/{path.name}")
        return damaged


def _copied(path: Path, target: Path) -> bool:
    scratch = target.with_name(f".{secrets.token_hex(8)}")
    digest = hashlib.sha256()
    with path.open("rb") as there, scratch.open("wb") as here:
        while piece := there.read(1 << 20):
            digest.update(piece)
            here.write(piece)
        here.flush()
        os.fsync(here.fileno())
    if digest.hexdigest() != path.name:
        scratch.unlink()
        return False
    scratch.chmod(0o400)
    scratch.replace(target)
    return True


def copy_anchors(var: Path, target: Path) -> None:
    """Ends of the chains as they were kept until now: what is restored later must hold them."""
    if (var / "anchors").is_dir():
        shutil.copytree(var / "anchors", target)
