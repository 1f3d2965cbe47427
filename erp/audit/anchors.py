"""Anchors: ends of hash chains, kept in files outside the database.

A chain cannot notice that its end was cut and its head rewritten; who keeps heads elsewhere can.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from django.conf import settings

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.companies.models import Company
from erp.core import clock

_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head of a chain as it was kept outside the database."""

    position: int
    digest: str


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
        with self.path.open("a", encoding="utf-8") as file:
            return in_each_company(partial(self._append, file))

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
                found = next((line for line in lines if line.startswith(mark)), None)
                if found is None and place == 0 and rest.startswith(mark):
                    found = rest
                if found is not None:
                    row = json.loads(found)
                    return Anchor(row["position"], row["digest"])
        return None

    def kept(self, company: int) -> list[Anchor]:
        """The heads of a company's chain that were kept."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as file:
            rows = [row for line in file if (row := json.loads(line))["company"] == company]
        return [Anchor(row["position"], row["digest"]) for row in rows if row["position"]]
