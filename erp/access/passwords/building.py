"""Building the local list of leaked passwords from what the official downloader wrote.

Source: ``haveibeenpwned-downloader`` of github.com/HaveIBeenPwned/PwnedPasswordsDownloader, SHA-1
lists in both of its shapes.
"""

from __future__ import annotations

import operator
import os
import re
from array import array
from binascii import unhexlify
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _

from erp.access.passwords.corpus import BUCKETS, DIGEST, HEAD, INDEX, MAGIC, SUFFIX
from erp.core.errors import DomainError

RANGES: Final = 1 << 20

_HASH: Final = 2 * DIGEST  # hexadecimal digits
_PREFIX: Final = 5
_BLOCK: Final = 4 * 1024 * 1024
_LONGEST_LINE: Final = 100
_RANGE_FILE: Final = re.compile(r"([0-9A-Fa-f]{5})(?:\.txt)?")


class NotALine(DomainError):
    code = "passwords.not_a_line"
    message = _("%(file)s, line %(line)s is no hash with a count. Download the list again.")
    field = "file"


class NotInOrder(DomainError):
    code = "passwords.not_in_order"
    message = _("%(file)s, line %(line)s: the hash is not greater than the one before. Take a list "
                "that is ordered by hash.")  # fmt: skip
    field = "file"


class RangesMissing(DomainError):
    code = "passwords.ranges_missing"
    message = _("%(count)s of 1’048’576 files are missing in %(folder)s. Download them, or add "
                "--partial if a part is wanted.")  # fmt: skip
    field = "file"


class RangeTwice(DomainError):
    code = "passwords.range_twice"
    message = _("%(folder)s holds the range %(range)s twice. Remove one of the files.")
    field = "file"


class NothingInList(DomainError):
    code = "passwords.nothing_in_list"
    message = _("Nothing in %(file)s was leaked at least %(min_count)s times, so there is no list "
                "to build.")  # fmt: skip
    field = "file"


@dataclass(frozen=True)
class Built:
    """What has become of a source: hashes in the list, bytes of the file, ranges of the source."""

    entries: int
    size: int
    ranges: int


def build(source: Path, out: Path, *, min_count: int = 1, partial: bool = False) -> Built:
    """Write the list of all hashes that leaked at least ``min_count`` times.

    ``source`` is one text file of lines ``HASH:COUNT`` in ascending order, or a folder of files
    ``ABCDE`` or ``ABCDE.txt`` with lines ``SUFFIX:COUNT``. A folder must hold every range unless
    ``partial``. A hash without a leak (count 0) is padding and left out.

    Memory does not grow with the list. ``out`` is replaced at the end, in one step; where anything
    is refused it stays as it was. Raises ``NotALine``, ``NotInOrder``, ``RangesMissing``,
    ``RangeTwice``, ``NothingInList``, or ``OSError`` where files cannot be read or written.
    """
    scratch = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with scratch.open("wb") as file:
            writer = _Writer(file, max(min_count, 1))
            for piece in _pieces(source, partial=partial):
                writer.add(piece)
            if not writer.entries:
                raise NothingInList(file=str(source), min_count=min_count)
            writer.finish()
        scratch.replace(out)
    finally:
        scratch.unlink(missing_ok=True)
    return Built(writer.entries, HEAD + SUFFIX * writer.entries, writer.ranges)


@dataclass(frozen=True)
class _Piece:
    """Some lines ``HASH:COUNT`` of a file, in capitals; the first has the number ``line``."""

    file: Path
    line: int
    lines: list[bytes]


class _Writer:
    """Puts hashes behind a place kept free for the index, and the index there at the end."""

    def __init__(self, file: BinaryIO, min_count: int) -> None:
        self._file, self._min_count = file, min_count
        self._buckets = array("Q", bytes(8 * BUCKETS))
        self._last = b""
        self.entries = self.ranges = 0
        file.write(bytes(HEAD))

    def add(self, piece: _Piece) -> None:
        lines = piece.lines
        self._require_order(piece)
        for prefix, _count in _groups(lines, _PREFIX):
            self.ranges += prefix != self._last[:_PREFIX]
        self._last = lines[-1][:_HASH]

        least = self._min_count
        kept = [line for line in lines if int(line[_HASH + 1 :]) >= least]
        for bucket, count in _groups(kept, 4):
            self._buckets[int(bucket, 16)] += count
        self._file.write(unhexlify(b"".join([line[4:14] for line in kept])))
        self.entries += len(kept)

    def finish(self) -> None:
        self._file.seek(0)
        self._file.write(MAGIC + INDEX.pack(0, *accumulate(self._buckets)))
        self._file.flush()
        os.fsync(self._file.fileno())

    def _require_order(self, piece: _Piece) -> None:
        hashes = [self._last, *[line[:_HASH] for line in piece.lines]]
        if all(map(operator.lt, hashes, hashes[1:])):
            return
        wrong = next(n for n, (one, next_) in enumerate(pairwise(hashes)) if one >= next_)
        raise NotInOrder(file=str(piece.file), line=piece.line + wrong)


def _groups(lines: Sequence[bytes], digits: int) -> Iterator[tuple[bytes, int]]:
    """Each beginning of so many digits, and how many of the ordered lines have it."""
    start = 0
    while start < len(lines):
        beginning = lines[start][:digits]
        end = bisect_left(lines, beginning + b"G", start)  # G comes after the last digit, F
        yield beginning, end - start
        start = end


def _pieces(source: Path, *, partial: bool) -> Iterator[_Piece]:
    if not source.is_dir():
        yield from _pieces_of_file(source, b"")
        return
    for prefix, file in _range_files(source, partial=partial):
        yield from _pieces_of_file(file, prefix)


def _range_files(folder: Path, *, partial: bool) -> Iterator[tuple[bytes, Path]]:
    """The files of a folder in the order of their ranges; other files are passed over."""
    names: dict[bytes, str] = {}
    with os.scandir(folder) as found:
        for entry in found:
            if match := _RANGE_FILE.fullmatch(entry.name):
                prefix = match[1].upper()
                if names.setdefault(prefix.encode(), entry.name) != entry.name:
                    raise RangeTwice(folder=str(folder), range=prefix)
    if len(names) < RANGES and not partial:
        raise RangesMissing(folder=str(folder), count=RANGES - len(names))
    for found_prefix in sorted(names):
        yield found_prefix, folder / names[found_prefix]


def _pieces_of_file(path: Path, prefix: bytes) -> Iterator[_Piece]:
    """A file in blocks of whole lines, each with ``prefix`` before it. Raises ``NotALine``."""
    sound = re.compile(rb"(?:[0-9A-F]{%d}+:[0-9]{1,10}+\r?+\n)++" % (_HASH - len(prefix)))
    number = 1
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block = (block + file.readline(_LONGEST_LINE)).upper()
            if not block.endswith(b"\n"):
                block += b"\n"  # the last line may go without; one too long is found below
            if not sound.fullmatch(block):
                raise NotALine(file=str(path), line=number + _first_unsound(block, sound))
            lines = block.split()
            yield _Piece(path, number, [prefix + line for line in lines] if prefix else lines)
            number += len(lines)
    if number == 1:
        raise NotALine(file=str(path), line=1)


def _first_unsound(block: bytes, sound: re.Pattern[bytes]) -> int:
    good = sound.match(block)
    return block.count(b"\n", 0, good.end()) if good else 0
