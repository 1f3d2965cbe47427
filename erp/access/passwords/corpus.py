"""The local list of leaked passwords: one file, memory-mapped, looked up by bisection.

The file holds, little-endian and without gaps:

- the magic ``PWN1``;
- 65,537 unsigned 64-bit numbers: entry ``n`` says how many hashes begin with less than the 16 bits
  ``n``, so two neighbours bound a bucket, and the last one is the number of all;
- for each hash, in ascending order, the 5 bytes after its first two.

So 56 bits of each SHA-1 count. Among two billion entries, one password in 36 million that never
leaked is taken for one that did. ``building.build`` writes the file.
"""

from __future__ import annotations

import datetime as dt
import mmap
import operator
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from erp.core import clock
from erp.core.errors import DomainError

MAGIC: Final = b"PWN1"
BUCKETS: Final = 1 << 16
INDEX: Final = struct.Struct(f"<{BUCKETS + 1}Q")
HEAD: Final = len(MAGIC) + INDEX.size
SUFFIX: Final = 5
DIGEST: Final = 20
LOOK_AGAIN: Final = dt.timedelta(minutes=1)

_BOUNDS: Final = struct.Struct("<QQ")


class NoCorpus(DomainError):
    code = "passwords.no_corpus"
    message = _("%(file)s cannot be read. Build it with manage.py pwned_build, or correct "
                "RAPPEN_PWNED_FILE.")  # fmt: skip
    field = "file"


class NotACorpus(DomainError):
    code = "passwords.not_a_corpus"
    message = _("%(file)s is no list of leaked passwords, or not all of it is there. Build it again "
                "with manage.py pwned_build.")  # fmt: skip
    field = "file"


class Corpus:
    """The hashes of one file: ``digest in corpus``, where ``digest`` is a SHA-1 of 20 bytes.

    Replace the file by renaming another over it, as ``build`` does. Writing into it would pull the
    pages from under those who look at them.
    """

    def __init__(self, path: Path) -> None:
        """Raises ``NoCorpus`` where nothing can be read, ``NotACorpus`` where it is not whole."""
        try:
            with path.open("rb") as file:
                self.stamp = _stamp(os.fstat(file.fileno()))
                if self.stamp.size < HEAD or file.read(len(MAGIC)) != MAGIC:
                    raise NotACorpus(file=str(path))
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            raise NoCorpus(file=str(path)) from None
        index = INDEX.unpack_from(self._bytes, len(MAGIC))
        rising = index[0] == 0 and all(map(operator.le, index, index[1:]))
        if not rising or HEAD + SUFFIX * index[-1] != len(self._bytes):
            raise NotACorpus(file=str(path))
        self._entries: int = index[-1]

    @classmethod
    def open(cls, path: Path | str) -> Corpus:
        """The file as this process has it open; looked at again after a minute.

        Raises ``NoCorpus`` or ``NotACorpus``, also where a file has taken the place of a good one.
        """
        path, now = Path(path), clock.now()
        known = _known.get(path)
        if known is not None and abs(now - known.seen_at) < LOOK_AGAIN:
            return known.corpus
        try:
            stamp = _stamp(path.stat())
        except OSError:
            raise NoCorpus(file=str(path)) from None
        corpus = known.corpus if known is not None and known.corpus.stamp == stamp else cls(path)
        _known[path] = _Known(corpus, now)
        return corpus

    def __len__(self) -> int:
        return self._entries

    def __contains__(self, digest: object) -> bool:
        if not isinstance(digest, bytes) or len(digest) != DIGEST:
            raise TypeError("a SHA-1 of 20 bytes is looked up")
        stored = self._bytes
        bucket = int.from_bytes(digest[:2], "big")
        low, high = _BOUNDS.unpack_from(stored, len(MAGIC) + 8 * bucket)
        wanted = digest[2 : 2 + SUFFIX]
        while low < high:
            middle = (low + high) // 2
            at = HEAD + SUFFIX * middle
            found = stored[at : at + SUFFIX]
            if found == wanted:
                return True
            if found < wanted:
                low = middle + 1
            else:
                high = middle
        return False


@dataclass(frozen=True)
class _Stamp:
    """What tells a file from the one that was in its place before."""

    device: int
    inode: int
    size: int
    changed_at: int


def _stamp(state: os.stat_result) -> _Stamp:
    return _Stamp(state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)


@dataclass(frozen=True)
class _Known:
    corpus: Corpus
    seen_at: dt.datetime


_known: dict[Path, _Known] = {}
