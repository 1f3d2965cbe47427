"""Anchors: ends of hash chains, kept in files outside the database.

A chain cannot notice that its end was cut and its head rewritten; who keeps heads elsewhere can.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from django.conf import settings

from erp.access.gate import operating
from erp.access.nightly import in_each_company
from erp.companies.models import Company
from erp.core import clock


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

    def kept(self, company: int) -> list[Anchor]:
        """The heads of a company's chain that were kept."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8") as file:
            rows = [row for line in file if (row := json.loads(line))["company"] == company]
        return [Anchor(row["position"], row["digest"]) for row in rows if row["position"]]
