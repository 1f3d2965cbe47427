"""Writing a company into a file in the background: one state of it, step by step, by one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import IO, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.access.permissions import Permission
from erp.handover import orders
from erp.handover.exporting import Writing, rows_of
from erp.handover.models import CompanyExport
from erp.handover.snapshots import Snapshot
from erp.jobs.kinds import Cursor, Done, Next, Running, job

_SCRATCH: Final = ".being-written"


class Work:
    """What one process holds open while it writes: a state of the company, and the file."""

    def __init__(self, job: Running, export: CompanyExport) -> None:
        self.steps = 0
        self._folder = orders.clear_room(job.company.pk, job.number)
        self._snapshot = Snapshot(job.company, by=job.user)
        self._file: IO[bytes] | None = None
        try:
            scratch = self._folder / _SCRATCH
            self._file = os.fdopen(
                os.open(scratch, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b"
            )
            with self._snapshot.looking():
                self.writing = Writing(job.company, self._file, passphrase=export.passphrase or "")
                self.expected = rows_of(job.company)
        except BaseException:
            self.close()
            raise
        self._tables = self.writing.tables()
        self._parts: Iterator[None] = chain(self._shown(), self.writing.files())

    def step(self) -> bool:
        """Write the next part; whether there is more."""
        self.steps += 1
        return next(self._parts, self) is not self

    def _shown(self) -> Iterator[None]:
        """The tables as they are in the snapshot, which ends with them: files never change."""
        while True:
            with self._snapshot.looking():
                if next(self._tables, self) is self:
                    break
            yield
        self._snapshot.close()
        yield

    def keep(self, export: CompanyExport) -> None:
        """The whole file under its name, and told."""
        assert self._file is not None
        done = self.writing.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        size = self._file.tell()
        (self._folder / _SCRATCH).rename(self._folder / orders.FILE)
        orders.made(export, done, size=size)

    def close(self) -> None:
        """Let go of all; what is unfinished is cleared away by the next attempt, or by night."""
        if hasattr(self, "writing"):
            with suppress(ValueError, OSError):
                self._tables.close()  # type: ignore[attr-defined]
            self.writing.give_up()
        if self._file is not None:
            self._file.close()
        self._snapshot.close()


@job(orders.EXPORT, title=gettext_lazy("Export the company"), permission=Permission.MEMBERS_CHANGE,
     step_up=True, whole=True, page="company-export")  # fmt: skip
def export_company(job: Running, cursor: Cursor) -> Next | Done:
    """Write all of the company into a file, which the page of exports hands out, to owners alone.

    What is half written is in this process alone: another one, and a step that was undone, begin anew.
    """
    orders.require_owner(job.company, job.user)
    export = orders.of_job(job.company, job.number)
    work: Work | None = job.memory.get("work")
    if work is None or work.steps != cursor.get("steps"):
        if work is not None:
            work.close()
        work = job.memory["work"] = Work(job, export)
        job.at_the_end(work.close)
        return Next({"steps": 0}, done=0, total=work.expected + 1, message=_("Reading …"))
    if work.step():
        told = _("%(rows)s of %(total)s rows and %(files)s files are written.") % {
            "rows": work.writing.rows, "total": work.expected, "files": work.writing.copied,
        }  # fmt: skip
        return Next({"steps": work.steps}, done=work.writing.rows, message=told)
    work.keep(export)
    result = {
        "rows": export.rows,
        "files": export.files,
        "size": export.size,
        "digest": export.digest,
    }
    return Done(result, message=_("The file is ready on the page “Export the company”."))
