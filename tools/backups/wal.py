"""What was streamed of the WAL (Schreibprotokoll): where it lies, which way it goes, and where it ends."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_PARTIAL: Final = re.compile(r"([0-9A-F]{24})\.partial")
_HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history")
_ASIDE: Final = "%Y%m%dT%H%M%S.%fZ"
_PIECE: Final = 1 << 20
#: Lengths of PostgreSQL's headers: of a page, of the first page of a segment, of a record.
_PAGE, _FIRST_PAGE, _RECORD = 24, 40, 24
_CONTINUES: Final = 1  # a flag of a page: it begins with the rest of a record


@dataclass(frozen=True)
class Place:
    """A folder of WAL of one way that the server went; ``until`` is when it was put aside, if it was."""

    path: Path
    until: dt.datetime | None = None

    def pieces(self) -> dict[str, Path]:
        """What lies there, by the name under which the server asks for it; the unfinished piece, too."""
        names = self._names()
        while (again := self._names()) != names:  # a piece is being finished
            names = again
        partial = {
            found[1]: self.path / found[0] for found in map(_PARTIAL.fullmatch, names) if found
        }
        whole = {name: self.path / name for name in names
                 if _SEGMENT.fullmatch(name) or _HISTORY.fullmatch(name)}  # fmt: skip
        return dict(sorted({**partial, **whole}.items()))

    def segments(self) -> list[str]:
        """The names of its segments along the way, the last one last."""
        return sorted((name for name in self.pieces() if len(name) == 24), key=lambda n: (n[8:], n))

    def _names(self) -> set[str]:
        return {path.name for path in self.path.glob("*") if path.is_file()}


def places(folder: Path) -> list[Place]:
    """``wal/`` last, and before it what was put aside, the oldest first."""
    found = []
    for path in folder.glob("wal-until-*"):
        try:
            until = dt.datetime.strptime(path.name.removeprefix("wal-until-"), _ASIDE)
        except ValueError:
            continue
        found.append(Place(path, until.replace(tzinfo=dt.UTC)))
    return [*sorted(found, key=lambda one: one.path.name), Place(folder / "wal")]


def put_aside(folder: Path, until: dt.datetime) -> None:
    """Keep what was streamed in a place of its own, in one step, and begin an empty ``wal/``.

    ``until`` is now by the clock of the database, which base backups and commits are told by.
    """
    (folder / "wal").rename(folder / f"wal-until-{until.astimezone(dt.UTC):{_ASIDE}}")
    (folder / "wal").mkdir(mode=0o700)


def position(written: str) -> int:
    """A position as a number: ``1/20`` is 4294967328."""
    high, _, low = written.strip().partition("/")
    return (int(high, 16) << 32) + int(low, 16)


def number(name: str, size: int) -> int:
    """Which segment of all that a name means, whatever its timeline."""
    return int(name[8:16], 16) * ((1 << 32) // size) + int(name[16:24], 16)


def name_of(timeline: int, nth: int, size: int) -> str:
    each = (1 << 32) // size
    return f"{timeline:08X}{nth // each:08X}{nth % each:08X}"


def left_at(pieces: Mapping[str, Path], timeline: int) -> dict[int, int]:
    """The timelines that one came from, each with the position at which it was left; empty if not known."""
    path = pieces.get(f"{timeline:08X}.history")
    rows = [line.split("\t") for line in path.read_text().splitlines()] if path else []
    return {int(row[0]): position(row[1]) for row in rows if len(row) > 1 and row[0].isdigit()}


def copy(path: Path, target: Path) -> None:
    """Copy a piece that may be written or finished meanwhile, as it is at one moment."""
    target.touch(mode=0o600)
    if path.suffix == ".partial":
        try:
            with path.open("rb") as there:
                length, size = _written(path), path.stat().st_size
                with target.open("wb") as here:
                    while length > here.tell():
                        here.write(there.read(min(_PIECE, length - here.tell())))
                    here.truncate(size)
        except FileNotFoundError:
            path = path.with_suffix("")
        else:
            return
    shutil.copyfile(path, target)


def broken(
    pieces: Mapping[str, Path], *, timeline: int, ended: int, size: int, block: int
) -> str:  # fmt: skip
    """Why replaying along a timeline ended at a position although more was streamed, or blank.

    PostgreSQL takes the first record that is missing or does not read for the end. It is the end where
    nothing follows but a part of that record; ``size`` and ``block`` are those of segments and pages.
    """
    left, along = left_at(pieces, timeline), dict[int, Path]()
    for name, path in sorted(pieces.items()):
        of, nth = int(name[:8], 16), 0
        if len(name) == 24 and (of == timeline or of in left):
            nth = number(name, size)
            if of == timeline or nth <= left[of] // size:
                along[nth] = path
    later = [nth for nth in along if nth >= ended // size]
    for nth in range(ended // size, max(later, default=0) + 1):
        if nth not in along:
            return f"segment {name_of(timeline, nth, size)[8:]} is missing"
    tail = max((nth * size + _written(along[nth]) for nth in sorted(later)[-2:]), default=0)
    if tail <= _end_of_record(along, ended, tail=tail, size=size, block=block):
        return ""
    return f"segment {name_of(timeline, ended // size, size)[8:]} or the next one is damaged"


def _end_of_record(
    along: Mapping[int, Path], ended: int, *, tail: int, size: int, block: int
) -> int:
    """Where a record that begins at a position ends, or the position where it is none, or hangs not together."""
    at = ended
    if at % block == 0:
        at += _FIRST_PAGE if at % size == 0 else _PAGE
    if tail <= at:
        return tail
    (left,) = struct.unpack("=I", _read(along, at, 4, size))
    if left < _RECORD:
        return ended
    while left > (room := block - at % block):
        at, left = at + room, left - room
        if tail <= at:
            return tail
        _magic, flags, _of, _address, rest = struct.unpack("=HHIQI", _read(along, at, 20, size))
        if not flags & _CONTINUES or rest != left:
            return ended
        at += _FIRST_PAGE if at % size == 0 else _PAGE
    return (at + left + 7) // 8 * 8


def _read(along: Mapping[int, Path], at: int, count: int, size: int) -> bytes:
    with along[at // size].open("rb") as file:
        file.seek(at % size)
        return file.read(count).ljust(count, b"\0")


def _written(path: Path) -> int:
    """How many bytes there are before the zeros at the end."""
    with path.open("rb") as file:
        end = file.seek(0, 2)
        while end:
            start = (end - 1) // _PIECE * _PIECE
            file.seek(start)
            if piece := file.read(end - start).rstrip(b"\0"):
                return start + len(piece)
            end = start
    return 0
