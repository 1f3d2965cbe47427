"""The folder of backups: what lies in it, and what of it counts.

::

    base/20261127T021500Z/   a base backup: base.tar.gz, pg_wal.tar.gz, backup_manifest, anchors/, backup.json
    wal/                     everything the database wrote since the oldest base, as it was streamed
    files/                   the originals, named by their digests, as in the data folder

What is unfinished begins with a full stop and counts for nothing. Keys and passwords are in none of it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FORMAT: Final = 1
ABOUT: Final = "backup.json"
_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_PARTIAL: Final = re.compile(r"([0-9A-F]{24})\.partial")
_HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history")


class BackupFailed(RuntimeError):
    """It did not work; the message says why, and what helps."""


@dataclass(frozen=True)
class Generation:
    """A base backup, and what ``backup.json`` says about it."""

    path: Path
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def usable_from(self) -> dt.datetime:
        """The first moment it can be restored to; the database's clock."""
        return dt.datetime.fromisoformat(self.told["usable_from"])

    @property
    def first_segment(self) -> str:
        return str(self.told["first_segment"])

    @property
    def last_segment(self) -> str:
        return str(self.told["last_segment"])

    @property
    def major(self) -> int:
        return int(self.told["postgresql"] // 10000)

    def breaks_off(self, streamed: set[str], *, after: str) -> str:
        """Why replaying ended in the segment ``after`` although later ones were streamed, or blank.

        PostgreSQL takes the first record that is missing or broken for the end.
        """
        each = (1 << 32) // int(self.told["segment_bytes"])

        def number(name: str) -> int:
            return int(name[8:16], 16) * each + int(name[16:], 16)

        later = {number(name) for name in streamed if len(name) == 24}
        ended = number(after)
        if max(later, default=0) <= ended:
            return ""
        for nth in (ended, ended + 1):  # the next one, where the last record fills a segment
            if nth not in later and nth > number(self.last_segment):
                return f"segment {nth // each:08X}{nth % each:08X} is missing"
        return "" if max(later) == ended + 1 else f"segment {after[8:]} or the next one is damaged"

    def damages(self) -> list[str]:
        """What differs from its digests, named; empty where nothing does."""
        found = []
        for name, about in self.told["files"].items():
            path = self.path / name
            if not path.is_file():
                found.append(f"{self.name}/{name} is missing")
            elif digest_of(path) != about["sha256"]:
                found.append(f"{self.name}/{name} is not as it was written")
        return found


class Folder:
    """A folder of backups."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.base, self.wal, self.files = (self.path / n for n in ("base", "wal", "files"))

    def make(self) -> None:
        for folder in (self.path, self.base, self.wal, self.files):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def generations(self) -> list[Generation]:
        """All finished base backups, the oldest first."""
        found = []
        for about in sorted(self.base.glob(f"[!.]*/{ABOUT}")):
            told = json.loads(about.read_text())
            if told["format"] != FORMAT:
                raise BackupFailed(
                    f"{about} has format {told['format']}; this program reads {FORMAT}"
                )
            found.append(Generation(about.parent, told))
        return found

    def newest(self, until: dt.datetime | None = None) -> Generation:
        """The newest base backup that leads to a moment. Raises ``BackupFailed``."""
        all_of_them = self.generations()
        found = [one for one in all_of_them if until is None or one.usable_from <= until]
        if found:
            return found[-1]
        if not all_of_them:
            raise BackupFailed(f"{self.path} holds no backup")
        raise BackupFailed(f"the oldest backup in {self.path} leads to moments from "
                           f"{all_of_them[0].usable_from.isoformat()} on")  # fmt: skip

    def write_ahead(self) -> Iterator[tuple[str, Path]]:
        """What was streamed, by the name under which the server asks for it; the last piece, too."""
        partial: dict[str, Path] = {}
        whole = {}
        for path in sorted(self.wal.rglob("*")):
            if _SEGMENT.fullmatch(path.name) or _HISTORY.fullmatch(path.name):
                whole[path.name] = path
            elif found := _PARTIAL.fullmatch(path.name):
                partial[found[1]] = path
        yield from sorted(({**partial, **whole}).items())

    def prune(self, keep: int) -> list[str]:
        """Let go of all but the newest ``keep`` base backups, and of WAL that none of them needs."""
        old = self.generations()[:-keep]
        for one in old:
            gone = one.path.with_name(f".gone-{one.name}")
            one.path.rename(gone)
            shutil.rmtree(gone)
        left = self.generations()
        if left:
            first = min(one.first_segment for one in left)
            for name, path in self.write_ahead():
                if len(name) == 24 and name[8:] < first[8:]:
                    path.unlink()
        return [one.name for one in old]

    def clear_leftovers(self) -> None:
        """Remove what a killed backup left behind; only for who holds the lock."""
        for path in self.base.glob(".*"):
            shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Do this as the only one. Raises ``BackupFailed`` while another one does."""
        with (self.path / f".{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BackupFailed(
                    f"another process does this in {self.path}; wait for its end"
                ) from None
            yield


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, told: dict[str, Any]) -> None:
    """Write JSON completely or not at all, and to the disk."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w") as file:
        file.write(json.dumps(told, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def sync(folder: Path) -> None:
    """Bring all files of a folder, and their names, to the disk."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file() or path.is_dir():
            number = os.open(path, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
