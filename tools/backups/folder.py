"""The folder of backups: what lies in it, and what of it counts.

::

    base/20261127T021500Z/   a base backup: base.tar.gz, pg_wal.tar.gz, backup_manifest, anchors/, backup.json
    wal/                     everything the database wrote since the oldest base, as it was streamed
    wal-until-20261127T…Z/   what was streamed before the server went another way, or before a gap
    caught_up.json           since when all originals are here
    files/                   the originals, named by their digests, as in the data folder

What is unfinished begins with a full stop and counts for nothing. Keys and passwords are in none of it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.backups import wal

FORMAT: Final = 1
ABOUT: Final = "backup.json"
#: Since when all originals lie in ``files/``, but for those that do not read.
CAUGHT_UP: Final = "caught_up.json"
_OURS: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_TOLD: Final = {"format", "system", "postgresql", "usable_from", "segment_bytes", "first_segment",
                "last_segment", "end", "files"}  # fmt: skip

log = logging.getLogger("rappen.backups")


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

    @property
    def segment_bytes(self) -> int:
        return int(self.told["segment_bytes"])

    @property
    def timeline(self) -> int:
        return int(self.last_segment[:8], 16)

    @property
    def ends(self) -> int:
        """The position that it leads to by itself."""
        return wal.position(self.told["end"])

    @property
    def first(self) -> int:
        """The number of the first segment that it needs."""
        return wal.number(self.first_segment, self.segment_bytes)

    @property
    def last(self) -> int:
        return wal.number(self.last_segment, self.segment_bytes)

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


@dataclass(frozen=True)
class Way:
    """How to come to a moment: a base backup, and what was streamed along ``timeline`` after it."""

    generation: Generation
    timeline: int
    pieces: dict[str, Path]


class Folder:
    """A folder of backups."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.base, self.wal, self.files = (self.path / n for n in ("base", "wal", "files"))
        self._complained: set[str] = set()

    def make(self) -> None:
        for folder in (self.path, self.base, self.wal, self.files):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def generations(self) -> list[Generation]:
        """All finished base backups, the oldest first. What cannot be read is told, and left where it is."""
        found = []
        for about in sorted(self.base.glob(f"[!.]*/{ABOUT}")):
            try:
                told = json.loads(about.read_text())
                if not set(told) >= _TOLD or told["format"] != FORMAT:
                    raise ValueError(f"it is none of format {FORMAT}")
                dt.datetime.fromisoformat(told["usable_from"])
            except (OSError, ValueError, TypeError) as error:
                if str(about) not in self._complained:
                    self._complained.add(str(about))
                    log.warning("%s counts for nothing: %s", about, error)
                continue
            found.append(Generation(about.parent, told))
        return found

    def unreadable(self) -> list[str]:
        """Base backups of ours that do not say any more what they are."""
        known = {one.name for one in self.generations()}
        return sorted(path.name for path in self.base.glob("*")
                      if _OURS.fullmatch(path.name) and path.name not in known)  # fmt: skip

    def leading_to(self, moment: dt.datetime | None = None) -> Way:
        """The newest base backup that leads to a moment, or to the end, along the way the server went then.

        Raises ``BackupFailed`` where none does.
        """
        bases, places = self.generations(), wal.places(self.path)
        if not bases:
            raise BackupFailed(f"{self.path} holds no backup")
        before = [one for one in bases if moment is None or one.usable_from <= moment]
        if not before:
            raise BackupFailed(f"the oldest backup in {self.path} leads to moments from "
                               f"{bases[0].usable_from.isoformat()} on")  # fmt: skip
        pieces = [one.pieces() for one in places]
        then = len(places) - 1
        if moment is not None:
            then = next(
                n for n, one in enumerate(places) if one.until is None or moment <= one.until
            )
        while then and not _timelines(pieces[then]):
            then -= 1
        for base in reversed(before):
            here = self._home(base, places, pieces)
            to = max(here, then)
            goal = max(_timelines(pieces[to]), default=base.timeline)
            every = {name: path for some in reversed(pieces) for name, path in some.items()}
            every |= {
                name: path
                for some in reversed(pieces[here : to + 1])
                for name, path in some.items()
            }
            if not _leads(base, goal, every) and here == to:
                goal = base.timeline
            if _leads(base, goal, every):
                return Way(base, goal, self._needed(base, pieces[here : to + 1], every))
        since = places[then - 1].until
        raise BackupFailed(
            f"since {since.isoformat() if since else 'then'} the server went another way, to which no base"
            " backup leads that was finished before the moment; name an earlier moment, or a later one"
        )

    @staticmethod
    def _needed(
        base: Generation, along: list[dict[str, Path]], every: dict[str, Path]
    ) -> dict[str, Path]:
        """Segments of the places along the way, and all histories, by which PostgreSQL numbers the next way."""
        there = {name for some in along for name in some}
        return {name: path for name, path in sorted(every.items())
                if len(name) != 24 or (name in there
                                       and wal.number(name, base.segment_bytes) >= base.first)}  # fmt: skip

    @staticmethod
    def _home(base: Generation, places: list[wal.Place], pieces: list[dict[str, Path]]) -> int:
        """In which place that is found which was streamed after a base."""
        after = [
            n for n, one in enumerate(places) if one.until is None or base.usable_from <= one.until
        ]
        return next((n for n in after if base.timeline in _timelines(pieces[n])), after[0])

    def reaches_back(self) -> bool:
        """Whether the stream leads on from the newest base backup without a hole, as far as it has come."""
        base, places = self.generations()[-1:], wal.places(self.path)
        pieces = [one.pieces() for one in places]
        if not base or self._home(base[0], places, pieces) != len(places) - 1:
            return False
        streamed = {wal.number(n, base[0].segment_bytes) for n in pieces[-1] if len(n) == 24}
        behind = {nth for nth in streamed if nth >= base[0].last}
        return not behind or behind == set(range(base[0].last, max(behind) + 1))

    def write_ahead(self) -> Iterator[tuple[str, Path]]:
        """What is streamed now, by the name under which the server asks for it; the last piece, too."""
        yield from wal.Place(self.wal).pieces().items()

    def prune(self, keep: int) -> list[str]:
        """Let go of all but the newest ``keep`` base backups, and of WAL that none of them needs.

        A base needs what lies in the place that was streamed to when it was taken, from its first segment
        on, and all that was streamed later: it may lead there.
        """
        old = self.generations()[:-keep]
        for one in old:
            gone = one.path.with_name(f".gone-{one.name}")
            one.path.rename(gone)
            shutil.rmtree(gone)
        places = wal.places(self.path)
        pieces = [one.pieces() for one in places]
        left = [(self._home(one, places, pieces), one) for one in self.generations()]
        for nth, some in enumerate(pieces) if left and not self.unreadable() else ():
            for name, path in some.items():
                if len(name) == 24 and not any(
                    home < nth or (home == nth and wal.number(name, one.segment_bytes) >= one.first)
                    for home, one in left
                ):
                    path.unlink(missing_ok=True)
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


def _timelines(pieces: dict[str, Path]) -> set[int]:
    return {int(name[:8], 16) for name in pieces if len(name) == 24}


def _leads(base: Generation, timeline: int, pieces: dict[str, Path]) -> bool:
    """Whether a base lies on the way to a timeline."""
    left = wal.left_at(pieces, timeline)
    return base.timeline == timeline or base.ends <= left.get(base.timeline, -1)


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
