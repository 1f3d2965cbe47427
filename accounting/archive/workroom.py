"""Where an archive grows (Arbeitsordner): parts of files, each written whole or not at all.

A step of the job writes part after part and the cursor counts them; a step that is done twice, by
whatever process, writes the same part again and changes no other. Nothing here is the archive: that
is kept among the company's files when it is whole.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from erp.companies.models import Company
from erp.jobs.models import Job


class Workroom:
    """The folder of one job."""

    def __init__(self, company: Company, number: int) -> None:
        self.path = _of_company(company) / str(number)

    @property
    def is_there(self) -> bool:
        return self.path.is_dir()

    def open(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name: str, part: int, content: bytes) -> None:
        """One part of a file, the first is 0."""
        place = self._place(name, part)
        scratch = place.with_name(f".{secrets.token_hex(8)}")
        scratch.write_bytes(content)
        scratch.replace(place)

    def read(self, name: str, parts: int) -> Iterator[bytes]:
        """The parts of a file in their order. ``FileNotFoundError`` where one is gone."""
        for part in range(parts):
            yield self._place(name, part).read_bytes()

    def _place(self, name: str, part: int) -> Path:
        return self.path / f"{name.replace(os.sep, '_')}.{part}"


def sweep(company: Company) -> None:
    """Clear away what jobs have left that are over."""
    rooms = {int(room.name): room for room in _of_company(company).glob("*") if room.name.isdigit()}
    working = Job.of(company).filter(pk__in=rooms, finished_at=None).values_list("pk", flat=True)
    for number in rooms.keys() - set(working):
        shutil.rmtree(rooms[number], ignore_errors=True)


def _of_company(company: Company) -> Path:
    return Path(settings.RAPPEN_VAR) / "archives" / str(company.pk)
