"""Anchors: ends of hash chains, kept in files outside the database.

A chain cannot notice that its end was cut and its head rewritten; who keeps heads elsewhere can.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from django.conf import settings

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.companies.models import Company
from erp.core import clock

_PIECE: Final = 1 << 16
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of a chain as it was kept outside the database.

    One that is ``damaged`` says where its line is, which can no longer be read; it stands for no head.
    """

    position: int
    digest: str
    damaged: str = ""


@dataclass(frozen=True, slots=True)
class Anchors:
    """The file of one kind of chain, and what tells the present head of a company's."""

    name: str
    head_of: Callable[[Company], Anchor]

    @property
    def path(self) -> Path:
        return Path(settings.RAPPEN_VAR) / "anchors" / f"{self.name}.jsonl"

    def keep(self) -> int:
        """Append every company's end of the chain to the file; the number of companies."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self._mend()
        with self.path.open("a", encoding="utf-8") as file:
            count = in_each_company(partial(self._append, file))
            file.flush()
            os.fsync(file.fileno())
        return count

    def _append(self, file: TextIO, number: str) -> int:
        with operating(number) as access:
            head = self.head_of(access.company)
        row = {"company": int(number), "position": head.position, "digest": head.digest,
               "at": clock.now().isoformat()}  # fmt: skip
        file.write(json.dumps(row) + "\n")
        return 1

    def last_of(self, company: int) -> Anchor | None:
        """The head of a company's chain that was kept last; reads the file from its end, no further than that."""
        mark = f'{{"company": {company}, '.encode()
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            place, rest = file.seek(0, os.SEEK_END), b""
            while place > 0:
                size = min(_PIECE, place)
                place -= size
                file.seek(place)
                *lines, rest = reversed((file.read(size) + rest).splitlines())
                lines += [rest] if place == 0 else []
                for line in lines:
                    if line.startswith(mark) and (found := _row(line)):
                        return found[1]
        return None

    def kept(self, company: int) -> list[Anchor]:
        """The heads of a company's chain that were kept, and all that are ``damaged``, whosever they were.

        A last line that cannot be read is left out: it was not written whole (``is_torn``).
        """
        if not self.path.exists():
            return []
        found, unread = [], 0
        with self.path.open("rb") as file:
            for nth, line in enumerate(file, start=1):
                if unread:
                    found.append(Anchor(0, "", f"line {unread} of {self.path.name} cannot be read"))
                row = _row(line)
                unread = 0 if row else nth
                if row and row[0] == company and row[1].position:
                    found.append(row[1])
        return found

    def is_torn(self) -> bool:
        """Whether the last line was not written whole: it counts for nothing."""
        if not self.path.exists():
            return False
        with self.path.open("rb") as file:
            last = self._last(file)
        return bool(last) and _row(last) is None

    def _mend(self) -> None:
        """Let the next line begin anew: a last one that was not written whole never was a head."""
        if not self.path.exists():
            return
        with self.path.open("rb+") as file:
            last = self._last(file)
            if last and _row(last) is None:
                log.warning(
                    "the last line of %s was not written whole, and is taken away", self.path
                )
                file.truncate(file.seek(0, os.SEEK_END) - len(last))
            elif last and not last.endswith(b"\n"):
                file.seek(0, os.SEEK_END)
                file.write(b"\n")

    def _last(self, file: BinaryIO) -> bytes:
        """The last line of the file, blank where there is none."""
        file.seek(max(0, file.seek(0, os.SEEK_END) - _PIECE))
        return (file.read().splitlines(keepends=True) or [b""])[-1]


def _row(line: bytes) -> tuple[int, Anchor] | None:
    """Company and head that a line tells; None where it cannot be read."""
    try:
        row = json.loads(line)
        return int(row["company"]), Anchor(int(row["position"]), str(row["digest"]))
    except (ValueError, TypeError, KeyError):
        return None
